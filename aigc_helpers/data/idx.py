"""The format of MNIST: gzipped IDX files of unsigned bytes, four of them to a set."""

import gzip
import math
import zlib
from pathlib import Path

import numpy as np

from aigc_helpers.data.catalog import ImageData
from aigc_helpers.data.download import fetch

TRAIN_IMAGES = "train-images-idx3-ubyte.gz"
TRAIN_LABELS = "train-labels-idx1-ubyte.gz"
TEST_IMAGES = "t10k-images-idx3-ubyte.gz"
TEST_LABELS = "t10k-labels-idx1-ubyte.gz"
FILES = {
    "train": (TRAIN_IMAGES, TRAIN_LABELS),
    "test": (TEST_IMAGES, TEST_LABELS),
}
CHUNK = 1 << 24  # bytes read at once


def read(dataset: ImageData, split: str, root=None) -> tuple[np.ndarray, np.ndarray]:
    """Grey images (N, 1, H, W) and labels (N,) of a data set in this format.

    Raises
    ------
    DatasetUnavailable
        If a file is neither here nor to be had.
    ValueError
        If a file is not what it should be.
    """
    image_path, label_path = (
        fetch(dataset.name, name, root=root) for name in FILES[split]
    )
    images, labels = read_idx(image_path), read_idx(label_path)
    if images.shape[1:] != dataset.shape[1:]:
        sides = ", ".join(map(str, dataset.shape[1:]))
        raise ValueError(f"{image_path}: shape {images.shape} instead of (N, {sides})")
    if labels.shape != images.shape[:1]:
        raise ValueError(
            f"{label_path}: shape {labels.shape} for {len(images):,} images"
        )
    last = dataset.n_classes - 1
    if labels.max(initial=0) > last:
        raise ValueError(f"{label_path}: label {labels.max()} is not in 0..{last}")
    return images[:, None], labels  # (N, 1, H, W), (N,)


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
