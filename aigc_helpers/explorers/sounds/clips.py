"""A clip: a sound, its name, what is said in it, and where it comes from."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from aigc_helpers.explorers import marking
from aigc_helpers.explorers.checks import (
    array_of,
    check_finite,
    check_integer,
    check_text,
)
from aigc_helpers.explorers.sounds import companding
from aigc_helpers.explorers.sounds.words import WORDS
from aigc_helpers.reader import Mistake

RATES = 8_000, 48_000  # Hz
SECONDS = 0.05, 30.0  # of one clip, the shortest and the longest
TEXTS = {"name": 24, "transcript": 300, "credit": 200}  # longest, in characters


@dataclass(frozen=True)
class Clip:
    """A sound, what is said in it, and where it comes from.

    Parameters
    ----------
    name : str
        Of at most 24 characters; links call it by its name.
    samples : float array (n,)
        In [-1, 1], 0.05 to 30 seconds.
    transcript : str
        What is said, or what is heard.
    generated : bool
        Whether a network or a program made it: then what a reader saves is marked.
    credit : str
        Whose it is and by which licence; a recording must have one.
    rate : int
        Samples per second, 8,000 to 48,000.
    """

    name: str
    samples: Any
    transcript: str
    generated: bool
    credit: str = ""
    rate: int = 8_000

    @property
    def codes(self) -> np.ndarray:
        """The samples as a page stores them, by mu-law, uint8 (n,)."""
        return companding.encode(array_of(self.samples) * 32_768.0)

    @property
    def numbers(self) -> np.ndarray:
        """The samples as a page shows, tells and sounds them, int16 (n,)."""
        return companding.decode(self.codes)

    @property
    def seconds(self) -> float:
        """The length."""
        return len(self.samples) / self.rate

    def wav(self) -> bytes:
        """A WAV file of mu-law codes, whose metadata say what the clip is."""
        if self.generated:
            return marking.labelled_wav(self.codes, self.numbers, self.rate, self.name)
        texts = {"INAM": self.name, "ICOP": self.credit}
        return marking.wav_bytes(self.codes, self.rate, texts)

    def facts(self) -> dict:
        """What the page knows of it beside the sound."""
        return {
            "name": self.name,
            "transcript": self.transcript,
            "generated": self.generated,
            "credit": self.credit,
        }


def place_of(at: Any, clip: Clip) -> float:
    """A place in a clip in seconds, brought between its beginning and its end."""
    is_number = isinstance(at, int | float) and not isinstance(at, bool)
    if not is_number or not math.isfinite(at):
        raise Mistake(
            f"at must be seconds, not {at!r}",
            f"at 写成了 {at!r}，应当是秒数，比如 0.25。",
        )
    return float(min(max(at, 0.0), clip.seconds))


def check_clip(clip: Any, seconds: tuple[float, float] = SECONDS) -> None:
    """A clip whose texts, rate, samples, length and origin fit."""
    if not isinstance(clip, Clip):
        raise Mistake(
            f"a player shows Clips, not {type(clip).__name__}",
            "clips 里的每一段都应当是 player.Clip(名字, 采样点, 说的话, generated=…)，"
            f"这里有 {type(clip).__name__}。",
        )
    for name, most in TEXTS.items():
        check_text(name, getattr(clip, name), most)
    for name in ("name", "transcript"):
        if not getattr(clip, name).strip():
            raise Mistake(f"{name} of a clip is empty", WORDS["empty"][name])
    check_integer("rate", clip.rate, *RATES)
    _check_samples(clip, *seconds)
    _check_origin(clip)


def _check_samples(clip: Clip, least: float, most: float) -> None:
    samples = array_of(clip.samples)
    if samples.ndim != 1 or samples.dtype.kind != "f":
        raise Mistake(
            f"samples of {clip.name!r} must be floats (n,), not {samples.dtype} "
            f"{samples.shape}",
            f"“{clip.name}”的采样点应当是一维的小数数组，这里是 {samples.dtype} "
            f"{samples.shape}：16 位整数先除以 32768，立体声先取两个声道的平均。",
        )
    if not least <= clip.seconds <= most:
        raise Mistake(
            f"{clip.name!r} lasts {clip.seconds:.3g} s, not {least} to {most:g} s",
            f"“{clip.name}”长 {clip.seconds:.3g} 秒，应当在 {least} 到 {most:g} "
            "秒之间。",
        )
    check_finite("samples", samples)
    if np.abs(samples).max() > 1:
        raise Mistake(
            f"samples of {clip.name!r} must lie in [-1, 1]",
            f"“{clip.name}”的采样点超出了 −1 到 1：除以绝对值的最大值再试。",
        )


def _check_origin(clip: Clip) -> None:
    """Generated or not must be said, and whose a recording is."""
    if not isinstance(clip.generated, bool | np.bool_):
        raise Mistake(
            f"generated of {clip.name!r} must be True or False",
            f"“{clip.name}”的 generated 要写 True（程序生成的）或 False（真人录音）。",
        )
    if not clip.generated and not clip.credit.strip():
        raise Mistake(
            f"the recording {clip.name!r} has no credit",
            f"“{clip.name}”是录音，要在 credit 里写明是谁的、用什么许可，比如"
            "“FSDD，CC BY-SA 4.0”。",
        )
