"""Data in the plane: inside the square, in equal parts, with the density they claim."""

import math

import pytest
import torch
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from aigc_helpers.data import plane_data
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


def test_eight_lie_evenly_on_a_circle_each_a_part_of_its_own():
    assert plane_data("eight").centres.shape == (8, 1, 2)
    centres = plane_data("eight").centres[:, 0]
    torch.testing.assert_close(centres.norm(dim=1), torch.full((8,), 2.0))
    gaps = (centres - centres.roll(1, 0)).norm(dim=1)
    torch.testing.assert_close(gaps, torch.full((8,), 4 * math.sin(math.pi / 8)))
    torch.testing.assert_close(centres[2], torch.tensor([0.0, 2.0]), atol=1e-6, rtol=0)


@pytest.mark.parametrize("std", [0.02, 0.1])
def test_points_have_eight_equal_modes_with_the_given_spread(std):
    data = plane_data("eight", std=std)
    points, centres = data.sample(16_000, generator=rng()), data.centres[:, 0]
    mode = torch.cdist(points, centres).argmin(1)
    # 2,000 points expected in each mode, standard deviation 42
    assert (mode.bincount(minlength=8) - 2000).abs().max() < 5 * 42
    rest = points - centres[mode]
    torch.testing.assert_close(rest.std(0), torch.full((2,), std), rtol=0.03, atol=0)
    assert rest.mean(0).abs().max() < 5 * std / math.sqrt(16_000)


@pytest.mark.parametrize("name", NAMES)
def test_the_width_is_that_of_every_gaussian(name):
    narrow, wide = (plane_data(name, std=std) for std in (0.02, 0.1))
    assert torch.equal(narrow.centres, wide.centres)
    assert plane_data(name).std == wide.std == 0.1 and narrow.std == 0.02


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
