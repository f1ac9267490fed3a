"""Data in the plane: inside the square, in equal parts, with the density they claim."""

import pytest
import torch
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from aigc_helpers.data import eight_gaussian_centres, plane_data
from aigc_helpers.metrics import part_coverage

NAMES = ("eight", "moons", "spiral")


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("name", NAMES)
def test_points_lie_in_the_square_evenly_over_the_parts(name):
    data = plane_data(name)
    points = data.sample(16_000, generator=rng())
    assert points.shape == (16_000, 2) and points.dtype == torch.float32
    assert points.abs().max() < 3
    nearest = torch.cdist(points, data.centres.flatten(0, 1)).argmin(1)
    shares = (nearest // data.centres.shape[1]).bincount(minlength=8) / 16_000
    assert (shares - 1 / 8).abs().max() < 0.02  # ends of parts overlap a little
    covered, near = part_coverage(points, data.centres, std=data.std)
    assert covered == 8 and near > 0.985  # 1 - exp(-9 / 2) = 0.989 for eight modes


@pytest.mark.parametrize("name", NAMES)
def test_the_density_is_that_of_torchs_mixture_and_sums_to_one(name):
    data = plane_data(name)
    centres = data.centres.flatten(0, 1)
    parts = Independent(Normal(centres, data.std), 1)
    mixture = MixtureSameFamily(Categorical(torch.ones(len(centres))), parts)
    points = data.sample(500, generator=rng())
    torch.testing.assert_close(
        data.log_density(points), mixture.log_prob(points), atol=1e-3, rtol=1e-3
    )
    axis = torch.linspace(-3, 3, 301)
    grid = torch.cartesian_prod(axis, axis)
    assert float(data.log_density(grid).exp().sum() * 0.02**2) == pytest.approx(1, 1e-3)


@pytest.mark.parametrize("name", ["moons", "spiral"])
def test_centres_lie_evenly_along_each_curve(name):
    centres = plane_data(name).centres.flatten(0, 1)
    gaps = torch.diff(centres, dim=0).norm(dim=1)
    usual = gaps.median()
    assert int((gaps > 1.1 * usual).sum()) == (1 if name == "moons" else 0)
    assert usual < plane_data(name).std / 2  # a line, not a string of beads
    assert gaps.min() > 0.85 * usual


def test_eight_has_the_known_centres():
    centres = plane_data("eight").centres
    assert centres.shape == (8, 1, 2)
    assert torch.equal(centres[:, 0], eight_gaussian_centres())


def test_a_generator_makes_points_repeatable():
    data = plane_data("moons")
    a, b, c = (data.sample(9, generator=rng(seed)) for seed in (1, 1, 2))
    assert torch.equal(a, b) and not torch.equal(a, c)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match=r"no data set named 'x'.*eight.*spiral"):
        plane_data("x")
    with pytest.raises(ValueError, match="n must not be negative, got -1"):
        plane_data("eight").sample(-1)
    assert plane_data("eight").sample(0).shape == (0, 2)
