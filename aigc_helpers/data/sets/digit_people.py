"""Scikit-learn's digits in the form of the faces; they need no download."""

import numpy as np

from aigc_helpers.data.catalog import ImageData

N_PEOPLE, N_EACH = 40, 10
N_TRAIN = 30  # people


def read(dataset: ImageData, split: str, root=None):
    """Images (N, 1, 64, 64), uint8, and whose they are, (N,).

    Forty "people" of ten images each: all those of person k show the digit k % 10, and
    no image comes twice. Training has the people 0 to 29, test 30 to 39.
    """
    import torch
    from sklearn.datasets import load_digits  # slow to import, seldom needed

    from aigc_helpers.data.enlargement import enlarge

    bunch = load_digits()
    groups = range(N_TRAIN) if split == "train" else range(N_TRAIN, N_PEOPLE)
    index = np.concatenate([_images_of(person, bunch.target) for person in groups])
    small = torch.from_numpy(bunch.images[index]).float() / 16  # (N, 8, 8) in [0, 1]
    return enlarge(small, dataset.shape[-1]).numpy(), np.repeat(groups, N_EACH)


def _images_of(person: int, digits: np.ndarray) -> np.ndarray:
    """Places of a person's images: the next ten that show the person's digit."""
    n_taken = person // 10 * N_EACH
    return np.flatnonzero(digits == person % 10)[n_taken : n_taken + N_EACH]


DATASET = ImageData(
    name="digit_people",
    title="scikit-learn 自带的手写数字，四十组",
    part="scikit-learn 自带的手写数字，由 8×8 放大到 64×64，分成四十组",
    files=(),
    licence="CC BY 4.0",
    credit="E. Alpaydin, C. Kaynak (UCI)",
    read=read,
    shape=(1, 64, 64),
    n_classes=N_PEOPLE,
)
