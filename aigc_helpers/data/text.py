"""Collections of texts: the book's, and what is said about each."""

from dataclasses import dataclass, field
from pathlib import Path

from aigc_helpers.data.catalog import TextData, find_dataset
from aigc_helpers.data.download import DatasetUnavailable
from aigc_helpers.data.loading import load_or_replace, opening


@dataclass(frozen=True, eq=False)
class Texts:
    """Training and test texts of one collection.

    Attributes
    ----------
    name, title : what these texts are; the title is Chinese
    train, test : tuple of str
        A text is an idiom, a poem on one line, a source file or a part of a play.
    credit : who made them, and the licence
    wanted : the collection that was asked for, if this one stands in for it
    unavailable : why it stands in: `DatasetUnavailable`, with the addresses tried
    """

    name: str
    title: str
    train: tuple[str, ...] = field(repr=False)
    test: tuple[str, ...] = field(repr=False)
    credit: str
    wanted: str | None = None
    unavailable: DatasetUnavailable | None = field(default=None, repr=False)

    @property
    def is_fallback(self) -> bool:
        """Do these texts stand in for others?"""
        return self.unavailable is not None

    @property
    def n_train(self) -> int:
        """Characters of all training texts."""
        return sum(map(len, self.train))

    @property
    def n_test(self) -> int:
        """Characters of all test texts."""
        return sum(map(len, self.test))

    def describe(self) -> str:
        """One Chinese sentence for the reader: which texts these are, and why."""
        entry = find_dataset(self.name)
        title = self.title + (f"（{entry.edition()}）" if entry.edition else "")
        return (
            f"{opening(title, self.wanted, self.unavailable)}："
            f"训练 {len(self.train):,} {entry.unit}（{self.n_train:,} 字符），"
            f"测试 {len(self.test):,} {entry.unit}（{self.n_test:,} 字符）。"
        )


def load_texts(
    name: str, *, fallback: str | None = None, root: str | Path | None = None
) -> Texts:
    """Texts of a collection, from this machine or downloaded, in two fixed parts.

    Parameters
    ----------
    name : a data set of texts, such as ``"idioms"``; a wrong name lists all
    fallback : one that needs no download, such as ``"python"``, to get it where
        ``name`` cannot be had; the result's `is_fallback` and `describe()` say so
    root : folder to use in place of `data_dir()`

    Raises
    ------
    DatasetUnavailable
        If the files are neither here nor to be had, and there is no fall-back.
    ModuleNotFoundError
        If a package that the collection needs is not installed.
    ValueError
        For an unknown name, or a file that is not what it should be.
    """
    return load_or_replace(
        lambda name: _read(name, root), TextData.kind, name, fallback
    )


def _read(name: str, root) -> Texts:
    dataset = find_dataset(name)
    train, test = dataset.read(root)
    credit = f"{dataset.credit}, {dataset.licence}"
    return Texts(name, dataset.content, train, test, credit)
