"""Are all classes there, all modes of a mixture?"""

import torch


def class_shares(classes, n_classes: int = 10):
    """(n_classes,) share of each class among predicted classes (N,)."""
    return torch.bincount(classes, minlength=n_classes) / len(classes)


def class_coverage(classes, n_classes: int = 10, *, least: float = 0.01) -> int:
    """How many classes make up at least the share ``least`` of the samples."""
    return int((class_shares(classes, n_classes) >= least).sum())


def mode_coverage(points, centres, *, std: float, radius: float = 3.0):
    """Modes of a mixture that samples reach, and the share of samples near any mode.

    Parameters
    ----------
    points : tensor (N, 2)
    centres : tensor (K, 2)
    std : float
        Standard deviation of one mode.
    radius : float
        A sample is near a mode within ``radius * std``.

    Returns
    -------
    covered : int
        Modes with at least a fifth of their fair share, N / (5 K), of near samples.
    near : float
        Share of samples near a mode, in [0, 1].
    """
    distances, nearest = torch.cdist(points, centres).min(dim=1)
    close = distances <= radius * std
    counts = torch.bincount(nearest[close], minlength=len(centres))
    covered = int((counts >= len(points) / (5 * len(centres))).sum())
    return covered, float(close.float().mean())
