"""How far may a figure be off? Intervals for what was measured on samples."""

import math
from itertools import combinations
from statistics import NormalDist

import numpy as np
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
    _require_enough(n_resamples)
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


def paired_interval(
    values, groups, *, level: float = 0.95
) -> tuple[float, tuple[float, float]]:
    """Mean of differences, and its interval, where rows of one group belong together.

    Ten photographs of one person are no ten pieces of news: what is hard about the
    face is hard in all of them. So the mean of each group counts as one observation,
    and the interval is Student's t with as many degrees of freedom as there are groups,
    less one. With ten groups it reaches 2.26 standard errors, not 1.96.

    Parameters
    ----------
    values : tensor (N,)
        One difference for each row, such as ``psnr(network) - psnr(baseline)`` on the
        same photograph; or any other figure of each row.
    groups : (N,) integers or names
        To which group, such as a person, each row belongs; 3 groups or more.
    level : float
        Share of all repetitions, with other groups, in which the interval holds the
        mean of the population of groups.

    Returns
    -------
    mean : float
        Of the groups' means: each group counts once, however many rows it has.
    (low, high) : floats

    Raises
    ------
    ValueError
        If there are fewer than 3 groups, or not one for each value, a value is not
        finite, or the level is not between 0 and 1.
    """
    _require_level(level)
    values = torch.as_tensor(values, dtype=torch.float64)
    if values.ndim != 1 or not torch.isfinite(values).all():
        raise Mistake(
            f"values must be finite numbers (N,), got {tuple(values.shape)}; the PSNR "
            "of equal images is infinite",
            f"values 应当是 (N,) 个有限的数，这里的形状是 {tuple(values.shape)}。"
            "两张图一模一样时 PSNR 是无穷大，改用 mean_squared_error。",
        )
    rows_of = _rows_of_groups(groups, values)
    means = torch.stack([values[rows].mean() for rows in rows_of])  # (G,)
    mean, error = float(means.mean()), float(means.std()) / math.sqrt(len(means))
    reach = _student_quantile(level, len(means) - 1) * error
    return mean, (mean - reach, mean + reach)


def grouped_interval(
    statistic,
    groups,
    *samples,
    n_resamples: int = 500,
    level: float = 0.95,
    seed: int = 0,
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> tuple[float, float]:
    """Interval for a statistic of rows that belong together in groups.

    As `bootstrap_interval`, but a resample is a random half of the groups, each with
    all its rows. For what is no mean over rows, such as a kernel distance; for a mean,
    `paired_interval` is the textbook's answer, and this gives the same if groups are
    equally large.

    Ten groups are too few to read the tails of a distribution from: percentiles of
    halves would have 1.96 standard errors where Student's t has 2.26. So the halves
    give the standard error alone, and the interval is the statistic and t times that
    error on both sides. A half of m of G groups strays ``(G - m) / m`` times as far, in
    variance, as the whole; where there are no more halves than ``n_resamples``, as of
    ten groups, each is taken once, and no luck of the draw is left.

    As Student's t does, it takes the statistic for normal over repetitions. One with a
    long tail upwards, such as a kernel distance of very few features, is held less
    often than claimed, and missed by intervals that lie too low.

    Parameters
    ----------
    statistic : callable
        Takes ``samples``, or some rows of each, and returns a number.
    groups : (N,) integers or names
        To which group, such as a person, each row belongs; 3 groups or more.
    samples : tensors (N, ...)
        Their rows stay side by side: row i of each belongs to ``groups[i]``. What has
        no groups, such as images drawn without limit, is left to ``statistic``.
    n_resamples : int
        The most halves to take.
    level : float
        Share of all repetitions, with other groups, in which the interval holds what
        the statistic is on average at as many groups.
    seed : int
        The same seed draws the same halves.
    bounds : (float, float)
        Range of the statistic; the interval is cut to it.

    Returns
    -------
    low, high : float

    Raises
    ------
    ValueError
        If there are fewer than 3 groups, samples are not as long as ``groups``, the
        statistic is not finite, there are fewer than 20 resamples, or the level is not
        between 0 and 1.

    References
    ----------
    Shao and Wu (1989), A General Theory for Jackknife Variance Estimation, for the
    error from parts of the sample: the jackknife that leaves out half.
    """
    _require_level(level)
    _require_enough(n_resamples)
    rows_of = _rows_of_groups(groups, *samples)
    halves = [
        torch.cat([rows_of[group] for group in half])
        for half in _halves(len(rows_of), n_resamples, seed)
    ]
    parts = [float(statistic(*[x[rows] for x in samples])) for rows in halves]
    value, parts = float(statistic(*samples)), torch.tensor(parts, dtype=torch.float64)
    if not (math.isfinite(value) and torch.isfinite(parts).all()):
        raise Mistake(
            "the statistic is not finite for all groups, or for half of them",
            "这个统计量在全部数据或其中一半上不是有限的数：先看看有没有 NaN 或无穷大。",
        )
    n_groups, n_half = len(rows_of), len(rows_of) // 2
    error = math.sqrt(float(parts.var(correction=0)) * n_half / (n_groups - n_half))
    reach = _student_quantile(level, n_groups - 1) * error
    ends = torch.tensor([value - reach, value + reach], dtype=torch.float64)
    low, high = ends.clamp(*bounds).tolist()
    return low, high


def nested_interval(
    values,
    groups,
    *,
    weights=None,
    n_resamples: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> tuple[float, tuple[float, float]]:
    """Mean of rows in few groups, and its interval: groups and their rows drawn anew.

    For clips of six speakers: another repetition would have other speakers, and of each
    other clips. Each resample draws as many groups as there are, with replacement, and
    from each drawn group as many rows as it has. Ends stay within the range of the
    values, where those of `paired_interval` may pass 100 %. Percentiles of so few
    groups lie too near; they are taken further out, as far as Student's t would reach
    (Hesterberg's expanded percentiles). Rows count twice, since the groups' means stray
    with them already: where rows differ more than groups do, the interval is too wide.

    Where all values are alike, the interval has no width: `share_interval` says more
    there of shares.

    Parameters
    ----------
    values : tensor (N,)
        One figure for each row, such as 1 for a right answer and 0 for a wrong one, or
        the difference of two models in bits per sample.
    groups : (N,) integers or names
        To which group, such as a speaker, each row belongs; 3 groups or more.
    weights : tensor (N,), optional
        How much each row counts, such as its samples; positive. Without them each
        group counts once, however many rows it has, and its rows alike.
    n_resamples : int
    level : float
        Share of all repetitions, with other groups, in which the interval holds the
        mean of the population of groups.
    seed : int
        The same seed draws the same resamples.

    Returns
    -------
    mean : float
    (low, high) : floats

    Raises
    ------
    ValueError
        If there are fewer than 3 groups, lengths differ, a value is not finite, a
        weight not positive, there are fewer than 20 resamples, or the level is not
        between 0 and 1.

    References
    ----------
    Davison and Hinkley (1997), Bootstrap Methods and their Application, section 3.8;
    Hesterberg (2015), What Teachers Should Know About the Bootstrap, section 4.3.
    """
    _require_level(level)
    _require_enough(n_resamples)
    parts = _group_parts(values, groups, weights)
    n_groups, rng = len(parts), torch.Generator().manual_seed(seed)
    drawn = torch.randint(n_groups, (n_resamples, n_groups), generator=rng)
    sums = torch.empty(2, *drawn.shape, dtype=torch.float64)
    for group, part in enumerate(parts):  # part: (2, rows of the group)
        n_rows = part.shape[1]
        shape = int((drawn == group).sum()), n_rows
        chosen = torch.randint(n_rows, shape, generator=rng)
        sums[:, drawn == group] = part[:, chosen].sum(dim=2)
    weighted, whole = torch.stack([part.sum(dim=1) for part in parts]).sum(dim=0)
    reach = _student_quantile(level, n_groups - 1)
    tail = NormalDist().cdf(-reach * math.sqrt(n_groups / (n_groups - 1)))
    ends = torch.tensor([tail, 1 - tail], dtype=torch.float64)
    weighted_sums, whole_sums = sums.sum(dim=2)  # (n_resamples,) each
    low, high = (weighted_sums / whole_sums).quantile(ends).tolist()
    return float(weighted / whole), (low, high)


def _group_parts(values, groups, weights) -> list[torch.Tensor]:
    """Weighted values and weights, (2, rows), of each group."""
    values = torch.as_tensor(values, dtype=torch.float64)
    if weights is None:
        rows_of = _rows_of_groups(groups, values)
        weights = torch.empty_like(values)
        for rows in rows_of:
            weights[rows] = 1 / len(rows)
    else:
        weights = torch.as_tensor(weights, dtype=torch.float64)
        rows_of = _rows_of_groups(groups, values, weights)
    if not (torch.isfinite(values * weights).all() and (weights > 0).all()):
        raise Mistake(
            "values must be finite, and weights positive",
            "values 要是有限的数，weights 要是正数。",
        )
    both = torch.stack([values * weights, weights])  # (2, N)
    return [both[:, rows] for rows in rows_of]


def _rows_of_groups(groups, *samples) -> list[torch.Tensor]:
    """Indices of the rows of each group, one tensor a group."""
    groups = np.asarray(groups)
    lengths = [len(sample) for sample in samples]
    if groups.ndim != 1 or not lengths or set(lengths) != {len(groups)}:
        raise Mistake(
            f"groups have shape {groups.shape}, samples {lengths} rows; each row has "
            "one group",
            f"groups 的形状是 {groups.shape}，数据有 {lengths} 行：每一行要有一个"
            "组号，例如这张照片是谁的。",
        )
    names, which = np.unique(groups, return_inverse=True)
    if len(names) < 3:
        raise Mistake(
            f"there are {len(names)} groups; an interval over groups needs 3 or more",
            f"只有 {len(names)} 组，至少要 3 组：组与组差多少，要从组里看出来。",
        )
    return [torch.from_numpy(np.flatnonzero(which == g)) for g in range(len(names))]


def _halves(n: int, n_most: int, seed: int) -> list:
    """Halves of range(n), rounded down: each one, or ``n_most`` at random."""
    n_half = n // 2
    if math.comb(n, n_half) <= n_most:
        return list(combinations(range(n), n_half))
    rng = torch.Generator().manual_seed(seed)
    return [torch.randperm(n, generator=rng)[:n_half] for _ in range(n_most)]


def _student_quantile(level: float, degrees: int) -> float:
    """How many standard errors the middle share ``level`` of Student's t reaches."""
    from scipy.special import stdtrit  # slow to import, seldom needed

    return float(stdtrit(degrees, (1 + level) / 2))


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


def _require_enough(n_resamples: int) -> None:
    if n_resamples < 20:
        raise Mistake(
            f"n_resamples is {n_resamples}; an interval needs 20 or more",
            f"重抽 {n_resamples} 次太少，至少 20 次。",
        )


def _require_level(level: float) -> None:
    if not 0 < level < 1:
        raise Mistake(
            f"level is {level}; it is a share such as 0.95",
            f"level 写成了 {level}，应当在 0 和 1 之间，例如 0.95。",
        )
