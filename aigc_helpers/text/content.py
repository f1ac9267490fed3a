"""What a piece of text is about: its rare words, or the topics that they belong to."""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from aigc_helpers.reader import wrong
from aigc_helpers.text.excerpts import cut_excerpts

WORD = re.compile(r"[A-Za-z_]\w+")


def words(text: str) -> list[str]:
    """Identifiers and English words of two characters or more."""
    return WORD.findall(text)


@dataclass(frozen=True, eq=False)
class Content:
    """What a piece of text is about: its units, rare ones weighing more.

    Made by `fit_content`.

    Attributes
    ----------
    units : callable
        From a text to its units: `words`, or `list` for Chinese characters.
    weights : dict
        Logarithm of one over the share of pieces in which a unit was seen.
    weight_of_new : float
        The same for a unit that was never seen.
    axes : float32 tensor (len(weights), rank), or None
        Where each unit lies in the space of topics.
    """

    units: Callable[[str], Sequence[str]]
    weights: dict[str, float]
    weight_of_new: float
    axes: torch.Tensor | None = None

    def similarities(self, firsts: Sequence[str], seconds: Sequence[str]):
        """Cosines of all first pieces with all second ones, float32 (N, M).

        0 for a piece without units.
        """
        ids = {} if self.axes is None else {u: i for i, u in enumerate(self.weights)}
        rows = [self._weighted(text, ids) for text in (*firsts, *seconds)]
        vectors = torch.zeros(len(rows), max(1, len(ids)))  # (N + M, units)
        for vector, row in zip(vectors, rows, strict=True):
            if row:
                vector[list(row)] = torch.tensor(list(row.values()))
        if self.axes is not None:
            vectors = vectors @ self.axes  # (N + M, rank)
        vectors = F.normalize(vectors, dim=1)
        return vectors[: len(firsts)] @ vectors[len(firsts) :].T

    def _weighted(self, text: str, ids: dict[str, int]) -> dict[int, float]:
        """Weight of each unit by its id; new units get ids, where there are no axes."""
        found = set(self.units(text))
        if self.axes is not None:
            found &= ids.keys()
        return {
            ids.setdefault(unit, len(ids)): self.weights.get(unit, self.weight_of_new)
            for unit in sorted(found)
        }


def fit_content(
    texts: Sequence[str],
    units: Callable[[str], Sequence[str]] = words,
    *,
    length: int | None = None,
    rank: int | None = None,
) -> Content:
    """Learn from training texts how much each unit says, and which go together.

    Parameters
    ----------
    texts : sequence of str
    units : callable
        What a text consists of.
    length : int, optional
        Count pieces of so many characters, not whole texts.
    rank : int, optional
        Without it, two pieces are alike if they share units. With it, they are alike
        if their units appear in the same training texts: the units are projected on so
        many leading singular vectors of the matrix of texts and units (latent semantic
        analysis). Poems need it: a good one hardly says a word twice.

    References
    ----------
    Foltz, Kintsch and Landauer (1998), The Measurement of Textual Coherence with
    Latent Semantic Analysis.
    """
    pieces = texts if length is None else cut_excerpts(texts, length, most=10**9).texts
    contents = [sorted(set(units(piece))) for piece in pieces]
    counts = Counter(unit for content in contents for unit in content)
    n = len(contents)
    weights = {u: math.log((n + 1) / (count + 1)) for u, count in counts.items()}
    axes = None if rank is None else _topics(contents, weights, rank)
    return Content(units, weights, math.log(n + 1), axes)


def _topics(contents: Sequence[Sequence[str]], weights: dict[str, float], rank: int):
    """Leading right singular vectors of texts by units, rows of length 1: (U, rank)."""
    if not 1 <= rank < min(len(contents), len(weights)):
        raise wrong(
            f"rank is {rank}; there are {len(contents)} texts, {len(weights)} units",
            "rank",
            rank,
            "正整数，比文本篇数和词的个数都小",
        )
    ids = {unit: i for i, unit in enumerate(weights)}
    places = [(i, ids[unit]) for i, content in enumerate(contents) for unit in content]
    rows = [torch.tensor([weights[unit] for unit in content]) for content in contents]
    values = torch.cat([F.normalize(row, dim=0) for row in rows])
    matrix = torch.sparse_coo_tensor(
        torch.tensor(places).T,
        values,
        (len(contents), len(ids)),
        check_invariants=True,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)  # the same vectors on every run
        return torch.svd_lowrank(matrix.coalesce(), q=rank, niter=4)[2]
