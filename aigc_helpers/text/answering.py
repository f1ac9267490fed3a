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

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

import torch

from aigc_helpers.text.answer_signals import (
    KnownUnanswered,
    Second,
    mark,
    seconds,
    signals,
)
from aigc_helpers.text.passages import Passage, load_passages
from aigc_helpers.text.questions import training_questions
from aigc_helpers.text.ranking import features
from aigc_helpers.text.retrieval import Match, PassageIndex, Retriever

LONGEST = 300  # characters of a question
ANSWERED, TWO, REFUSED, UNREADABLE = "answered", "two", "refused", "unreadable"


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
        What stands in the index, ranks above the answer, and is not the book's.
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


class Answerer:
    """Answers questions from passages among which anything may stand.

    Parameters
    ----------
    passages : sequence of Passage
    network : Retriever
    unanswered : sequence of str, optional
        Questions of which it is known that the passages do not answer them; by default
        those among the training questions.
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        network: Retriever,
        *,
        unanswered: Sequence[str] | None = None,
    ):
        self.index = PassageIndex(passages, network)
        if unanswered is None:
            unanswered = [q.text for q in training_questions().unanswerable]
        self.known = KnownUnanswered(self.index, unanswered)
        self.genuine = [is_the_books(passage) for passage in self.index.passages]

    def believing(self) -> "Answerer":
        """The same, but it takes whatever stands in the index for the book's."""
        other = copy(self)
        other.genuine = [True] * len(self.genuine)
        return other

    def answer(self, question: str) -> Answer:
        """Answer a question, or refuse it."""
        if (unreadable := _unreadable(question)) is not None:
            return unreadable
        match, network = self.index.match(question), self.index.network
        ranked = by_score(match)
        book = [i for i in ranked if self.genuine[i]]
        if not book:
            return Answer(REFUSED, NOTHING, strangers=self._passages(ranked))
        strangers = self._passages(ranked[: ranked.index(book[0])])
        told = signals(self.index, self.known, question, match, book[0])
        confidence = probability(network.refusal, told)
        first = self._cite(match, book[0])
        if confidence < network.thresholds[0]:
            return Answer(REFUSED, NOTHING, (), confidence, first, strangers)
        second, needed = best_second(self.index, question, match, book)
        if second is None or needed < network.thresholds[1]:
            return Answer(ANSWERED, ONE, (first,), confidence, strangers=strangers)
        both = (first, self._cite(match, second.passage))
        return Answer(TWO, BOTH, both, confidence, strangers=strangers)

    def _cite(self, match: Match, i: int) -> Citation:
        passage = self.index.passages[i]
        return Citation(passage, mark(match, passage.text), float(match.scores[i]))

    def _passages(self, numbers: Sequence[int]) -> tuple[Passage, ...]:
        return tuple(self.index.passages[i] for i in numbers)


NOTHING = "这些段落里没有找到能回答它的话。"
ONE, BOTH = "书里这样说：", "书里有两段说到它："


def by_score(match: Match) -> list[int]:
    """Numbers of the passages, the best first, of equal ones the earlier."""
    return match.scores.argsort(descending=True, stable=True).tolist()


@cache
def frozen_checksums() -> frozenset[str]:
    """Of the passages that are the book's."""
    return frozenset(checksum(passage) for passage in load_passages())


def is_the_books(passage: Passage) -> bool:
    """Is this, to the letter, in the frozen table?"""
    return checksum(passage) in frozen_checksums()


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


def probability(weights: torch.Tensor, values: Sequence[float]) -> float:
    """Logistic function of a weighted sum; the last weight stands alone."""
    total = weights[:-1] @ torch.tensor(values) + weights[-1]
    return float(torch.sigmoid(total))


def best_second(
    index: PassageIndex, question: str, match: Match, ranked: Sequence[int]
) -> tuple[Second | None, float]:
    """The passage that adds most to the first, and how likely a second is needed."""
    network = index.network
    found, more = seconds(index, question, match, ranked)
    if not found:
        return None, 0.0
    values = torch.tensor([one.choice for one in found]) @ network.choice
    best = found[int(values.argmax())]
    return best, probability(network.second, best.choice + more)
