"""Speaking: what is written, where it stops, how loud it is, where it looked."""

import pytest
import tiny_tacotrons
import torch

from aigc_helpers.reader import Mistake
from aigc_helpers.speech import synthesis, tacotron
from aigc_helpers.speech.spelling import encode_all
from aigc_helpers.speech.synthesis import levelled, reading, synthesise


def stopping(stop: float):
    """A tiny network that stops at once, or never."""
    model = tiny_tacotrons.tacotron()
    with torch.no_grad():
        model.to_stop.weight.zero_()
        model.to_stop.bias.fill_(stop)
    return model


def test_shapes_and_the_floor_of_magnitudes():
    one, two = synthesise(stopping(-1), ["7", "12"], [0, 1])
    for found, letters in ((one, " seven "), (two, " one two ")):
        n_frames = found.mel.shape[1]
        assert found.letters == letters
        assert found.mel.shape == (40, n_frames)
        assert found.spectrum.shape == (257, n_frames)
        assert found.attention.shape == (n_frames // 2, len(letters))
        assert min(found.mel.min(), found.spectrum.min()) >= -6.91
    assert (one.voice, two.voice) == (0, 1)


def test_a_network_that_never_stops_is_stopped():
    (found,) = synthesise(stopping(-1), ["12"], [0])
    assert not found.is_complete and found.mel.shape[1] == 20 + 2 * 60


def test_what_stops_at_once_has_one_step():
    (found,) = synthesise(stopping(1), ["12"], [0])
    assert found.is_complete and found.mel.shape[1] == 2


def test_several_at_once_are_what_each_is_alone():
    model = tiny_tacotrons.tacotron(dropout=0.5)
    with torch.no_grad():  # some stop long before others
        model.to_stop.weight.mul_(3)
    texts, voices = ["1", "123", "90"], [0, 1, 1]
    together = synthesise(model, texts, voices)
    for text, voice, found in zip(texts, voices, together, strict=True):
        (alone,) = synthesise(model, [text], [voice])
        torch.testing.assert_close(alone.spectrum, found.spectrum, rtol=0, atol=1e-4)
        torch.testing.assert_close(alone.attention, found.attention)


@torch.no_grad()
def test_what_is_written_follows_from_itself():
    """Fed with its own frames, a network says them again."""
    model = tiny_tacotrons.tacotron(n_frames=3)
    model.to_stop.bias.fill_(-9)
    model.to_frames.weight.mul_(0.3)  # no number below the floor
    (found,) = synthesise(model, ["12"], [1])
    own = tacotron.normalised(found.mel.T)[None]  # (1, T, 40), none below the floor
    assert own.min() > tacotron.SILENCE
    letters = encode_all([found.letters])
    again, _, weights = model(letters, torch.tensor([1]), own)
    torch.testing.assert_close(again, own, rtol=0, atol=1e-4)
    torch.testing.assert_close(weights[0], found.attention, rtol=0, atol=1e-4)


def test_the_first_stop_counts_while_others_go_on(monkeypatch):
    model, steps = tiny_tacotrons.tacotron(), []
    step = model.step

    def stopping_at_2_and_5(*inputs):
        group, _, *rest = step(*inputs)
        steps.append(len(steps))
        stop = torch.tensor([steps[-1] >= 2, steps[-1] == 5]).float() - 0.5
        return group, stop, *rest

    monkeypatch.setattr(model, "step", stopping_at_2_and_5)
    found = synthesise(model, ["1", "2"], [0, 0])
    assert [len(one.attention) for one in found] == [3, 6] and len(steps) == 6


def test_the_same_text_sounds_the_same():
    model = tiny_tacotrons.tacotron(dropout=0.5).train()
    first, _ = synthesis.speak(model, "3")
    torch.manual_seed(5)
    again, _ = synthesis.speak(model, "3")
    assert torch.equal(first, again) and model.training


@pytest.mark.parametrize(
    ("texts", "voices", "chinese"),
    [
        (["1x"], [0], "“x”读不了"),
        (["1"], [2], "没有 2 号嗓音"),
        (["1"], [-1], "没有 -1 号嗓音"),
        (["1", "2"], [0], "有 2 串数字、1 个嗓音"),
    ],
)
def test_what_cannot_be_spoken_is_refused(texts, voices, chinese):
    with pytest.raises(Mistake) as caught:
        synthesise(tiny_tacotrons.tacotron(), texts, voices)
    assert chinese in caught.value.chinese


def test_loudness_does_not_depend_on_silence_or_on_the_level_before():
    rng = torch.Generator().manual_seed(0)
    noise = 0.01 * torch.randn(4000, generator=rng)
    waves = [noise, 7 * noise, torch.cat([torch.zeros(8000), noise])]
    for wave in waves:
        level = levelled(wave)[-4000:].square().mean().sqrt()
        assert 20 * level.log10() == pytest.approx(synthesis.LEVEL, abs=0.3)


def test_a_peak_does_not_clip():
    wave = 0.01 * torch.randn(4000, generator=torch.Generator().manual_seed(0))
    wave[2000] = 1.0
    assert levelled(wave).abs().max() == pytest.approx(10 ** (-1 / 20))


# ---- where it looked ------------------------------------------------------------


def looking_at(*places, n: int = 8):
    return torch.eye(n)[list(places)]


@pytest.mark.parametrize(
    ("places", "back", "jump", "left"),
    [
        ([0, 1, 2, 3, 4, 5, 6, 7], 0, 1, 0),
        ([0, 1, 3, 2, 4, 6], 1, 2, 1),
        ([3, 4, 4, 5], 0, 3, 2),
        ([0, 5, 7, 2], 5, 5, 0),
    ],
)
def test_a_reading_has_its_steps(places, back, jump, left):
    found = reading(looking_at(*places))
    assert found == (back, jump, left)


@pytest.mark.parametrize(
    ("places", "is_monotonic"),
    [
        ([0, 1, 2, 4, 6], True),
        ([0, 1, 2, 1, 4, 7], True),
        ([0, 1, 2, 0, 2, 4, 6], False),  # goes back
        ([0, 1, 5, 6], False),  # leaves letters out
        ([0, 1, 2, 4, 5], True),
        ([0, 1, 2, 4], False),  # does not come to the end
    ],
)
def test_what_reads_from_left_to_right_is_monotonic(places, is_monotonic):
    assert reading(looking_at(*places)).is_monotonic == is_monotonic
