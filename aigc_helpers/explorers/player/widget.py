"""The player: clips as waveform, spectrogram, sound and words."""

from collections.abc import Sequence

from aigc_helpers.explorers.player.page import static_html
from aigc_helpers.explorers.player.setting import player_setting
from aigc_helpers.explorers.sounds.choice import ChoiceExplorer
from aigc_helpers.explorers.sounds.clips import Clip


class PlayerExplorer(ChoiceExplorer):
    """Sounds to hear, see and read: nothing plays by itself, and no kernel is asked.

    A clip is shown as waveform and log mel spectrogram (40 bands up to 4,000 Hz, every
    12.5 ms), and told in sentences that are made from its samples. What a reader saves
    of a generated one begins with an audible mark, and its metadata say so
    (``marking.py``); a recording is credited.

    Parameters
    ----------
    clips : sequence of Clip
        At most 20, together at most 80 kB at one byte a sample.
    clip : int
        Which one is shown first, from 0.
    at : float
        Where in it the head stands, in seconds.

    Attributes
    ----------
    clip : int
    at : float
        Where the head rests; page and Python set both for each other.

    Raises
    ------
    Mistake
        If a clip, its number, or the place does not fit.
    """

    _kind = "player"

    def __init__(self, clips: Sequence[Clip], *, clip: int = 0, at: float = 0.0):
        self._setting = setting = player_setting(clips, clip, at)
        super().__init__(setting.config("kernel"), setting.state(), **setting.state())

    def _static_html(self) -> str:
        return static_html(self._setting, self._state)
