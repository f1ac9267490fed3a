"""Intervals hold what they claim: counted over repetitions, and against SciPy."""

import math

import pytest
import scipy.stats
import torch

from aigc_helpers import metrics


def normal(n: int, width: int, *, seed: int, shift=0.0):
    """(n, width) rows; the first column is shifted."""
    rng = torch.Generator().manual_seed(seed)
    rows = torch.randn(n, width, generator=rng)
    rows[:, 0] += shift
    return rows


def mean(x):
    return float(x.mean())


def test_the_interval_of_a_mean_is_that_of_the_normal_theory():
    x = normal(2000, 1, seed=0)
    low, high = metrics.bootstrap_interval(mean, x, n_resamples=4000)
    reach = 1.96 * float(x.std()) / math.sqrt(2000)
    assert low == pytest.approx(mean(x) - reach, abs=0.05 * reach)
    assert high == pytest.approx(mean(x) + reach, abs=0.05 * reach)


def test_a_higher_level_is_wider_and_bounds_cut():
    x = normal(200, 1, seed=0)
    ends = [
        metrics.bootstrap_interval(mean, x, n_resamples=500, level=level)
        for level in (0.5, 0.8, 0.99)
    ]
    lows, highs = zip(*ends, strict=True)
    assert lows[0] > lows[1] > lows[2] and highs[0] < highs[1] < highs[2]
    assert metrics.bootstrap_interval(mean, x, bounds=(5.0, 6.0)) == (5.0, 5.0)


def test_the_same_seed_gives_the_same_interval():
    x, before = normal(50, 1, seed=0), torch.get_rng_state()
    first, again, other = (
        metrics.bootstrap_interval(mean, x, seed=seed) for seed in (3, 3, 4)
    )
    assert first == again != other
    assert torch.equal(torch.get_rng_state(), before)


def test_every_resample_is_half_of_each_sample_and_no_row_comes_twice():
    seen = []

    def watch(a, b):
        seen.append((a.tolist(), b.tolist()))
        return float(len(a))

    metrics.bootstrap_interval(watch, torch.arange(9), torch.arange(20), n_resamples=30)
    halves = [s for s in seen if len(s[0]) == 4]
    assert len(halves) == 30
    assert all(len(set(a)) == 4 and len(set(b)) == 10 for a, b in halves)
    assert len({tuple(sorted(b)) for _, b in halves}) > 25  # and each one is another


def coverage(truth: float, ends) -> float:
    """Share of intervals that hold the truth."""
    return sum(low <= truth <= high for low, high in ends) / len(ends)


def test_frechet_intervals_cover_the_known_distance():
    """Two Gaussians 2 apart in one of two columns: the squared distance is 4."""
    ends = []
    for seed in range(120):
        a, b = normal(300, 2, seed=2 * seed), normal(300, 2, seed=2 * seed + 1, shift=2)
        ends.append(
            metrics.bootstrap_interval(metrics.frechet_distance, a, b, n_resamples=100)
        )
    assert 0.88 <= coverage(4.0, ends) <= 0.99  # nominal 0.95, std of the count 0.02


def test_near_the_floor_they_cover_the_mean_and_not_zero():
    """Ten columns, one distribution: the bias is all there is, and stays in."""
    pairs = [(normal(200, 10, seed=s), normal(200, 10, seed=-1 - s)) for s in range(60)]
    found = torch.tensor([metrics.frechet_distance(*pair) for pair in pairs])
    ends = [
        metrics.bootstrap_interval(metrics.frechet_distance, *pair, n_resamples=60)
        for pair in pairs
    ]
    assert coverage(float(found.mean()), ends) >= 0.93
    assert coverage(0.0, ends) == 0
    for value, (low, high) in zip(found.tolist(), ends, strict=True):
        assert low < value < high  # with replacement, most lie below their interval


@pytest.mark.parametrize("level", [0.5, 0.95, 0.99])
@pytest.mark.parametrize(("count", "n"), [(0, 5), (5, 5), (1, 1), (37, 100), (99, 100)])
def test_wilson_is_that_of_scipy(count, n, level):
    expected = scipy.stats.binomtest(count, n).proportion_ci(level, method="wilson")
    found = metrics.wilson_interval(count, n, level=level)
    assert found == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize(
    ("options", "sizes", "message"),
    [
        ({}, [3], "4 or more"),
        ({}, [10, 1], r"\[10, 1\] rows"),
        ({}, [], "4 or more"),
        ({"level": 95}, [10], "level is 95"),
        ({"n_resamples": 5}, [10], "20 or more"),
    ],
)
def test_a_bootstrap_of_too_little_is_refused(options, sizes, message):
    with pytest.raises(ValueError, match=message):
        metrics.bootstrap_interval(mean, *[torch.zeros(n) for n in sizes], **options)


@pytest.mark.parametrize(
    ("count", "n", "level", "message"),
    [
        (-1, 5, 0.95, "-1 in 5"),
        (6, 5, 0.95, "6 in 5"),
        (0, 0, 0.95, "0 in 0"),
        (1, 5, 1.0, "level is 1.0"),
    ],
)
def test_a_share_of_nothing_is_refused(count, n, level, message):
    with pytest.raises(ValueError, match=message):
        metrics.wilson_interval(count, n, level=level)
