"""Mu-law and uniform levels: the formula by hand, its properties, its noise."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from aigc_helpers import speech

amplitudes = st.floats(-1, 1, width=32)
levels = st.sampled_from([2, 3, 16, 255, 256, 1024])


def test_the_formula_at_known_places():
    x = torch.tensor([-1, -0.1, 0, 1 / 255, 0.5, 1], dtype=torch.float64)
    expected = [-1, -math.log(26.5) / math.log(256), 0, 1 / 8, math.log(128.5), 1]
    expected[4] /= math.log(256)
    assert speech.compress(x).tolist() == pytest.approx(expected, abs=1e-12)
    torch.testing.assert_close(speech.expand(speech.compress(x)), x)


def test_codes_at_known_places():
    x = torch.tensor([-1, -0.001, 0, 0.001, 1])
    assert speech.mu_law_encode(x).tolist() == [0, 122, 128, 133, 255]
    assert speech.quantise(x).tolist() == [0, 127, 128, 128, 255]
    assert speech.quantise(x, 2).tolist() == [0, 0, 1, 1, 1]
    silence = float(speech.mu_law_decode(torch.tensor(128)))
    assert silence == pytest.approx((256 ** (1 / 255) - 1) / 255, rel=1e-4)


@given(st.lists(amplitudes, min_size=1, max_size=30), levels)
def test_codes_rise_with_the_amplitude_and_round_to_the_nearest(values, n):
    x = torch.tensor(sorted(values))
    codes = speech.mu_law_encode(x, n)
    assert (codes.diff() >= 0).all() and codes.min() >= 0 and codes.max() < n
    again = speech.mu_law_decode(codes, n)
    off = speech.compress(again, n - 1) - speech.compress(x, n - 1)
    assert float(off.abs().max()) <= 1 / (n - 1) + 1e-6  # half a step
    assert float((speech.dequantise(speech.quantise(x, n), n) - x).abs().max()) <= (
        1 / (n - 1) + 1e-6
    )


@given(st.lists(amplitudes, min_size=1, max_size=30), levels)
def test_both_signs_are_treated_alike(values, n):
    x = torch.tensor(values)
    torch.testing.assert_close(speech.compress(-x), -speech.compress(x))
    place = (speech.compress(x, n - 1) + 1) / 2 * (n - 1)
    is_between = (place - place.floor() - 0.5).abs() > 1e-3  # not half-way: no tie
    total = speech.mu_law_encode(x, n) + speech.mu_law_encode(-x, n)
    assert (total == n - 1)[is_between].all()


@pytest.mark.parametrize("n", [2, 16, 256, 1024])
def test_every_code_comes_back(n):
    codes = torch.arange(n)
    assert torch.equal(speech.mu_law_encode(speech.mu_law_decode(codes, n), n), codes)
    assert torch.equal(speech.quantise(speech.dequantise(codes, n), n), codes)
    assert torch.equal(
        speech.mu_law_decode(codes.int(), n), speech.mu_law_decode(codes, n)
    )


def test_noise_of_mu_law_follows_the_sound_that_of_equal_steps_does_not():
    """Textbook: 38.05 dB for mu-law, 12 (level / step)^2 for steps of 2 / 255."""
    rng = torch.Generator().manual_seed(0)
    loud = torch.rand(50_000, generator=rng) * 2 - 1
    limit = 10 * math.log10(3 * 256**2 / math.log(256) ** 2)
    for db in (0, -20, -40):
        x = loud * 10 ** (db / 20)
        mu_law = speech.mu_law_decode(speech.mu_law_encode(x))
        uniform = speech.dequantise(speech.quantise(x))
        found = float(speech.signal_to_noise(x, mu_law))
        even = 10 * math.log10(12 * float(x.square().mean()) / (2 / 255) ** 2)
        assert float(speech.signal_to_noise(x, uniform)) == pytest.approx(even, abs=0.8)
        # mu |x| is not far above 1 in quiet sounds, which the limit takes it to be
        assert limit - (1, 3, 12)[-db // 20] < found < limit + 0.2
        assert (found > even) == (db < 0)


def test_speech_gains_by_mu_law(vowels):
    x = speech.normalise(vowels, -30)
    mu_law = speech.mu_law_decode(speech.mu_law_encode(x))
    uniform = speech.dequantise(speech.quantise(x))
    gain = speech.signal_to_noise(x, mu_law) - speech.signal_to_noise(x, uniform)
    assert (gain > 6).all()


ZEROS = torch.zeros(4)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: speech.mu_law_encode(ZEROS + 1.01),
            r"in \[-1, 1\], got \[1.01, 1.01\]",
        ),
        (lambda: speech.mu_law_encode(ZEROS - 1.01), r"in \[-1, 1\]"),
        (lambda: speech.quantise(ZEROS + 2), r"in \[-1, 1\]"),
        (lambda: speech.compress(ZEROS * math.nan), "NaN"),
        (lambda: speech.compress(ZEROS.long()), "divide 16-bit samples"),
        (lambda: speech.compress(ZEROS, 0), "mu must be above 0"),
        (lambda: speech.expand(ZEROS, -1), "mu must be above 0"),
        (lambda: speech.expand(ZEROS + 1.5), r"in \[-1, 1\]"),
        (lambda: speech.mu_law_encode(ZEROS, 1), "n_levels"),
        (lambda: speech.mu_law_encode(ZEROS, 2.5), "n_levels"),
        (lambda: speech.mu_law_decode(ZEROS), "one whole number"),
        (lambda: speech.mu_law_decode(ZEROS.bool()), "one whole number"),
        (lambda: speech.mu_law_decode(ZEROS.long()[:0]), "one whole number"),
        (lambda: speech.mu_law_decode([3]), "one whole number"),
        (lambda: speech.mu_law_decode(torch.tensor([256])), r"in 0..255"),
        (lambda: speech.mu_law_decode(torch.tensor([-1])), r"in 0..255"),
        (lambda: speech.dequantise(torch.tensor([16]), 16), r"in 0..15"),
    ],
)
def test_wrong_amplitudes_and_codes_are_refused(make, message, refused):
    with refused(message):
        make()
