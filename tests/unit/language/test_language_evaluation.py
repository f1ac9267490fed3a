"""Bits, lines, and many samples at once, against slower ways to the same numbers."""

from collections import Counter

import numpy as np
import pytest
import torch

from aigc_helpers import language, rnn
from aigc_helpers.language import sampling

V = 9


def model_of(build=rnn.StreamLM) -> torch.nn.Module:
    torch.manual_seed(0)
    model = build(V, 6, 10).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(2.5)
    return model


class Uniform(torch.nn.Module):
    """Knows nothing: each of V characters is as likely as another."""

    line_end = None

    def forward(self, tokens, state=None):
        return torch.zeros(*tokens.shape, V), ()


@torch.no_grad()
def test_bits_of_a_text_are_those_of_one_step_after_another():
    model, tokens = model_of(), torch.randint(V, (60,))
    reader, expected = sampling.Reader(model), []
    for token, following in zip(tokens[:-1], tokens[1:], strict=True):
        logits = torch.from_numpy(reader.read(int(token))).double()
        expected.append(-logits.log_softmax(0)[following] / np.log(2))
    found = language.token_bits(model, tokens, n_readers=1)
    torch.testing.assert_close(found, torch.stack(expected), rtol=0, atol=1e-5)
    mean = language.bits_per_character(model, tokens, n_readers=1)
    assert mean == pytest.approx(float(found.mean()))


@torch.no_grad()
def test_who_knows_the_length_spends_nothing_on_the_end():
    """p(text) over what is left when the line may not end before its L characters."""
    model, tokens = model_of(rnn.LineLM), torch.randint(1, V, (5, 4))
    begun = torch.cat([torch.zeros_like(tokens[:, :1]), tokens], dim=1)
    p = model(begun[:, :-1])[0].double().softmax(dim=2)  # (N, L, V)
    told = p.gather(2, tokens[:, :, None])[..., 0] / (1 - p[..., 0])
    found = language.bits_given_length(model, tokens)
    torch.testing.assert_close(found, -told.log2(), rtol=0, atol=1e-5)


def test_several_readers_give_nearly_what_one_gives():
    model, tokens = model_of(), torch.randint(V, (5000,))
    one, many = (language.token_bits(model, tokens, n_readers=n) for n in (1, 8))
    assert len(one) == len(many) == 4999
    torch.testing.assert_close(one, many, rtol=0, atol=1e-4)


@pytest.mark.parametrize("n", [2, 3, 130, 511, 513, 2000])
def test_every_character_but_the_first_is_predicted_once(n):
    found = language.token_bits(Uniform(), torch.randint(V, (n,)))
    torch.testing.assert_close(found, torch.full((n - 1,), float(np.log2(V))).double())
    bits = language.bits_per_character(Uniform(), torch.randint(V, (n,)))
    assert 2**bits == pytest.approx(V)


def test_a_text_of_one_character_is_refused():
    with pytest.raises(ValueError, match="two characters or more"):
        language.bits_per_character(Uniform(), torch.tensor([1]))


def frequencies(rows, n: int = 6000) -> dict:
    return {key: count / n for key, count in Counter(rows).items()}


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"temperature": 0.5},
        {"top_k": 3},
        {"top_p": 0.6},
        {"top_k": 4, "top_p": 0.8},
    ],
)
def test_many_lines_at_once_have_the_samplers_distribution(settings):
    """The first character: that of `candidates`; what is cut never comes."""
    model, n = model_of(rnn.LineLM), 6000
    drawn = language.sample_lines(model, [[]] * n, max_length=1, **settings)
    found = frequencies(line[0] if line else 0 for line in drawn)
    logits = sampling.Reader(model).read(0)
    left = sampling.candidates(logits, sampling.Sampling(**settings))
    p = left.probabilities[: left.n_kept] / left.probabilities[: left.n_kept].sum()
    expected = dict(zip(left.tokens[: left.n_kept].tolist(), p, strict=True))
    assert set(found) <= set(expected)
    for token, share in expected.items():
        spread = 4 * np.sqrt(share * (1 - share) / n) + 1e-3
        assert found.get(token, 0) == pytest.approx(share, abs=spread)


def test_greedy_lines_are_those_of_the_sampler():
    model = model_of(rnn.LineLM)
    starts = [[1], [2], [5]]
    lines = language.sample_lines(model, starts, max_length=12, temperature=0)
    for start, line in zip(starts, lines, strict=True):
        text = sampling.sample_text(
            model,
            "\nabcdefgh",
            "\n" + "abcdefgh"[start[0] - 1],
            length=11,
            temperature=0,
        )
        assert "\nabcdefgh"[line[0]] == text[1] and len(line) <= 12
        ours = "".join("\nabcdefgh"[token] for token in line)
        assert text[1:].split("\n")[0] == ours


def test_lines_end_where_they_end_and_at_the_longest():
    lines = language.sample_lines(
        model_of(rnn.LineLM), [[]] * 200, max_length=7, seed=2
    )
    assert all(0 not in line and len(line) <= 7 for line in lines)
    assert len({len(line) for line in lines}) > 3
    assert lines == language.sample_lines(
        model_of(rnn.LineLM), [[]] * 200, max_length=7, seed=2
    )


def test_what_cannot_be_sampled_is_refused():
    with pytest.raises(ValueError, match="use sample_text"):
        language.sample_lines(model_of(), [[]])
    with pytest.raises(ValueError, match="one length"):
        language.sample_lines(model_of(rnn.LineLM), [[1], [1, 2]])
    with pytest.raises(ValueError, match="temperature must be"):
        language.sample_lines(model_of(rnn.LineLM), [[1]], temperature=-1)
