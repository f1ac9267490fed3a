"""Scikit-learn's digits, enlarged to look like MNIST; they need no download."""

from aigc_helpers.data.catalog import ImageData

N_TRAIN = 1500  # of 1,797


def read(dataset: ImageData, split: str, root=None):
    """Images (N, 1, 28, 28), uint8, and labels (N,), the first 1,500 for training."""
    import torch
    from sklearn.datasets import load_digits  # slow to import, seldom needed

    from aigc_helpers.data.enlargement import enlarge

    bunch = load_digits()
    part = slice(N_TRAIN) if split == "train" else slice(N_TRAIN, None)
    small = torch.from_numpy(bunch.images[part]).float() / 16  # (N, 8, 8) in [0, 1]
    return enlarge(small).numpy(), bunch.target[part]


DATASET = ImageData(
    name="digits",
    title="scikit-learn 自带的手写数字",
    part="scikit-learn 自带的手写数字，由 8×8 放大到 28×28",
    files=(),
    licence="CC BY 4.0",
    credit="E. Alpaydin, C. Kaynak (UCI)",
    read=read,
    shape=(1, 28, 28),
    n_classes=10,
)
