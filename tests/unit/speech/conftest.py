"""Sounds like speech, made here: a buzz whose pitch falls, through resonances."""

import math

import pytest
import torch

FORMANTS = ((700, 1200, 2500), (300, 2300, 3000))  # Hz, of [a] and of [i]


def vowel(formants, seconds=0.4, rate=8000):
    """A waveform (L,) in [-1, 1], float32; the pitch falls from 140 to 110 Hz."""
    t = torch.arange(int(seconds * rate), dtype=torch.float64) / rate
    pitch = 140 - 30 * t / seconds
    phase = 2 * math.pi * (pitch / rate).cumsum(0)
    sound = torch.zeros_like(t)
    for k in range(1, int(0.45 * rate / 140)):
        f = k * pitch
        gain = sum(1 / (1 + ((f - peak) / 90) ** 2) for peak in formants)
        sound += gain * (k * phase).sin()
    fade = (math.pi * t / seconds).sin()  # in and out
    return (0.5 * sound * fade / (sound * fade).abs().max()).float()


@pytest.fixture(scope="session")
def vowels():
    """(2, 3200): [a] and [i], 0.4 seconds at 8 kHz."""
    return torch.stack([vowel(formants) for formants in FORMANTS])


@pytest.fixture(scope="session")
def librosa():
    """The library, where it is installed: nothing of the package needs it."""
    reason = "librosa is not installed; torch and scipy are compared with in any case"
    return pytest.importorskip("librosa", reason=reason)
