"""Bits a sample: of one model, of two whose probabilities are mixed."""

import math

import torch


def mean_bits(found) -> torch.Tensor:
    """Mean of each clip, float64 (N,), of its bits a sample, a list of (T,)."""
    return torch.stack([bits.double().mean() for bits in found])


def mixed_bits(one, other, share: float) -> list:
    """-log2 (share p + (1 - share) q) of each code of each clip, float64 (T,).

    The mixture of two models is a model, and what it costs is known: never more than
    -log2 of its share above either of them.

    Parameters
    ----------
    one, other : lists of tensors (T,)
        -log2 p and -log2 q of the same codes, as ``code_bits`` gives them.
    share : float
        In (0, 1), of the first model.
    """
    logs = math.log2(share), math.log2(1 - share)
    return [
        -torch.logaddexp2(logs[0] - a.double(), logs[1] - b.double())
        for a, b in zip(one, other, strict=True)
    ]
