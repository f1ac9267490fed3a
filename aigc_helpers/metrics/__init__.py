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
from aigc_helpers.metrics.likelihood import (
    bits_per_dimension,
    importance_weighted_bound,
    log_mean_exp,
)
from aigc_helpers.metrics.manifold import PrecisionRecall, precision_recall
from aigc_helpers.metrics.memorisation import (
    CopyingTest,
    copying_test,
    nearest_neighbours,
)
from aigc_helpers.metrics.plane import (
    energy_distance,
    kernel_log_density,
    part_coverage,
)
from aigc_helpers.metrics.resampling import bootstrap_interval, wilson_interval
from aigc_helpers.metrics.text import (
    TrainingText,
    copied_share,
    form_kept,
    longest_copied_run,
)

__all__ = [
    "CopyingTest",
    "PrecisionRecall",
    "TrainingText",
    "bits_per_dimension",
    "bootstrap_interval",
    "class_coverage",
    "class_shares",
    "copied_share",
    "copying_test",
    "energy_distance",
    "extract_features",
    "form_kept",
    "frechet_distance",
    "importance_weighted_bound",
    "kernel_log_density",
    "log_mean_exp",
    "longest_copied_run",
    "mean_and_covariance",
    "mode_coverage",
    "nearest_neighbours",
    "part_coverage",
    "precision_recall",
    "predict_classes",
    "require_unit_images",
    "symmetric_root",
    "wilson_interval",
]
