"""The texts of the book as a language model reads them: lines, or one stream."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from aigc_helpers.data.text import load_texts
from aigc_helpers.data.vocabulary import BOUNDARY, UNKNOWN, Vocabulary

MARKS = {"wujue": "⑤", "qijue": "⑦"}  # the first character of a poem tells its form


@dataclass(frozen=True)
class Corpus:
    """Training and held-out texts, and the characters that a network knows."""

    train: tuple[str, ...]
    test: tuple[str, ...]
    vocabulary: Vocabulary


def idioms() -> Corpus:
    """All idioms; a character that no training idiom has becomes □."""
    texts = load_texts("idioms")
    return Corpus(texts.train, texts.test, Vocabulary.of(texts.train))


def poems() -> Corpus:
    """Quatrains with their mark in front, of characters that come twice or more.

    Others are left out, in training and in test: a poem with gaps is no poem.
    """
    texts = load_texts("tang")
    frequent = Vocabulary.of(texts.train, min_count=2)
    train, test = (
        tuple(marked(poem) for poem in part if all(c in frequent for c in poem))
        for part in (texts.train, texts.test)
    )
    characters = [c for c in frequent if c not in (BOUNDARY, UNKNOWN)]
    return Corpus(train, test, Vocabulary([BOUNDARY, *MARKS.values(), *characters]))


def python_source() -> Corpus:
    """Whole files; all but the printable characters of ASCII become □."""
    texts = load_texts("python")
    vocabulary = Vocabulary([BOUNDARY, UNKNOWN, *map(chr, range(32, 127))])
    return Corpus(texts.train, texts.test, vocabulary)


def form_of(poem: str) -> str:
    """Name of the form, "wujue" or "qijue", by the place of the first comma."""
    return {5: "wujue", 7: "qijue"}[poem.index("，")]


def marked(poem: str) -> str:
    """The poem with the mark of its form in front."""
    return MARKS[form_of(poem)] + poem


def lines_of(poem: str) -> list[str]:
    """The lines of a poem, without mark and punctuation."""
    plain = poem.strip("".join(MARKS.values())).replace("。", "，")
    return [line for line in plain.split("，") if line]


def as_lines(texts: Sequence[str], vocabulary: Vocabulary) -> list:
    """Each text as int64 tokens between two boundaries."""
    return [torch.tensor([0, *vocabulary.encode(text), 0]) for text in texts]


def as_stream(texts: Sequence[str], vocabulary: Vocabulary):
    """All texts as one, a boundary before, between and behind: int64 (N,)."""
    text = BOUNDARY.join(["", *texts, ""])
    return torch.tensor(vocabulary.encode(text))
