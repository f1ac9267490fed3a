"""Excerpts of long texts, as they are and spoilt: what a measure is tried on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from aigc_helpers.language.sampling import sample_streams
from aigc_helpers.reader import Mistake


@dataclass(frozen=True)
class Excerpts:
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


def cut_excerpts(
    texts: Sequence[str], length: int = 4000, *, most: int = 8
) -> Excerpts:
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
    return Excerpts(tuple(pieces), tuple(groups))


def written_excerpts(
    model, vocabulary, n: int, length: int = 4000, *, seed: int = 0
) -> Excerpts:
    """Texts that a model of long texts writes, each a document of its own.

    Parameters
    ----------
    model : LanguageModel
        A network without lines, or an n-gram model of one long text.
    vocabulary : Vocabulary
        Decodes its tokens.
    n, length : int
        Texts, and characters of each.
    seed : int
    """
    rows = sample_streams(model, n, length, seed=seed)
    return Excerpts(tuple(map(vocabulary.decode, rows)), tuple(range(n)))


def shuffle_lines(excerpts: Excerpts, *, seed: int = 0) -> Excerpts:
    """The same lines of each excerpt in random order."""
    rng, shuffled = Random(seed), []
    for text in excerpts.texts:
        lines = text.split("\n")
        rng.shuffle(lines)
        shuffled.append("\n".join(lines))
    return Excerpts(tuple(shuffled), excerpts.groups)


def mix_lines(excerpts: Excerpts, *, block: int = 1, seed: int = 0) -> Excerpts:
    """Blocks of so many lines, each as it stood, in random order over all excerpts.

    What comes out is cut to excerpts of the old length, each a document of its own.
    Inside a block everything is real; between blocks nothing belongs together.
    """
    blocks = []
    for text in excerpts.texts:
        lines = text.split("\n")
        blocks += ["\n".join(lines[i : i + block]) for i in range(0, len(lines), block)]
    Random(seed).shuffle(blocks)
    pieces = cut_excerpts(
        ["\n".join(blocks)], excerpts.length, most=len(excerpts.texts)
    ).texts
    return Excerpts(pieces, tuple(range(len(pieces))))


def repeat_line(excerpts: Excerpts) -> Excerpts:
    """Nothing but the longest line of each excerpt, again and again."""
    repeated = []
    for text in excerpts.texts:
        line = max(text.split("\n"), key=len) + "\n"
        repeated.append((line * (len(text) // len(line) + 1))[: len(text)])
    return Excerpts(tuple(repeated), excerpts.groups)
