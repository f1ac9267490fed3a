"""What tells whether a passage answers, and whether a second one is needed.

All are shares and sums of what is there when a question has been compared with the
passages; two logistic regressions read them, see `answering`.
"""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

import torch

from aigc_helpers.text.ranking import asked, features
from aigc_helpers.text.retrieval import (
    CHARACTER,
    PAIR,
    Match,
    PassageIndex,
    buckets,
    kind_of,
    synonyms,
)

SENTENCE = re.compile("[^。！？；]+[。！？；]?[”’）]?")
PARTS = re.compile("[，,。？?；;、：:]|又|和|与|跟|以及|分别|各")  # of a question
SHORTEST = 3  # features of a part that asks something by itself
N_SECOND = 20  # passages among which the second is looked for
SCALE = 10.0  # of scores, to bring them near 1


def own_weights(index: PassageIndex, match: Match) -> list[float]:
    """What each own feature counts, its rarity included."""
    rarity, own = index.lexicon.bm25.weight, match.reading.own
    return [
        weight * rarity(feature)
        for feature, weight in zip(own, match.weights.tolist(), strict=False)
    ]


def covered(pairs: Sequence[tuple[str, float]], having: Set[str]) -> float:
    """Share of weights (feature, weight) whose features are there; 0 if none weigh."""
    total = sum(weight for _, weight in pairs)
    return sum(w for f, w in pairs if f in having) / total if total else 0.0


def mark(match: Match, text: str) -> tuple[int, int]:
    """Where the sentence of a text that fits a question best begins and ends.

    The one whose features, each once, count most; of equal ones the first.
    """
    counts = dict(
        zip(match.reading.features, match.weights.tolist(), strict=False),
    )
    best, highest = (0, len(text)), 0.0
    for found in SENTENCE.finditer(text):
        value = sum(counts.get(f, 0.0) for f in dict.fromkeys(features(found[0])))
        if value > highest:
            best, highest = found.span(), value
    return best


def stood_in(question: str, having: Set[str]) -> set[str]:
    """Features of words for which one that means the same is there, with all of its.

    They count as covered: who asks for EMA is answered where 滑动平均 stands.
    """
    words, found = synonyms(), set()
    for word in words.found(question):
        others = [set(features(other)) for other in words.others[word]]
        if any(other and other <= having for other in others):
            found |= set(features(word))
    return found


class KnownUnanswered:
    """Questions of which it is known that no passage answers them.

    Parameters
    ----------
    index : PassageIndex
        Gives features their weights.
    texts : sequence of str
    """

    def __init__(self, index: PassageIndex, texts: Sequence[str]):
        self.bags = [bag(index, index.match(text)) for text in texts]

    def nearness(self, question: dict[str, float]) -> float:
        """Largest weighted share of features that one of them has in common with it.

        Weights of the shared ones by those of all of both (Jaccard), from 0 to 1.
        """
        return max((_jaccard(question, bag) for bag in self.bags), default=0.0)


def bag(index: PassageIndex, match: Match) -> dict[str, float]:
    """Own features of a question and their weights."""
    return dict(zip(match.reading.own, own_weights(index, match), strict=True))


def _jaccard(one: dict[str, float], other: dict[str, float]) -> float:
    shared = sum(weight for feature, weight in one.items() if feature in other)
    total = sum(one.values()) + sum(other.values()) - shared
    return shared / total if total else 0.0


@torch.no_grad()
def signals(
    index: PassageIndex, known: KnownUnanswered, question: str, match: Match, first: int
) -> list[float]:
    """What the confidence that passage ``first`` answers is read from.

    Shares of the question's weights that the passage covers: of all features, of
    characters, of pairs, by its marked sentence alone; share that no passage has (what
    is `stood_in` for counts as there); what words that mean the same add; cosine; how
    many features there are; how near a question is that is known to be unanswered;
    doubts that its features raise.
    """
    bagged = bag(index, match)
    pairs, own = list(bagged.items()), match.reading.own
    here, text = index.lexicon.having[first], index.passages[first].text
    sentence = set(features(text[slice(*mark(match, text))]))
    having, marked, anywhere = (
        there | stood_in(question, there)
        for there in (here, sentence, index.lexicon.rows.keys())
    )
    others = zip(match.reading.others, match.weights.tolist()[len(own) :], strict=False)
    doubts = index.network.doubt.weight[buckets(features(question))]
    return [
        covered(pairs, having),
        covered([p for p in pairs if kind_of(p[0]) == CHARACTER], having),
        covered([p for p in pairs if kind_of(p[0]) == PAIR], having),
        covered(pairs, marked),
        1 - covered(pairs, anywhere),
        sum(weight for feature, weight in others if feature in here) / SCALE,
        float(match.cosines[first]),
        len(own) / 40,
        known.nearness(bagged),
        float(doubts.sum()),
    ]


@dataclass(frozen=True)
class Second:
    """A passage that may add to the first, and what speaks for it.

    Attributes
    ----------
    passage : int
    choice : list of float
        Its score; what of it the first passage does not give already; its cosine; its
        score for the part of the question that another passage than the first answers
        best.
    """

    passage: int
    choice: list[float]


@torch.no_grad()
def seconds(
    index: PassageIndex, question: str, match: Match, ranked: Sequence[int]
) -> tuple[list[Second], list[float]]:
    """Passages that may come second, and what tells whether one is needed.

    The latter: parts of the question; its features; different passages that are best
    for a part; share of its weights that the first passage covers.
    """
    first, rows = ranked[0], index.rows_of(match.reading)
    gives = match.weights[:, None] * index.table[rows]  # (N, P)
    new = gives - torch.minimum(gives, gives[:, [first]])
    parts = [part for part in PARTS.split(question) if len(asked(part)) >= SHORTEST]
    scores = [index.match(part).scores for part in parts]
    best = [int(score.argmax()) for score in scores]
    led = [s for s, leader in zip(scores, best, strict=True) if leader != first]
    elsewhere = torch.stack(led).amax(0) if led else torch.zeros(len(index.passages))
    found = [
        Second(
            i,
            [
                float(gives[:, i].sum()) / SCALE,
                float(new[:, i].sum()) / SCALE,
                float(match.cosines[i]),
                float(elsewhere[i]) / SCALE,
            ],
        )
        for i in ranked[1:N_SECOND]
    ]
    pairs = list(bag(index, match).items())
    first_covers = covered(pairs, index.lexicon.having[first])
    more = [len(parts) / 5, len(pairs) / 40, len(set(best)) / 3, first_covers]
    return found, more
