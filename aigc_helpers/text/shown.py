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
    checksum,
)
from aigc_helpers.text.passages import Passage, load_passages
from aigc_helpers.text.retrieval import PassageIndex, Retriever, synonyms

STRANGER = "stranger"  # key of a passage that is put into the index
N_CANDIDATES = 5


class ShownAnswers(nn.Module):
    """What is told of a question, why, and what would be told without the check.

    Parameters
    ----------
    network : Retriever
    passages : list of Passage, optional
        Those of the book, by default those of the package. They count as frozen.
    """

    def __init__(self, network: Retriever, passages: list[Passage] | None = None):
        super().__init__()
        self.network = network
        self.passages = load_passages() if passages is None else list(passages)
        self._known = {}  # the last index with, and the one without a false passage

    def passage(self, key: str) -> dict:
        """A passage of the book as plain data.

        Raises
        ------
        KeyError
            If the book has none with this key.
        """
        return asdict({one.key: one for one in self.passages}[key])

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
        index, frozen = self._index(stranger)
        answer = Answerer(index, frozen).answer(question)
        told = {"told": _plain(answer), "unchecked": None, "candidates": []}
        told["threshold"] = float(self.network.thresholds[0])
        if answer.kind != UNREADABLE:
            told["candidates"] = _candidates(index, frozen, question)
            if stranger is not None:
                everything = set(map(checksum, index.passages))
                told["unchecked"] = _plain(Answerer(index, everything).answer(question))
        rows = {one.key: asdict(one) for one in index.passages}
        return {**told, "passages": {key: rows[key] for key in _named(told)}}

    def _index(self, stranger: dict | None) -> tuple[PassageIndex, set[str]]:
        """Passages ready to be compared, and the checksums of those of the book."""
        name = stranger is None
        if self._known.get(name, [None])[0] != stranger or name not in self._known:
            more = [] if name else [Passage(**{**stranger, "key": STRANGER})]
            index = PassageIndex([*self.passages, *more], self.network)
            self._known[name] = (stranger, index)
        return self._known[name][1], set(map(checksum, self.passages))

    def tables(self) -> dict[str, torch.Tensor]:
        """The network's tensors, and "frozen" (P, 32): checksums of passages."""
        sums = [list(bytes.fromhex(checksum(one))) for one in self.passages]
        tensors = {name: value for name, value in self.network.state_dict().items()}
        return {**tensors, "frozen": torch.tensor(sums, dtype=torch.uint8)}

    def facts(self) -> dict:
        """Passages, and the words that mean the same: what is no number."""
        return {
            "passages": [asdict(one) for one in self.passages],
            "synonyms": [[word, more] for word, more in synonyms().others.items()],
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


def _candidates(index: PassageIndex, frozen: set[str], question: str) -> list[dict]:
    """The best passages of an index, and the one that BM25 would put first."""
    match = index.match(question)
    order = match.scores.argsort(descending=True, stable=True).tolist()
    rank = {i: place for place, i in enumerate(order, 1)}
    rivals = {
        i: place
        for place, (i, _) in enumerate(
            index.lexicon.bm25.rank(question, len(order)), 1
        )
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
            "genuine": checksum(index.passages[i]) in frozen,
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
