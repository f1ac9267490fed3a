"""Character n-grams with interpolated modified Kneser–Ney smoothing.

Chen and Goodman, "An empirical study of smoothing techniques for language modeling"
(Computer Speech and Language 13, 1999), section 3. In the names below an n-gram is a
context of n - 1 tokens and the token after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from aigc_helpers.data.vocabulary import BOUNDARY, Vocabulary
from aigc_helpers.reader import Mistake

HIGHEST_ORDER = 6
NOTHING = -1  # in a window: before the text begins
USUAL_DISCOUNTS = (0.5, 1.0, 1.5)  # where the counts of counts give none


@dataclass(frozen=True, eq=False)
class Level:
    """Counts of all n-grams of one order, as arrays; n-grams of a context lie together.

    Attributes
    ----------
    keys : int64 (G,), rising: id of the context (an n-gram one shorter) times V + token
    kept : float64 (G,), count less its discount
    total : float64 (C,), sum of the counts after each of the C contexts
    freed : float64 (C,), what the discounts took there: the weight of the shorter order
    """

    keys: np.ndarray
    kept: np.ndarray
    total: np.ndarray
    freed: np.ndarray


class NGram:
    """An n-gram model, made by `fit_ngram`; a `LanguageModel` for the book's sampler.

    Every text begins after a boundary and ends with one, which is predicted too. Where
    each text is a line, nothing was ever seen after its end, so that what is sampled
    behind a boundary is a new text.

    Attributes
    ----------
    order : int
        n: the last n - 1 tokens decide about the next.
    vocabulary : Vocabulary
        The V characters; the boundary has id 0.
    has_lines : bool
        Is every text one line?
    """

    def __init__(
        self, vocabulary: Vocabulary, levels: Sequence[Level], has_lines: bool
    ):
        self.vocabulary, self.has_lines = vocabulary, has_lines
        self._levels = tuple(levels)

    @property
    def order(self) -> int:
        """The n of n-gram."""
        return len(self._levels)

    @property
    def line_end(self) -> int | None:
        """The boundary of a model of lines, None for one of long texts."""
        return 0 if self.has_lines else None

    @property
    def n_parameters(self) -> int:
        """Numbers that are stored: one for each n-gram of every order."""
        return sum(len(level.keys) for level in self._levels)

    def probabilities(self, context: Sequence[int]) -> np.ndarray:
        """Distribution of the next token, float64 (V,), after token ids of any length.

        ``context`` is what has been read since the text began, the boundary before it
        included; only the last n - 1 tokens count.
        """
        size = len(self.vocabulary)
        p = np.full(size, 1 / size)
        for n, level in enumerate(self._levels, start=1):
            if n - 1 > len(context):
                break
            node = self._find(context[len(context) - n + 1 :])
            if node is None or level.total[node] == 0:
                break
            first, last = np.searchsorted(level.keys, (node * size, (node + 1) * size))
            p *= level.freed[node] / level.total[node]
            following = level.keys[first:last] - node * size
            p[following] += level.kept[first:last] / level.total[node]
        return p

    def _find(self, tokens: Sequence[int]) -> int | None:
        """Id of a context, None if it was never seen; the empty one is 0."""
        node = 0
        for token, level in zip(tokens, self._levels, strict=False):
            key = node * len(self.vocabulary) + token
            node = int(np.searchsorted(level.keys, key))
            if node == len(level.keys) or level.keys[node] != key:
                return None
        return node

    def log2_probabilities(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Log base 2 of p of all characters and the boundary behind, (len + 1,) each.

        Raises
        ------
        ValueError
            If a model of lines gets a text with a line break inside.
        """
        if isinstance(texts, str):
            raise Mistake(
                "texts must be a sequence of texts, not one string",
                "这里要一串文本，写成 [文本] 的样子，不能只给一个字符串。",
            )
        if self.has_lines and any(BOUNDARY in text for text in texts):
            raise Mistake(
                "a model of lines: give each line as a text of its own",
                "这个模型一条一条地读：有换行的文本，先用 split 切成一条一条。",
            )
        if not texts:
            return []
        tokens, place = _stream(texts, self.vocabulary)
        logs = np.log2(self._score(tokens, place))
        starts = np.flatnonzero(place == 0)
        return [part[1:] for part in np.split(logs, starts[1:])]

    def _score(self, tokens: np.ndarray, place: np.ndarray) -> np.ndarray:
        """Probability (T,) of each token of a stream; where place is 0, of no use."""
        size = len(self.vocabulary)
        p = np.full(len(tokens), 1 / size)
        nodes = np.zeros(len(tokens), dtype=np.int64)  # contexts; the empty one is 0
        for level in self._levels:
            if not len(level.keys):  # no training text was as long as this
                break
            key = np.where(nodes >= 0, nodes * size + tokens, NOTHING)
            where = np.minimum(np.searchsorted(level.keys, key), len(level.keys) - 1)
            seen = level.keys[where] == key
            known = nodes >= 0
            known[known] = level.total[nodes[known]] > 0
            at = nodes[known]
            p[known] *= level.freed[at] / level.total[at]
            p[seen] += level.kept[where[seen]] / level.total[nodes[seen]]
            nodes = _contexts_of_next(np.where(seen, where, NOTHING), place)
        return p

    def bits_per_character(self, texts: Sequence[str]) -> float:
        """Mean of -log2 p over all characters of texts and the boundary after each."""
        logs = self.log2_probabilities(texts)
        if not logs:
            raise Mistake(
                "no texts: bits per character need at least one",
                "一条文本也没有，算不出每字符比特数。",
            )
        return float(-np.concatenate(logs).mean())

    def initial_state(self, batch_size: int = 1) -> tuple[torch.Tensor, ...]:
        """The window at the beginning of a text, float32 (B, n - 1)."""
        window = torch.full((batch_size, self.order - 1), float(NOTHING))
        window[:, -1:] = 0.0  # the boundary
        return (window,)

    def step(self, tokens: torch.Tensor, state: tuple[torch.Tensor, ...]):
        """Logits (B, V), the logarithms of p, after reading tokens (B,); the window."""
        window = torch.cat([state[0], tokens[:, None].float()], dim=1)  # (B, n)
        window = window[:, window.shape[1] - self.order + 1 :]
        contexts = [
            tuple(int(token) for token in row if token != NOTHING)
            for row in window.tolist()
        ]
        known = {context: self.probabilities(context) for context in set(contexts)}
        p = np.stack([known[context] for context in contexts])  # (B, V)
        return torch.from_numpy(np.log(p)).float(), (window,)


def fit_ngram(
    texts: Sequence[str], order: int, *, vocabulary: Vocabulary | None = None
) -> NGram:
    """Count the n-grams of training texts and smooth them.

    Parameters
    ----------
    texts : sequence of str
        Each begins anew: no n-gram reaches from one into the next.
    order : int
        n, in 1..6.
    vocabulary : Vocabulary, optional
        Default: every character of the texts, `Vocabulary.of`.

    Raises
    ------
    ValueError
        If the order is out of its range, there are no texts, or a character is not in
        the vocabulary, or the vocabulary does not begin with the boundary.
    """
    if isinstance(order, bool) or order not in range(1, HIGHEST_ORDER + 1):
        raise Mistake(
            f"order must be in 1..{HIGHEST_ORDER}, not {order!r}",
            f"n 写成了 {order!r}，应当是 1 到 {HIGHEST_ORDER} 的整数。",
        )
    if isinstance(texts, str):
        raise Mistake(
            "texts must be a sequence of texts, not one string",
            "这里要一串文本，写成 [文本] 的样子，不能只给一个字符串。",
        )
    texts = list(texts)
    if not texts:
        raise Mistake(
            "no texts: n-grams need at least one", "一条文本也没有，数不出 n 元语法。"
        )
    vocabulary = vocabulary or Vocabulary.of(texts)
    if vocabulary[0] != BOUNDARY:
        raise Mistake(
            "the first character of the vocabulary must be the boundary",
            "词表的第一个字符应当是换行，例如 Vocabulary.of(文本)。",
        )
    tokens, place = _stream(texts, vocabulary)
    levels = _smooth(tokens, place, order, len(vocabulary))
    return NGram(vocabulary, levels, not any(BOUNDARY in text for text in texts))


def _stream(texts: Sequence[str], vocabulary: Vocabulary):
    """All token ids, with a boundary at both ends of each text, and places in it."""
    parts = [np.array([0, *vocabulary.encode(text), 0]) for text in texts]
    return np.concatenate(parts), np.concatenate([np.arange(len(p)) for p in parts])


def _smooth(tokens, place, order: int, size: int) -> list[Level]:
    """Levels 1..order of a stream; ``place`` 0 is a context only, never predicted."""
    contexts = np.zeros(len(tokens), dtype=np.int64)  # id of the context of each token
    keys, ids = [], []
    for _ in range(order):
        here = contexts >= 0
        unique, inverse = np.unique(
            contexts[here] * size + tokens[here], return_inverse=True
        )
        found = np.full(len(tokens), NOTHING)
        found[here] = inverse
        keys.append(unique)
        ids.append(found)
        contexts = _contexts_of_next(found, place)
    counts = [_continuations(ids[n], ids[n + 1], place, n) for n in range(order - 1)]
    counts.append(_occurrences(ids[-1][place > 0], len(keys[-1])))
    sizes = [1, *map(len, keys)]
    return [
        _level(key, count, n_contexts, size)
        for key, count, n_contexts in zip(keys, counts, sizes, strict=False)
    ]


def _continuations(shorter, longer, place, n: int) -> np.ndarray:
    """How many different tokens stand before each n-gram, n + 1 tokens long or less.

    Where a text begins, nothing stands before: each time counts as a token of its own.
    """
    _, first = np.unique(longer, return_index=True)
    first = first[longer[first] >= 0]  # one place for each longer n-gram
    at_start = (place == n) & (place > 0)
    places = np.concatenate([shorter[first], shorter[at_start]])
    return _occurrences(places, shorter.max() + 1)


def _occurrences(ids, n_ids: int) -> np.ndarray:
    return np.bincount(ids[ids >= 0], minlength=n_ids)


def _level(keys, counts, n_contexts: int, size: int) -> Level:
    """Discount the counts of one order."""
    discounts = np.array([0.0, *discounts_of(counts)])
    taken = discounts[np.minimum(counts, 3)]
    contexts = keys // size
    total = np.bincount(contexts, counts, minlength=n_contexts)
    freed = np.bincount(contexts, taken, minlength=n_contexts)
    return Level(keys, counts - taken, total, freed)


def discounts_of(counts: np.ndarray) -> tuple[float, float, float]:
    """D_1, D_2, D_3+ of Chen and Goodman, from how many n-grams have count 1, 2, 3, 4.

    Small data may give none or impossible ones: then 0.5, 1 and 1.5.
    """
    n1, n2, n3, n4 = (int((counts == c).sum()) for c in (1, 2, 3, 4))
    if not n1 or not n2 or not n3 or not n4:
        return USUAL_DISCOUNTS
    y = n1 / (n1 + 2 * n2)
    found = (1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3)
    possible = all(0 < d <= c for c, d in enumerate(found, start=1))
    return found if possible else USUAL_DISCOUNTS


def _contexts_of_next(ids: np.ndarray, place: np.ndarray) -> np.ndarray:
    """The n-gram that ends before each token: its context in the next order."""
    before = np.concatenate([[NOTHING], ids[:-1]])
    before[place == 0] = NOTHING
    return before
