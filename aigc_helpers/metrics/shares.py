"""How far may a share be off where it is 0, or all of them?"""

import numpy as np
import torch

from aigc_helpers.metrics.resampling import nested_interval, wilson_interval
from aigc_helpers.reader import Mistake


def share_interval(
    values, groups, *, level: float = 0.95, seed: int = 0
) -> tuple[float, tuple[float, float]]:
    """Mean of shares in few groups, and its interval, which is never a point.

    `nested_interval`, but where every value is 0, or every value is 1: resamples are
    then alike, and nothing tells how much the rows of a group have in common. They may
    be one and the same piece of news, so each group is one case of `wilson_interval`.
    For "no error in any of n groups" its end is z^2 / (n + z^2) with z = 1.96, close to
    the rule of three, 3 / n. With rows as cases the interval would be too narrow: six
    speakers who say fifty words each, of which 98 % are understood, but whose shares
    differ strongly, are all understood in half of the repetitions.

    Parameters
    ----------
    values : tensor (N,)
        Numbers in [0, 1], such as 1 for a right answer and 0 for a wrong one, or an
        error rate for each row, whose end is then that of the share of groups with any
        error.
    groups : (N,) integers or names
        To which group, such as a speaker, each row belongs; 3 groups or more.
    level : float
        Share of all repetitions, with other groups, in which the interval holds the
        mean of the population of groups.
    seed : int
        The same seed draws the same resamples.

    Returns
    -------
    mean : float
        Each group counts once, however many rows it has.
    (low, high) : floats

    Raises
    ------
    ValueError
        As `nested_interval`, or if a value is negative.

    References
    ----------
    Wilson (1927), Probable Inference, the Law of Succession, and Statistical Inference;
    Hanley and Lippman-Hand (1983), If Nothing Goes Wrong, Is Everything All Right?, for
    the rule of three.
    """
    values = torch.as_tensor(values, dtype=torch.float64)
    mean, interval = nested_interval(values, groups, level=level, seed=seed)
    low, high = map(float, values.aminmax())
    if low < 0:
        raise Mistake(
            f"a share is at least 0; the smallest value is {low}",
            f"占比不会小于 0，这里最小的是 {low:g}。",
        )
    if low == high and low in (0, 1):
        n_groups = len(np.unique(np.asarray(groups)))
        interval = wilson_interval(int(low) * n_groups, n_groups, level=level)
    return mean, interval
