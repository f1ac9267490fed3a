"""What the loaders of all kinds of data share."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from aigc_helpers import data
from aigc_helpers.data.catalog import datasets, find_dataset
from aigc_helpers.data.download import DatasetUnavailable
from aigc_helpers.reader import Mistake

SPLITS = {"train": "训练", "test": "测试"}  # and what readers call them


def load(name: str, **options: Any):
    """The data set of that name, as the loader of its kind gives it."""
    return getattr(data, f"load_{find_dataset(name).kind}")(name, **options)


def load_or_replace(
    read: Callable[[str], Any], kind: str, name: str, fallback: str | None
):
    """``read(name)``; where that cannot be had, the fall-back, which says so.

    Raises
    ------
    DatasetUnavailable
        If it cannot be had and there is no fall-back.
    ValueError
        If there is no such data set of the kind, or the fall-back needs a download or
        has another form.
    """
    form = find_dataset(name, kind=kind).form  # raises
    packaged = [d.name for d in datasets().values() if d.form == form and not d.files]
    if fallback not in (None, *packaged):
        names = ", ".join(map(repr, packaged))
        raise Mistake(
            f"fallback must be None or one of {names}; got {fallback!r}",
            f"不能用 {fallback!r} 代替，可以写：{names}，或者不写。",
        )
    try:
        return read(name)
    except DatasetUnavailable as error:
        if fallback is None:
            raise
        return replace(read(fallback), wanted=name, unavailable=error)


def require_split(split: str) -> None:
    """Raise a Mistake unless there is such a part of a data set."""
    if split not in SPLITS:
        raise Mistake(
            f"unknown split {split!r}; known: {', '.join(SPLITS)}",
            f"没有 {split!r} 这一份，可以写：{' '.join(SPLITS)}。",
        )


def opening(content: str, wanted: str | None, unavailable: DatasetUnavailable | None):
    """How the sentence about loaded data begins, in Chinese."""
    if unavailable is None:
        return f"正在使用{spaced(content)}"
    return (
        f"没有找到{spaced(find_dataset(wanted).content)}，"
        f"也无法下载（{unavailable.why_chinese}），改用{spaced(content)}"
    )


def spaced(title: str) -> str:
    """The title, a space before it if it begins with a Latin letter."""
    return f" {title}" if title[0].isascii() else title
