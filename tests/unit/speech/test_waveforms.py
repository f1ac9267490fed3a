"""Rate, channels, level and silence of waveforms."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from aigc_helpers import speech


def tone(frequency, rate, seconds=0.25, amplitude=0.5):
    t = torch.arange(int(seconds * rate), dtype=torch.float64) / rate
    return (amplitude * (2 * math.pi * frequency * t).sin()).float()


# ---- rate and channels ---------------------------------------------------------------


@pytest.mark.parametrize("rate", [4000, 8000, 11025, 16000, 44100, 48000])
def test_a_tone_is_the_same_tone_at_8_khz(rate):
    found = speech.resample(tone(1000, rate), rate)
    expected = tone(1000, 8000)
    assert len(found) == math.ceil(int(0.25 * rate) * 8000 / rate)
    assert found.dtype == torch.float32
    inside = slice(200, 1800)
    torch.testing.assert_close(found[inside], expected[inside], rtol=0, atol=2e-3)


def test_what_lies_above_4_khz_does_not_come_back_lower():
    found = speech.resample(tone(6000, 16000), 16000)
    assert (
        float(speech.level(found[200:-200]))
        < float(speech.level(tone(6000, 16000))) - 40
    )


def test_rows_are_resampled_alike():
    both = torch.stack([tone(500, 16000), tone(900, 16000)])
    found = speech.resample(both, 16000)
    assert found.shape == (2, 2000)
    torch.testing.assert_close(found[1], speech.resample(both[1], 16000))


def test_mono_is_the_mean_of_the_channels():
    stereo = torch.tensor([[0.5, -1.0, 0.0], [0.5, 1.0, 0.25]])
    assert speech.to_mono(stereo).tolist() == [0.5, 0, 0.125]


# ---- level ---------------------------------------------------------------------------


def test_levels_of_square_wave_sine_and_silence():
    sounds = torch.stack(
        [torch.ones(2000), tone(1000, 8000, 0.25, 1.0), torch.zeros(2000)]
    )
    found = speech.level(sounds)
    assert found[:2].tolist() == pytest.approx([0, -3.0103], abs=1e-3)
    assert float(found[2]) == -math.inf


def test_sounds_get_the_level_that_is_asked_for(vowels):
    sounds = torch.stack([vowels[0], vowels[0] / 100, -vowels[1]])
    found = speech.normalise(sounds, -26)
    assert speech.level(found).tolist() == pytest.approx([-26] * 3, abs=1e-3)
    torch.testing.assert_close(found[0], found[1])


def test_a_click_gets_less_than_it_asks_for():
    click = torch.zeros(1000)
    click[500] = 0.01
    found = speech.normalise(click, -10, peak=-6)
    assert float(found.max()) == pytest.approx(10 ** (-6 / 20))
    assert float(speech.level(found)) < -10


@given(
    st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1),
    st.floats(-60, 20),
    st.floats(-20, 0),
)
def test_nothing_ever_clips_and_nothing_breaks(values, to, peak):
    found = speech.normalise(torch.tensor(values), to, peak=peak)
    assert found.isfinite().all()
    assert float(found.abs().max()) <= 10 ** (peak / 20) + 1e-6
    assert (found.sign() == torch.tensor(values).sign())[found.abs() > 1e-30].all()


def test_signal_to_noise_by_hand():
    x = torch.tensor([[3.0, 4.0], [1.0, 0.0]])
    worse = x + torch.tensor([[0.5, 0.0], [0.0, 0.1]])
    assert speech.signal_to_noise(x, worse).tolist() == pytest.approx(
        [20, 20], abs=1e-4
    )
    assert float(speech.signal_to_noise(x[0], x[0])) == math.inf


# ---- silence -------------------------------------------------------------------------


def test_silence_at_both_ends_is_cut_and_a_pause_inside_is_kept():
    pause = torch.zeros(1500)
    x = torch.cat([torch.zeros(2000), tone(500, 8000), pause, tone(500, 8000), pause])
    found = speech.trim_silence(x)
    sound = 2 * 2000 + 1500
    assert sound <= len(found) <= sound + 2 * 300  # at most a frame at either end
    assert float(speech.level(found[:200])) > -40


def test_faint_noise_is_silence_at_30_db_and_sound_at_60():
    rng = torch.Generator().manual_seed(0)
    faint = 0.002 * torch.randn(3000, generator=rng)  # 45 dB below the tone
    x = torch.cat([faint, tone(500, 8000)])
    assert len(speech.trim_silence(x)) < 2500
    assert len(speech.trim_silence(x, 60)) == 5000


@pytest.mark.parametrize("length", [1, 50, 401])
def test_what_is_silent_or_even_throughout_stays_whole(length):
    for x in (torch.zeros(length), torch.full((length,), 0.3)):
        assert torch.equal(speech.trim_silence(x), x)


def test_trimmed_as_librosa_trims(librosa, vowels):
    rng = torch.Generator().manual_seed(0)
    x = torch.cat([torch.zeros(1230), vowels[0], torch.zeros(777)])
    x += 1e-4 * torch.randn(x.shape, generator=rng)
    for below in (10, 30, 50, 90):
        expected, _ = librosa.effects.trim(
            x.numpy(), top_db=below, frame_length=400, hop_length=100
        )
        assert np.array_equal(speech.trim_silence(x, below), expected)


# ---- what is refused -----------------------------------------------------------------

ONES = torch.ones(500)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: speech.resample(ONES, 0), "rate must be"),
        (lambda: speech.resample(ONES, 44100.0), "rate must be"),
        (lambda: speech.resample(ONES, 10**9), "rate must be"),
        (lambda: speech.resample(ONES.short(), 16000), "divide 16-bit"),
        (lambda: speech.to_mono(ONES), r"recording is \(C, L\)"),
        (lambda: speech.normalise(ONES, peak=0.1), "peak must be"),
        (lambda: speech.normalise(ONES * math.nan), "NaN"),
        (lambda: speech.trim_silence(ONES[None]), "one waveform"),
        (lambda: speech.trim_silence(ONES, 0), "below must be"),
        (lambda: speech.level(ONES[:0]), "empty"),
        (lambda: speech.signal_to_noise(ONES, ONES[:1]), "one shape"),
    ],
)
def test_wrong_sounds_and_settings_are_refused(make, message, refused):
    with refused(message):
        make()
