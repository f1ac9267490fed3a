"""Three families of generative models on points in the plane, behind one interface.

The functions follow chapter 03 of the book in name and order.
"""

from aigc_helpers.families.evaluation import (
    count_passes,
    evaluate,
    judge_samples,
    largest_setback,
    lonely_share,
    mean_log_likelihood,
    near_share,
    shape_of_parts,
)
from aigc_helpers.families.networks import (
    FAMILIES,
    ToyAutoregressive,
    ToyGAN,
    ToyVAE,
    perceptron,
)
from aigc_helpers.families.training import sample_points, train_family
