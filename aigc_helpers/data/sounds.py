"""Sets of clips: the spoken digits and what else the catalogue has of that kind."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from aigc_helpers.data.catalog import SoundData, find_dataset
from aigc_helpers.data.download import DatasetUnavailable
from aigc_helpers.data.loading import SPLITS, load_or_replace, opening, require_split

FULL_SCALE = 32768  # of 16 bits


@dataclass(frozen=True, eq=False)
class SoundSet:
    """A whole set of clips and what they are.

    Attributes
    ----------
    clips : tuple of Tensor, float32 (T,) each, in [-1, 1)
        Views of one buffer: change none in place.
    digits : Tensor, int64 (N,), in 0..n_classes - 1 of the catalogue's entry
    speakers : Tensor, int64 (N,), places in ``speaker_names``
    takes : Tensor, int64 (N,), which take of this digit by this speaker
    speaker_names : tuple of str
    rate : int, samples a second
    name, split : what these clips are
    wanted : the set that was asked for, if this one stands in for it
    unavailable : why it stands in: `DatasetUnavailable`, with the addresses tried
    """

    clips: tuple[torch.Tensor, ...] = field(repr=False)
    digits: torch.Tensor = field(repr=False)
    speakers: torch.Tensor = field(repr=False)
    takes: torch.Tensor = field(repr=False)
    speaker_names: tuple[str, ...]
    rate: int
    name: str
    split: str
    wanted: str | None = None
    unavailable: DatasetUnavailable | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.clips)

    @property
    def is_fallback(self) -> bool:
        """Do these clips stand in for others?"""
        return self.unavailable is not None

    @property
    def seconds(self) -> float:
        """Length of all clips together."""
        return sum(map(len, self.clips)) / self.rate

    def describe(self) -> str:
        """One Chinese sentence for the reader: which clips these are, and why."""
        content = find_dataset(self.name).content
        begin = opening(content, self.wanted, self.unavailable)
        return (
            f"{begin}（{SPLITS[self.split]} {len(self):,} 段，"
            f"共 {self.seconds / 60:.1f} 分钟）。"
        )


def load_sounds(
    name: str = "spoken_digits",
    split: str = "train",
    *,
    fallback: str | None = None,
    root: str | Path | None = None,
) -> SoundSet:
    """Clips of a set and what they are, from this machine or downloaded.

    Parameters
    ----------
    name : a data set of sounds, such as ``"spoken_digits"``; a wrong name lists all
    split : ``"train"`` or ``"test"``
    fallback : a data set of the same rate and classes that needs no download, such as
        ``"tones"``, to get it where ``name`` cannot be had; the result's `is_fallback`
        and `describe()` say so
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
        lambda name: _read(name, split, root), SoundData.kind, name, fallback
    )


def _read(name: str, split: str, root) -> SoundSet:
    dataset = find_dataset(name)
    clips, facts = dataset.read(dataset, split, root)
    buffer = torch.from_numpy(np.concatenate(clips)).float() / FULL_SCALE  # (sum of T,)
    digits, speakers, takes = torch.from_numpy(facts).T.contiguous()  # (N,) each
    return SoundSet(
        buffer.split([len(clip) for clip in clips]),
        digits,
        speakers,
        takes,
        speaker_names=dataset.speakers,
        rate=dataset.rate,
        name=name,
        split=split,
    )
