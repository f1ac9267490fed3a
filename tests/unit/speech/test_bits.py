"""Mixtures of two models of codes."""

import torch

from aigc_helpers.speech.bits import mean_bits, mixed_bits


def test_a_mixture_has_the_mean_of_the_probabilities():
    p, q = torch.tensor([0.5, 0.25]), torch.tensor([0.125, 0.25])
    [found] = mixed_bits([-p.log2()], [-q.log2()], 0.75)
    torch.testing.assert_close(2**-found, (0.75 * p + 0.25 * q).double())


def test_improbable_codes_cost_finitely_many_bits():
    [found] = mixed_bits([torch.tensor([4000.0])], [torch.tensor([2.0])], 0.5)
    assert found.tolist() == [3.0]


def test_a_clip_counts_its_own_codes():
    assert mean_bits([torch.tensor([1.0, 3.0]), torch.tensor([5.0])]).tolist() == [2, 5]
