"""Sets of 28×28 grey images: MNIST, Fashion-MNIST, and digits that need no download."""

import gzip
import math
import zlib
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from aigc_helpers.data.catalog import DATASETS
from aigc_helpers.data.download import DatasetUnavailable, fetch

SPLITS = {"train": "train", "test": "t10k"}  # and how IDX file names begin
N_DIGITS_TRAIN = 1500  # of 1,797
CHUNK = 1 << 24  # bytes read at once

_USING = {
    "mnist": "正在使用 MNIST（{n:,} 张{split}图像）。",
    "fashion_mnist": "正在使用 Fashion-MNIST（{n:,} 张{split}图像）。",
    "digits": "正在使用 scikit-learn 自带的手写数字，由 8×8 放大到 28×28"
    "（{n:,} 张{split}图像）。",
}
_INSTEAD = (
    "没有找到 {title}，也无法下载（{why}），改用 scikit-learn 自带的 1,797 张手写数字，"
    "由 8×8 放大到 28×28（这里是其中 {n:,} 张{split}图像）。"
)
_SPLIT = {"train": "训练", "test": "测试"}


@dataclass(frozen=True, eq=False)
class ImageSet:
    """A whole set as two tensors; a batch is an index.

    Attributes
    ----------
    images : Tensor, uint8 (N, 1, 28, 28), 0 is black
    labels : Tensor, int64 (N,), in 0..9
    name, split : what these images are
    wanted : the set that was asked for, if this one stands in for it
    unavailable : why it stands in: `DatasetUnavailable`, with the addresses tried
    """

    images: torch.Tensor = field(repr=False)
    labels: torch.Tensor = field(repr=False)
    name: str
    split: str
    wanted: str | None = None
    unavailable: DatasetUnavailable | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.images)

    def describe(self) -> str:
        """One Chinese sentence for the reader: which images these are, and why."""
        facts = {"n": len(self), "split": _SPLIT[self.split]}
        if self.unavailable is None:
            return _USING[self.name].format(**facts)
        title, why = DATASETS[self.wanted].title, self.unavailable.why_chinese
        return _INSTEAD.format(title=title, why=why, **facts)


def load_images(
    name: str = "mnist",
    split: str = "train",
    *,
    fallback: str | None = None,
    root: str | Path | None = None,
) -> ImageSet:
    """Images and labels of a set, from this machine or downloaded.

    Parameters
    ----------
    name : ``"mnist"``, ``"fashion_mnist"`` or ``"digits"``
    split : ``"train"`` or ``"test"``
    fallback : ``"digits"`` to get these where ``name`` cannot be had; the result's
        `name` and `describe()` say so
    root : folder to use in place of `data_dir()`

    Raises
    ------
    DatasetUnavailable
        If the files are neither here nor to be had, and there is no fall-back.
    ValueError
        For an unknown name or split, or a file that is not what it should be.
    """
    known = [*_USING]
    if name not in known:
        raise ValueError(f"unknown data set {name!r}; known: {', '.join(known)}")
    if split not in SPLITS:
        raise ValueError(f"unknown split {split!r}; known: {', '.join(SPLITS)}")
    if fallback not in (None, "digits"):
        raise ValueError(f"fallback must be None or 'digits', got {fallback!r}")
    if name == "digits":
        return _load_digits(split)
    try:
        return _load_idx(name, split, root)
    except DatasetUnavailable as error:
        if fallback is None:
            raise
        return replace(_load_digits(split), wanted=name, unavailable=error)


def read_idx(path: str | Path) -> np.ndarray:
    """Array of unsigned bytes in a gzipped IDX file, the format of MNIST.

    Layout: two zero bytes, type (8: unsigned byte), number of dimensions, each
    dimension as big-endian uint32, then the values.

    Raises
    ------
    ValueError
        Names the file and what is wrong with it.
    """
    try:
        with gzip.open(path) as stream:
            shape = _read_shape(stream, path)
            n_values = math.prod(shape)
            values = _read_at_most(stream, n_values)
            trailing = stream.read(1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path}: not a whole gzip file ({error})") from error
    if len(values) < n_values:
        raise ValueError(f"{path}: {len(values):,} values instead of {n_values:,}")
    if trailing:
        raise ValueError(f"{path}: bytes after the last of {n_values:,} values")
    return np.frombuffer(values, np.uint8).reshape(shape)


def _read_at_most(stream, n: int) -> bytes:
    """``n`` bytes or all there are: ``read(n)`` alone would claim memory for ``n``."""
    values = bytearray()
    while chunk := stream.read(min(n - len(values), CHUNK)):
        values += chunk
    return bytes(values)


def _read_shape(stream, path) -> tuple[int, ...]:
    magic = stream.read(4)
    if len(magic) < 4 or magic[:3] != b"\0\0\x08" or not 1 <= magic[3] <= 3:
        raise ValueError(f"{path}: not an IDX file of bytes (starts with {magic!r})")
    sizes = stream.read(4 * magic[3])
    if len(sizes) < 4 * magic[3]:
        raise ValueError(f"{path}: ends within its header")
    return tuple(int(size) for size in np.frombuffer(sizes, ">u4"))


def _load_idx(name: str, split: str, root) -> ImageSet:
    prefix = SPLITS[split]
    image_path = fetch(name, f"{prefix}-images-idx3-ubyte.gz", root=root)
    label_path = fetch(name, f"{prefix}-labels-idx1-ubyte.gz", root=root)
    images, labels = read_idx(image_path), read_idx(label_path)
    if images.shape[1:] != (28, 28):
        raise ValueError(f"{image_path}: shape {images.shape} instead of (N, 28, 28)")
    if labels.shape != images.shape[:1]:
        raise ValueError(
            f"{label_path}: shape {labels.shape} for {len(images):,} images"
        )
    if labels.max(initial=0) > 9:
        raise ValueError(f"{label_path}: label {labels.max()} is not in 0..9")
    return ImageSet(
        torch.from_numpy(images.copy())[:, None],  # (N, 1, 28, 28)
        torch.from_numpy(labels.astype(np.int64)),
        name,
        split,
    )


def _load_digits(split: str) -> ImageSet:
    from sklearn.datasets import load_digits  # slow to import, seldom needed

    bunch = load_digits()
    part = slice(N_DIGITS_TRAIN) if split == "train" else slice(N_DIGITS_TRAIN, None)
    small = torch.from_numpy(bunch.images[part]).float() / 16  # (N, 8, 8) in [0, 1]
    labels = torch.from_numpy(bunch.target[part].astype(np.int64))
    return ImageSet(_enlarge_digits(small), labels, "digits", split)


def _enlarge_digits(small: torch.Tensor) -> torch.Tensor:
    """Digits (N, 8, 8) in [0, 1] as MNIST would show them, uint8 (N, 1, 28, 28).

    8×8 become 20×20, the size of a digit in MNIST, with a margin of one pixel of the
    original that lets strokes at the border end round. The stretch of contrast makes
    strokes as bright and as thin as there: mean 0.132 (MNIST 0.131), standard
    deviation 0.303 (0.308), share of pixels above one half 0.131 (0.132).
    """
    framed = F.pad(small[:, None], (1, 1, 1, 1))  # (N, 1, 10, 10)
    large = F.interpolate(framed, size=(25, 25), mode="bicubic", align_corners=False)
    large = ((large - 0.35) / (0.85 - 0.35)).clamp(0, 1)
    return _centre_by_mass((255 * F.pad(large, (1, 2, 1, 2))).round().to(torch.uint8))


def _centre_by_mass(images: torch.Tensor) -> torch.Tensor:
    """Shift each image so that its centre of mass is in the middle, as in MNIST."""
    mass = images[:, 0].double()  # (N, 28, 28)
    at = torch.arange(28, dtype=torch.float64)
    total = mass.sum((1, 2))
    down = (13.5 - mass.sum(2) @ at / total).round().int().tolist()
    right = (13.5 - mass.sum(1) @ at / total).round().int().tolist()
    shifted = [
        torch.roll(image, shift, dims=(1, 2))
        for image, *shift in zip(images, down, right, strict=True)
    ]
    return torch.stack(shifted)
