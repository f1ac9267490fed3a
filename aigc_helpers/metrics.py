"""How good are generated images? Distances, coverage and nearest neighbours."""

import torch


@torch.no_grad()
def extract_features(classifier, images, *, batch_size: int = 500):
    """(N, F) features of images (N, 1, 28, 28) in [0, 1], in evaluation mode.

    Raises
    ------
    ValueError
        If the images are not float values in [0, 1] of that shape.
    """
    require_unit_images(images)
    classifier.eval()
    chunks = images.split(batch_size)
    return torch.cat([classifier.features(chunk) for chunk in chunks])


@torch.no_grad()
def predict_classes(classifier, images, *, batch_size: int = 500):
    """(N,) most probable class of each image (N, 1, 28, 28) in [0, 1]."""
    require_unit_images(images)
    classifier.eval()
    chunks = images.split(batch_size)
    return torch.cat([classifier(chunk).argmax(dim=1) for chunk in chunks])


def require_unit_images(images) -> None:
    """Raise a ValueError unless ``images`` are floats (N, 1, 28, 28) in [0, 1]."""
    if images.shape[1:] != (1, 28, 28) or len(images) == 0:
        raise ValueError(
            f"images must be (N, 1, 28, 28) with N of 1 or more, got "
            f"{tuple(images.shape)}"
        )
    if not images.is_floating_point():
        raise ValueError(f"images are {images.dtype}; divide uint8 pixels by 255")
    low, high = images.aminmax()
    if not (low >= 0 and high <= 1):
        raise ValueError(
            f"pixels must be in [0, 1], got [{low:.3g}, {high:.3g}]; map tanh outputs "
            "by (x + 1) / 2 and look for NaN"
        )


def frechet_distance(features_a, features_b) -> float:
    r"""Squared Frechet distance of two Gaussians fitted to features (N, F).

    ``|mu_a - mu_b|^2 + tr(C_a + C_b - 2 (C_a C_b)^(1/2))``; Heusel et al. (2017).
    Unit: squared units of a feature. It falls with N even for samples of one
    distribution: compare only values of equal N, beside the real-against-real floor.

    Raises
    ------
    ValueError
        If the features differ in width or are not finite, or N < 2.
    """
    mu_a, cov_a = mean_and_covariance(features_a)
    mu_b, cov_b = mean_and_covariance(features_b)
    if mu_a.shape != mu_b.shape:
        raise ValueError(
            f"features have {len(mu_a)} and {len(mu_b)} columns; both must come from "
            "the same classifier"
        )
    root_a = symmetric_root(cov_a)
    # tr (C_a C_b)^(1/2) = tr (C_a^(1/2) C_b C_a^(1/2))^(1/2), which is symmetric
    cross = symmetric_root(root_a @ cov_b @ root_a).trace()
    gap = (mu_a - mu_b).square().sum()
    distance = float(gap + cov_a.trace() + cov_b.trace() - 2 * cross)
    return max(distance, 0.0)  # rounding leaves -1e-12 where it is 0


def mean_and_covariance(features):
    """Mean (F,) and unbiased covariance (F, F) of rows (N, F), in float64."""
    if features.ndim != 2 or len(features) < 2:
        raise ValueError(
            f"features must be (N, F) with N of 2 or more, got {tuple(features.shape)}"
        )
    if not torch.isfinite(features).all():
        raise ValueError("features hold NaN or infinity; look at the images first")
    features = features.double()
    return features.mean(dim=0), torch.atleast_2d(torch.cov(features.T))


def symmetric_root(matrix):
    """Square root of a symmetric positive semi-definite matrix."""
    values, vectors = torch.linalg.eigh(matrix)
    return (vectors * values.clamp(min=0).sqrt()) @ vectors.T


def class_shares(classes, n_classes: int = 10):
    """(n_classes,) share of each class among predicted classes (N,)."""
    return torch.bincount(classes, minlength=n_classes) / len(classes)


def class_coverage(classes, n_classes: int = 10, *, least: float = 0.01) -> int:
    """How many classes make up at least the share ``least`` of the samples."""
    return int((class_shares(classes, n_classes) >= least).sum())


def nearest_neighbours(samples, reference, *, batch_size: int = 250):
    """Index (N,) of the closest reference of each sample, and distance (N,) to it.

    Samples (N, ...) and reference (M, ...) are compared element by element; pass pixels
    or features.
    """
    samples, reference = samples.flatten(1), reference.flatten(1)
    indices = torch.cat(
        [
            torch.cdist(chunk, reference).argmin(dim=1)
            for chunk in samples.split(batch_size)
        ]
    )
    # cdist multiplies matrices, which leaves 1e-3 where a copy has distance 0
    return indices, (samples - reference[indices]).norm(dim=1)


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
