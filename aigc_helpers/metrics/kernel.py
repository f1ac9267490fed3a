"""How far apart are two sets of images, when there are few? The kernel distance."""

from aigc_helpers.metrics.frechet import require_features, require_same_width
from aigc_helpers.reader import Mistake


def kernel_distance(features_a, features_b, *, paired: bool = False) -> float:
    r"""Squared maximum mean discrepancy of features (KID), estimated without bias.

    ``E k(a, a') + E k(b, b') - 2 E k(a, b)`` with ``k(x, y) = (x.y / F + 1)^3``;
    Binkowski et al. (2018), "Demystifying MMD GANs". No row is compared with itself
    (Gretton et al., 2012, eq. 3), so that on average the estimate is the distance of
    the two populations at any number of rows: 0 if they are one, on both sides of it.
    The Frechet distance of 100 photographs is nearly all bias.

    Parameters
    ----------
    features_a, features_b : tensors (M, F), (N, F)
        Of one classifier, 2 rows or more each.
    paired : bool
        Row i of both comes from one photograph, as of a restoration and its original:
        k(a_i, b_i) is left out too (eq. 4 there). A flawless restoration then has the
        distance 0; without ``paired`` it would come out below 0, since the estimate
        takes the two sets for independent.

    Returns
    -------
    float
        In the kernel's own unit: compare only values of one classifier.

    Raises
    ------
    ValueError
        If the features differ in width or are not finite, there are fewer than 2, or
        paired ones are not equally many.

    Notes
    -----
    Only the first three moments of the features count: two populations that agree in
    those, and in nothing else, are at distance 0.
    """
    for features in (features_a, features_b):
        require_features(features)
    require_same_width(features_a, features_b)
    if paired and len(features_a) != len(features_b):
        raise Mistake(
            f"{len(features_a)} and {len(features_b)} rows cannot be paired",
            f"一边 {len(features_a)} 行，一边 {len(features_b)} 行，配不成对：去掉 "
            "paired=True，或者让两边的第 i 行来自同一张图。",
        )
    a, b = features_a.double(), features_b.double()
    if paired:
        across = _mean_over_others(a, b)
    else:
        across = _kernel_sum(a, b) / (len(a) * len(b))
    return float(_mean_over_others(a, a) + _mean_over_others(b, b) - 2 * across)


def _mean_over_others(a, b):
    """Mean of k(a_i, b_j) over i != j, of rows (N, F) each."""
    n, n_features = a.shape
    own = _kernel((a * b).sum(dim=1), n_features).sum()
    return (_kernel_sum(a, b) - own) / (n * (n - 1))


def _kernel_sum(a, b, *, batch_size: int = 1000):
    """Sum of k over all pairs of rows (M, F) and (N, F)."""
    return sum(_kernel(rows @ b.T, a.shape[1]).sum() for rows in a.split(batch_size))


def _kernel(products, n_features: int):
    return (products / n_features + 1) ** 3
