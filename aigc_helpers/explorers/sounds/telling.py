"""A clip in words, for who does not hear or see it.

``front/sound/telling.js`` tells the same.
"""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from aigc_helpers.explorers.sounds.clips import Clip
from aigc_helpers.explorers.sounds.spectra import (
    HOP,
    RATE,
    at_8_khz,
    log_mel_of,
    mel_edges,
)
from aigc_helpers.explorers.sounds.words import WORDS

BELOW = 35  # dB under the loudest moment: what is quieter is silence
LEAST = 4  # blocks of 12.5 ms that a silence lasts


def words_of(clip: Clip) -> str:
    """What is said, length, loudness, loudest band and silences, in sentences."""
    words = WORDS["telling"]
    numbers = clip.numbers
    said = words["said"].format(transcript=clip.transcript)
    length = words["length"].format(seconds=hundredths(clip.seconds), rate=clip.rate)
    if not numbers.any():
        return said + length + words["still"]
    samples = numbers / 32_768
    low, _, high = mel_edges()[loudest_band(clip)]
    rms = 10 * np.log10(np.mean(samples**2))
    peak = 20 * np.log10(np.abs(samples).max())
    loudness = words["loudness"].format(rms=_decibels(rms), peak=_decibels(peak))
    band = words["band"].format(low=f"{low:.0f}", high=f"{high:.0f}")
    quiet = _silence_words(silences(at_8_khz(clip)))
    return said + length + loudness + band + quiet


def loudest_band(clip: Clip) -> int:
    """The mel band whose magnitude is highest, on average."""
    return int(np.exp(log_mel_of(clip)).mean(axis=0).argmax())


def silences(samples: np.ndarray) -> list[tuple[float, float]]:
    """Beginning and end, in seconds, of what is quiet for 50 ms or longer.

    Quiet is a block of 12.5 ms that is 35 dB below the loudest one.
    """
    starts = np.arange(0, len(samples), HOP)
    powers = [np.mean(samples[start : start + HOP] ** 2) for start in starts]
    quiet = np.asarray(powers) < max(powers) * 10 ** (-BELOW / 10)
    edges = np.flatnonzero(np.diff(quiet, prepend=False, append=False)).reshape(-1, 2)
    long = [(low, high) for low, high in edges if high - low >= LEAST]
    ends = [(low * HOP, min(high * HOP, len(samples))) for low, high in long]
    return [(low / RATE, high / RATE) for low, high in ends]


def _silence_words(found: list[tuple[float, float]]) -> str:
    words = WORDS["telling"]
    spans = [
        words["span"].format(low=hundredths(a), high=hundredths(b)) for a, b in found
    ]
    template = words["silence"] if spans else words["noSilence"]
    return template.format(list=words["list"].join(spans))


def hundredths(seconds: float) -> str:
    """Seconds with two decimals, as ``toFixed`` rounds: what lies between goes up."""
    return str(Decimal(seconds).quantize(Decimal("0.01"), ROUND_HALF_UP))


def _decibels(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")
