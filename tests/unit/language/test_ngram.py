"""N-gram models: equal to a slow model written down from the paper's formulas."""

import itertools
import math
from collections import Counter, defaultdict

import numpy as np
import pytest
import torch

from aigc_helpers.data import Vocabulary
from aigc_helpers.language.ngram import USUAL_DISCOUNTS, discounts_of, fit_ngram
from aigc_helpers.language.sampling import sample_text

RNG = np.random.default_rng(0)
SHARES = 0.75 ** np.arange(12) / (0.75 ** np.arange(12)).sum()
LINES = [
    "".join(RNG.choice(list("abcdefghijkl"), RNG.integers(1, 7), p=SHARES))
    for _ in range(300)
]
LONG = ["\n".join(LINES[i : i + 20]) for i in range(0, 300, 20)]
HELD_OUT = ["abba", "cab", "dade", "eeeee", "", "abcdeabcde"]


class Slow:
    """Interpolated modified Kneser–Ney by dictionaries and recursion, for one order.

    Before its first boundary each text has a sign of its own, so that the number of
    different predecessors needs no exception there.
    """

    def __init__(self, texts, order, vocabulary):
        self.order, self.vocabulary = order, vocabulary
        self.counts = [None] + [Counter() for _ in range(order)]
        before = [None] + [defaultdict(set) for _ in range(order)]
        for number, text in enumerate(texts):
            signs = [("start", number), "\n", *text, "\n"]
            for end in range(2, len(signs)):
                for n in range(1, order + 1):
                    begin = end - n + 1
                    if begin < 1:
                        continue
                    gram = tuple(signs[begin : end + 1])
                    self.counts[n][gram] += 1
                    before[n][gram].add(signs[begin - 1])
        for n in range(1, order):
            self.counts[n] = Counter({g: len(s) for g, s in before[n].items()})
        self.after = [None] + [defaultdict(dict) for _ in range(order)]
        for n in range(1, order + 1):
            for gram, count in self.counts[n].items():
                self.after[n][gram[:-1]][gram[-1]] = count

    def discount(self, n, count):
        sizes = Counter(self.counts[n].values())
        n1, n2, n3, n4 = (sizes[c] for c in (1, 2, 3, 4))
        usual = {1: 0.5, 2: 1.0, 3: 1.5}
        if 0 in (n1, n2, n3, n4):
            return usual[min(count, 3)]
        y = n1 / (n1 + 2 * n2)
        ds = {1: 1 - 2 * y * n2 / n1, 2: 2 - 3 * y * n3 / n2, 3: 3 - 4 * y * n4 / n3}
        if any(not 0 < ds[c] <= c for c in ds):
            ds = usual
        return ds[min(count, 3)]

    def p(self, character, context):
        return self.p_of_order(self.order, character, ("\n", *context))

    def p_of_order(self, n, character, context):
        if n == 0:
            return 1 / len(self.vocabulary)
        shorter = self.p_of_order(n - 1, character, context)
        if len(context) < n - 1:
            return shorter
        followers = self.after[n].get(context[len(context) - n + 1 :])
        if not followers:
            return shorter
        total = sum(followers.values())
        freed = sum(self.discount(n, c) for c in followers.values())
        count = followers.get(character, 0)
        kept = count - self.discount(n, count) if count else 0
        return kept / total + freed / total * shorter


@pytest.mark.parametrize("texts", [LINES, LONG, ["ab"], ["aab", "", "ba"]])
@pytest.mark.parametrize("order", [1, 2, 3, 4, 6])
def test_probabilities_equal_the_formulas(texts, order):
    vocabulary = Vocabulary("\n□abcdefghijklm")
    fast, slow = (
        fit_ngram(texts, order, vocabulary=vocabulary),
        Slow(texts, order, vocabulary),
    )
    for context in HELD_OUT:
        found = fast.probabilities([0, *vocabulary.encode(context)])
        wanted = [slow.p(c, context) for c in vocabulary]
        np.testing.assert_allclose(found, wanted, rtol=1e-10)
    for text, found in zip(HELD_OUT, fast.log2_probabilities(HELD_OUT), strict=True):
        wanted = [math.log2(slow.p(c, text[:i])) for i, c in enumerate(text + "\n")]
        np.testing.assert_allclose(found, wanted, rtol=1e-9)


@pytest.mark.parametrize("texts", [LINES, LONG])
def test_the_lines_give_discounts_of_their_own(texts):
    """Else the comparison above would never reach the formulas of D."""
    for order in (2, 3, 4):
        counts = np.array(list(Slow(texts, order, "").counts[order].values()))
        assert discounts_of(counts) != USUAL_DISCOUNTS


def test_discounts_follow_the_counts_of_counts():
    counts = np.repeat([1, 2, 3, 4, 9], [40, 20, 10, 5, 7])
    y = 40 / (40 + 2 * 20)
    wanted = (1 - 2 * y * 20 / 40, 2 - 3 * y * 10 / 20, 3 - 4 * y * 5 / 10)
    assert discounts_of(counts) == pytest.approx(wanted)
    assert discounts_of(np.array([1, 1, 2])) == USUAL_DISCOUNTS
    assert discounts_of(np.repeat([1, 2, 3, 4], [9, 1, 9, 1])) == USUAL_DISCOUNTS


@pytest.mark.parametrize("order", range(1, 7))
def test_probabilities_sum_to_one_after_any_context(order):
    model = fit_ngram(LINES, order, vocabulary=Vocabulary("\n□abcdefghijklm"))
    for length in range(5):
        for context in itertools.product(range(15), repeat=length):
            if length > 2 and hash(context) % 97:
                continue
            p = model.probabilities(context)
            assert p.min() > 0
            assert p.sum() == pytest.approx(1, abs=1e-12)


def test_all_texts_together_have_probability_one():
    """Texts up to 9 characters long have nearly all of it."""
    model = fit_ngram(["a", "ab", "b", "aab", "a", "b"], 3)
    texts = ["".join(t) for n in range(10) for t in itertools.product("ab□", repeat=n)]
    total = sum(2.0 ** logs.sum() for logs in model.log2_probabilities(texts))
    assert 0.97 < total < 1


def test_bits_are_counted_over_characters_and_boundaries():
    model = fit_ngram(LINES, 3)
    logs = model.log2_probabilities(["ab", "c"])
    assert [len(part) for part in logs] == [3, 2]
    wanted = -(logs[0].sum() + logs[1].sum()) / 5
    assert model.bits_per_character(["ab", "c"]) == pytest.approx(wanted)
    apart = [model.log2_probabilities([text])[0] for text in ("ab", "c")]
    np.testing.assert_array_equal(np.concatenate(apart), np.concatenate(logs))


def test_uniform_text_costs_the_logarithm_of_its_alphabet():
    texts = ["".join(RNG.choice(list("abcdefgh"), 20_000))]
    model = fit_ngram(texts, 2)
    fresh = ["".join(RNG.choice(list("abcdefgh"), 5_000))]
    assert model.bits_per_character(fresh) == pytest.approx(3, abs=0.02)


def test_an_order_more_helps_where_the_text_has_it():
    cycle = ["abcacb" * 200]
    bits = [fit_ngram(cycle, n).bits_per_character(["abcacb" * 5]) for n in (1, 2, 3)]
    assert bits[0] > 1.4 > bits[1] > 0.8 and bits[2] < 0.4


@pytest.mark.parametrize("texts", [LINES, LONG])
@pytest.mark.parametrize("order", [1, 2, 4])
def test_steps_give_the_probabilities_of_what_was_read(texts, order):
    model = fit_ngram(texts, order)
    state = model.initial_state()
    context = [0]
    for token in model.vocabulary.encode("abca"):
        logits, state = model.step(torch.tensor([token]), state)
        context.append(token)
        assert (
            logits.shape == (1, len(model.vocabulary)) and logits.dtype == torch.float32
        )
        wanted = model.probabilities(context)
        np.testing.assert_allclose(logits[0].softmax(0).double(), wanted, rtol=1e-5)
        assert [part.shape for part in state] == [(1, order - 1)]


def test_a_model_of_lines_forgets_at_the_boundary_and_another_does_not():
    def after(model, text):
        state = model.initial_state()
        for token in model.vocabulary.encode(text):
            logits, state = model.step(torch.tensor([token]), state)
        return logits[0]

    lines, long = fit_ngram(LINES, 3), fit_ngram(LONG, 3)
    assert lines.has_lines and not long.has_lines
    assert lines.line_end == 0 and long.line_end is None
    assert torch.equal(after(lines, "ab\n"), after(lines, "\n"))
    assert not torch.equal(after(long, "ab\n"), after(long, "\n"))
    logits, _ = lines.step(torch.tensor([2, 0]), lines.initial_state(2))
    assert torch.equal(logits[1], after(lines, "\n"))
    assert torch.equal(logits[0], after(lines, lines.vocabulary[2]))


def test_the_books_sampler_draws_lines_by_their_frequency():
    texts = ["ab"] * 30 + ["cd"] * 10
    model = fit_ngram(texts, 3)
    drawn = sample_text(model, model.vocabulary, "\n", length=3000, seed=1)
    counts = Counter(drawn.split())
    assert counts["ab"] / (counts["ab"] + counts["cd"]) == pytest.approx(0.75, abs=0.05)
    cold = sample_text(model, model.vocabulary, "\n", length=9, temperature=0)
    assert cold == "\nab\nab\nab\n"


@pytest.mark.parametrize("order", [0, 7, True, 2.5])
def test_the_order_must_be_in_its_range(order):
    with pytest.raises(ValueError, match=r"order must be in 1\.\.6"):
        fit_ngram(LINES, order)


def test_wrong_texts_and_vocabularies_are_named():
    with pytest.raises(ValueError, match="no texts"):
        fit_ngram([], 2)
    with pytest.raises(ValueError, match="first character .* boundary"):
        fit_ngram(["ab"], 2, vocabulary=Vocabulary("ab\n"))
    with pytest.raises(ValueError, match="not in the vocabulary: 'c'"):
        fit_ngram(["abc"], 2, vocabulary=Vocabulary("\nab"))
    model = fit_ngram(["ab"], 2)
    with pytest.raises(ValueError, match="give each line"):
        model.bits_per_character(["a\nb"])
    with pytest.raises(ValueError, match="at least one"):
        model.bits_per_character([])
    with pytest.raises(ValueError, match="not one string"):
        model.log2_probabilities("ab")
