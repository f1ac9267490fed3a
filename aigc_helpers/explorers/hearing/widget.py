"""The hearing explorer: digits that a network hears, in clips and in what is said."""

import base64
import binascii
import warnings
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from aigc_helpers import weights
from aigc_helpers.explorers.hearing import page
from aigc_helpers.explorers.hearing.setting import (
    HearingSetting,
    Listener,
    hearing_setting,
    rounded,
)
from aigc_helpers.explorers.hearing.words import WORDS
from aigc_helpers.explorers.sounds.choice import ChoiceExplorer
from aigc_helpers.explorers.sounds.clips import Clip
from aigc_helpers.reader import Mistake

ALIKE = 0.01  # probabilities that far apart look alike


class HearingExplorer(ChoiceExplorer):
    """A recogniser of digits at work: analysis, nothing is made.

    Stored clips are heard, seen, and answered by the network. The reader records a
    digit, or a few, or gives a WAV file of any usual kind, and the network answers on
    the page; live the kernel does. What the reader gives is kept nowhere.

    Parameters
    ----------
    listener : Listener
        `aigc_helpers.speech.ShownListener` of a recogniser.
    clips : sequence of Clip
        One to six, of 0.1 to 20 seconds.
    shipped : str, optional
        Name of the shipped network that answers where no kernel runs. If it hears
        otherwise than ``listener``, a warning says so and the page has the answers to
        the clips alone.
    clip : int
        Which one is shown first, from 0.
    at : float
        Where in it the head stands, in seconds.

    Attributes
    ----------
    clip : int
    at : float
        Where the head rests; page and Python set both for each other.
    heard : dict
        What the listener tells of the present clip.

    Raises
    ------
    Mistake
        If the listener, a clip, its number, or the place does not fit.
    """

    _kind = "hearing"

    def __init__(
        self,
        listener: Listener,
        clips: Sequence[Clip],
        *,
        shipped: str | None = None,
        clip: int = 0,
        at: float = 0.0,
    ):
        self._setting = setting = hearing_setting(listener, clips, clip, at)
        self._shipped = shipped if shipped and _hears_alike(shipped, setting) else ""
        super().__init__(setting.config("kernel"), setting.state(), **setting.state())

    @property
    def heard(self) -> dict:
        """What the listener tells of the present clip."""
        return self._setting.heard(self._setting.clips[self.clip])

    def _static_html(self) -> str:
        return page.static_html(self._setting, self._state, shipped=self._shipped)

    def _answer(self, content: dict) -> tuple[dict, list[bytes]]:
        """What is heard in the reader's own sound, which came with the question."""
        wave = _own(content["samples"])
        return {"heard": rounded(self._setting.listener.explain(wave))}, []


def _own(text: str) -> np.ndarray:
    """A sound (n,) at 8 kHz, float32, of the bytes that the page sent."""
    try:
        return np.frombuffer(base64.b64decode(text, validate=True), "<f4").copy()
    except (TypeError, ValueError, binascii.Error) as error:
        raise Mistake(f"no sound: {error}", "声音的数据不对：再录一次。") from error


def _hears_alike(shipped: str, setting: HearingSetting) -> bool:
    """Whether a shipped network hears the clips as the listener does; warn if not."""
    theirs = page.shipped_listener(shipped, weights.card(shipped))
    other = replace(setting, listener=theirs)
    shares = [
        [one.heard(clip)["probabilities"] for clip in setting.clips]
        for one in (setting, other)
    ]
    gap = np.abs(np.subtract(*shares)).max()
    if gap > ALIKE:
        warnings.warn(WORDS["other"].format(name=shipped, gap=gap), stacklevel=3)
    return gap <= ALIKE
