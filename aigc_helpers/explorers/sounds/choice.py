"""A few stored clips, of which one is shown, and a place in it: what kinds share."""

from dataclasses import dataclass
from typing import Any

import traitlets

from aigc_helpers.explorers.base import Explorer
from aigc_helpers.explorers.checks import base64_of, check_integer, check_sequence
from aigc_helpers.explorers.sounds.clips import (
    SECONDS,
    Clip,
    check_clip,
    place_of,
)
from aigc_helpers.explorers.sounds.spectra import TOP, log_mel_of
from aigc_helpers.reader import Mistake


@dataclass(frozen=True)
class Choice:
    """Checked clips, which of them is first, and where in it the head stands."""

    clips: tuple[Clip, ...]
    clip: int
    at: float

    @property
    def loudest(self) -> float:
        """The highest logarithm of a mel magnitude: the top of every spectrogram."""
        return max(TOP, *(float(log_mel_of(one).max()) for one in self.clips))

    def facts(self, source: str) -> list[dict]:
        """What the module knows of each clip; on a page the poster has the sounds."""
        found = [clip.facts() for clip in self.clips]
        if source == "kernel":
            for facts, clip in zip(found, self.clips, strict=True):
                facts["wav"] = base64_of(clip.wav())
        return found

    def state(self) -> dict:
        """The part that moves, at its start."""
        return {"clip": self.clip, "at": self.at}


def check_choice(
    clips: Any, clip: Any, most: int, seconds: tuple[float, float] = SECONDS
) -> None:
    """A few clips that fit, so long, of different names; the number of one of them."""
    check_sequence("clips", clips)
    if not 1 <= len(clips) <= most:
        raise Mistake(
            f"there must be 1 to {most} clips, not {len(clips)}",
            f"声音要有 1 到 {most} 段，这里有 {len(clips)} 段。",
        )
    for one in clips:
        check_clip(one, seconds)
    names = [one.name for one in clips]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Mistake(
            f"two clips are called {twice}",
            f"有两段声音都叫 {'、'.join(twice)}：名字要各不相同。",
        )
    check_integer("clip", clip, 0, len(clips) - 1)


class ChoiceExplorer(Explorer):
    """An explorer of a `Choice`, its ``_setting``.

    Attributes
    ----------
    clip : int
    at : float
        Where the head rests; page and Python set both for each other.
    """

    clip = traitlets.Int(0)
    at = traitlets.Float(0.0)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({[clip.name for clip in self._setting.clips]})"

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
