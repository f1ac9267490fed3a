"""Are samples copied from the training images?"""

import math
from statistics import NormalDist
from typing import NamedTuple

import torch

from aigc_helpers.pixels import in_chunks
from aigc_helpers.reader import Mistake


class CopyingTest(NamedTuple):
    """Are samples nearer to training images than to held-out ones? See `copying_test`.

    Attributes
    ----------
    share : float
        Share of the samples whose nearest real image is a training image.
    expected : float
        That share if nothing was copied: the training images' part of all real ones.
    excess : float
        ``(share - expected) / (1 - expected)``: 0 if nothing was copied, 1 if all was.
    interval : (float, float)
        Of the excess.
    p_value : float
        Chance of an excess as large or larger if nothing was copied.
    """

    share: float
    expected: float
    excess: float
    interval: tuple[float, float]
    p_value: float


def copying_test(
    samples,
    training,
    held_out,
    *,
    n_permutations: int = 999,
    level: float = 0.95,
    seed: int = 0,
) -> CopyingTest:
    """Is the nearest real image of a sample a training image more often than by chance?

    A generator that copied nothing cannot tell training images from held-out ones of
    the same kind: each of the M + H real images is equally likely to be a training one,
    whatever the samples look like. So ``M / (M + H)`` of the samples are expected
    nearest to a training image, good or bad, sharp or blurred, and the counts M and H
    need not be equal. The p-value comes from dealing out the labels at random, so that
    samples which share their nearest image count together.

    Parameters
    ----------
    samples, training, held_out : tensors (N, ...), (M, ...), (H, ...)
        Compared element by element; pass pixels. Features of a network that was trained
        on the training images treat those differently from the held-out ones.
    n_permutations : int
        Random labellings; no p-value is below ``1 / (n_permutations + 1)``.
    level : float
        Of the interval, a normal one of the standard deviation over all labellings.
    seed : int
        The same seed deals the same labels.

    Raises
    ------
    ValueError
        If a set is empty, of another shape or not finite, or ``n_permutations < 19``.

    Notes
    -----
    Training and held-out images must be draws of one population. MNIST's come from
    different writers, so that even new images by the training writers have an excess:
    judge it beside that floor. Three samples are compared as by Meehan, Chaudhuri and
    Dasgupta (2020), whose statistic, the distance of samples and held-out images to the
    training images, takes blurred samples for copies and poor ones for originals.
    """
    _require_real_numbers(samples=samples, training=training, held_out=held_out)
    if n_permutations < 19:
        raise Mistake(
            f"{n_permutations} permutations; a p-value of 0.05 needs 19",
            f"重排 {n_permutations} 次太少：p 值要小到 0.05，至少重排 19 次。",
        )
    to_training, distance = nearest_neighbours(samples, training)
    to_held_out, distance_held_out = nearest_neighbours(samples, held_out)
    is_training = distance < distance_held_out  # a tie is no evidence of copying
    n_real = len(training) + len(held_out)
    expected = len(training) / n_real
    nearest = torch.where(is_training, to_training, to_held_out + len(training))
    weights = torch.bincount(nearest, minlength=n_real).double() / len(samples)
    share = float(is_training.double().mean())
    excess = (share - expected) / (1 - expected)
    reach = NormalDist().inv_cdf((1 + level) / 2) / (1 - expected)
    reach *= _standard_error(weights, expected)
    interval = excess - reach, min(excess + reach, 1.0)
    rng = torch.Generator().manual_seed(seed)
    shares = _permuted_shares(weights, len(held_out), n_permutations, rng)
    as_large = int((shares >= share - 1e-12).sum())  # sums of weights round
    return CopyingTest(
        share, expected, excess, interval, (1 + as_large) / (1 + n_permutations)
    )


def _permuted_shares(weights, n_held_out: int, n: int, rng: torch.Generator):
    """(n,) sums of the weights (R,) of training images, labels dealt at random."""
    held_out = [
        weights[torch.randperm(len(weights), generator=rng)[:n_held_out]].sum()
        for _ in range(n)
    ]
    return 1 - torch.stack(held_out)  # (n,)


def _standard_error(weights, expected: float) -> float:
    """Of the sum of weights (R,) of those rows that are labelled at random."""
    n = len(weights)
    spread = max(float(weights.square().sum()) - 1 / n, 0.0)
    return math.sqrt(expected * (1 - expected) * spread * n / (n - 1))


def _require_real_numbers(**sets) -> None:
    """Raise a Mistake that names the set which cannot be compared with the first."""
    samples = sets["samples"]
    for name, values in sets.items():
        if len(values) == 0:
            raise Mistake(
                f"{name} is empty; pass 1 row or more",
                f"{name} 是空的，至少要有一个。",
            )
        if values.shape[1:] != samples.shape[1:]:
            raise Mistake(
                f"{name} has shape {tuple(values.shape)}, samples have "
                f"{tuple(samples.shape)}; all but the first number must agree",
                f"{name} 的形状是 {tuple(values.shape)}，样本的是 "
                f"{tuple(samples.shape)}：除了张数，都要相同。",
            )
        if not (values.is_floating_point() and torch.isfinite(values).all()):
            raise Mistake(
                f"{name} must be finite floats; divide pixels by 255",
                f"{name} 应当是小数，没有 NaN：uint8 的图先除以 255。",
            )


def nearest_neighbours(samples, reference, *, batch_size: int = 250):
    """Index (N,) of the closest reference of each sample, and distance (N,) to it.

    Samples (N, ...) and reference (M, ...) are compared element by element; pass pixels
    or features.
    """
    _require_real_numbers(samples=samples, reference=reference)
    samples, reference = samples.flatten(1), reference.flatten(1)  # (N, F), (M, F)

    def nearest(chunk):
        return torch.cdist(chunk, reference).argmin(dim=1)

    indices = in_chunks(nearest, samples, batch_size=batch_size)
    # cdist multiplies matrices, which leaves 1e-3 where a copy has distance 0
    return indices, (samples - reference[indices]).norm(dim=1)
