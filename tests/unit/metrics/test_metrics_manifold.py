"""Precision and recall against small cases by hand and against brute force."""

import math
import time

import pytest
import torch

from aigc_helpers import metrics

QUICK = {"n_resamples": 20}


def normal(n: int, width: int, *, seed: int, shift=0.0, scale=1.0):
    """(n, width) rows of a round Gaussian."""
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(n, width, generator=rng) * scale + shift


def brute_force(points, centres, k: int) -> float:
    """Share of points in the balls, one pair after the other in Python."""
    points, centres = points.double().tolist(), centres.double().tolist()
    radii = [
        sorted(math.dist(a, b) for j, b in enumerate(centres) if j != i)[k - 1]
        for i, a in enumerate(centres)
    ]
    inside = [
        any(math.dist(p, c) <= r for c, r in zip(centres, radii, strict=True))
        for p in points
    ]
    return sum(inside) / len(points)


def test_by_hand_on_a_line():
    """Real 0, 1, 3, 6 with k = 1: balls of radius 1, 1, 2, 3 cover [-1, 9]."""
    real = torch.tensor([[0.0], [1.0], [3.0], [6.0]])
    samples = torch.tensor([[-1.0], [9.0], [9.5], [10.0], [-1.5]])
    # the samples' balls, radius 0.5: [-2, -0.5], [8.5, 10.5] hold no real row
    found = metrics.precision_recall(real, samples, k=1, **QUICK)
    assert found[:2] == (0.4, 0.0)
    # now the samples' balls hold 0, 1 (radius 2 about -1) and 6 (radius 3 about 9)
    samples = torch.tensor([[-1.0], [1.0], [12.0], [9.0]])
    found = metrics.precision_recall(real, samples, k=1, **QUICK)
    assert found[:2] == (0.75, 1.0)


@pytest.mark.parametrize("k", [1, 3, 5])
@pytest.mark.parametrize(("n_real", "n_samples"), [(60, 45), (130, 97), (23, 24)])
def test_equal_to_brute_force(k, n_real, n_samples):
    real = normal(n_real, 3, seed=k)
    samples = normal(n_samples, 3, seed=9 + k, shift=0.8, scale=0.7)
    found = metrics.precision_recall(real, samples, k=k, **QUICK)
    assert found.precision == pytest.approx(brute_force(samples, real, k))
    assert found.recall == pytest.approx(brute_force(real, samples, k))
    assert 0.02 < found.recall < 0.98  # a case that tells something


def test_the_real_ones_themselves_are_perfect():
    real = normal(700, 8, seed=0)
    assert metrics.precision_recall(real, real.clone(), **QUICK)[:2] == (1.0, 1.0)


def test_a_collapsed_generator_is_precise_and_recalls_little():
    real = normal(700, 8, seed=0)
    one_image = real[:1] + 0.01 * normal(700, 8, seed=1)
    found = metrics.precision_recall(real, one_image, **QUICK)
    assert found.precision == 1.0 and found.recall < 0.01
    same = real[:1].expand(700, -1)  # balls of radius 0
    assert metrics.precision_recall(real, same, **QUICK)[:2] == (1.0, 1 / 700)


def test_noise_is_imprecise_and_recalls_all():
    real = normal(700, 8, seed=0)
    noise = normal(700, 8, seed=1, scale=20.0)
    found = metrics.precision_recall(real, noise, **QUICK)
    assert found.precision < 0.01 and found.recall > 0.99


def test_halves_are_measured_as_if_nothing_else_were_there():
    """What the interval rests on, against brute force on the rows of the half."""
    from aigc_helpers.metrics.manifold import Balls

    centres, points = normal(200, 4, seed=0), normal(180, 4, seed=1, shift=0.7)
    balls = Balls.around(centres, points, 3)
    for seed in range(4):
        rng = torch.Generator().manual_seed(seed)
        i = torch.randperm(180, generator=rng)[:90]
        j = torch.randperm(200, generator=rng)[:100]
        assert balls.share(i, j) == pytest.approx(brute_force(points[i], centres[j], 3))


def test_intervals_cover_what_is_found_on_average():
    """Nominal 95 %; the luck of both sets counts, so both are drawn anew."""
    n, trials = 150, 60

    def measure(seed: int):
        real = normal(n, 3, seed=2 * seed)
        samples = normal(n, 3, seed=2 * seed + 1, shift=0.6, scale=0.8)
        return metrics.precision_recall(real, samples, n_resamples=60)

    found = [measure(seed) for seed in range(trials)]
    shares = torch.tensor([f[:2] for f in found])
    ends = torch.tensor([f[2:] for f in found])  # (trials, 2, 2)
    truth = shares.mean(dim=0)
    covered = ((ends[..., 0] <= truth) & (truth <= ends[..., 1])).float().mean(dim=0)
    assert (covered >= 0.87).all()
    widths = (ends[..., 1] - ends[..., 0]).mean(dim=0)
    assert (widths < 1.5 * 2 * 1.96 * shares.std(dim=0)).all()
    assert (ends[..., 0] <= shares).all() and (shares <= ends[..., 1]).all()


def test_an_interval_at_the_edge_has_a_width():
    real = normal(100, 2, seed=0)
    found = metrics.precision_recall(real, real + 50, **QUICK)
    low, high = found.precision_interval
    assert found.precision == low == 0 and 0.02 < high < 0.06


def test_ten_thousand_rows_take_seconds():
    real, samples = normal(10_000, 64, seed=0), normal(10_000, 64, seed=1)
    started = time.process_time()
    metrics.precision_recall(real, samples, **QUICK)
    assert time.process_time() - started < 30  # two to five where it was written


@pytest.mark.parametrize(
    ("real", "samples", "k", "message"),
    [
        (torch.zeros(9, 3), torch.zeros(9, 2), 3, "3 and 2 columns"),
        (torch.zeros(7, 3), torch.zeros(9, 3), 3, "8 rows in each set, got 7 and 9"),
        (torch.zeros(9, 3), torch.zeros(9, 3), 0, "k of 1 or more"),
        (torch.zeros(9), torch.zeros(9, 3), 3, r"\(N, F\)"),
        (torch.zeros(9, 3), torch.full((9, 3), math.nan), 3, "NaN or infinity"),
    ],
)
def test_what_cannot_be_measured_is_refused(real, samples, k, message):
    with pytest.raises(ValueError, match=message):
        metrics.precision_recall(real, samples, k=k)
