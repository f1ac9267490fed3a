"""Collections of texts: idioms, poems of the Tang, Python's own source, Shakespeare."""

import platform
from dataclasses import dataclass, field, replace
from pathlib import Path

from aigc_helpers.data import corpora
from aigc_helpers.data.catalog import SHAKESPEARE, TANG
from aigc_helpers.data.download import DatasetUnavailable

FALLBACKS = ("idioms", "python")  # these need no download


@dataclass(frozen=True)
class _Collection:
    title: str
    credit: str
    unit: str  # what one text is called, in Chinese


_COLLECTIONS = {
    "idioms": _Collection("jieba 词典里的成语", "jieba (Sun Junyi), MIT", "条"),
    "tang": _Collection("《全唐诗》里的绝句", f"{TANG.credit}, {TANG.licence}", "首"),
    "python": _Collection(
        "Python 标准库的源代码", "Python Software Foundation, PSF-2.0", "个文件"
    ),
    "shakespeare": _Collection(
        "莎士比亚剧本（Tiny Shakespeare）",
        f"{SHAKESPEARE.credit}, {SHAKESPEARE.licence}",
        "段",
    ),
}


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
        unit = _COLLECTIONS[self.name].unit
        title = self.title
        if self.name == "python":
            title += f"（Python {platform.python_version()}）"
        sizes = (
            f"训练 {len(self.train):,} {unit}（{self.n_train:,} 字符），"
            f"测试 {len(self.test):,} {unit}（{self.n_test:,} 字符）。"
        )
        if self.unavailable is None:
            return f"正在使用{_spaced(title)}：{sizes}"
        missing, why = _COLLECTIONS[self.wanted].title, self.unavailable.why_chinese
        return f"没有找到{missing}，也无法下载（{why}），改用{_spaced(title)}：{sizes}"


def _spaced(title: str) -> str:
    """A space before a title that begins with a Latin letter."""
    return f" {title}" if title[0].isascii() else title


def load_texts(
    name: str, *, fallback: str | None = None, root: str | Path | None = None
) -> Texts:
    """Texts of a collection, from this machine or downloaded, in two fixed parts.

    Parameters
    ----------
    name : ``"idioms"``, ``"tang"``, ``"python"`` or ``"shakespeare"``
    fallback : ``"idioms"`` or ``"python"`` to get these where ``name`` cannot be had;
        the result's `is_fallback` and `describe()` say so
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
    if name not in _COLLECTIONS:
        known = ", ".join(_COLLECTIONS)
        raise ValueError(f"unknown collection {name!r}; known: {known}")
    if fallback not in (None, *FALLBACKS):
        known = " or ".join(map(repr, FALLBACKS))
        raise ValueError(f"fallback must be None, {known}, got {fallback!r}")
    try:
        return _load(name, root)
    except DatasetUnavailable as error:
        if fallback is None:
            raise
        return replace(_load(fallback, root), wanted=name, unavailable=error)


def _load(name: str, root) -> Texts:
    train, test = getattr(corpora, f"read_{name}")(root)
    collection = _COLLECTIONS[name]
    return Texts(name, collection.title, train, test, collection.credit)
