"""What a player shows: clips, and which of them first, where."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aigc_helpers.explorers.sounds.choice import Choice, check_choice
from aigc_helpers.explorers.sounds.clips import Clip, place_of
from aigc_helpers.explorers.sounds.poster import sound_facts
from aigc_helpers.reader import Mistake

MOST_CLIPS = 20
MOST_BYTES = 80_000  # of all clips, one a sample: a quarter of what a chapter may weigh


@dataclass(frozen=True)
class PlayerSetting(Choice):
    """A checked setting; make it with `player_setting`."""

    def config(self, source: str) -> dict:
        """The part of the module's state that never changes."""
        return {
            "source": source,
            "clips": self.facts(source),
            "loudest": round(self.loudest, 3),
            **sound_facts(),
        }


def player_setting(clips: Any, clip: Any = 0, at: Any = 0.0) -> PlayerSetting:
    """Check everything.

    Raises
    ------
    Mistake
        If a clip is none or does not fit, two have one name, all together are too
        long, or there is no clip of that number.
    """
    check_choice(clips, clip, MOST_CLIPS)
    _check_together(clips)
    return PlayerSetting(tuple(clips), clip, place_of(at, clips[clip]))


def _check_together(clips: Sequence[Clip]) -> None:
    size = sum(len(clip.samples) for clip in clips)
    if size > MOST_BYTES:
        raise Mistake(
            f"the clips have {size} bytes together, at most {MOST_BYTES}",
            f"这些声音一共 {size / 1000:.0f} kB，最多 {MOST_BYTES / 1000:.0f} kB："
            "它们全都存在网页里，少放几段，或者剪短一些。",
        )
