"""Which passages answer a question: words with learnt weights, and vectors.

A question and a passage are compared twice. By the words that they share: BM25, whose
features get a weight each that is learnt from questions, and whose statistics are
taken of the passage, of its section and of its chapter; words that mean the same stand
in for those of the question, for less. And by their vectors: both are read by one small
network, trained so that a question lies near the passages that answer it.

Nothing here understands a question. What is learnt is which words matter, and which
ones go together; a large language model would know much more of both, and could say
the answer in words of its own.

All that happens when a question is asked are look-ups, sums and one small matrix
product, which a page's script repeats.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import torch
import torch.nn.functional as F
from torch import nn

from aigc_helpers.text.passages import Passage
from aigc_helpers.text.questions import training_questions
from aigc_helpers.text.ranking import BM25, asked, features, searchable

N_BUCKETS = 8192
MOST_FEATURES = 256  # of a question that are read
CHARACTER, PAIR, WORD = range(3)  # kinds of features; three more stand in for others
N_SIGNALS, N_CHOICE, N_SECOND = 10, 4, 8  # that `answer_signals` gives
_BASIS, _PRIME = 2166136261, 16777619


def bucket(feature: str, n_buckets: int = N_BUCKETS) -> int:
    """Number of a feature's row in a table, from 1 to ``n_buckets - 1``; 0 is padding.

    FNV-1a of 32 bits over UTF-8 (Fowler, Noll and Vo), then the remainder. Features
    share a row where their hashes agree: the hashing trick, Weinberger et al. (2009),
    Feature Hashing for Large Scale Multitask Learning.
    """
    value = _BASIS
    for byte in feature.encode():
        value = ((value ^ byte) * _PRIME) & 0xFFFFFFFF
    return 1 + value % (n_buckets - 1)


def kind_of(feature: str) -> int:
    """CHARACTER or PAIR of Chinese, or WORD: Latin, Greek, a number."""
    if feature[0] < "\u3400":
        return WORD
    return CHARACTER if len(feature) == 1 else PAIR


class Synonyms:
    """Words of which one is asked where the other is written.

    Parameters
    ----------
    pairs : iterable of (str, str)
    """

    def __init__(self, pairs: Iterable[tuple[str, str]]):
        others = defaultdict(list)
        for one, other in pairs:
            one, other = _plain(one), _plain(other)
            for a, b in ((one, other), (other, one)):
                if b not in others[a]:
                    others[a].append(b)
        self.others: dict[str, list[str]] = dict(others)

    def found(self, text: str) -> list[str]:
        """Words of the list that stand in a text, none inside a longer one."""
        text = _plain(text)
        here = [word for word in self.others if _stands(word, text)]
        return [w for w in here if not any(w != o and w in o for o in here)]

    def features(self, text: str) -> list[str]:
        """Features of what means the same as words of a text, without its own."""
        own, found = set(asked(text)), {}
        for word in self.found(text):
            for other in self.others[word]:
                found |= dict.fromkeys(features(other))
        return [feature for feature in found if feature not in own]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _stands(word: str, text: str) -> bool:
    """Is a word there, and, if it begins or ends with a letter, not inside another?"""
    if word not in text:
        return False
    before = "(?<![a-z])" if re.match("[a-z]", word) else ""
    after = "(?![a-z])" if re.search("[a-z]$", word) else ""
    return re.search(before + re.escape(word) + after, text) is not None


@cache
def synonyms() -> Synonyms:
    """Those that the authors of the training questions listed."""
    return Synonyms(training_questions().synonyms)


@dataclass(frozen=True)
class Reading:
    """What of a question is compared.

    Attributes
    ----------
    own : list of str
        Its different features, without the words that only ask, in its order.
    others : list of str
        Features of what means the same.
    """

    own: list[str]
    others: list[str]

    @property
    def features(self) -> list[str]:
        return self.own + self.others

    @property
    def kinds(self) -> list[int]:
        return [kind_of(f) for f in self.own] + [kind_of(f) + 3 for f in self.others]


def read(question: str) -> Reading:
    """The features of a question, ``MOST_FEATURES`` of its own at most."""
    own = asked(question)[:MOST_FEATURES]
    return Reading(own, synonyms().features(question)[:MOST_FEATURES])


def padded(rows: Sequence[Sequence[int]]) -> torch.Tensor:
    """Rows of numbers as one tensor (B, N) of int64, filled up with 0; N is 1 or more.

    What stands in a row twice stays twice.
    """
    n = max(1, *map(len, rows)) if rows else 1
    return torch.tensor([[*row, *[0] * (n - len(row))] for row in rows])


def buckets(found: Iterable[str]) -> list[int]:
    """The different rows of features, in their order."""
    return list(dict.fromkeys(map(bucket, found)))


class Retriever(nn.Module):
    """A vector for a text, and a weight for each feature of a question.

    The vector: rows of a table are added, one for each feature, and divided by the root
    of how many they are; one hidden layer may add to that; the length is made 1. Two
    texts are compared by the product of their vectors, as Karpukhin et al. (2020) do,
    who read questions and passages by two large networks; here one small one reads
    both.

    Beside these stands what `answer_fitting` fits: doubts that features of a question
    raise, weights of signals, and thresholds.

    Parameters
    ----------
    n_buckets : int
        Rows of each table: as many as `bucket` has numbers for.
    dim : int
        Length of a vector.
    hidden : int
        Units of the hidden layer.
    """

    def __init__(self, n_buckets: int = N_BUCKETS, dim: int = 64, hidden: int = 64):
        super().__init__()
        self.embedding = nn.Embedding(n_buckets, dim, padding_idx=0)
        self.inner = nn.Linear(dim, hidden)
        self.outer = nn.Linear(hidden, dim)
        self.term = nn.Embedding(n_buckets, 1, padding_idx=0)  # logarithms of weights
        self.kind = nn.Parameter(torch.tensor([0.0] * 3 + [-0.7] * 3))
        self.field = nn.Parameter(torch.tensor([-0.4, -2.3, -2.3]))
        self.cosine = nn.Parameter(torch.tensor(0.7))  # logarithm of what it counts
        self.sharpness = nn.Parameter(torch.tensor(2.3))  # of cosines, in training
        self.doubt = nn.Embedding(n_buckets, 1, padding_idx=0)
        self.register_buffer("refusal", torch.zeros(N_SIGNALS + 1))
        self.register_buffer("choice", torch.zeros(N_CHOICE))
        self.register_buffer("second", torch.zeros(N_SECOND + 1))
        self.register_buffer("thresholds", torch.tensor([0.5, 0.5]))
        for table in (self.embedding, self.term, self.doubt, self.outer):
            nn.init.zeros_(table.weight)
        nn.init.zeros_(self.outer.bias)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Unit vectors (B, dim) of rows of the table, int64 (B, N); 0 is padding."""
        counts = (features > 0).sum(1, keepdim=True).clamp(min=1)  # (B, 1)
        v = self.embedding(features).sum(1) / counts.sqrt()  # (B, dim)
        return F.normalize(v + self.outer(torch.relu(self.inner(v))), dim=1)

    def weigh(self, features: torch.Tensor, kinds: torch.Tensor) -> torch.Tensor:
        """What each feature counts, (B, N): positive, 0 for padding."""
        logs = self.term(features)[..., 0] + self.kind[kinds]
        return logs.exp() * (features > 0)


class Lexicon:
    """How much each feature says for each passage, in three fields.

    ``tables`` (3, V, P) hold, for a passage, for all passages under its heading and for
    all of its chapter, what BM25 adds for a feature: how rare it is among passages,
    times how often it is there, with the first occurrences counting most. Row 0 is
    that of features which no passage has.

    Parameters
    ----------
    passages : sequence of Passage
    """

    def __init__(self, passages: Sequence[Passage]):
        texts = [searchable(passage) for passage in passages]
        self.bm25 = BM25(texts)
        self.having = [set(features(text)) for text in texts]  # for each passage
        known = dict.fromkeys(f for text in texts for f in features(text))
        self.rows = {feature: i for i, feature in enumerate(known, 1)}
        section = self._table(*_together(passages, [p.address for p in passages]))
        chapter = self._table(*_together(passages, [p.chapter for p in passages]))
        own = self._table(self.bm25, list(range(len(texts))))
        self.tables = torch.stack([own, section, chapter])  # (3, V, P)

    def _table(self, field: BM25, columns: list[int]) -> torch.Tensor:
        """What each feature (V, P) says; passage i has column ``columns[i]``."""
        rows, places, values = [], [], []
        for feature, found in field.places.items():
            weight, row = self.bm25.weight(feature), self.rows[feature]
            for i, times in found:
                rows.append(row)
                places.append(i)
                values.append(weight * times / (times + field.slow[i]))
        table = torch.zeros(len(self.rows) + 1, field.n_texts)
        table[rows, places] = torch.tensor(values)
        return table[:, columns]

    def row(self, feature: str) -> int:
        return self.rows.get(feature, 0)


def _together(
    passages: Sequence[Passage], groups: Sequence[str]
) -> tuple[BM25, list[int]]:
    """The texts of each group as one, and to which each passage belongs."""
    texts = defaultdict(list)
    for passage, group in zip(passages, groups, strict=True):
        texts[group].append(passage.text)
    numbers = {group: i for i, group in enumerate(texts)}
    field = BM25("\n".join(parts) for parts in texts.values())
    return field, [numbers[group] for group in groups]


@dataclass(frozen=True)
class Match:
    """How well each passage fits a question.

    Attributes
    ----------
    reading : Reading
    weights : tensor (N,)
        What each feature of the reading counts, its rarity left aside.
    lexical, cosines, scores : tensors (P,)
        By words, by vectors, and both together.
    """

    reading: Reading
    weights: torch.Tensor
    lexical: torch.Tensor
    cosines: torch.Tensor
    scores: torch.Tensor


class PassageIndex:
    r"""Passages ready to be compared with questions.

    .. math::

        s(q, d) = \sum_k \varphi_k \sum_{t \in q} w_t\, b_k(t, d)
            + \gamma \cos(v_q, v_d)

    over the fields k and the features t of the question and of what means the same;
    :math:`b_k` is in the tables of a `Lexicon`; weights :math:`w_t`, :math:`\varphi`
    and :math:`\gamma` and the vectors are the network's.

    Parameters
    ----------
    passages : sequence of Passage
    network : Retriever
    """

    def __init__(self, passages: Sequence[Passage], network: Retriever):
        self.passages, self.network = list(passages), network
        self.lexicon = Lexicon(self.passages)
        with torch.no_grad():
            table = [buckets(features(searchable(p))) for p in self.passages]
            self.vectors = network(padded(table))  # (P, dim)
            mixed = network.field.exp()[:, None, None] * self.lexicon.tables
            self.table = mixed.sum(0)  # (V, P)

    @torch.no_grad()
    def match(self, question: str) -> Match:
        """Compare a question with every passage."""
        reading, network = read(question), self.network
        found = torch.tensor([[bucket(f) for f in reading.features] or [0]])  # (1, N)
        kinds = torch.tensor([reading.kinds or [0]])
        weights = network.weigh(found, kinds)[0]  # (N,)
        lexical = weights @ self.table[self.rows_of(reading)]  # (P,)
        vector = network(padded([buckets(reading.own)]))[0]  # (dim,)
        cosines = self.vectors @ vector
        scores = lexical + network.cosine.exp() * cosines
        return Match(reading, weights, lexical, cosines, scores)

    def rows_of(self, reading: Reading) -> list[int]:
        """Rows of the lexicon, one for each feature, and 0 if there are none."""
        return [self.lexicon.row(feature) for feature in reading.features] or [0]

    def rank(self, question: str, k: int = 5) -> list[tuple[int, float]]:
        """Numbers and scores of the best k passages; of equal ones the earlier."""
        scores = self.match(question).scores.tolist()
        best = sorted(range(len(scores)), key=lambda i: -scores[i])[:k]
        return [(i, scores[i]) for i in best]
