"""From spectra back to waveforms, against torch.istft, a loop of its own, librosa."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from aigc_helpers import speech

WINDOW = torch.hann_window(400)


def there(x):
    return torch.stft(x, 512, 100, 400, WINDOW, center=True, return_complex=True)


def back(spectrum, length):
    return torch.istft(spectrum, 512, 100, 400, WINDOW, center=True, length=length)


def noise(*shape):
    return 2 * torch.rand(shape, generator=torch.Generator().manual_seed(1)) - 1


def in_db(error, reference):
    return float(10 * (error.square().sum() / reference.square().sum()).log10())


# ---- the inverse transform -----------------------------------------------------------


@given(st.integers(1, 1100))
def test_there_and_back_is_the_waveform_at_any_length(length):
    x = noise(2, length)
    torch.testing.assert_close(
        speech.istft(speech.stft(x), length), x, rtol=0, atol=1e-6
    )


def test_of_a_spectrum_that_no_waveform_has_it_is_torchs_inverse():
    rng = torch.Generator().manual_seed(0)
    spectrum = torch.randn(3, 257, 21, generator=rng, dtype=torch.complex64)
    found = speech.istft(spectrum, 2050)
    torch.testing.assert_close(found, back(spectrum, 2050), rtol=0, atol=1e-6)


# ---- from mel to linear --------------------------------------------------------------


def test_found_magnitudes_have_the_bands_that_were_given(vowels):
    mel = speech.mel_spectrogram(vowels)
    found = speech.linear_from_mel(mel)
    assert found.shape == (2, 257, 33) and (found >= 0).all()
    again = speech.mel_filters().float() @ found
    assert in_db(again - mel, mel) < -35
    torch.testing.assert_close(found[0], speech.linear_from_mel(mel[0]))


def test_found_magnitudes_are_nearer_than_the_clipped_pseudo_inverse(vowels):
    truth = speech.spectrogram(vowels)
    mel = speech.mel_spectrogram(vowels)
    rival = (torch.linalg.pinv(speech.mel_filters()).float() @ mel).clamp(min=0)
    found = speech.linear_from_mel(mel)
    assert in_db(found - truth, truth) < in_db(rival - truth, truth) - 0.3


def test_each_update_lessens_the_divergence_and_the_first_interpolates():
    """Lee and Seung (2001), theorem 2; equal bands have equal bins."""
    filters, rng = speech.mel_filters(), torch.Generator().manual_seed(0)
    mel = torch.rand(40, 9, generator=rng, dtype=torch.float64).square()

    def divergence(n):
        found = filters @ speech.linear_from_mel(mel, n)
        return float((mel * (mel / found).log() - mel + found).sum())

    values = [divergence(n) for n in (1, 2, 3, 5, 10, 50)]
    assert all(a > b for a, b in zip(values, values[1:], strict=False))
    one = speech.linear_from_mel(filters.sum(1, keepdim=True), 1)
    torch.testing.assert_close(one[1:-1], torch.ones_like(one[1:-1]))


def test_silence_stays_silence_and_the_edges_have_none():
    assert (speech.linear_from_mel(torch.zeros(40, 3)) == 0).all()
    found = speech.linear_from_mel(torch.ones(40, 3))
    assert (found[[0, 256]] == 0).all() and (found[1:256] > 0).all()


# ---- phases --------------------------------------------------------------------------


def griffin_lim_of_torch(magnitudes, length, n_iterations, momentum):
    """Perraudin et al. (2013), algorithm 2, with both projections written out."""
    state = last = magnitudes.to(torch.complex64)
    for step in range(n_iterations):
        imposed = torch.polar(magnitudes, state.angle())
        consistent = there(back(imposed, length))
        moved = consistent - last if step else consistent
        state, last = consistent + momentum * moved, consistent
    return back(torch.polar(magnitudes, state.angle()), length)


@pytest.mark.parametrize("momentum", [0, 0.99])
def test_equal_to_the_algorithm_written_with_torchs_transforms(vowels, momentum):
    magnitudes = speech.spectrogram(vowels)
    for n in (0, 1, 5):
        found = speech.griffin_lim(
            magnitudes, 3210, n_iterations=n, momentum=momentum, seed=None
        )
        expected = griffin_lim_of_torch(magnitudes, 3210, n, momentum)
        torch.testing.assert_close(found, expected, rtol=0, atol=2e-4)


def test_equal_to_librosas_search(librosa, vowels):
    magnitudes = speech.spectrogram(vowels[0])
    for n in (0, 1, 5):
        expected = librosa.griffinlim(
            magnitudes.numpy(),
            n_iter=n,
            hop_length=100,
            win_length=400,
            n_fft=512,
            length=3200,
            pad_mode="reflect",
            init=None,
        )
        found = speech.griffin_lim(magnitudes, 3200, n_iterations=n, seed=None)
        np.testing.assert_allclose(found, expected, rtol=0, atol=2e-4)


def test_more_iterations_come_nearer_and_momentum_is_faster(vowels):
    magnitudes = speech.spectrogram(vowels)

    def distance(n, momentum):
        found = speech.griffin_lim(magnitudes, 3200, n_iterations=n, momentum=momentum)
        return speech.spectral_convergence(found, magnitudes).mean()

    plain = [distance(n, 0) for n in (0, 4, 30)]
    fast = [distance(n, 0.99) for n in (4, 30)]
    assert plain[0] > plain[1] + 3 > plain[2] + 4
    assert fast[1] < plain[2] - 2


def test_the_seed_decides_and_neighbours_do_not(vowels):
    magnitudes = speech.spectrogram(vowels)
    both = speech.griffin_lim(magnitudes, n_iterations=3, seed=5)
    assert both.shape == (2, 3200)
    alone = speech.griffin_lim(magnitudes[1], n_iterations=3, seed=5)
    torch.testing.assert_close(both[1], alone)
    assert torch.equal(alone, speech.griffin_lim(magnitudes[1], n_iterations=3, seed=5))
    other = speech.griffin_lim(magnitudes[1], n_iterations=3, seed=6)
    assert float((alone - other).abs().max()) > 0.05


@pytest.mark.parametrize("length", [1, 99, 100, 640])
def test_any_length_is_found_again(length):
    magnitudes = speech.spectrogram(noise(length))
    found = speech.griffin_lim(magnitudes, length, n_iterations=3)
    assert found.shape == (length,) and found.isfinite().all()
    shortest = speech.griffin_lim(magnitudes, n_iterations=0)
    assert len(shortest) == max(100 * (length // 100), 1)


def test_convergence_by_hand(vowels):
    magnitudes = speech.spectrogram(vowels)
    found = speech.spectral_convergence(0.9 * vowels, magnitudes)
    assert found.tolist() == pytest.approx([-20, -20], abs=1e-3)
    silence = speech.spectral_convergence(0 * vowels, magnitudes)
    assert silence.tolist() == pytest.approx([0, 0], abs=1e-5)


# ---- what is refused -----------------------------------------------------------------

FLAT = torch.ones(257, 3)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: speech.griffin_lim(torch.ones(40, 3)), "has 40 rows, 257 are meant"),
        (lambda: speech.griffin_lim(torch.ones(257, 0)), "1 frame or more"),
        (lambda: speech.griffin_lim(torch.ones(257)), "1 frame or more"),
        (lambda: speech.griffin_lim(-FLAT), "take exp of logarithms"),
        (lambda: speech.griffin_lim(FLAT * math.nan), "finite"),
        (lambda: speech.griffin_lim(FLAT * math.inf), "finite"),
        (lambda: speech.griffin_lim(FLAT.long()), "int64; pass floats"),
        (lambda: speech.griffin_lim(FLAT + 0j), "complex64; pass floats"),
        (lambda: speech.griffin_lim(FLAT, 300), "200 to 299 samples, not 300"),
        (lambda: speech.griffin_lim(FLAT, 199), "200 to 299 samples"),
        (lambda: speech.griffin_lim(FLAT, 250.0), "200 to 299 samples"),
        (lambda: speech.griffin_lim(FLAT[:, :1], 0), "1 to 99 samples"),
        (lambda: speech.griffin_lim(FLAT, n_iterations=-1), "n_iterations"),
        (lambda: speech.griffin_lim(FLAT, n_iterations=2.5), "n_iterations"),
        (lambda: speech.griffin_lim(FLAT, momentum=-0.1), "momentum"),
        (lambda: speech.istft(FLAT[:256] + 0j, 200), "has 256 rows"),
        (lambda: speech.istft(FLAT + 0j, 400), "200 to 299 samples"),
        (lambda: speech.linear_from_mel(FLAT), "has 257 rows, 40 are meant"),
        (lambda: speech.linear_from_mel(-FLAT[:40]), "take exp of logarithms"),
        (lambda: speech.linear_from_mel(FLAT[:40], 0), "n_updates"),
        (lambda: speech.spectral_convergence(torch.ones(300), FLAT), "not 300"),
    ],
)
def test_what_has_no_waveform_is_refused(make, message, refused):
    with refused(message):
        make()
