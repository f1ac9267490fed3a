"""Answers as an explorer shows them: plain data, and the tables a page computes from.

An explorer reaches no subject: it is handed one of these, and asks it. A page's script
(``explorers/question/*.js``) does the same from `ShownAnswers.tables` and
`ShownAnswers.facts`.
"""

from dataclasses import asdict
from hashlib import sha256

import torch
from torch import nn

from aigc_helpers.text.answering import (
    UNREADABLE,
    Answer,
    Answerer,
    Citation,
    by_score,
    checksum,
)
from aigc_helpers.text.passages import Passage, load_passages
from aigc_helpers.text.questions import training_questions
from aigc_helpers.text.retrieval import Retriever, synonyms

STRANGER = "stranger"  # key of a passage that is put into the index
N_CANDIDATES = 5


class ShownAnswers(nn.Module):
    """What is told of a question, why, and what would be told without the check.

    Parameters
    ----------
    network : Retriever
    passages : list of Passage, optional
        Those of the book that are searched, by default all of the package.
    """

    def __init__(self, network: Retriever, passages: list[Passage] | None = None):
        super().__init__()
        self.network = network
        self.passages = load_passages() if passages is None else list(passages)
        self._known = {}  # who answers with the last false passage, and without one

    def passage(self, key: str) -> dict:
        """A passage of the book as plain data.

        Raises
        ------
        KeyError
            If the book has none with this key.
        """
        return asdict({one.key: one for one in self.passages}[key])

    @torch.no_grad()
    def explain(self, question: str, stranger: dict | None = None) -> dict:
        """What is told of a question, as plain data.

        Parameters
        ----------
        question : str
        stranger : dict, optional
            A passage, without its key, that stands in the index and is not the book's.

        Returns
        -------
        dict
            "told", see `Answerer.answer`; "unchecked", the same with every passage
            taken for the book's, if there is a stranger; "threshold" of the confidence;
            "candidates", the best five of the index and the first by BM25; "passages",
            those that are named, by key.
        """
        answerer = self._answerer(stranger)
        answer = answerer.answer(question)
        told = {"told": _plain(answer), "unchecked": None, "candidates": []}
        told["threshold"] = float(self.network.thresholds[0])
        if answer.kind != UNREADABLE:
            told["candidates"] = _candidates(answerer, question)
            if stranger is not None:
                told["unchecked"] = _plain(answerer.believing().answer(question))
        rows = {one.key: asdict(one) for one in answerer.index.passages}
        return {**told, "passages": {key: rows[key] for key in _named(told)}}

    def _answerer(self, stranger: dict | None) -> Answerer:
        """Who answers with a false passage among those of the book, or with none."""
        name = stranger is None
        known, answerer = self._known.get(name, (None, None))
        if answerer is None or known != stranger:
            more = [] if name else [Passage(**{**stranger, "key": STRANGER})]
            answerer = Answerer([*self.passages, *more], self.network)
            self._known[name] = (stranger, answerer)
        return answerer

    def tables(self) -> dict[str, torch.Tensor]:
        """The network's tensors, and "frozen" (P, 32): checksums of passages."""
        sums = [list(bytes.fromhex(checksum(one))) for one in self.passages]
        return {
            **self.network.state_dict(),
            "frozen": torch.tensor(sums, dtype=torch.uint8),
        }

    def facts(self) -> dict:
        """What is no number: passages, words that mean the same, questions without one.

        The latter are the training questions that the passages do not answer.
        """
        return {
            "passages": [asdict(one) for one in self.passages],
            "synonyms": [[word, more] for word, more in synonyms().others.items()],
            "unanswered": [one.text for one in training_questions().unanswerable],
        }

    def identity(self) -> str:
        """A checksum of all that answers are computed from."""
        total = sha256(repr(self.facts()).encode())
        for name, tensor in sorted(self.tables().items()):
            total.update(name.encode() + tensor.contiguous().numpy().tobytes())
        return total.hexdigest()


def _plain(answer: Answer) -> dict:
    nearest = answer.nearest
    return {
        "kind": answer.kind,
        "words": answer.words,
        "confidence": answer.confidence,
        "citations": [_cited(one) for one in answer.citations],
        "nearest": None if nearest is None else _cited(nearest),
        "strangers": [one.key for one in answer.strangers],
    }


def _cited(citation: Citation) -> dict:
    return {"key": citation.passage.key, "marked": list(citation.marked)}


def _candidates(answerer: Answerer, question: str) -> list[dict]:
    """The best passages of an index, and the one that BM25 would put first."""
    index = answerer.index
    match = index.match(question)
    order = by_score(match)
    rank = {i: place for place, i in enumerate(order, 1)}
    rivals = {
        i: place
        for place, (i, _) in enumerate(index.lexicon.bm25.rank(question, len(order)), 1)
    }
    best = order[:N_CANDIDATES]
    first = [i for i, place in rivals.items() if place == 1 and i not in best]
    return [
        {
            "key": index.passages[i].key,
            "rank": rank[i],
            "bm25": rivals.get(i),
            "score": float(match.scores[i]),
            "lexical": float(match.lexical[i]),
            "genuine": answerer.genuine[i],
        }
        for i in [*best, *first]
    ]


def _named(told: dict) -> list[str]:
    """Keys of the passages that an answer names, each once."""
    keys = [one["key"] for one in told["candidates"]]
    for answer in filter(None, (told["told"], told["unchecked"])):
        keys += [one["key"] for one in answer["citations"]]
        keys += [answer["nearest"]["key"]] if answer["nearest"] else []
        keys += answer["strangers"]
    return list(dict.fromkeys(keys))
