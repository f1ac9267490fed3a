"""Pictures: filling holes, enlarging, removing noise, and who is recognised in them.

The functions follow chapter 08 of the book in name and order. Pictures are grey,
(B, 1, H, W) with values in [0, 1].
"""

from aigc_helpers.image.filling import FilledPicture, fill
from aigc_helpers.image.generation import (
    FaceDecoder,
    FaceDiscriminator,
    FaceGenerator,
    MeasuredFaceDecoder,
    augment,
    nearest_distance,
)
from aigc_helpers.image.holes import (
    box_hole,
    centre_square,
    free_strokes,
    lower_half,
    training_holes,
)
from aigc_helpers.image.networks import Filler, Restorer
from aigc_helpers.image.realism import Critic, train_realistic_upscaler
from aigc_helpers.image.recognition import PersonRecogniser, train_recogniser
from aigc_helpers.image.rivals import (
    LinearFiller,
    choose_noise,
    fit_ridge,
    neighbourhoods,
)
from aigc_helpers.image.training import (
    add_noise,
    hole_error,
    shrink,
    train_filler,
    train_restorer,
    vary,
)
