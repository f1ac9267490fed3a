"""Distances, coverage and neighbours against independent calculations."""

import math

import numpy as np
import pytest
import scipy.linalg
import torch
from torch import nn

from aigc_helpers import metrics


def with_moments(mean, covariance, n: int, *, seed: int):
    """(n, F) rows whose sample mean and unbiased covariance are exactly the given."""
    rng = torch.Generator().manual_seed(seed)
    x = torch.randn(n, len(mean), generator=rng, dtype=torch.float64)
    x = x - x.mean(dim=0)
    sample_covariance = torch.atleast_2d(torch.cov(x.T))
    whiten = torch.linalg.inv(torch.linalg.cholesky(sample_covariance))
    root = torch.linalg.cholesky(covariance.double())
    return x @ whiten.T @ root.T + mean.double()


def random_covariance(size: int, seed: int):
    a = torch.randn(size, 2 * size, generator=torch.Generator().manual_seed(seed))
    return (a @ a.T / size).double()


def test_frechet_distance_of_diagonal_gaussians_is_the_closed_form():
    mu_a, mu_b = torch.tensor([1.0, -2.0, 0.5]), torch.tensor([0.0, 0.0, 0.5])
    std_a, std_b = torch.tensor([1.0, 2.0, 0.1]), torch.tensor([3.0, 2.0, 0.6])
    a = with_moments(mu_a, torch.diag(std_a**2), 50, seed=0)
    b = with_moments(mu_b, torch.diag(std_b**2), 80, seed=1)
    expected = (1 + 4) + (2**2 + 0 + 0.5**2)  # |mu_a - mu_b|^2 + |std_a - std_b|^2
    assert metrics.frechet_distance(a, b) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("size", [1, 2, 7, 20])
def test_frechet_distance_equals_the_formula_with_scipys_root(size):
    a = with_moments(torch.randn(size), random_covariance(size, 0), 60, seed=2)
    b = with_moments(torch.randn(size), random_covariance(size, 1), 70, seed=3)
    mu_a, mu_b = a.mean(0).numpy(), b.mean(0).numpy()
    c_a, c_b = (np.atleast_2d(np.cov(x.numpy(), rowvar=False)) for x in (a, b))
    root = scipy.linalg.sqrtm(c_a @ c_b).real
    expected = ((mu_a - mu_b) ** 2).sum() + np.trace(c_a + c_b - 2 * root)
    assert metrics.frechet_distance(a, b) == pytest.approx(expected, rel=1e-6)


def test_frechet_distance_is_zero_for_equal_features_and_symmetric():
    a, b = torch.randn(40, 6), torch.randn(30, 6) * 2 + 1
    assert 0 <= metrics.frechet_distance(a, a) < 1e-9
    there, back = metrics.frechet_distance(a, b), metrics.frechet_distance(b, a)
    assert there == pytest.approx(back, rel=1e-9) and there > 1


def test_frechet_distance_takes_features_that_never_vary():
    """More columns than rows, and dead ones: the covariance has no full rank."""
    a = torch.cat([torch.randn(5, 10), torch.zeros(5, 3)], dim=1)
    assert 0 <= metrics.frechet_distance(a, a) < 1e-6
    # A shift alone counts with its square, whatever the covariance.
    assert metrics.frechet_distance(a, a + 2) == pytest.approx(4 * 13, rel=1e-5)


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        (torch.zeros(4, 3), torch.zeros(4, 2), "3 and 2 columns.*same classifier"),
        (torch.zeros(1, 3), torch.zeros(4, 3), "N of 2 or more"),
        (torch.zeros(4), torch.zeros(4, 3), "N, F"),
        (torch.full((4, 3), math.nan), torch.zeros(4, 3), "NaN or infinity"),
        (torch.zeros(4, 3), torch.full((4, 3), math.inf), "NaN or infinity"),
    ],
)
def test_frechet_distance_says_what_is_wrong(a, b, message):
    with pytest.raises(ValueError, match=message):
        metrics.frechet_distance(a, b)


class Brightness(nn.Module):
    """Class 1 for bright images; the features are the mean and the first pixel."""

    def __init__(self, *image_shape):
        super().__init__()
        self.image_shape = image_shape or (1, 28, 28)

    def features(self, images):
        assert not self.training and not torch.is_grad_enabled()
        return torch.stack([images.mean(dim=(1, 2, 3)), images[:, 0, 0, 0]], dim=1)

    def forward(self, images):
        mean = self.features(images)[:, 0]
        return torch.stack([0.5 - mean, mean - 0.5], dim=1)


@pytest.mark.parametrize("shape", [(1, 28, 28), (1, 64, 64), (3, 32, 32)])
def test_features_and_classes_do_not_depend_on_the_batch_size(shape):
    images = torch.rand(7, *shape)
    images[::2] *= 0.2
    images[1::2] = 1 - images[1::2] * 0.2
    judge = Brightness(*shape)
    features = metrics.extract_features(judge, images, batch_size=3)
    torch.testing.assert_close(features[:, 0], images.mean(dim=(1, 2, 3)))
    torch.testing.assert_close(features[:, 1], images[:, 0, 0, 0])
    classes = metrics.predict_classes(judge, images, batch_size=2)
    assert classes.tolist() == [0, 1, 0, 1, 0, 1, 0]
    assert judge.training  # as it was


@pytest.mark.parametrize("judge", [metrics.extract_features, metrics.predict_classes])
@pytest.mark.parametrize(
    ("images", "message"),
    [
        (torch.zeros(2, 28, 28), r"\(B, 1, 28, 28\)"),
        (torch.zeros(2, 3, 28, 28), r"\(B, 1, 28, 28\)"),
        (torch.zeros(0, 1, 28, 28), "1 or more"),
        (torch.zeros(2, 1, 28, 28, dtype=torch.uint8), "divide uint8 pixels by 255"),
        (torch.full((2, 1, 28, 28), -0.5), r"\(x \+ 1\) / 2"),
        (torch.full((2, 1, 28, 28), 255.0), r"\[0, 1\]"),
        (torch.full((2, 1, 28, 28), math.nan), "NaN"),
    ],
)
def test_images_of_the_wrong_kind_are_refused(judge, images, message):
    with pytest.raises(ValueError, match=message):
        judge(Brightness(), images)


def test_shares_count_and_coverage_needs_the_least_share():
    classes = torch.tensor([0] * 90 + [3] * 9 + [9])
    shares = metrics.class_shares(classes)
    expected = [0.90, 0, 0, 0.09, 0, 0, 0, 0, 0, 0.01]
    torch.testing.assert_close(shares, torch.tensor(expected))
    assert metrics.class_coverage(classes) == 3  # exactly 1 % still counts
    assert metrics.class_coverage(classes, least=0.02) == 2
    assert metrics.class_coverage(torch.arange(10)) == 10
    assert metrics.class_coverage(torch.zeros(50, dtype=torch.int64)) == 1


def test_samples_are_chosen_to_have_the_wanted_shares():
    classes = torch.tensor([0, 1, 1, 0, 2, 1, 0, 0])
    found = metrics.indices_with_shares(classes, [0.5, 0.25, 0.25], 4)
    assert found.tolist() == [0, 3, 1, 4]
    with pytest.raises(ValueError, match="class 2 has 1 samples, 2 are wanted"):
        metrics.indices_with_shares(classes, [0.5, 0.25, 0.25], 8)


def test_the_nearest_neighbour_is_that_of_brute_force():
    samples, reference = torch.rand(17, 1, 5, 4), torch.rand(40, 1, 5, 4)
    indices, distances = metrics.nearest_neighbours(samples, reference, batch_size=6)
    table = (samples[:, None] - reference[None]).square().sum(dim=(2, 3, 4)).sqrt()
    expected, where = table.min(dim=1)
    assert torch.equal(indices, where)
    torch.testing.assert_close(distances, expected)


def test_a_copied_image_is_found_at_distance_zero():
    reference = torch.rand(300, 1, 28, 28)
    indices, distances = metrics.nearest_neighbours(reference[40:80], reference)
    assert torch.equal(indices, torch.arange(40, 80))
    assert torch.equal(distances, torch.zeros(40))


def test_modes_are_covered_from_a_fifth_of_their_fair_share():
    centres = torch.tensor([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [10.0, 10.0]])
    # 100 points, 25 a fair share: 5 are enough for a mode, 4 are not.
    of_mode = torch.tensor([0] * 60 + [1] * 5 + [2] * 4 + [3] * 31)
    points = centres[of_mode] + 0.1
    assert metrics.part_coverage(points, centres[:, None], std=0.1) == (3, 1.0)
    points[70:80] += 3  # ten leave their mode for nowhere
    covered, near = metrics.part_coverage(points, centres[:, None], std=0.1)
    assert covered == 3 and near == pytest.approx(0.9)


def test_near_means_within_radius_times_std():
    centres = torch.tensor([[0.0, 0.0], [100.0, 0.0]])
    points = torch.tensor([[0.29, 0.0], [0.31, 0.0], [0.0, -0.2], [0.25, 0.25]])
    assert metrics.part_coverage(points, centres[:, None], std=0.1) == (1, 0.5)
    assert metrics.part_coverage(points, centres[:, None], std=0.1, radius=4.0) == (
        1,
        1.0,
    )
    assert metrics.part_coverage(points, centres[:, None], std=0.01) == (0, 0.0)


def test_a_part_counts_once_however_many_centres_it_has():
    parts = torch.tensor([[[0.0, 0], [1, 0]], [[5.0, 0], [6, 0]]])
    points = torch.tensor([[0.0, 0], [1, 0], [1, 0.2], [9, 9]])
    assert metrics.part_coverage(points, parts, std=0.1) == (1, 0.75)
    assert metrics.part_coverage(points, parts, std=0.05) == (1, 0.5)
    both = torch.cat([points[:1], torch.tensor([[6.0, 0]])])
    assert metrics.part_coverage(both, parts, std=0.1) == (2, 1.0)
