"""What a classifier sees in images: its features and its answers."""

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
