"""Which data sets exist: kinds, files, sizes, checksums, addresses, licence, credit.

A new data set is one more module in ``sets``, called like it, which defines
``DATASET``: ``mnist`` is an example with files, ``spoken_digits`` one with many small
files, ``digits`` one that a package brings.
Files lie on two hosts or more. Addresses never point to a branch; the checksum decides
what a file is, wherever it comes from.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar, NamedTuple

from aigc_helpers.reader import Mistake

SETS = Path(__file__).parent / "sets"


class Edition(NamedTuple):
    """Another file of the same form: taken if it lies here, but never downloaded.

    ``checksum`` is of the file's own kind; ``words`` say to the reader what it is, in
    Chinese, as they follow on the title of the data set.
    """

    checksum: str
    words: str


@dataclass(frozen=True)
class DataFile:
    """One file, the same bytes at every address.

    Attributes
    ----------
    name : str
    size : int, optional
        Bytes; None where the origin does not publish it.
    checksum : str
        ``"sha256:…"``, or ``"md5:…"`` where the origin publishes only that.
    urls : tuple of str
        Asked in this order.
    most : int
        Bytes that a server may send where the size is not published.
    also : tuple of Edition
        What may lie in its place.
    """

    name: str
    size: int | None
    checksum: str
    urls: tuple[str, ...]
    most: int = 10_000_000
    also: tuple[Edition, ...] = ()

    @property
    def limit(self) -> int:
        """Bytes that a server may send."""
        return self.most if self.size is None else self.size


@dataclass(frozen=True)
class FileGroup(DataFile):
    """Many small files that are fetched, checked and kept together.

    Size and checksum are those of all, one behind the other; an address is that of the
    folder in which they lie, with its slash.

    Attributes
    ----------
    members : tuple of str
        Their names.
    folder : str
        Where they lie, seen from the folder of all data, if that is not the folder
        called like the data set.
    """

    members: tuple[str, ...] = ()
    folder: str = ""


@dataclass(frozen=True)
class DataSet:
    """A data set and what must be said about it.

    Attributes
    ----------
    name, title : str
        For programs, and for the reader.
    files : tuple of DataFile
        Empty if it comes with a package.
    licence, credit : str
    read : callable
        See the kind.
    part : str
        What is taken of it, for the reader, if that is not all.
    stand_in : str, optional
        Name of the data set that chapters take without this one: of the same kind,
        shape and classes, without files.
    kind : str
        What its class says; ``load_KIND`` of `aigc_helpers.data` reads it.
    """

    name: str
    title: str
    files: tuple[DataFile, ...]
    licence: str
    credit: str
    read: Callable | None = None
    part: str = ""
    stand_in: str | None = None
    kind: ClassVar[str] = ""

    @property
    def content(self) -> str:
        """What one gets, for the reader."""
        return self.part or self.title

    @property
    def form(self) -> tuple:
        """What a stand-in must share with it."""
        return (self.kind,)

    @property
    def size(self) -> int:
        """Bytes of all files together; if a size is not published, at most these."""
        return sum(file.limit for file in self.files)

    @property
    def size_text(self) -> str:
        """The size for the reader: 11.6 MB, or 42 KB."""
        is_bound = any(file.size is None for file in self.files)
        return ("不超过 " if is_bound else "") + in_bytes(self.size)

    def file(self, name: str) -> DataFile:
        """The file called ``name``; a ValueError lists those that exist."""
        for file in self.files:
            if file.name == name:
                return file
        known = ", ".join(file.name for file in self.files)
        raise Mistake(
            f"{self.name} has no file {name!r}; it has: {known}",
            f"{self.name} 里没有 {name!r} 这个文件，有的是：{known}。",
        )


@dataclass(frozen=True)
class ImageData(DataSet):
    """Images with labels.

    Attributes
    ----------
    read : callable
        ``read(dataset, split, root)`` gives two arrays: images, uint8 (N, C, H, W), and
        labels (N,).
    shape : tuple of int
        (C, H, W) of each image.
    n_classes : int
        Labels are in 0..n_classes - 1.
    """

    shape: tuple[int, int, int] = (1, 28, 28)
    n_classes: int = 10
    kind: ClassVar[str] = "images"

    @property
    def form(self) -> tuple:
        """What a stand-in must share with it."""
        return (self.kind, self.shape, self.n_classes)


@dataclass(frozen=True)
class TextData(DataSet):
    """Texts in two fixed parts.

    Attributes
    ----------
    read : callable
        ``read(root)`` gives two tuples of str: training and test texts.
    unit : str
        What counts them, in Chinese.
    edition : callable, optional
        ``edition()`` says which one is here, for the reader.
    """

    unit: str = "段"
    edition: Callable[[], str] | None = None
    kind: ClassVar[str] = "texts"


@dataclass(frozen=True)
class SoundData(DataSet):
    """Recordings of classes such as words, by several speakers.

    Attributes
    ----------
    read : callable
        ``read(dataset, split, root)`` gives a list of clips, int16 (T,) each, and what
        they are, int64 (N, 3): class, speaker and number of the take.
    rate : int
        Samples a second.
    n_classes : int
        Classes are in 0..n_classes - 1.
    speakers : tuple of str
        Names; a speaker's number is the place here.
    """

    rate: int = 8000
    n_classes: int = 10
    speakers: tuple[str, ...] = ()
    kind: ClassVar[str] = "sounds"

    @property
    def form(self) -> tuple:
        """What a stand-in must share with it."""
        return (self.kind, self.rate, self.n_classes, len(self.speakers))


def in_bytes(size: int) -> str:
    """A number of bytes for the reader: 11.6 MB, or 42 KB."""
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} KB"


def files_at(
    bases: tuple[str, ...], facts: Mapping[str, tuple[int, str]]
) -> tuple[DataFile, ...]:
    """Files of ``{name: (size, checksum)}``, which lie at every base address."""
    return tuple(
        DataFile(name, size, checksum, tuple(base + name for base in bases))
        for name, (size, checksum) in facts.items()
    )


@cache
def datasets() -> dict[str, DataSet]:
    """All data sets by name, those of the modules in ``sets``."""
    stems = [stem for _, stem, _ in pkgutil.iter_modules([str(SETS)])]
    modules = (importlib.import_module(f"aigc_helpers.data.sets.{s}") for s in stems)
    entries = (module.DATASET for module in modules if hasattr(module, "DATASET"))
    return {dataset.name: dataset for dataset in entries}


def find_dataset(name: str, *, kind: str | None = None) -> DataSet:
    """The data set called ``name``; a ValueError lists those that exist.

    With ``kind`` only those of that kind do.
    """
    choices = {n: d for n, d in datasets().items() if kind in (None, d.kind)}
    if name not in choices:
        raise Mistake(
            f"unknown data set {name!r}; known: {', '.join(choices)}",
            f"没有叫 {name!r} 的数据集，可以写：{' '.join(choices)}。",
        )
    return choices[name]
