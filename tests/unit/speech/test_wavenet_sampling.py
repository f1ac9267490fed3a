"""Queues and plain sampling draw the same codes."""

import pytest
import torch

from aigc_helpers.reader import Mistake
from aigc_helpers.speech.clips import SILENCE
from aigc_helpers.speech.wavenet import WaveNet
from aigc_helpers.speech.wavenet_sampling import (
    Queues,
    draw,
    sample_codes,
    sample_plainly,
)

GIVEN = [3, 0, 7], [1, 5, 0]  # digits and speakers


def peaked(dilations=(1, 2, 4, 8, 1, 2), seed: int = 0) -> WaveNet:
    """A network whose predictions depend on what it reads, so that mistakes show."""
    torch.manual_seed(seed)
    network = WaveNet(6, 8, 4, dilations, taps=3)
    with torch.no_grad():
        for weight in network.parameters():
            weight.add_(0.4 * torch.randn_like(weight))
        network.weights.copy_(torch.tensor([0.1, -0.5, 0.9]))  # it does not explode
    return network


@pytest.mark.parametrize("dilations", [(1,), (5, 3), (1, 2, 4, 8, 1, 2)])
@pytest.mark.parametrize("temperature", [0, 0.7, 1.0])
def test_queues_draw_what_plain_sampling_draws(dilations, temperature):
    network = peaked(dilations)
    options = {"length": 60, "temperature": temperature, "seed": 2}
    codes = sample_codes(network, *GIVEN, **options)
    assert codes.equal(sample_plainly(network, *GIVEN, **options))
    assert codes.shape == (3, 60)
    assert len(codes.unique()) > 20 or not temperature


@torch.no_grad()
def test_queues_give_the_scores_of_the_whole_sequence():
    network = peaked().double()
    digits, speakers = map(torch.tensor, GIVEN)
    codes = torch.randint(256, (3, 50))
    silence = torch.full((3, network.receptive_field - 1), SILENCE)
    found = network(torch.cat([silence, codes], dim=1), digits, speakers)
    expected = found.log_probabilities()  # (3, 51, 256)
    queues = Queues(network, digits, speakers)
    for t in range(50):
        scores = queues.push(codes[:, t])
        torch.testing.assert_close(scores, expected[:, t], rtol=0, atol=1e-10)


def test_the_network_is_left_as_it_was():
    network = peaked().train()
    before = [weight.clone() for weight in network.parameters()]
    sample_codes(network, *GIVEN, 5)
    assert network.training and network.weights.dtype == torch.float32
    assert all(a.equal(b) for a, b in zip(before, network.parameters(), strict=True))


def test_seed_and_temperature_decide():
    network = peaked()
    one, two = (sample_codes(network, *GIVEN, 40, seed=seed) for seed in (0, 1))
    assert not one.equal(two) and one.equal(sample_codes(network, *GIVEN, 40, seed=0))
    greedy = [sample_codes(network, *GIVEN, 40, temperature=0, seed=s) for s in (0, 1)]
    assert greedy[0].equal(greedy[1])


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_draws_follow_the_softmax(temperature):
    logits, rng = torch.randn(256).double(), torch.Generator().manual_seed(0)
    n = 200_000
    codes = draw(logits.expand(n, -1), temperature, rng)
    share = codes.bincount(minlength=256) / n
    expected = (logits / temperature).softmax(0)
    error = (expected * (1 - expected) / n).sqrt()
    assert ((share - expected).abs() < 4.5 * error + 1e-5).all()


@pytest.mark.parametrize("wrong", [{"temperature": -1}, {"length": 0}])
def test_numbers_out_of_range_are_refused(wrong):
    with pytest.raises(Mistake):
        sample_codes(peaked(), *GIVEN, **{"length": 3} | wrong)
