"""The synthetic distributions are those that the text says they are."""

import math

import pytest
import torch

from aigc_helpers.data.toy import eight_gaussian_centres, eight_gaussians


def test_centres_lie_evenly_on_the_circle():
    centres = eight_gaussian_centres(radius=3.0)
    assert centres.shape == (8, 2) and centres.dtype == torch.float32
    torch.testing.assert_close(centres.norm(dim=1), torch.full((8,), 3.0))
    gaps = (centres - centres.roll(1, 0)).norm(dim=1)
    torch.testing.assert_close(gaps, torch.full((8,), 6 * math.sin(math.pi / 8)))
    torch.testing.assert_close(centres[2], torch.tensor([0.0, 3.0]), atol=1e-6, rtol=0)


@pytest.mark.parametrize(("radius", "std"), [(2.0, 0.02), (1.0, 0.1)])
def test_points_have_eight_equal_modes_with_the_given_spread(radius, std):
    generator = torch.Generator().manual_seed(0)
    points = eight_gaussians(16_000, radius=radius, std=std, generator=generator)
    assert points.shape == (16_000, 2) and points.dtype == torch.float32
    centres = eight_gaussian_centres(radius)
    mode = torch.cdist(points, centres).argmin(1)
    # 2,000 points expected in each mode, standard deviation 42
    assert (mode.bincount(minlength=8) - 2000).abs().max() < 5 * 42
    rest = points - centres[mode]
    torch.testing.assert_close(rest.std(0), torch.full((2,), std), rtol=0.03, atol=0)
    assert rest.mean(0).abs().max() < 5 * std / math.sqrt(16_000)


def test_the_defaults_are_those_of_unrolled_gans():
    points = eight_gaussians(8000, generator=torch.Generator().manual_seed(1))
    distance = torch.cdist(points, eight_gaussian_centres(2.0)).amin(1)
    # A 2-D Gaussian: the mean squared distance is 2 std ** 2.
    assert distance.square().mean().sqrt().item() == pytest.approx(
        0.02 * math.sqrt(2), rel=0.03
    )


def test_a_generator_makes_points_repeatable():
    draws = [
        eight_gaussians(50, generator=torch.Generator().manual_seed(seed))
        for seed in (7, 7, 8)
    ]
    assert torch.equal(draws[0], draws[1])
    assert not torch.equal(draws[0], draws[2])


def test_sizes_at_the_edge():
    assert eight_gaussians(0).shape == (0, 2)
    with pytest.raises(ValueError, match="n must not be negative"):
        eight_gaussians(-1)
