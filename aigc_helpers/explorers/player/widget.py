"""The player: clips as waveform, spectrogram, sound and words."""

from collections.abc import Sequence
from typing import Any

import traitlets

from aigc_helpers.explorers.base import Explorer
from aigc_helpers.explorers.checks import check_integer
from aigc_helpers.explorers.player.page import static_html
from aigc_helpers.explorers.player.setting import player_setting
from aigc_helpers.explorers.sounds.clips import Clip, place_of


class PlayerExplorer(Explorer):
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
    clip = traitlets.Int(0)
    at = traitlets.Float(0.0)

    def __init__(self, clips: Sequence[Clip], *, clip: int = 0, at: float = 0.0):
        self._setting = setting = player_setting(clips, clip, at)
        super().__init__(setting.config("kernel"), setting.state(), **setting.state())

    def __repr__(self) -> str:
        names = [clip.name for clip in self._setting.clips]
        return f"PlayerExplorer({names})"

    @traitlets.validate("clip")
    def _fit_clip(self, proposal: Any) -> int:
        check_integer("clip", proposal["value"], 0, len(self._setting.clips) - 1)
        return proposal["value"]

    @traitlets.validate("at")
    def _fit_place(self, proposal: Any) -> float:
        return place_of(proposal["value"], self._setting.clips[self.clip])

    @traitlets.observe("clip", "at", "_state")
    def _follow(self, change: Any) -> None:
        """Page and Python set clip and place for each other; a new clip begins at 0."""
        if not self._follows:
            return
        with self._one_change():
            if change.name == "_state":
                self.clip, self.at = change.new["clip"], change.new["at"]
            else:
                self.at = 0.0 if change.name == "clip" else self.at
                self._state = {"clip": self.clip, "at": self.at}

    def _static_html(self) -> str:
        return static_html(self._setting, self._state)
