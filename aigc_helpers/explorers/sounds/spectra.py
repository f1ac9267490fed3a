"""Log mel spectrograms of clips, for the poster and its words; the page has the same.

The setting is that of ``front/sound/spectra.js``, which says it in words.
"""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from aigc_helpers.explorers.sounds.clips import Clip

RATE, HOP, WINDOW, N_FFT, BANDS = 8_000, 100, 400, 512, 40
FLOOR = 1e-3  # mel magnitudes below count as this
LOWEST = -6.907755278982137  # its logarithm
TOP = 0.0  # the least top of a picture, so that noise alone is not shown as loud


def at_8_khz(clip: Clip) -> np.ndarray:
    """A clip's samples as float64 in [-1, 1] at 8 kHz."""
    samples = clip.numbers / 32_768
    if clip.rate == RATE:
        return samples
    from scipy.signal import resample_poly  # slow to load, and most clips need it not

    common = math.gcd(clip.rate, RATE)
    return resample_poly(samples, RATE // common, clip.rate // common)


def log_mel_of(clip: Clip) -> np.ndarray:
    """Natural logarithms of a clip's mel magnitudes, (T, 40)."""
    padded = np.pad(at_8_khz(clip), N_FFT // 2, mode="reflect")
    frames = sliding_window_view(padded, N_FFT)[::HOP]  # (T, 512)
    magnitudes = np.abs(np.fft.rfft(frames * _window()))  # (T, 257)
    return np.log(np.maximum(magnitudes @ _filters().T, FLOOR))


def mel_edges() -> np.ndarray:
    """Lower edge, peak and upper edge of each band in Hz, (40, 3); HTK's formula."""
    top = 2595 * np.log10(1 + RATE / 2 / 700)
    points = 700 * (10 ** (np.linspace(0, top, BANDS + 2) / 2595) - 1)
    return sliding_window_view(points, 3)


def _window() -> np.ndarray:
    """A periodic Hann window of 400 in the middle of 512."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    return np.pad(hann, (N_FFT - WINDOW) // 2)


def _filters() -> np.ndarray:
    """Triangles of height 1, (40, 257)."""
    bins = np.linspace(0, RATE / 2, N_FFT // 2 + 1)
    return np.stack([np.interp(bins, edges, (0, 1, 0)) for edges in mel_edges()])
