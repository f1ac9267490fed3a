"""The speaking explorer: a string of digits that a network says."""

import warnings
from typing import Any

import numpy as np
import traitlets

from aigc_helpers import weights
from aigc_helpers.explorers.base import Explorer
from aigc_helpers.explorers.checks import base64_of, float32_bytes
from aigc_helpers.explorers.sounds.clips import place_of
from aigc_helpers.explorers.speaking import page
from aigc_helpers.explorers.speaking.setting import (
    KEYS,
    Speaker,
    Spoken,
    speaking_setting,
)
from aigc_helpers.explorers.speaking.words import WORDS


class SpeakingExplorer(Explorer):
    """Digits that the reader writes, spoken by a network, heard and seen.

    Above waveform and spectrogram stands where the network looked: a row for each
    letter of the English words, a column for each step. Nothing sounds before a click.
    What a reader saves begins with an audible mark, and its metadata say that it was
    generated (``marking.py``). Live, the kernel speaks; on a page the exported networks
    of the shipped one do.

    Parameters
    ----------
    speaker : Speaker
        `aigc_helpers.speech.ShownSpeaker` of a Tacotron.
    text : str
        The first string, 1 to 10 digits.
    shipped : str, optional
        Name of the shipped network that speaks where no kernel runs. If it is not the
        same as ``speaker``, a warning says so and the page has the stored sounds alone.
    voice : int, optional
        The first voice, by default the first of ``voices``.
    voices : sequence of int
        One to six that the reader can choose from.
    presets : sequence of dict, optional
        "name" and any of "text", "voice".

    Attributes
    ----------
    text, voice
        What is spoken; the reader's follow.
    at : float
        Where in it the head rests, in seconds.
    samples : float32 array (n,)
        The sound, at 8,000 Hz in [-1, 1].
    attention : float32 array (T, S)
        How much each step looked at each letter.

    Raises
    ------
    Mistake
        If the text, a voice, a preset or the network does not fit.
    """

    _kind = "speaking"
    text = traitlets.Unicode()
    voice = traitlets.Int()
    at = traitlets.Float(0.0)

    def __init__(
        self,
        speaker: Speaker,
        text: str,
        *,
        shipped: str | None = None,
        **options: Any,
    ):
        setting = speaking_setting(speaker, text, **options)
        self._setting, self._speaker = setting, speaker
        self._shipped = shipped if shipped and _is_same(shipped, speaker) else ""
        state = setting.state()
        first = self._say(state)
        sample = {**first.stored(), "wav": base64_of(first.clip.wav())}
        config = setting.config(speaker, source="kernel", samples=[sample])
        super().__init__(config, state, **state)

    def __repr__(self) -> str:
        return f"SpeakingExplorer(text={self.text!r}, voice={self.voice})"

    @property
    def samples(self) -> np.ndarray:
        """The present sound, float32 (n,)."""
        return self._say(self._state).samples

    @property
    def attention(self) -> np.ndarray:
        """Where its network looked, float32 (T, S)."""
        return self._say(self._state).attention

    def _say(self, asked: dict) -> Spoken:
        return self._setting.checked(self._speaker, **{key: asked[key] for key in KEYS})

    @traitlets.validate(*KEYS)
    def _fits(self, proposal: Any) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        return getattr(self._say({**self._state, name: value}), name)

    @traitlets.validate("at")
    def _fit_place(self, proposal: Any) -> float:
        return place_of(proposal["value"], self._say(self._state).clip)

    @traitlets.observe(*KEYS, "at", "_state")
    def _follow(self, change: Any) -> None:
        """Page and Python set the state for each other; a new sound begins at 0."""
        if not self._follows:
            return
        names = (*KEYS, "at")
        with self._one_change():
            if change.name == "_state":
                for name in names:
                    setattr(self, name, change.new[name])
            else:
                self.at = self.at if change.name == "at" else 0.0
                self._state = {name: getattr(self, name) for name in names}

    def _static_html(self) -> str:
        return page.static_html(
            self._setting, dict(self._state), self._speaker, shipped=self._shipped
        )

    def _answer(self, content: dict) -> tuple[dict, list[bytes]]:
        """What is said in the question's text and voice: samples and attention."""
        said = self._say(content)
        facts = {"letters": said.letters, "complete": said.complete}
        return facts, [float32_bytes(said.samples), float32_bytes(said.attention)]


def _is_same(shipped: str, speaker: Speaker) -> bool:
    """Whether the shipped network says the same; warn if it does not."""
    theirs = page.shipped_speaker(shipped, weights.card(shipped))
    if theirs.identity() == speaker.identity():
        return True
    warnings.warn(WORDS["other"].format(name=shipped), stacklevel=3)
    return False
