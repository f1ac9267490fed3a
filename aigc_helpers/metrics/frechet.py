"""How far apart are two sets of images? The Frechet distance of their features."""

import torch

from aigc_helpers.reader import Mistake


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
    require_same_width(features_a, features_b)
    root_a = symmetric_root(cov_a)
    # tr (C_a C_b)^(1/2) = tr (C_a^(1/2) C_b C_a^(1/2))^(1/2), which is symmetric
    cross = symmetric_root(root_a @ cov_b @ root_a).trace()
    gap = (mu_a - mu_b).square().sum()
    distance = float(gap + cov_a.trace() + cov_b.trace() - 2 * cross)
    return max(distance, 0.0)  # rounding leaves -1e-12 where it is 0


def mean_and_covariance(features):
    """Mean (F,) and unbiased covariance (F, F) of rows (N, F), in float64."""
    require_features(features)
    features = features.double()
    return features.mean(dim=0), torch.atleast_2d(torch.cov(features.T))


def symmetric_root(matrix):
    """Square root of a symmetric positive semi-definite matrix."""
    values, vectors = torch.linalg.eigh(matrix)
    return (vectors * values.clamp(min=0).sqrt()) @ vectors.T


def require_features(features) -> None:
    """Raise a ValueError unless features are finite (N, F) with N of 2 or more."""
    if features.ndim != 2 or len(features) < 2:
        raise Mistake(
            f"features must be (N, F) with N of 2 or more, got {tuple(features.shape)}",
            "特征应当是 (N, F) 的张量，N 至少是 2，这里是 "
            f"{tuple(features.shape)}：先用 metrics.extract_features 从图像里"
            "取特征。",
        )
    if not torch.isfinite(features).all():
        raise Mistake(
            "features hold NaN or infinity; look at the images first",
            "特征里有 NaN 或无穷大：先看看图像是不是画坏了。",
        )


def require_same_width(features_a, features_b) -> None:
    """Raise a ValueError unless two sets of features have equally many columns."""
    if features_a.shape[1] != features_b.shape[1]:
        raise Mistake(
            f"features have {features_a.shape[1]} and {features_b.shape[1]} columns; "
            "both must come from the same classifier",
            f"两堆特征一个有 {features_a.shape[1]} 列，一个有 "
            f"{features_b.shape[1]} 列：要用同一个分类器取。",
        )
