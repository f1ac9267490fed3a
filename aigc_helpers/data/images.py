"""Sets of images with labels: MNIST and what else the catalogue has of that kind."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from aigc_helpers.data.catalog import ImageData, find_dataset
from aigc_helpers.data.download import DatasetUnavailable, edition
from aigc_helpers.data.loading import SPLITS, load_or_replace, opening, require_split


@dataclass(frozen=True, eq=False)
class ImageSet:
    """A whole set as two tensors; a batch is an index.

    Attributes
    ----------
    images : Tensor, uint8 (N, C, H, W), 0 is black; MNIST's are (N, 1, 28, 28)
    labels : Tensor, int64 (N,), in 0..n_classes - 1 of the catalogue's entry
    name, split : what these images are
    wanted : the set that was asked for, if this one stands in for it
    unavailable : why it stands in: `DatasetUnavailable`, with the addresses tried
    edition : which other edition of the files it is, in Chinese, "" if it is the one
        that the catalogue describes
    """

    images: torch.Tensor = field(repr=False)
    labels: torch.Tensor = field(repr=False)
    name: str
    split: str
    wanted: str | None = None
    unavailable: DatasetUnavailable | None = field(default=None, repr=False)
    edition: str = ""

    def __len__(self) -> int:
        return len(self.images)

    def describe(self) -> str:
        """One Chinese sentence for the reader: which images these are, and why."""
        content = find_dataset(self.name).content + self.edition
        begin = opening(content, self.wanted, self.unavailable)
        return f"{begin}（{len(self):,} 张{SPLITS[self.split]}图像）。"


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
    name : a data set of images, such as ``"mnist"``; a wrong name lists all
    split : ``"train"`` or ``"test"``
    fallback : a data set of the same shape and classes that needs no download, such as
        ``"digits"``, to get it where ``name`` cannot be had; the result's `name` and
        `describe()` say so
    root : folder to use in place of `data_dir()`

    Raises
    ------
    DatasetUnavailable
        If the files are neither here nor to be had, and there is no fall-back.
    ValueError
        For an unknown name or split, or a file that is not what it should be.
    """
    require_split(split)
    return load_or_replace(
        lambda name: _read(name, split, root), ImageData.kind, name, fallback
    )


def _read(name: str, split: str, root) -> ImageSet:
    dataset = find_dataset(name)
    images, labels = dataset.read(dataset, split, root)
    return ImageSet(
        torch.from_numpy(images.copy()),  # (N, C, H, W)
        torch.from_numpy(labels.astype(np.int64)),
        name,
        split,
        edition=edition(dataset, root=root),
    )
