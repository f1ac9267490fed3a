"""Energy distance, kernel densities: known values, and bad input."""

import math

import pytest
import torch
from torch.distributions import Normal

from aigc_helpers.metrics import energy_distance, kernel_log_density


def normal(n, seed, shift=0.0, dims=2):
    return torch.randn(n, dims, generator=torch.Generator().manual_seed(seed)) + shift


def test_energy_distance_of_normal_distributions_in_one_dimension():
    # E|X - Y| of N(0, 1) and N(3, 1): a folded normal of mean 3, variance 2
    a, b = normal(4000, 0, dims=1), normal(4000, 1, 3.0, dims=1)
    d, s = 3.0, math.sqrt(2)
    cdf = Normal(0.0, 1.0).cdf(torch.tensor(-d / s)).item()
    folded = s * math.sqrt(2 / math.pi) * math.exp(-(d**2) / (2 * s**2))
    folded += d * (1 - 2 * cdf)
    expected = 2 * folded - 2 * 2 / math.sqrt(math.pi)
    assert energy_distance(a, b) == pytest.approx(expected, rel=0.02)


def test_energy_distance_of_equal_distributions_scatters_around_zero():
    found = [energy_distance(normal(300, i), normal(300, 100 + i)) for i in range(40)]
    mean, spread = sum(found) / 40, max(found) - min(found)
    assert min(found) < 0 < max(found) and abs(mean) < spread / 8
    assert energy_distance(normal(300, 0), normal(300, 1, 0.5)) > max(found)


def test_energy_distance_needs_two_points():
    with pytest.raises(ValueError, match="1 and 5 points; give two or more"):
        energy_distance(normal(1, 0), normal(5, 0))


def test_kernel_density_of_one_sample_is_its_kernel():
    x = normal(20, 0, dims=3)
    found = kernel_log_density(x, torch.zeros(1, 3), bandwidth=0.7)
    expected = Normal(0.0, 0.7).log_prob(x).sum(dim=1)
    torch.testing.assert_close(found, expected)


def test_kernel_density_integrates_to_one_and_repeats_do_not_matter():
    samples = normal(7, 1)
    axis = torch.linspace(-6, 6, 241)
    grid = torch.cartesian_prod(axis, axis)
    density = kernel_log_density(grid, samples, bandwidth=0.3).exp()
    assert float(density.sum() * 0.05**2) == pytest.approx(1, abs=1e-3)
    twice = kernel_log_density(grid, samples.repeat(2, 1), bandwidth=0.3).exp()
    torch.testing.assert_close(density, twice)


@pytest.mark.parametrize("bandwidth", [0.0, -1.0, math.nan])
def test_a_bandwidth_is_positive(bandwidth):
    with pytest.raises(ValueError, match="bandwidth must be positive"):
        kernel_log_density(normal(2, 0), normal(2, 1), bandwidth=bandwidth)
