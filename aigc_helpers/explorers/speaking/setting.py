"""What a speaking explorer says first, with which voices, and what the page knows.

What a card's ``explorer`` entry gives, beside ``"kind": "speaking"`` and ``"decoder"``,
is what `speaking_setting` takes::

    {"text": "3141592653", "voice": 2, "voices": [0, 2, 5],
     "presets": [{"name": "一位", "text": "7"}, {"name": "换个嗓音", "voice": 5}]}
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from aigc_helpers.explorers.checks import (
    base64_of,
    check_integer,
    check_sequence,
    options_of,
    preset_of,
)
from aigc_helpers.explorers.sounds.clips import Clip
from aigc_helpers.explorers.sounds.poster import sound_facts
from aigc_helpers.explorers.sounds.telling import words_of
from aigc_helpers.explorers.speaking.telling import looked_words
from aigc_helpers.explorers.speaking.words import WORDS
from aigc_helpers.reader import Mistake

KEYS = "text", "voice"
FINEST = 255  # of stored attention
MOST_VOICES = 6


class Speaker(Protocol):
    """Who speaks: `aigc_helpers.speech.ShownSpeaker`."""

    n_voices: int

    def say(self, text: str, voice: int) -> dict:
        """A string of digits as it is heard and seen; a Mistake if it is none."""

    def facts(self) -> dict:
        """The numbers by which a page does the same."""

    def identity(self) -> str:
        """A checksum of all that is heard."""


@dataclass(frozen=True)
class Spoken:
    """A string of digits that was spoken."""

    text: str
    voice: int
    letters: str
    samples: np.ndarray
    attention: np.ndarray  # (n, S)
    complete: bool
    n_frames: int

    @property
    def clip(self) -> Clip:
        """The sound."""
        return Clip(
            WORDS["name"].format(text=self.text, voice=self.voice),
            self.samples,
            self.letters.strip(),
            generated=True,
            credit=WORDS["credit"],
        )

    @property
    def levels(self) -> np.ndarray:
        """The attention as it is stored, uint8 (n, S)."""
        return np.rint(self.attention.clip(0, 1) * FINEST).astype(np.uint8)

    @property
    def words(self) -> str:
        """What is heard, and where the network looked, in sentences."""
        cut = "" if self.complete else WORDS["telling"]["cut"]
        looked = looked_words(self.letters, self.levels, self.n_frames)
        return words_of(self.clip) + looked + cut

    def stored(self) -> dict:
        """For the page, beside the sound."""
        return {
            "text": self.text,
            "voice": self.voice,
            "letters": self.letters,
            "attention": base64_of(self.levels),
            "complete": self.complete,
        }


@dataclass(frozen=True)
class SpeakingSetting:
    """A checked setting; make it with `speaking_setting`."""

    text: str
    voice: int
    voices: tuple[int, ...]
    presets: tuple[dict, ...] = ()

    def config(self, speaker: Speaker, **facts: Any) -> dict:
        """The part of the module's state that never changes."""
        return {
            **sound_facts(),
            **speaker.facts(),
            "looking": WORDS["telling"],
            "credit": WORDS["credit"],
            "voices": list(self.voices),
            "presets": list(self.presets),
            **facts,
        }

    def state(self) -> dict:
        """The part that moves, at its start."""
        return {"text": self.text, "voice": self.voice, "at": 0.0}

    def starts(self) -> list[dict]:
        """What presets say."""
        first = {key: getattr(self, key) for key in KEYS}
        return [{**first, **_without_name(one)} for one in self.presets]

    def checked(self, speaker: Speaker, text: Any, voice: Any) -> Spoken:
        """What is said, if it can be said in one of these voices."""
        if not isinstance(text, str):
            raise Mistake(
                f"text must be a text of digits, not {text!r}",
                f"text 写成了 {text!r}，应当是文字，比如 '314'，两边有引号。",
            )
        if voice not in self.voices or isinstance(voice, bool):
            raise Mistake(
                f"voice must be one of {list(self.voices)}, not {voice!r}",
                f"voice 写成了 {voice!r}，可以写：{'、'.join(map(str, self.voices))}。",
            )
        said = speaker.say(text, voice)
        return Spoken(voice=voice, n_frames=speaker.facts()["n_frames"], **said)


@dataclass(frozen=True)
class SpeakingOptions:
    """What a setting is made of, beside the text."""

    voice: Any = None
    voices: Any = (0,)
    presets: Any = ()


def speaking_setting(speaker: Speaker, text: Any, **options: Any) -> SpeakingSetting:
    """Check everything; see `SpeakingOptions`.

    Raises
    ------
    Mistake
        If the text, a voice or a preset does not fit.
    WrongCall
        If there is no such option.
    """
    asked = options_of(SpeakingOptions, options)
    voices = _voices(speaker, asked.voices)
    voice = voices[0] if asked.voice is None else asked.voice
    setting = SpeakingSetting("", voice, voices)
    first = setting.checked(speaker, text, voice)
    check_sequence("presets", asked.presets)
    presets = [preset_of(one, KEYS) for one in asked.presets]
    for one in presets:
        setting.checked(speaker, **{"text": text, "voice": voice, **_without_name(one)})
    return replace(setting, text=first.text, presets=tuple(presets))


def _voices(speaker: Speaker, voices: Any) -> tuple[int, ...]:
    check_sequence("voices", voices)
    if not 1 <= len(set(voices)) == len(voices) <= MOST_VOICES:
        raise Mistake(
            f"voices are 1 to {MOST_VOICES} different numbers, not {voices!r}",
            f"voices 应当是 1 到 {MOST_VOICES} 个不同的号码，这里是 {voices!r}。",
        )
    for voice in voices:
        check_integer("voices", voice, 0, speaker.n_voices - 1)
    return tuple(voices)


def _without_name(preset: dict) -> dict:
    return {key: value for key, value in preset.items() if key != "name"}


def distinct(said: Sequence[dict]) -> list[dict]:
    """Texts and voices, each pair once."""
    return [one for i, one in enumerate(said) if one not in said[:i]]
