"""How good are generated images, points and texts? And how sure is a figure?"""

from aigc_helpers.metrics.coverage import (
    class_coverage,
    class_shares,
    indices_with_shares,
    part_coverage,
)
from aigc_helpers.metrics.features import extract_features, predict_classes
from aigc_helpers.metrics.frechet import (
    frechet_distance,
    mean_and_covariance,
    symmetric_root,
)
from aigc_helpers.metrics.kernel import kernel_distance
from aigc_helpers.metrics.likelihood import (
    bits_per_dimension,
    importance_weighted_bound,
    log_importance_weights,
    log_mean_exp,
    log_normal,
)
from aigc_helpers.metrics.manifold import PrecisionRecall, precision_recall
from aigc_helpers.metrics.memorisation import (
    CopyingTest,
    copying_test,
    nearest_neighbours,
)
from aigc_helpers.metrics.points import energy_distance, kernel_log_density
from aigc_helpers.metrics.resampling import (
    bootstrap_interval,
    grouped_interval,
    nested_interval,
    paired_interval,
    wilson_interval,
)
from aigc_helpers.metrics.restoration import (
    mean_squared_error,
    psnr,
    seam,
    sharpness,
    ssim,
)
from aigc_helpers.metrics.shares import share_interval
from aigc_helpers.metrics.text import TrainingText, form_kept
