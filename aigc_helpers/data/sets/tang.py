"""Quatrains of the Complete Tang Poems."""

import json
import re
from pathlib import Path

from aigc_helpers.data.catalog import TextData, files_at, find_dataset
from aigc_helpers.data.download import fetch
from aigc_helpers.data.sets.tang_files import FOLDER, REVISION, TANG_FILES
from aigc_helpers.data.splitting import Parts, split_apart

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_QUATRAIN = re.compile(
    rf"(?:[{_HAN}]{{5}}[，。？！；：、]){{4}}|"
    rf"(?:[{_HAN}]{{7}}[，。？！；：、]){{4}}"
)
_STOPS = re.compile("[，。？！；：、]")


def read(root=None) -> Parts:
    """Quatrains of five or seven characters a line, in simplified characters.

    A poem is one text of the form 春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。 with
    the punctuation of every poem made equal. Poems with missing characters, notes in
    brackets or another form are left out, and so is a training poem that shares a
    whole line, or half of its runs of three characters, with a test poem.

    Raises
    ------
    DatasetUnavailable
        If a file is neither here nor to be had.
    ValueError
        If a file is not what it should be.
    """
    poems = []
    for file in find_dataset("tang").files:
        poems += _quatrains(fetch("tang", file.name, root=root))
    return split_apart(_simplified(poems), _trigrams, _are_near_poems)


def _quatrains(path: Path) -> list[str]:
    """Poems of one file that have the form, in the characters of the file."""
    try:
        entries = json.loads(path.read_text("utf-8"))
        texts = ["".join(entry["paragraphs"]) for entry in entries]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"{path}: not a list of poems ({error})") from error
    return [_in_one_form(text) for text in texts if _QUATRAIN.fullmatch(text)]


def _in_one_form(poem: str) -> str:
    """The four lines with a comma after odd ones and a stop after even ones."""
    a, b, c, d = _lines(poem)
    return f"{a}，{b}。{c}，{d}。"


def _lines(poem: str) -> list[str]:
    return _STOPS.split(poem)[:4]


def _simplified(poems: list[str]) -> list[str]:
    """All poems by OpenCC's phrases and characters, traditional to simplified."""
    from opencc import OpenCC  # wanted for this collection alone

    return OpenCC("t2s").convert("\n".join(poems)).split("\n")


def _trigrams(poem: str) -> list[str]:
    """Runs of three characters within the lines."""
    return [line[i : i + 3] for line in _lines(poem) for i in range(len(line) - 2)]


def _are_near_poems(poem: str, other: str, shared: int) -> bool:
    most = max(len(set(_trigrams(poem))), len(set(_trigrams(other))))
    return 2 * shared >= most or not set(_lines(poem)).isdisjoint(_lines(other))


DATASET = TextData(
    name="tang",
    title="《全唐诗》",
    part="《全唐诗》里的绝句",
    files=files_at(
        (
            "https://raw.githubusercontent.com/chinese-poetry/chinese-poetry/"
            f"{REVISION}/{FOLDER}/",
            "https://cdn.jsdelivr.net/gh/chinese-poetry/chinese-poetry@"
            f"{REVISION}/{FOLDER}/",
        ),
        {
            f"poet.tang.{number}.json": (size, f"sha256:{digest}")
            for number, size, digest in TANG_FILES
        },
    ),
    licence="MIT (the collection); the poems are in the public domain",
    credit="chinese-poetry/chinese-poetry",
    read=read,
    stand_in="idioms",
    unit="首",
)
