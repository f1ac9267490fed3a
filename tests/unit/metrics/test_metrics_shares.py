"""Intervals of shares where all is right, or nothing: they are no points."""

import numpy as np
import pytest
import torch

from aigc_helpers import metrics

SPEAKERS = torch.arange(6).repeat_interleave(50)  # of 300 words
TRUTH, ALIKE = 0.98, 0.5  # of words understood; correlation within a speaker


def answers(seed: int):
    """Right or wrong (300,) of six speakers whose shares are drawn from a beta."""
    rng = np.random.default_rng(seed)
    scale = (1 - ALIKE) / ALIKE
    shares = rng.beta(TRUTH * scale, (1 - TRUTH) * scale, 6)
    return torch.from_numpy((rng.random((6, 50)) < shares[:, None]).ravel()).double()


def test_they_hold_what_they_claim_where_rows_as_cases_do_not():
    n, held = 60, {"groups": 0, "rows": 0, "points": 0}
    for seed in range(n):
        right = answers(seed)
        _, nested = metrics.nested_interval(right, SPEAKERS, n_resamples=100)
        all_right = bool(right.all())
        ends = {
            "groups": metrics.share_interval(right, SPEAKERS)[1],
            "rows": metrics.wilson_interval(300, 300) if all_right else nested,
            "points": nested,
        }
        for name, (low, high) in ends.items():
            held[name] += low <= TRUTH <= high
    assert held["groups"] > 0.88 * n > 0.7 * n > held["rows"] >= held["points"]


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_all_right_is_wilsons_interval_of_the_groups(level):
    ones, zeros = torch.ones(300), torch.zeros(300)
    names = [f"speaker {i}" for i in SPEAKERS.tolist()]
    for groups in (SPEAKERS, names):
        found = metrics.share_interval(ones, groups, level=level)
        assert found == (1, metrics.wilson_interval(6, 6, level=level))
        found = metrics.share_interval(zeros, groups, level=level)
        assert found == (0, metrics.wilson_interval(0, 6, level=level))


def test_no_error_in_many_groups_comes_near_the_rule_of_three():
    _, (low, high) = metrics.share_interval(torch.zeros(100), torch.arange(100))
    assert low == 0 and high == pytest.approx(3 / 100, rel=0.3)


@pytest.mark.parametrize("wrong", [[0], [0, 60, 299], [*range(299)]])
def test_else_it_is_the_nested_interval(wrong):
    right = torch.ones(300)
    right[wrong] = 0
    expected = metrics.nested_interval(right, SPEAKERS)
    assert metrics.share_interval(right, SPEAKERS) == expected
    halves = torch.full((300,), 0.5)
    assert metrics.share_interval(halves, SPEAKERS) == (0.5, (0.5, 0.5))


def test_what_is_no_share_is_refused(refused):
    with refused("at least 0.*-1"):
        metrics.share_interval([1.0, -1.0, 0.0], [0, 1, 2])
    with refused("2 groups"):
        metrics.share_interval([1.0, 1.0], [0, 1])
