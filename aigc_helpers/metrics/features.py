"""What a classifier sees in images: its features and its answers."""

import torch

from aigc_helpers.pixels import in_chunks, require_images, require_unit_range
from aigc_helpers.runtime import evaluation_mode


@torch.no_grad()
def extract_features(classifier, images, *, batch_size: int = 500):
    """(N, F) features of images (N, C, H, W) in [0, 1], in evaluation mode.

    Raises
    ------
    ValueError
        If the images are not float values in [0, 1] of the classifier's
        ``image_shape``, or there are none.
    """
    _require_readable(classifier, images)
    with evaluation_mode(classifier):
        return in_chunks(classifier.features, images, batch_size=batch_size)


@torch.no_grad()
def predict_classes(classifier, images, *, batch_size: int = 500):
    """(N,) most probable class of each image (N, C, H, W) in [0, 1]."""
    _require_readable(classifier, images)

    def predict(chunk):
        return classifier(chunk).argmax(dim=1)

    with evaluation_mode(classifier):
        return in_chunks(predict, images, batch_size=batch_size)


def _require_readable(classifier, images) -> None:
    """Raise a ValueError unless the classifier was built for such images."""
    require_images(images, classifier.image_shape)
    require_unit_range(images)
