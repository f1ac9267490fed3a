"""Tacotron: steps and a whole string are one function; attention; what it is fed."""

import math

import pytest
import tiny_tacotrons
import torch

from aigc_helpers.reader import Mistake
from aigc_helpers.speech import tacotron
from aigc_helpers.speech.spelling import encode_all
from aigc_helpers.speech.tacotron import ATTENTIONS, MixtureAttention, Tacotron

TEXTS = [" one ", " seven two ", " six "]


def letters_and_voices():
    return encode_all(TEXTS), torch.tensor([0, 1, 1])


def random_frames(n_steps: int, r: int, n: int = 3):
    rng = torch.Generator().manual_seed(0)
    return torch.randn(n, n_steps * r, tacotron.N_MEL, generator=rng)


@torch.no_grad()
@pytest.mark.parametrize("attention", ATTENTIONS)
def test_steps_and_a_whole_string_agree(attention):
    model, (letters, voices) = tiny_tacotrons.tacotron(attention), letters_and_voices()
    frames = random_frames(6, r=2)
    whole, stops, rows = model(letters, voices, frames)
    read = model.read(letters, voices)
    state = model.initial_state(read)
    frame = torch.full((3, tacotron.N_MEL), tacotron.SILENCE)
    for t in range(6):
        group, stop, weights, state = model.step(read, frame, state)
        torch.testing.assert_close(group, whole[:, 2 * t : 2 * t + 2])
        torch.testing.assert_close(stop, stops[:, t])
        torch.testing.assert_close(weights, rows[:, t])
        frame = frames[:, 2 * t + 1]
    start = model.initial_state(read)
    assert [part.shape for part in state] == [part.shape for part in start]


@torch.no_grad()
@pytest.mark.parametrize("attention", ATTENTIONS)
def test_padding_changes_nothing(attention):
    model, (letters, voices) = tiny_tacotrons.tacotron(attention), letters_and_voices()
    frames = random_frames(4, r=2)
    together = model(letters, voices, frames)
    for i, text in enumerate(TEXTS):
        alone = model(encode_all([text]), voices[i : i + 1], frames[i : i + 1])
        torch.testing.assert_close(alone[0][0], together[0][i])
        torch.testing.assert_close(alone[2][0], together[2][i][:, : len(text)])
        assert (together[2][i][:, len(text) :] == 0).all()


@torch.no_grad()
@pytest.mark.parametrize("attention", ["content", "location"])
def test_rows_of_weights_sum_to_one(attention):
    model, (letters, voices) = tiny_tacotrons.tacotron(attention), letters_and_voices()
    _, _, rows = model(letters, voices, random_frames(5, r=2))
    torch.testing.assert_close(rows.sum(2), torch.ones(3, 5))


@torch.no_grad()
def test_centres_of_a_mixture_only_move_ahead():
    model, (letters, voices) = tiny_tacotrons.tacotron(), letters_and_voices()
    read = model.read(letters, voices)
    state = model.initial_state(read)
    for frame in random_frames(9, r=1).unbind(1):
        before = state[3]
        state = model.step(read, frame, state)[3]
        assert (state[3] > before).all()


@torch.no_grad()
def test_a_mixture_is_a_sum_of_normal_densities():
    attention = MixtureAttention(5, 4, n_curves=2)
    h, before = torch.randn(1, 5), torch.tensor([[1.0, 3.0]])
    is_there = torch.ones(1, 9, dtype=torch.bool)
    places = attention.remember(torch.zeros(1, 9, 4))
    weights, (centres,) = attention(h, places, is_there, (before,))
    share, move, width = attention.to_shape(h).view(3, 2)
    torch.testing.assert_close(centres[0], before[0] + (1 + move.exp()).log())
    curve = torch.distributions.Normal(centres[0], (1 + width.exp()).log() + 0.2)
    density = curve.log_prob(places[:, None]).exp()  # (9, 2)
    torch.testing.assert_close(weights[0], density @ share.softmax(0))


@torch.no_grad()
def test_a_mixture_starts_with_the_move_that_its_bias_says():
    torch.manual_seed(0)
    attention = MixtureAttention(16, 4, n_curves=3)
    h, start = torch.zeros(1, 16), attention.initial(torch.zeros(1, 3, 4))
    attention.to_shape[0].bias.zero_()
    places, is_there = torch.arange(3.0), torch.ones(1, 3, dtype=torch.bool)
    _, (centres,) = attention(h, places, is_there, start)
    torch.testing.assert_close(centres, torch.full((1, 3), attention.first_move))


@torch.no_grad()
def test_a_voice_changes_what_is_said():
    model, (letters, _) = tiny_tacotrons.tacotron(), letters_and_voices()
    frames = random_frames(4, r=2)
    one, other = (model(letters, torch.full((3,), i), frames)[0] for i in range(2))
    assert not torch.allclose(one, other)


def test_the_frame_before_a_group_is_the_last_of_the_group_before():
    frames = torch.arange(6.0).view(1, 6, 1).expand(-1, -1, 2)
    before = tacotron.frames_before(frames, 2)
    assert before.shape == (1, 3, 2)
    assert before[0, :, 0].tolist() == [pytest.approx(tacotron.SILENCE), 1, 3]


def test_normalised_magnitudes_come_back_and_end_at_the_floor():
    x = torch.tensor([math.log(1e-3), -1.0, 3.0])
    torch.testing.assert_close(tacotron.denormalised(tacotron.normalised(x)), x)
    assert tacotron.denormalised(torch.tensor(-9.0)) == pytest.approx(math.log(1e-3))


def test_the_default_fits_on_a_page():
    """Half a million numbers are 1 MB as float16."""
    model = Tacotron(n_voices=6)
    assert sum(weight.numel() for weight in model.parameters()) <= 500_000


def test_an_attention_that_does_not_exist_is_refused():
    with pytest.raises(Mistake, match="'content', 'location', 'mixture'"):
        Tacotron(1, attention="self")
