"""A recogniser of digits hears stored clips, and what a reader says or chooses.

Nothing is made here: it is analysis.
"""

from aigc_helpers.explorers.sounds.clips import Clip

__all__ = ["Clip"]
