"""Spectra against sums by hand, torch.stft, scipy's ShortTimeFFT and librosa's."""

import math

import numpy as np
import pytest
import torch
from scipy.signal import ShortTimeFFT

from aigc_helpers import speech
from aigc_helpers.speech import spectra

LENGTHS = (1, 2, 3, 99, 100, 101, 257, 1000)


def noise(*shape, dtype=torch.float32):
    rng = torch.Generator().manual_seed(0)
    return 2 * torch.rand(shape, generator=rng, dtype=dtype) - 1


def stft_of_torch(x):
    window = torch.hann_window(400, dtype=x.dtype)
    return torch.stft(x, 512, 100, 400, window, center=True, return_complex=True)


# ---- the transform -------------------------------------------------------------------


def test_a_frame_is_the_sum_of_the_discrete_fourier_transform():
    """X[k] = sum over n of w[n] x[n] exp(-2 pi i k n / 512), written out."""
    x = noise(900, dtype=torch.float64)
    frame = 4
    n = torch.arange(512, dtype=torch.float64)
    piece = x[100 * frame - 256 : 100 * frame + 256]
    window = torch.zeros(512, dtype=torch.float64)
    window[56:456] = torch.sin(math.pi * n[:400] / 400) ** 2
    k = torch.arange(257)[:, None]
    waves = torch.exp(-2j * math.pi * (k * n % 512) / 512)  # (257, 512)
    expected = (waves * (window * piece)).sum(1)
    torch.testing.assert_close(speech.stft(x)[:, frame], expected, rtol=0, atol=1e-11)


@pytest.mark.parametrize(
    ("dtype", "atol"), [(torch.float32, 2e-5), (torch.float64, 1e-12)]
)
def test_equal_to_torchs_transform(dtype, atol):
    x = noise(2, 3, 3000, dtype=dtype)
    found = speech.stft(x)
    assert found.shape == (2, 3, 257, 31)
    expected = stft_of_torch(x.flatten(0, 1)).unflatten(0, (2, 3))
    torch.testing.assert_close(found, expected, rtol=0, atol=atol)


@pytest.mark.parametrize("length", LENGTHS)
def test_equal_to_scipys_transform_at_any_length(length):
    x = noise(length, dtype=torch.float64)
    theirs = ShortTimeFFT(speech.hann_window().numpy(), 100, 8000, phase_shift=None)
    mirrored = np.pad(x, 256, "reflect")
    expected = theirs.stft(mirrored, p0=0, p1=1 + length // 100, k_offset=256)
    np.testing.assert_allclose(speech.stft(x), expected, rtol=0, atol=1e-11)


def test_a_tone_stands_in_its_bin_with_the_windows_sum():
    """1 kHz is bin 64; of amplitude 0.5 half goes to each sign, times 200."""
    x = 0.5 * torch.sin(2 * math.pi * 1000 * torch.arange(4000) / 8000)
    found = speech.spectrogram(x)[:, 5:-5]
    assert (found.argmax(0) == 64).all()
    torch.testing.assert_close(found[64], torch.full((31,), 50.0), rtol=1e-3, atol=0)


# ---- mel -----------------------------------------------------------------------------


def test_mel_of_known_frequencies():
    assert float(speech.hz_to_mel(0)) == 0
    assert float(speech.hz_to_mel(1000)) == pytest.approx(1000, abs=0.02)
    assert float(speech.hz_to_mel(4000)) == pytest.approx(2146.1, abs=0.05)
    f = torch.linspace(0, 4000, 50, dtype=torch.float64)
    torch.testing.assert_close(speech.mel_to_hz(speech.hz_to_mel(f)), f)


def test_triangles_rise_to_1_share_their_sides_and_none_is_empty():
    filters = speech.mel_filters()
    assert filters.shape == (40, 257)
    assert ((filters > 0).sum(1) >= 4).all()
    f = torch.arange(257, dtype=torch.float64) * 15.625
    corners = [700 * (10 ** (2146.0645 * i / 41 / 2595) - 1) for i in range(42)]
    inside = (f >= corners[1]) & (f <= corners[40])  # where two triangles meet
    ones = torch.ones(int(inside.sum()), dtype=torch.float64)
    torch.testing.assert_close(filters.sum(0)[inside], ones)
    for i, row in enumerate(filters):
        expected = np.interp(f, corners[i : i + 3], (0, 1, 0))
        np.testing.assert_allclose(row, expected, rtol=0, atol=1e-5)


def test_log_mel_of_silence_is_its_floor_and_grows_with_the_sound(vowels):
    assert (speech.log_mel(torch.zeros(500)) == math.log(1e-3)).all()
    quiet, loud = speech.log_mel(vowels / 4), speech.log_mel(vowels)
    above = quiet > math.log(1e-3) + 1e-4
    assert above.float().mean() > 0.9
    torch.testing.assert_close(
        (loud - quiet)[above], torch.full_like(loud, math.log(4))[above]
    )


@pytest.mark.filterwarnings("ignore:n_fft=512 is too large:UserWarning")
def test_equal_to_librosas_spectra(librosa, vowels):
    size = {"n_fft": 512, "hop_length": 100, "win_length": 400, "pad_mode": "reflect"}
    mel = {"sr": 8000, "n_mels": 40, "htk": True, "norm": None}
    filters = librosa.filters.mel(n_fft=512, **mel)
    np.testing.assert_allclose(speech.mel_filters(), filters, rtol=0, atol=1e-7)
    for x in (*vowels, noise(1), noise(57), noise(3000)):
        expected = librosa.stft(x.numpy(), **size)
        np.testing.assert_allclose(speech.stft(x), expected, rtol=0, atol=2e-5)
        expected = librosa.feature.melspectrogram(y=x.numpy(), power=1, **size, **mel)
        found = speech.mel_spectrogram(x)
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


# ---- what is refused -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("waveform", "message"),
    [
        (torch.zeros(0), "empty"),
        (torch.zeros(2, 0), "empty"),
        (torch.tensor([0.0, math.nan]), "NaN"),
        (torch.tensor([0.0, -math.inf]), "infinite"),
        (torch.zeros(400, dtype=torch.int16), "divide 16-bit samples by 32768"),
        (torch.zeros(400, dtype=torch.bfloat16), "bfloat16"),
        (np.zeros(400, np.float32), "not ndarray"),
        (torch.tensor(0.5), "not a single number"),
    ],
)
def test_what_is_no_waveform_is_refused(waveform, message, refused):
    for make in (speech.log_mel, speech.spectrogram, spectra.split_frames):
        with refused(message):
            make(waveform)
