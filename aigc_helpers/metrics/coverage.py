"""Are all classes there, all parts of a distribution?"""

import torch

from aigc_helpers.reader import Mistake


def class_shares(classes, n_classes: int = 10):
    """(n_classes,) share of each class among predicted classes (N,)."""
    classes = torch.as_tensor(classes)
    return torch.bincount(classes, minlength=n_classes) / len(classes)


def indices_with_shares(classes, shares, n: int):
    """Indices of samples, n but for rounding, whose classes have these shares.

    Parameters
    ----------
    classes : int64 tensor (N,)
        Class of each sample, below ``n_classes``; of each class its first samples are
        taken.
    shares : tensor (n_classes,)
        Wanted shares, which add up to 1.
    n : int

    Returns
    -------
    int64 tensor (about n,)
        Class after class.

    Raises
    ------
    Mistake
        If a class has too few samples.
    """
    wanted = (n * torch.as_tensor(shares)).round().long()  # (n_classes,)
    found = torch.bincount(classes, minlength=len(wanted))
    if (found < wanted).any():
        c = int((wanted - found).argmax())
        raise Mistake(
            f"class {c} has {found[c]} samples, {wanted[c]} are wanted: draw more",
            f"第 {c} 类只有 {found[c]} 个样本，要取 {wanted[c]} 个：多抽一些样本。",
        )
    parts = [(classes == c).nonzero()[: wanted[c], 0] for c in range(len(wanted))]
    return torch.cat(parts)


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
