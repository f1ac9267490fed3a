"""Intervals of shares of few groups: they hold what they claim, and stay in range."""

import math

import pytest
import torch

from aigc_helpers import metrics

SPEAKERS = torch.arange(6).repeat_interleave(20)  # of 120 words


def answers(seed: int, truth: float = 0.8, spread: float = 1.0):
    """Right or wrong (120,) of six speakers who differ, in logits, by ``spread``."""
    rng = torch.Generator().manual_seed(seed)
    logits = math.log(truth / (1 - truth)) + spread * torch.randn(6, generator=rng)
    return (torch.rand(120, generator=rng) < logits.sigmoid()[SPEAKERS]).double()


def population_share(n: int = 200_000, truth: float = 0.8, spread: float = 1.0):
    rng = torch.Generator().manual_seed(9)
    logits = math.log(truth / (1 - truth)) + spread * torch.randn(n, generator=rng)
    return float(logits.sigmoid().mean())


@pytest.mark.parametrize("level", [0.95, 0.8])
def test_nested_intervals_cover_about_as_often_as_they_claim(level):
    truth, n = population_share(), 200
    ends = [
        metrics.nested_interval(answers(seed), SPEAKERS, n_resamples=400, level=level)
        for seed in range(n)
    ]
    covered = sum(low <= truth <= high for _, (low, high) in ends) / n
    assert level - 0.06 < covered <= 1


def test_words_as_observations_of_their_own_would_not_cover():
    truth, n = population_share(), 60
    each = torch.arange(120)
    ends = [
        metrics.nested_interval(answers(seed), each, n_resamples=60)
        for seed in range(n)
    ]
    assert sum(low <= truth <= high for _, (low, high) in ends) / n < 0.8


def test_the_interval_stays_in_the_range_of_the_values():
    nearly_all = torch.ones(120)
    nearly_all[:3] = 0  # all of one speaker
    mean, (low, high) = metrics.nested_interval(nearly_all, SPEAKERS)
    assert mean == pytest.approx(1 - 0.15 / 6) and 0 < low < mean < high == 1
    assert metrics.paired_interval(nearly_all, SPEAKERS)[1][1] > 1
    assert metrics.nested_interval(torch.ones(120), SPEAKERS) == (1, (1, 1))


def test_each_group_counts_once_and_names_may_be_any():
    values = [1.0, 5.0, 1.0, 3.0, 1.0]
    mean, ends = metrics.nested_interval(values, ["赵", "孙", "赵", "李", "赵"])
    assert mean == 3 and ends == (1, 5)


def test_rows_within_a_group_are_drawn_too():
    """Groups are all alike here: what is left is the spread of rows within them."""
    values = torch.tensor([0.0, 1.0]).repeat(60)
    mean, (low, high) = metrics.nested_interval(values, SPEAKERS)
    assert mean == 0.5 and 0.2 < low < 0.45 and 0.55 < high < 0.8


def test_two_groups_are_refused():
    with pytest.raises(ValueError, match="3 or more"):
        metrics.nested_interval([1.0, 2.0], [0, 1])
