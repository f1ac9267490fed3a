"""Are all classes there?"""

import torch


def class_shares(classes, n_classes: int = 10):
    """(n_classes,) share of each class among predicted classes (N,)."""
    return torch.bincount(classes, minlength=n_classes) / len(classes)


def class_coverage(classes, n_classes: int = 10, *, least: float = 0.01) -> int:
    """How many classes make up at least the share ``least`` of the samples."""
    return int((class_shares(classes, n_classes) >= least).sum())
