"""Samples in few dimensions: energy distance, kernel densities."""

import math

import torch

from aigc_helpers.reader import Mistake


def energy_distance(a, b) -> float:
    """2 E|X - Y| - E|X - X'| - E|Y - Y'|, between samples (N, D) and (M, D).

    Szekely and Rizzo (2013): 0 exactly if both have one distribution. The unbiased
    estimate, which for equal distributions scatters around 0 on both sides.

    Raises
    ------
    ValueError
        If a sample has fewer than two points.
    """
    require_points(a, b)

    def within(x):
        return torch.cdist(x, x).double().sum() / (len(x) * (len(x) - 1))

    return float(2 * torch.cdist(a, b).double().mean() - within(a) - within(b))


def require_points(*clouds) -> None:
    """Raise a Mistake unless each cloud (N, D) has two points or more."""
    if min(map(len, clouds)) < 2:
        sizes = " and ".join(str(len(cloud)) for cloud in clouds)
        raise Mistake(
            f"{sizes} points; give two or more of each",
            "每一堆至少要有两个点。",
        )


def kernel_log_density(x, samples, *, bandwidth: float):
    """Log of a Gaussian kernel density estimate from samples (M, D) at x (N, D).

    Parzen windows; in nats, shape (N,). It is the density of the samples blurred by
    ``bandwidth``, and says little in many dimensions (Theis et al., 2016).

    Raises
    ------
    ValueError
        If the bandwidth is not positive.
    """
    if not bandwidth > 0:
        raise Mistake(
            f"bandwidth must be positive, got {bandwidth}",
            f"带宽写成了 {bandwidth}，应当是正数，例如 0.1。",
        )
    squares = torch.cdist(x, samples).square()  # (N, M)
    log_sum = torch.logsumexp(-squares / (2 * bandwidth**2), dim=1)
    n_dimensions = x.shape[1]
    scale = n_dimensions / 2 * math.log(2 * math.pi * bandwidth**2)
    return log_sum - math.log(len(samples)) - scale
