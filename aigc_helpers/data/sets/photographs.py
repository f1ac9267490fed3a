"""Scikit-learn's two sample photographs; they need no download."""

from aigc_helpers.data.catalog import ImageData

PHOTOGRAPHS = {"train": ("china.jpg", 0), "test": ("flower.jpg", 1)}  # and labels


def read(dataset: ImageData, split: str, root=None):
    """The photograph, uint8 (1, 3, 427, 640), and its label, (1,).

    Training has the temple in China (label 0), test the flower (label 1): here, too, no
    test image is among the training images. Versions of the JPEG decoder differ by a
    step or two of 255.
    """
    import numpy as np
    from sklearn.datasets import load_sample_image  # slow to import, seldom needed

    name, label = PHOTOGRAPHS[split]
    picture = load_sample_image(name).transpose(2, 0, 1)  # (3, 427, 640)
    return picture[None], np.array([label])


DATASET = ImageData(
    name="photographs",
    title="scikit-learn 自带的两张照片",
    files=(),
    licence="CC BY 2.0",
    credit="danielbuechele, vultilion (Flickr)",
    read=read,
    shape=(3, 427, 640),
    n_classes=2,
)
