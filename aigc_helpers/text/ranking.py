"""Which passages have words in common with a question: BM25.

Chinese is not cut into words, which would need a dictionary: what is compared are
characters, pairs of neighbouring ones, and words of letters and numbers as they stand.
A page's script can do all of this in the same way.
"""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise

from aigc_helpers.reader import wrong
from aigc_helpers.text.passages import Passage

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
PIECES = re.compile(rf"[{_HAN}]+|[a-z]+|[α-ω]|[0-9]+(?:[.,][0-9]+)*")
ASKING = re.compile(  # says that something is asked, not what; longer ones first
    "为什么|怎么样|能不能|是不是|什么|怎么|怎样|如何|多少|哪些|哪个|请问|吗|呢"
)
HEADING_COUNTS = 2  # times that a heading's features count beside those of the text


def features(text: str) -> list[str]:
    """What a text is compared by, in its order.

    Of a run of Chinese characters each one and each pair of neighbours; words of Latin
    letters in lower case, Greek letters, numbers without the commas between thousands.
    Full-width forms count as usual ones (NFKC).
    """
    found = []
    for piece in PIECES.findall(unicodedata.normalize("NFKC", text).lower()):
        if re.match(f"[{_HAN}]", piece):
            found += [*piece, *(a + b for a, b in pairwise(piece))]
        else:
            found.append(piece.replace(",", ""))
    return found


def asked(question: str) -> list[str]:
    """The different features of a question, without the words that only ask."""
    return list(dict.fromkeys(features(ASKING.sub(" ", question))))


class BM25:
    r"""Texts ranked for a question by the features that they share with it.

    .. math::

        s(q, d) = \sum_{t \in q} \log\Big(1 + \frac{N - n_t + 0.5}{n_t + 0.5}\Big)\;
            \frac{f_{t,d}}{f_{t,d} + k_1 (1 - b + b\,|d| / \overline{|d|})}

    over the features t of the question (`asked`); :math:`f_{t,d}` says how often t is
    in text d, :math:`n_t` in how many of the N texts it is, :math:`|d|` how many
    features d has. Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25
    and Beyond, Foundations and Trends in Information Retrieval 3 (4), 2009, who find
    1.2 < k1 < 2 and 0.5 < b < 0.8 reasonable. Their logarithm has no 1, and is negative
    for a feature of more than half of the texts.

    Parameters
    ----------
    texts : iterable of str
    k1 : float
        How slowly a further occurrence stops to count; not negative.
    b : float
        How much a long text is held to be only long, from 0 to 1.

    Raises
    ------
    ValueError
        If there are no texts, or k1 or b is out of its range.
    """

    def __init__(self, texts: Iterable[str], k1: float = 1.2, b: float = 0.75):
        counts = [Counter(features(text)) for text in texts]
        if not counts:
            raise wrong("there are no texts to rank", "texts", counts, "一篇以上的文字")
        if not k1 >= 0:
            raise wrong(f"k1 must not be negative, not {k1}", "k1", k1, "不小于 0 的数")
        if not 0 <= b <= 1:
            raise wrong(f"b must be in [0, 1], not {b}", "b", b, "0 到 1 之间的数")
        lengths = [count.total() for count in counts]
        mean = sum(lengths) / len(lengths) or 1.0
        self.n_texts = len(counts)
        self.slow = [k1 * (1 - b + b * length / mean) for length in lengths]
        self.places = defaultdict(list)  # feature: (text, how often), text by text
        for i, count in enumerate(counts):
            for feature, times in count.items():
                self.places[feature].append((i, times))

    def weight(self, feature: str) -> float:
        """How much it says that a text has this feature: the rarer, the more."""
        n = len(self.places.get(feature, ()))
        return math.log(1 + (self.n_texts - n + 0.5) / (n + 0.5))

    def scores(self, question: str) -> list[float]:
        """A score for each text, in their order; 0 if nothing is shared."""
        return self.scores_of(asked(question))

    def scores_of(self, found: Iterable[str]) -> list[float]:
        """The same for features, each of which counts as often as it comes."""
        scores = [0.0] * self.n_texts
        for feature in found:
            weight = self.weight(feature)
            for i, times in self.places.get(feature, ()):
                scores[i] += weight * times / (times + self.slow[i])
        return scores

    def rank(self, question: str, k: int = 5) -> list[tuple[int, float]]:
        """Numbers and scores of the best k texts, fewer if fewer share anything.

        Of equal scores the earlier text comes first.

        Raises
        ------
        ValueError
            If k is not a positive whole number.
        """
        if not isinstance(k, int) or k < 1:
            raise wrong(f"k must be a positive integer, not {k!r}", "k", k, "正整数")
        scores = self.scores(question)
        best = sorted(range(self.n_texts), key=lambda i: -scores[i])[:k]
        return [(i, scores[i]) for i in best if scores[i] > 0]


def searchable(passage: Passage) -> str:
    """What of a passage is compared with a question: its heading, too."""
    return "\n".join([*[passage.heading] * HEADING_COUNTS, passage.text])


def rank_passages(passages: Iterable[Passage]) -> BM25:
    """A ranking of passages by text and heading; ``rank`` gives their numbers."""
    return BM25(searchable(passage) for passage in passages)
