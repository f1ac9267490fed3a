"""Answers from the book's own passages: quoted, cited, or refused.

An answer quotes one passage or two, marks the sentence that fits the question best,
and says where it stands. It refuses where its confidence, calibrated on questions that
the passages do not answer, is too small. What is not in the frozen table of passages,
to the letter, is never given as the book's.

This is retrieval and extraction: it understands neither question nor passage, makes no
sentence of its own, does not calculate, and draws no conclusion from two passages. A
large language model would phrase the answer, combine what several passages say and
reason about it; whether it keeps to them is what Chen et al. (2024), Benchmarking Large
Language Models in Retrieval-Augmented Generation, measure in four ways: noise, refusal,
two passages, a false one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256

import torch

from aigc_helpers.text.passages import Passage, load_passages
from aigc_helpers.text.ranking import features
from aigc_helpers.text.retrieval import Match, PassageIndex

LONGEST = 300  # characters of a question
SENTENCE = re.compile("[^。！？；]+[。！？；]?[”’）]?")
ANSWERED, TWO, REFUSED, UNREADABLE = "answered", "two", "refused", "unreadable"
SIGNALS = (
    *("best", "margin", "probability", "cosine", "covered", "covered_near"),
    *("unknown", "missing", "total"),
)
SECOND_SIGNALS = ("gain", "rest", "ratio", "cosine", "clauses")


@dataclass(frozen=True)
class Citation:
    """A passage that is quoted.

    Attributes
    ----------
    passage : Passage
        With section and address, to which the citation links.
    marked : (int, int)
        Where in its text the sentence that fits the question best begins and ends.
    score : float
    """

    passage: Passage
    marked: tuple[int, int]
    score: float

    @property
    def sentence(self) -> str:
        return self.passage.text[slice(*self.marked)]


@dataclass(frozen=True)
class Answer:
    """What is told of a question.

    Attributes
    ----------
    kind : str
        ``"answered"`` from one passage, ``"two"`` from two, ``"refused"``, or
        ``"unreadable"``: nothing was asked, or too much.
    citations : tuple of Citation
        One, two or none.
    confidence : float
        That the passages answer the question, in [0, 1].
    nearest : Citation or None
        Of a refusal: what came nearest, and does not answer.
    strangers : tuple of Passage
        What was found in the index, ranked above the answer, and is not the book's.
    words : str
        One Chinese sentence that says what this answer is.
    """

    kind: str
    words: str
    citations: tuple[Citation, ...] = ()
    confidence: float = 0.0
    nearest: Citation | None = None
    strangers: tuple[Passage, ...] = ()

    def __str__(self) -> str:
        lines = [self.words]
        for one in self.citations:
            lines.append(f"《{one.passage.section}》：{one.passage.text}")
        return "\n".join(lines)


def checksum(passage: Passage) -> str:
    """Of all that a reader sees of a passage: key, section, address, text."""
    seen = (passage.key, passage.section, passage.address, passage.text)
    return sha256("\n".join(seen).encode()).hexdigest()


@dataclass
class Answerer:
    """Answers questions from an index in which anything may stand.

    Parameters
    ----------
    index : PassageIndex
    frozen : set of str
        Checksums of the passages that are the book's; by default those of the package.
    """

    index: PassageIndex
    frozen: set[str] = field(default_factory=lambda: _frozen())

    def __post_init__(self):
        self.genuine = [checksum(p) in self.frozen for p in self.index.passages]

    def answer(self, question: str) -> Answer:
        """Answer a question, or refuse it."""
        if (unreadable := _unreadable(question)) is not None:
            return unreadable
        match = self.index.match(question)
        ranked = match.scores.argsort(descending=True, stable=True).tolist()
        book = [i for i in ranked if self.genuine[i]]
        above = ranked[: ranked.index(book[0])]
        strangers = tuple(self.index.passages[i] for i in above)
        network, first = self.index.network, book[0]
        confidence = _probability(network.refusal, signals(self.index, match, book))
        cited = Citation(*self._quoted(match, first))
        if confidence < network.thresholds[0]:
            words = "这些段落里没有找到能回答它的话。"
            return Answer(REFUSED, words, (), confidence, cited, strangers)
        second = second_passage(self.index, match, book)
        if _probability(network.second, second[1]) < network.thresholds[1]:
            return Answer(
                ANSWERED, "书里这样说：", (cited,), confidence, None, strangers
            )
        both = (cited, Citation(*self._quoted(match, second[0])))
        words = "要看书里的两段："
        return Answer(TWO, words, both, confidence, None, strangers)

    def _quoted(self, match: Match, i: int):
        passage = self.index.passages[i]
        return passage, mark(match, passage.text), float(match.scores[i])


@cache
def _frozen() -> set[str]:
    return {checksum(passage) for passage in load_passages()}


def _unreadable(question: str) -> Answer | None:
    """What is told of a question that cannot be read."""
    if not question.strip():
        return Answer(UNREADABLE, "还没有写问题：用一句话问一件书里讲过的事。")
    if len(question) > LONGEST:
        told = f"问题有 {len(question):,} 个字符，太长了：最多 {LONGEST} 个。"
        return Answer(UNREADABLE, told)
    if not features(question):
        return Answer(UNREADABLE, "问题里没有认得的字：请用汉字、字母或数字来问。")
    return None


def _probability(weights: torch.Tensor, values: Sequence[float]) -> float:
    """Logistic function of a weighted sum; the last weight stands alone."""
    total = weights[:-1] @ torch.tensor(values) + weights[-1]
    return float(torch.sigmoid(total))


def own_weights(index: PassageIndex, match: Match) -> list[float]:
    """What each own feature counts, its rarity included."""
    rarity = index.lexicon.bm25.weight
    own = match.reading.own
    return [float(w) * rarity(f) for f, w in zip(own, match.weights, strict=False)]


def signals(index: PassageIndex, match: Match, ranked: Sequence[int]) -> list[float]:
    """What confidence is read from, in the order of ``SIGNALS``.

    Best score; how far the second is below; probability of the best (softmax); its
    cosine; share of the question's weights that it covers; that the passages of its
    heading cover; that no passage covers; the largest weight that the best does not
    cover; the sum of all.
    """
    scores, first = match.scores, ranked[0]
    kept = scores[list(ranked)]
    passage = index.passages[first]
    having = index.lexicon.having
    here = having[first]
    same = [p.address == passage.address for p in index.passages]
    near = set().union(*(have for have, so in zip(having, same, strict=True) if so))
    weights = own_weights(index, match)
    total = sum(weights) or 1.0
    own = match.reading.own
    pairs = list(zip(own, weights, strict=True))
    margin = float(kept[0] - kept[1]) if len(kept) > 1 else float(kept[0])
    return [
        float(kept[0]) / 10,
        margin / 10,
        float(torch.softmax(kept, 0)[0]),
        float(match.cosines[first]),
        sum(w for f, w in pairs if f in here) / total,
        sum(w for f, w in pairs if f in near) / total,
        sum(w for f, w in pairs if not index.lexicon.row(f)) / total,
        max((w for f, w in pairs if f not in here), default=0.0) / 10,
        total / 100,
    ]


def second_passage(index: PassageIndex, match: Match, ranked: Sequence[int]):
    """The passage that adds most to the first, and what tells whether it is needed.

    Signals, in the order of ``SECOND_SIGNALS``: share of the question's weights that
    the second passage covers and the first does not; that neither covers; its score
    beside the first one's; its cosine; clauses of the question.
    """
    having = index.lexicon.having
    here = having[ranked[0]]
    weights = own_weights(index, match)
    total = sum(weights) or 1.0
    pairs = list(zip(match.reading.own, weights, strict=True))
    best, found = ranked[0], [0.0, 0.0, 0.0, 0.0, 0.0]
    highest = -1.0
    for i in ranked[1:8]:
        there = having[i]
        gain = sum(w for f, w in pairs if f in there - here) / total
        ratio = float(match.scores[i] / match.scores[ranked[0]].clamp(min=1e-6))
        if gain + ratio > highest:
            rest = sum(w for f, w in pairs if f not in there | here) / total
            clauses = len(match.reading.own) / 50
            best, highest = i, gain + ratio
            found = [gain, rest, ratio, float(match.cosines[i]), clauses]
    return best, found


def mark(match: Match, text: str) -> tuple[int, int]:
    """Where the sentence of a text that fits a question best begins and ends.

    The one whose features, each once, count most; of equal ones the first.
    """
    counts = dict(zip(match.reading.features, match.weights.tolist(), strict=True))
    best, highest = (0, len(text)), 0.0
    for found in SENTENCE.finditer(text):
        value = sum(counts.get(f, 0.0) for f in dict.fromkeys(features(found[0])))
        if value > highest:
            best, highest = found.span(), value
    return best
