"""Are all classes there, all parts of a distribution?"""

import torch


def class_shares(classes, n_classes: int = 10):
    """(n_classes,) share of each class among predicted classes (N,)."""
    classes = torch.as_tensor(classes)
    return torch.bincount(classes, minlength=n_classes) / len(classes)


def class_coverage(classes, n_classes: int = 10, *, least: float = 0.01) -> int:
    """How many classes make up at least the share ``least`` of the samples."""
    return int((class_shares(classes, n_classes) >= least).sum())


def part_coverage(points, parts, *, std: float, radius: float = 3.0):
    """Parts of a distribution that samples reach, and the share of samples near it.

    A mode of a mixture is a part with one centre: ``centres[:, None]``.

    Parameters
    ----------
    points : tensor (N, D)
    parts : tensor (K, m, D)
        Centres, in K parts of equal probability.
    std : float
        Standard deviation around a centre.
    radius : float
        A sample is near within ``radius * std`` of a centre.

    Returns
    -------
    covered : int
        Parts with at least a fifth of their fair share, N / (5 K), of near samples.
    near : float
        Share of samples near a centre, in [0, 1].
    """
    centres = parts.flatten(0, 1)  # (K * m, D)
    distances, nearest = torch.cdist(points, centres).min(dim=1)  # (N,) each
    close = distances <= radius * std
    part = nearest[close] // parts.shape[1]
    counts = torch.bincount(part, minlength=len(parts))
    covered = int((counts >= len(points) / (5 * len(parts))).sum())
    return covered, float(close.float().mean())
