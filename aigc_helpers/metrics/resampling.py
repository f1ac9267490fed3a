"""How far may a figure be off? Intervals for what was measured on samples."""

import math
from statistics import NormalDist

import torch

from aigc_helpers.reader import Mistake


def bootstrap_interval(
    statistic,
    *samples,
    n_resamples: int = 200,
    level: float = 0.95,
    seed: int = 0,
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> tuple[float, float]:
    """Interval for what a statistic is on average, at as many samples as there are.

    A bootstrap without replacement: each resample is a random half of every sample, so
    that no row comes twice (a copy of a row would be its nearest neighbour). A half
    strays from its whole as far as a whole sample from its population, since
    ``1 / (N/2) - 1/N = 1/N``: the percentiles of the halves have the right width. What
    halves have too much of bias is taken off by putting their mean on the statistic.

    The interval covers the expected value at these N, not at infinite N: the bias of
    a Frechet distance, which its floor shows, stays in it. Where the two populations
    are the same, the interval of a distance is wider than need be.

    Parameters
    ----------
    statistic : callable
        Takes ``samples``, or parts of them, and returns a number.
    samples : tensors (N, ...)
        Independent of each other; their rows are drawn anew.
    n_resamples : int
        Halves to draw.
    level : float
        Share of all repetitions in which the interval holds what it claims.
    seed : int
        The same seed draws the same rows.
    bounds : (float, float)
        Range of the statistic; the interval is cut to it.

    Returns
    -------
    low, high : float

    Raises
    ------
    ValueError
        If a sample has fewer than 4 rows, there are fewer than 20 resamples, or the
        level is not between 0 and 1.

    References
    ----------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 13, for the
    percentiles; Praestgaard and Wellner (1993), Exchangeably Weighted Bootstraps of the
    General Empirical Process, for halves in the place of draws with replacement.
    """
    _require_level(level)
    if n_resamples < 20:
        raise Mistake(
            f"n_resamples is {n_resamples}; percentiles need 20 or more",
            f"重抽 {n_resamples} 次太少，至少 20 次。",
        )
    if min(map(len, samples), default=0) < 4:
        sizes = [len(sample) for sample in samples]
        raise Mistake(
            f"samples have {sizes} rows; each must have 4 or more",
            f"各堆有 {sizes} 行，每一堆至少要 4 行。",
        )
    rng = torch.Generator().manual_seed(seed)
    halves = [
        float(statistic(*[random_half(sample, rng) for sample in samples]))
        for _ in range(n_resamples)
    ]
    halves = torch.tensor(halves, dtype=torch.float64)
    ends = torch.tensor([(1 - level) / 2, (1 + level) / 2], dtype=torch.float64)
    ends = float(statistic(*samples)) + halves.quantile(ends) - halves.mean()
    low, high = ends.clamp(*bounds).tolist()
    return low, high


def random_half(sample, rng: torch.Generator):
    """Half of the rows (N, ...), rounded down, each at most once."""
    return sample[torch.randperm(len(sample), generator=rng)[: len(sample) // 2]]


def wilson_interval(count: int, n: int, *, level: float = 0.95) -> tuple[float, float]:
    """Interval (low, high) in [0, 1] for a share of which ``count`` of ``n`` were seen.

    Wilson (1927); unlike ``share +- 2 std`` it is right near 0 and 1.

    Raises
    ------
    ValueError
        If the count is not in [0, n], n is 0, or the level not between 0 and 1.
    """
    _require_level(level)
    if not 0 <= count <= n or n < 1:
        raise Mistake(
            f"a count of {count} in {n} is no share",
            f"{n} 个里有 {count} 个，算不出比例：总数至少是 1，个数在 0 和总数之间。",
        )
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = count / n
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    spread = math.sqrt(share * (1 - share) / n + (z / (2 * n)) ** 2)
    spread *= z / (1 + z**2 / n)
    return max(0.0, centre - spread), min(1.0, centre + spread)


def _require_level(level: float) -> None:
    if not 0 < level < 1:
        raise Mistake(
            f"level is {level}; it is a share such as 0.95",
            f"level 写成了 {level}，应当在 0 和 1 之间，例如 0.95。",
        )
