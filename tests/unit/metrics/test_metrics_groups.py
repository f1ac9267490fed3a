"""Intervals over people hold what they claim, those over photographs do not."""

import math
from functools import cache

import pytest
import scipy.stats
import torch

from aigc_helpers import metrics
from aigc_helpers.reader import Mistake

PEOPLE = torch.arange(10).repeat_interleave(10)  # of 100 photographs
EACH = torch.arange(100)  # as if every photograph were of somebody else
TRUTH = 1.5


def differences(seed: int):
    """(100,) of ten people; four fifths of the variance lie between people."""
    rng = torch.Generator().manual_seed(seed)
    of_person = torch.randn(10, generator=rng, dtype=torch.float64) * 2
    of_photograph = torch.randn(100, generator=rng, dtype=torch.float64)
    return TRUTH + of_person[PEOPLE] + of_photograph


def mean(x):
    return float(x.mean())


def coverage(truth: float, ends) -> float:
    """Share of intervals that hold the truth."""
    return sum(low <= truth <= high for low, high in ends) / len(ends)


@cache
def repetitions(n: int) -> list:
    return [differences(seed) for seed in range(n)]


# ---- means of differences ------------------------------------------------------------


@pytest.mark.parametrize("level", [0.95, 0.8])
def test_paired_intervals_cover_as_often_as_they_claim(level):
    n = 2000
    ends = [metrics.paired_interval(x, PEOPLE, level=level)[1] for x in repetitions(n)]
    assert abs(coverage(TRUTH, ends) - level) < 3 * math.sqrt(level * (1 - level) / n)


def test_intervals_over_photographs_do_not_cover():
    """Why people are resampled: the same repetitions, photographs as observations."""
    by_hand = [metrics.paired_interval(x, EACH)[1] for x in repetitions(300)]
    assert coverage(TRUTH, by_hand) < 0.7
    drawn = [
        metrics.bootstrap_interval(mean, x, n_resamples=60) for x in repetitions(300)
    ]
    assert coverage(TRUTH, drawn) < 0.7
    over_people = [metrics.paired_interval(x, PEOPLE)[1] for x in repetitions(300)]
    assert coverage(TRUTH, over_people) > 0.91


@pytest.mark.parametrize("level", [0.5, 0.95, 0.99])
def test_the_paired_interval_is_scipys_of_the_means_of_people(level):
    x = differences(3)
    means = x.view(10, 10).mean(dim=1)  # (10,), one a person
    expected = scipy.stats.ttest_1samp(means.numpy(), 0).confidence_interval(level)
    found, ends = metrics.paired_interval(x, PEOPLE, level=level)
    assert found == pytest.approx(mean(x))
    assert ends == pytest.approx((expected.low, expected.high), rel=1e-9)


def test_each_group_counts_once_whatever_its_size_order_or_name():
    values = [1.0, 5.0, 1.0, 3.0, 1.0]
    names = ["赵", "孙", "赵", "李", "赵"]
    expected = metrics.paired_interval([1.0, 5.0, 3.0], [0, 1, 2])
    assert metrics.paired_interval(torch.tensor(values), names) == expected
    assert expected[0] == 3
    assert metrics.paired_interval(values, torch.tensor([7, 2, 7, 9, 7])) == expected


# ---- any statistic -------------------------------------------------------------------


def test_of_a_mean_over_equal_groups_it_is_the_paired_interval():
    for seed in range(5):
        x = differences(seed)
        _, expected = metrics.paired_interval(x, PEOPLE)
        assert metrics.grouped_interval(mean, PEOPLE, x) == pytest.approx(expected)


@pytest.mark.parametrize("n_groups", [3, 4, 7, 11, 25, 60])
def test_so_it_is_for_other_numbers_of_groups(n_groups):
    """Odd ones, whose halves are smaller; many, of which some halves are drawn."""
    x, groups = normal(n_groups, 1, seed=n_groups), torch.arange(n_groups)
    _, (low, high) = metrics.paired_interval(x[:, 0], groups)
    found = metrics.grouped_interval(mean, groups, x, n_resamples=3000)
    reach = (high - low) / 2
    assert found == pytest.approx(
        (low, high), abs=(1e-9 if n_groups < 12 else 0.06 * reach)
    )


def normal(n: int, width: int, *, seed: int):
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(n, width, generator=rng, dtype=torch.float64)


def faces(width: int, seed: int):
    """Features of 60 photographs of ten people, and of their restorations."""
    people = torch.arange(10).repeat_interleave(6)
    of_person = normal(10, width, seed=seed)[people]
    original = of_person + 0.5 * normal(60, width, seed=seed + 10**6)
    restored = original + 0.7 + 0.3 * normal(60, width, seed=seed + 2 * 10**6)
    return people, restored, original


def paired_distance(a, b):
    return metrics.kernel_distance(a, b, paired=True)


def distances(width: int, n: int):
    """Repetitions, and the mean of the distance over more of them."""
    drawn = [faces(width, seed) for seed in range(1000)]
    truth = sum(paired_distance(a, b) for _, a, b in drawn) / len(drawn)
    return drawn[:n], truth


def test_kernel_distances_are_covered_over_people_and_not_over_photographs():
    drawn, truth = distances(16, 200)
    over_people, over_photographs = [], []
    for people, *pairs in drawn:
        for groups, ends in ((people, over_people), (EACH[:60], over_photographs)):
            ends.append(
                metrics.grouped_interval(
                    paired_distance, groups, *pairs, n_resamples=40
                )
            )
    assert 0.9 <= coverage(truth, over_people) <= 0.99  # 0.95 but for 3 std of 0.015
    assert coverage(truth, over_photographs) < 0.8


def test_a_skewed_statistic_is_missed_by_intervals_that_lie_too_low():
    """Third moments of three features: what the docstring warns of."""
    drawn, truth = distances(3, 100)
    ends = [
        metrics.grouped_interval(paired_distance, people, *pairs, n_resamples=40)
        for people, *pairs in drawn
    ]
    below = sum(high < truth for _, high in ends)
    above = sum(low > truth for low, _ in ends)
    assert 5 < below < 25 and above <= 1


def test_a_resample_is_half_of_the_people_with_all_their_rows_side_by_side():
    groups = torch.tensor([3, 1, 3, 0, 1, 2, 0, 3])
    members = {g: (groups == g).nonzero()[:, 0].tolist() for g in range(4)}
    seen = []

    def watch(rows, doubled):
        assert torch.equal(2 * rows, doubled)
        seen.append(sorted(rows.tolist()))
        return float(len(rows))

    rows = torch.arange(8)
    metrics.grouped_interval(watch, groups, rows, 2 * rows)
    pairs = [(i, j) for i in range(4) for j in range(i)]
    expected = [sorted(members[i] + members[j]) for i, j in pairs]
    assert sorted(seen) == sorted([*expected, list(range(8))])  # each half once


def test_halves_are_drawn_if_there_are_many_and_the_seed_decides():
    x, before = normal(30, 1, seed=0), torch.get_rng_state()
    sizes = []

    def watch(rows):
        sizes.append(len(rows))
        return mean(rows)

    first, again, other = (
        metrics.grouped_interval(watch, torch.arange(30), x, n_resamples=50, seed=seed)
        for seed in (3, 3, 4)
    )
    assert first == again != other
    assert sizes.count(15) == 150 and sizes.count(30) == 3
    assert torch.equal(torch.get_rng_state(), before)


def test_a_higher_level_is_wider_and_bounds_cut():
    x = differences(0)
    (a, b), (c, d) = (
        metrics.grouped_interval(mean, PEOPLE, x, level=level) for level in (0.8, 0.99)
    )
    assert c < a < mean(x) < b < d
    assert metrics.grouped_interval(mean, PEOPLE, x, bounds=(7, 8)) == (7, 7)


# ---- what is refused -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "groups", "level", "message"),
    [
        ([1.0, 2.0, 3.0], [0, 1, 1], 0.95, "2 groups.*3 or more"),
        ([1.0, 2.0, 3.0], [0, 1], 0.95, r"\[3\] rows"),
        ([1.0, 2.0, 3.0], [[0, 1, 2]], 0.95, r"shape \(1, 3\)"),
        ([1.0, 2.0, math.inf], [0, 1, 2], 0.95, "finite.*PSNR"),
        ([1.0, 2.0, math.nan], [0, 1, 2], 0.95, "finite"),
        ([[1.0], [2.0], [3.0]], [0, 1, 2], 0.95, r"\(3, 1\)"),
        (1.0, [0, 1, 2], 0.95, r"\(N,\)"),
        ([1.0, 2.0, 3.0], [0, 1, 2], 95, "level is 95"),
    ],
)
def test_a_paired_interval_of_too_little_is_refused(
    values, groups, level, message, refused
):
    with refused(message):
        metrics.paired_interval(values, groups, level=level)


@pytest.mark.parametrize(
    ("groups", "sizes", "options", "message"),
    [
        ([0, 0, 1, 1], [4], {}, "2 groups.*3 or more"),
        ([0, 1, 2], [3, 4], {}, r"\[3, 4\] rows"),
        ([0, 1, 2], [], {}, r"\[\] rows"),
        ([0, 1, 2], [3], {"n_resamples": 5}, "20 or more"),
        ([0, 1, 2], [3], {"level": 0.0}, "level is 0.0"),
    ],
)
def test_a_grouped_interval_of_too_little_is_refused(
    groups, sizes, options, message, refused
):
    samples = [torch.zeros(n) for n in sizes]
    with refused(message):
        metrics.grouped_interval(mean, groups, *samples, **options)


@pytest.mark.parametrize("at", [1, 3])
def test_a_statistic_without_a_value_is_refused(at, refused):
    """For one person alone, as of halves of three, or for all."""

    def fragile(x):
        return math.nan if len(x) == at else float(x.sum())

    with refused("not finite"):
        metrics.grouped_interval(fragile, [0, 1, 2], torch.ones(3))


# ---- groups and their rows drawn anew ----------------------------------------------


def test_nested_intervals_cover_as_often_as_they_claim():
    n, ones = 300, torch.ones(100)
    ends = [
        metrics.nested_interval(x, PEOPLE, weights=ones, n_resamples=400)[1]
        for x in repetitions(n)
    ]
    assert abs(coverage(TRUTH, ends) - 0.95) < 3 * math.sqrt(0.95 * 0.05 / n)


def test_nested_intervals_know_that_rows_differ_where_groups_do_not():
    rows = torch.tensor([1.0, -1.0]).repeat(5).repeat(10)  # each group's mean is 0
    mean, (low, high) = metrics.nested_interval(rows, PEOPLE)
    error = (high - low) / 2 / scipy.stats.t.ppf(0.975, 9)
    assert mean == 0 and error == pytest.approx(0.1 * math.sqrt(10 / 9), rel=0.1)


def test_weights_say_how_much_a_row_counts():
    values, weights = torch.tensor([1.0, 2.0, 6.0]), torch.tensor([1.0, 2.0, 1.0])
    mean, (low, high) = metrics.nested_interval(values, [0, 1, 2], weights=weights)
    assert mean == 2.75 and 1 <= low < mean < high <= 6
    for wrong in ({"weights": weights - 1}, {"weights": weights / 0}):
        with pytest.raises(Mistake, match="weights positive"):
            metrics.nested_interval(values, [0, 1, 2], **wrong)
    with pytest.raises(Mistake, match="must be finite"):
        metrics.nested_interval(values / 0, [0, 1, 2])
