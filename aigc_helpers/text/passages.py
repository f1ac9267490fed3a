"""Passages of long texts, as they are and spoilt: what a measure is tried on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from aigc_helpers.reader import Mistake


@dataclass(frozen=True)
class Passages:
    """Pieces of text, all equally long, and the document that each comes from.

    Attributes
    ----------
    texts : tuple of str
    groups : tuple of int
        Pieces of one document never compete with each other, and an interval takes
        them as one observation.
    """

    texts: tuple[str, ...] = field(repr=False)
    groups: tuple[int, ...] = field(repr=False)

    @property
    def length(self) -> int:
        """Characters of each."""
        return min(map(len, self.texts))


def cut_passages(
    texts: Sequence[str], length: int = 4000, *, most: int = 8
) -> Passages:
    """Pieces of so many characters, spread evenly over each text.

    Parameters
    ----------
    texts : sequence of str
        Documents; one that is too short gives none.
    length : int
    most : int
        No document gives more pieces than this.

    Raises
    ------
    ValueError
        If no text is long enough.
    """
    pieces, groups = [], []
    for document, text in enumerate(texts):
        n = len(text) // length
        for i in range(min(n, most)):
            start = i * n // min(n, most) * length
            pieces.append(text[start : start + length])
            groups.append(document)
    if not pieces:
        raise Mistake(
            f"no text has {length} characters",
            f"没有一篇文本够 {length} 个字符，把 length 改小一些。",
        )
    return Passages(tuple(pieces), tuple(groups))


def shuffle_lines(passages: Passages, *, seed: int = 0) -> Passages:
    """The same lines of each passage in random order."""
    rng, shuffled = Random(seed), []
    for text in passages.texts:
        lines = text.split("\n")
        rng.shuffle(lines)
        shuffled.append("\n".join(lines))
    return Passages(tuple(shuffled), passages.groups)


def mix_lines(passages: Passages, *, block: int = 1, seed: int = 0) -> Passages:
    """Blocks of so many lines, each as it stood, in random order over all passages.

    What comes out is cut to passages of the old length, each a document of its own.
    Inside a block everything is real; between blocks nothing belongs together.
    """
    blocks = []
    for text in passages.texts:
        lines = text.split("\n")
        blocks += ["\n".join(lines[i : i + block]) for i in range(0, len(lines), block)]
    Random(seed).shuffle(blocks)
    pieces = cut_passages(
        ["\n".join(blocks)], passages.length, most=len(passages.texts)
    ).texts
    return Passages(pieces, tuple(range(len(pieces))))


def repeat_line(passages: Passages) -> Passages:
    """Nothing but the longest line of each passage, again and again."""
    repeated = []
    for text in passages.texts:
        line = max(text.split("\n"), key=len) + "\n"
        repeated.append((line * (len(text) // len(line) + 1))[: len(text)])
    return Passages(tuple(repeated), passages.groups)
