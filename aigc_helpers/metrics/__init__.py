"""How good are generated images? Distances, precision and recall, copies, intervals."""

from aigc_helpers.metrics.coverage import class_coverage, class_shares, mode_coverage
from aigc_helpers.metrics.features import (
    extract_features,
    predict_classes,
    require_unit_images,
)
from aigc_helpers.metrics.frechet import (
    frechet_distance,
    mean_and_covariance,
    symmetric_root,
)
from aigc_helpers.metrics.manifold import PrecisionRecall, precision_recall
from aigc_helpers.metrics.memorisation import (
    CopyingTest,
    copying_test,
    nearest_neighbours,
)
from aigc_helpers.metrics.resampling import bootstrap_interval, wilson_interval

__all__ = [
    "CopyingTest",
    "PrecisionRecall",
    "bootstrap_interval",
    "class_coverage",
    "class_shares",
    "copying_test",
    "extract_features",
    "frechet_distance",
    "mean_and_covariance",
    "mode_coverage",
    "nearest_neighbours",
    "precision_recall",
    "predict_classes",
    "require_unit_images",
    "symmetric_root",
    "wilson_interval",
]
