"""Counts of codes give probabilities of codes."""

import math

import pytest
import torch

from aigc_helpers.speech.clips import CodedClips
from aigc_helpers.speech.code_ngrams import fit_code_ngram


def clips(*codes) -> CodedClips:
    facts = torch.zeros(len(codes), dtype=torch.int64)
    return CodedClips([torch.tensor(c) for c in codes], facts, facts)


def test_a_histogram_comes_near_the_entropy_of_independent_codes():
    rng = torch.Generator().manual_seed(0)
    share = torch.tensor([0.5, 0.25, 0.125, 0.125])  # 1.75 bits
    drawn = torch.multinomial(share, 8000, True, generator=rng) + 120
    found = fit_code_ngram(clips(drawn.tolist()), 1).code_bits(clips(drawn.tolist()))
    assert found[0].shape == (8000,)
    assert found[0].mean().item() == pytest.approx(1.75, abs=0.02)


def test_order_2_knows_the_code_before():
    cycle = [3, 200, 77] * 400
    bits = [fit_code_ngram(clips(cycle), n).code_bits(clips(cycle))[0] for n in (1, 2)]
    assert bits[0].mean().item() == pytest.approx(math.log2(3), abs=0.02)
    assert bits[1][1:].mean() < 0.05


def test_a_code_that_was_never_seen_is_possible():
    bits = fit_code_ngram(clips([5] * 100), 2).code_bits(clips([5, 6, 5]))[0]
    assert bits.isfinite().all() and bits[1] > 8
