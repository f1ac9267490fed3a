"""Dynamic time warping beside a recursion written cell by cell."""

import pytest
import torch

from aigc_helpers.speech.alignment import cheapest_paths, warped_distances


def by_recursion(gap) -> float:
    """The cost of the best path from corner to corner of (n, m)."""
    n, m = gap.shape
    cost = {(0, 0): 2 * float(gap[0, 0])}
    for i in range(n):
        for j in range(m):
            d = float(gap[i, j])
            ways = [((i - 1, j), d), ((i - 1, j - 1), 2 * d), ((i, j - 1), d)]
            costs = [cost[cell] + step for cell, step in ways if cell in cost]
            if costs:
                cost[i, j] = min(costs)
    return cost[n - 1, m - 1]


@pytest.mark.parametrize(("n", "m"), [(1, 1), (1, 5), (6, 1), (7, 9), (9, 4)])
def test_paths_are_those_of_the_recursion(n, m):
    gap = torch.rand(3, n, m, generator=torch.Generator().manual_seed(n + m))
    found = cheapest_paths(gap)
    for k in range(3):
        for j in range(m):
            expected = by_recursion(gap[k, :, : j + 1])
            assert float(found[k, j]) == pytest.approx(expected, rel=1e-5)


def test_tempo_does_not_count_and_level_does():
    mel = torch.randn(40, 12, generator=torch.Generator().manual_seed(0))
    slower = mel.repeat_interleave(2, dim=1)
    distances = warped_distances(mel, [mel, slower, mel + 0.5, slower[:, 7:]])
    torch.testing.assert_close(
        distances[:3], torch.tensor([0.0, 0, 0.5]), atol=1e-3, rtol=0
    )
    assert distances[3] > 0.1


def test_what_stands_beside_changes_nothing():
    rng = torch.Generator().manual_seed(1)
    mel, *others = (torch.randn(40, n, generator=rng) for n in (8, 5, 13, 9))
    together = warped_distances(mel, others)
    alone = torch.cat([warped_distances(mel, [other]) for other in others])
    torch.testing.assert_close(together, alone)
