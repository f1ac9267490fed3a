"""Clips as codes: levels, rows, what is quiet."""

from types import SimpleNamespace

import pytest
import torch

from aigc_helpers.reader import Mistake
from aigc_helpers.speech.clips import (
    FULL_SCALE,
    SILENCE,
    code_clips,
    fill_steps,
    is_quiet,
)
from aigc_helpers.speech.quantisation import mu_law_encode


def sounds(n: int = 3):
    """Clips of noise of several lengths and levels."""
    rng = torch.Generator().manual_seed(0)
    clips = [0.1**i * torch.rand(300 + i, generator=rng) - 0.05**i for i in range(n)]
    return SimpleNamespace(clips=clips, digits=range(n), speakers=[0] * n)


def test_codes_do_not_depend_on_the_level_of_a_recording():
    quiet, loud = sounds(), sounds()
    loud.clips = [3 * clip for clip in loud.clips]
    for a, b in zip(code_clips(quiet).codes, code_clips(loud).codes, strict=True):
        assert (a - b).double().abs().mean() < 1  # noise in the steps of 16 bits
        assert len(a.unique()) > 50


def test_the_noise_in_a_recording_s_steps_is_as_wide_as_they_are():
    rng = torch.Generator().manual_seed(0)
    whole = torch.randint(-40, 40, (5000,), generator=rng)
    for step in (1, 256):
        recording = whole * step / FULL_SCALE
        noise = (fill_steps(recording, rng) - recording) * FULL_SCALE / step
        assert -0.501 < noise.min() < -0.49 and 0.49 < noise.max() < 0.501
        assert noise.mean().abs() < 0.02
    coarse = SimpleNamespace(clips=[whole * 256 / FULL_SCALE], digits=[0], speakers=[0])
    assert len(code_clips(coarse).codes[0].unique()) > 150 > len(whole.unique())
    assert (fill_steps(torch.zeros(3), rng) == 0).all()


def test_silence_is_what_amplitude_0_becomes():
    assert mu_law_encode(torch.zeros(1)).item() == SILENCE


def test_rows_keep_their_facts():
    clips = code_clips(sounds())
    for rows in (slice(1, None), [1, 2], torch.tensor([False, True, True])):
        part = clips[rows]
        assert part.digits.tolist() == [1, 2] and part.lengths.tolist() == [301, 302]
        assert (part.codes[0] == clips.codes[1]).all()


def test_a_clip_without_its_digit_is_refused():
    lacking = sounds()
    lacking.digits = [1]
    with pytest.raises(Mistake, match="one of each"):
        code_clips(lacking)


def test_quiet_is_what_lies_far_below_the_clip():
    t = torch.arange(2000)
    tone = 0.5 * (t * 0.3).sin() * torch.where(t < 1000, 1.0, 0.01)  # 40 dB less
    quiet = is_quiet(mu_law_encode(tone))
    assert not quiet[:1000].any() and quiet[1100:].all()
    assert not is_quiet(mu_law_encode(tone), below=60).any()
    even = torch.full((500,), 60)  # both ends are as loud as the middle
    assert not is_quiet(even, below=1).any()
