"""Bounds and bits against quadrature and numbers known by hand."""

import math

import pytest
import torch
from torch import distributions

from aigc_helpers import metrics


def test_bits_of_a_fair_coin_for_each_pixel():
    assert metrics.bits_per_dimension(784 * math.log(2), 784) == pytest.approx(1)
    assert metrics.bits_per_dimension(3 * math.log(2), 12) == pytest.approx(0.25)
    with pytest.raises(ValueError, match="n_dimensions is 0"):
        metrics.bits_per_dimension(1.0, 0)


def test_log_mean_exp_is_the_naive_formula_and_does_not_overflow():
    values = torch.randn(5, 7, dtype=torch.float64)
    torch.testing.assert_close(
        metrics.log_mean_exp(values), values.exp().mean(dim=1).log()
    )
    torch.testing.assert_close(
        metrics.log_mean_exp(values, dim=0), values.exp().mean(dim=0).log()
    )
    far = metrics.log_mean_exp(torch.tensor([[-1e4, -1e4 + math.log(3)]]))
    assert far.item() == pytest.approx(-1e4 + math.log(2), abs=1e-3)


def test_the_bound_of_equal_weights_is_the_weight():
    weights = torch.tensor([[-90.0] * 4, [2.0] * 4])
    assert metrics.importance_weighted_bound(weights).tolist() == [-90, 2]


def linear_gaussian(n: int, k: int, seed: int = 0):
    """Log-weights of x ~ N(z, 1), z ~ N(0, 1), with the crude proposal N(0, 2)."""
    rng = torch.Generator().manual_seed(seed)
    x = torch.randn(n, generator=rng, dtype=torch.float64) * math.sqrt(2)
    z = torch.randn(n, k, generator=rng, dtype=torch.float64) * math.sqrt(2)

    def log_density(value, variance):
        return -0.5 * (value**2 / variance + math.log(2 * math.pi * variance))

    weights = log_density(x[:, None] - z, 1) + log_density(z, 1) - log_density(z, 2)
    return weights, log_density(x, 2)


def test_the_bound_rises_with_k_to_the_exact_likelihood():
    bounds = []
    for k in (1, 5, 50, 2000):
        weights, exact = linear_gaussian(400, k)
        bounds.append(
            float((metrics.importance_weighted_bound(weights) - exact).mean())
        )
    assert bounds == sorted(bounds) and bounds[0] < -0.3 and bounds[2] < 0
    assert abs(bounds[-1]) < 0.005


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (torch.zeros(3), r"shape \(3,\); expected \(B, k\)"),
        (torch.zeros(3, 0), r"shape \(3, 0\)"),
        (torch.tensor([[0.0, math.nan]]), "NaN or infinity"),
        (torch.tensor([[0.0, math.inf]]), "NaN or infinity"),
    ],
)
def test_weights_that_are_none_are_refused(weights, message):
    with pytest.raises(ValueError, match=message):
        metrics.importance_weighted_bound(weights)


def test_an_impossible_sample_counts_as_zero():
    weights = torch.tensor([[0.0, -math.inf]])
    assert metrics.importance_weighted_bound(weights).item() == pytest.approx(
        -math.log(2)
    )


def test_log_weights_are_those_of_torchs_distributions_whatever_the_axes():
    mu, logvar = torch.randn(5, 1, 3), torch.randn(5, 1, 3)
    z, log_likelihood = torch.randn(5, 7, 3), torch.randn(5, 7)
    q = distributions.Independent(distributions.Normal(mu, (logvar / 2).exp()), 1)
    p = distributions.Independent(distributions.Normal(torch.zeros(3), 1.0), 1)
    torch.testing.assert_close(metrics.log_normal(z, mu, logvar), q.log_prob(z))
    torch.testing.assert_close(
        metrics.log_importance_weights(log_likelihood, z, mu, logvar),
        log_likelihood + p.log_prob(z) - q.log_prob(z),
    )
