"""The book's sampler: what temperature and cuts keep, what is drawn and refused."""

from itertools import islice

import numpy as np
import pytest
import torch
from tiny_models import CHARACTERS, models

from aigc_helpers.explorers import seeded
from aigc_helpers.language.sampling import (
    Sampling,
    candidates,
    choose,
    encode,
    mulberry32,
    sample_text,
    sample_tokens,
)

MODELS = models()
LOGITS = np.log(np.array([0.1, 0.5, 0.15, 0.25], "f4"))  # tokens by p: 1 3 2 0


class Constant:
    """Always the same logits; its state counts the steps."""

    def __init__(self, logits):
        self.logits = torch.tensor(logits)[None]

    def initial_state(self):
        return (torch.zeros(1),)

    def step(self, tokens, state):
        return self.logits, (state[0] + 1,)


# ---- one token -------------------------------------------------------------------


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.5])
def test_probabilities_are_torch_s_softmax(temperature):
    logits = np.random.default_rng(0).normal(size=500).astype("f4") * 4
    found = candidates(logits, Sampling(temperature))
    expected = torch.softmax(torch.tensor(logits).double() / temperature, dim=0)
    np.testing.assert_allclose(found.probabilities, expected[found.tokens], rtol=1e-12)
    assert (np.diff(found.probabilities) <= 0).all() and found.n_kept == 500


def test_equal_logits_keep_the_order_of_their_ids():
    logits = np.array([1, 2, 0.0, 2, 1, -0.0, 2], "f4")
    found = candidates(logits, Sampling())
    assert found.tokens.tolist() == [1, 3, 6, 0, 4, 2, 5]
    many = np.random.default_rng(0).integers(0, 5, 2000).astype("f4")
    expected = sorted(range(2000), key=lambda token: (-many[token], token))
    assert candidates(many, Sampling()).tokens.tolist() == expected


def test_temperature_0_is_the_limit_of_small_temperatures():
    greedy = candidates(LOGITS, Sampling(0))
    cold = candidates(LOGITS, Sampling(0.01))
    np.testing.assert_allclose(greedy.probabilities, cold.probabilities, atol=1e-12)
    assert greedy.n_kept == 1
    assert {choose(greedy, u) for u in (0.0, 0.5, 1 - 2**-32)} == {1}


@pytest.mark.parametrize(
    ("sampling", "n_kept"),
    [
        (Sampling(top_k=3), 3),
        (Sampling(top_k=9), 4),
        (Sampling(top_p=0.5), 1),  # 0.5 alone reaches it
        (Sampling(top_p=0.51), 2),
        (Sampling(top_p=0.9), 3),
        (Sampling(top_p=1e-9), 1),
        (Sampling(top_k=2, top_p=0.6), 1),  # 0.5 is two thirds of what top_k left
        (Sampling(top_k=2, top_p=0.7), 2),
        (Sampling(temperature=100, top_p=0.76), 4),
    ],
)
def test_cuts_keep_what_their_definitions_say(sampling, n_kept):
    assert candidates(LOGITS, sampling).n_kept == n_kept


def test_a_nucleus_that_reaches_p_exactly_is_large_enough():
    assert candidates(np.zeros(4, "f4"), Sampling(top_p=0.5)).n_kept == 2


def test_the_nucleus_is_the_smallest_set_that_reaches_p():
    rng = np.random.default_rng(1)
    for p in rng.random(50):
        found = candidates(rng.normal(size=80).astype("f4") * 3, Sampling(top_p=p))
        kept = found.probabilities[: found.n_kept]
        assert kept.sum() >= p - 1e-12 and kept[:-1].sum() < p


def test_a_choice_is_the_inverse_of_the_distribution_function():
    found = candidates(LOGITS, Sampling())
    at = {0.0: 1, 0.499: 1, 0.501: 3, 0.749: 3, 0.751: 2, 0.899: 2, 0.901: 0, 0.9999: 0}
    assert {u: choose(found, u) for u in at} == at


def test_frequencies_are_the_probabilities_that_the_cuts_left():
    found, uniform = candidates(LOGITS, Sampling(top_k=3)), mulberry32(7)
    drawn = np.bincount([choose(found, next(uniform)) for _ in range(20_000)])
    expected = np.array([0, 0.5, 0.15, 0.25]) / 0.9
    np.testing.assert_allclose(drawn / 20_000, expected, atol=0.015)


def test_a_token_without_probability_is_never_drawn():
    found = candidates(np.array([0, 5000, -5000], "f4"), Sampling())
    assert {choose(found, u) for u in (0.0, 0.5, 1 - 2**-32)} == {1}


def share_that_differs(one, other) -> float:
    """Length of all u in [0, 1) at which the choices differ."""
    ends = [np.cumsum(found.probabilities) for found in (one, other)]
    cuts = np.unique(np.concatenate([[0.0, 1.0], *ends]))
    middles = (cuts[1:] + cuts[:-1]) / 2
    differ = [choose(one, u) != choose(other, u) for u in middles]
    return float(np.diff(cuts)[differ].sum())


def test_a_small_error_of_the_logits_rarely_changes_a_choice():
    """The bound of `choose`: 2 d times the mean rank; without the order it is lost."""
    rng, error, shares, ranks = np.random.default_rng(0), 1e-4, [], []
    for _ in range(10):
        logits = (rng.normal(size=300) * 3).astype("f4")
        noise = rng.uniform(-error, error, 300).astype("f4")
        one, other = (candidates(x, Sampling()) for x in (logits, logits + noise))
        shares.append(share_that_differs(one, other))
        ranks.append(one.probabilities @ np.arange(1, 301))
    assert 0 < np.mean(shares) < 2 * error * np.mean(ranks)


# ---- texts -------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_a_text_is_drawn_from_what_the_model_says_of_everything_before(name):
    model, prompt = MODELS[name], encode("春风", CHARACTERS)
    tokens = [*prompt]
    for token, logits in islice(sample_tokens(model, prompt, Sampling(), seed=5), 20):
        state = model.initial_state()
        for before in tokens:
            with torch.no_grad():
                expected, state = model.step(torch.tensor([before]), state)
        np.testing.assert_array_equal(logits, expected[0])
        tokens.append(token)
    text = sample_text(model, CHARACTERS, "春风", length=20, seed=5)
    assert text == "".join(CHARACTERS[token] for token in tokens)


def test_seeds_decide_the_text_and_nothing_else_does():
    first = sample_text(MODELS["lstm"], CHARACTERS, "月", length=60, seed=1)
    torch.manual_seed(99)
    np.random.seed(99)
    assert sample_text(MODELS["lstm"], CHARACTERS, "月", length=60, seed=1) == first
    assert sample_text(MODELS["lstm"], CHARACTERS, "月", length=60, seed=2) != first
    assert (
        sample_text(MODELS["lstm"], CHARACTERS, "月", length=20, seed=1) == first[:21]
    )


def test_greedy_text_takes_the_largest_logit():
    text = sample_text(Constant([0.0, 3, 1]), "abc", "c", length=4, temperature=0)
    assert text == "cbbbb"


def test_dropout_rests_while_a_text_is_drawn():
    class Dropping(Constant, torch.nn.Module):
        def __init__(self):
            torch.nn.Module.__init__(self)
            Constant.__init__(self, [1.0, 2, 3])
            self.drop = torch.nn.Dropout(0.9)

        def step(self, tokens, state):
            return self.drop(self.logits), state

    model = Dropping().train()
    assert sample_text(model, "abc", "a", length=5, temperature=0) == "accccc"
    assert model.training and model.drop.training


def test_one_generator_serves_pictures_and_texts():
    assert seeded.mulberry32 is mulberry32


# ---- what is refused ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temperature": -0.1}, "temperature must be >= 0"),
        ({"temperature": np.nan}, "temperature must be >= 0"),
        ({"temperature": np.inf}, "temperature must be >= 0"),
        ({"temperature": "1"}, "temperature must be >= 0"),
        ({"top_k": -1}, "top_k must be an integer >= 0"),
        ({"top_k": 2.5}, "top_k must be an integer >= 0"),
        ({"top_p": 0}, r"top_p must be in \(0, 1\]"),
        ({"top_p": 1.01}, r"top_p must be in \(0, 1\]"),
        ({"seed": -1}, "seed must be an integer in 0"),
        ({"seed": 2**32}, "seed must be an integer in 0"),
        ({"length": -1}, "length must be an integer >= 0"),
        ({"length": 2.0}, "length must be an integer >= 0"),
        ({"prompt": ""}, "the prompt is empty"),
        ({"prompt": "a春q"}, "not in the vocabulary: 'q' '春'"),
    ],
)
def test_what_does_not_fit_is_refused(options, message):
    prompt = options.pop("prompt", "a")
    with pytest.raises(ValueError, match=message):
        sample_text(Constant([0.0, 0, 0]), "abc", prompt, **options)


@pytest.mark.parametrize(
    ("logits", "message"),
    [([0.0, np.nan, 0], "finite"), ([0.0, np.inf, 0], "finite")],
)
def test_logits_that_are_no_numbers_are_refused(logits, message):
    with pytest.raises(ValueError, match=message):
        sample_text(Constant(logits), "abc", "a", length=2)


def test_a_step_that_gives_no_logits_is_refused():
    model = Constant([0.0, 0, 0])
    model.logits = model.logits[0]
    with pytest.raises(ValueError, match=r"logits \(3,\), not \(1, V\)"):
        sample_text(model, "abc", "a", length=2)
