"""A network that is not recurrent is trained, judged and sampled by the same room."""

import math

import pytest
import torch
from tiny_models import Attention

from aigc_helpers import language
from aigc_helpers.data import Vocabulary

CHARACTERS = "\n天地人和山水风云日月春秋"
IDIOMS = tuple("天地人和山水风云日月春秋"[i % 9 :][:4] for i in range(40))
VOCABULARY = Vocabulary(CHARACTERS)


class AttentionLM(Attention):
    """The tiny attention network with what training and judging ask for."""

    def __init__(self, line_end):
        super().__init__(n_tokens=len(CHARACTERS), dim=16, size=12)
        self.n_tokens, self.line_end = len(CHARACTERS), line_end

    def forward(self, tokens, state=None):
        state = self.initial_state(len(tokens)) if state is None else state
        logits = []
        for token in tokens.T:
            row, state = self.step(token, state)
            logits.append(row)
        return torch.stack(logits, dim=1), state  # (B, T, V)


def network(line_end) -> AttentionLM:
    torch.manual_seed(0)
    return AttentionLM(line_end)


@pytest.fixture(scope="module")
def corpus():
    return language.Corpus(IDIOMS[:30], IDIOMS[30:], VOCABULARY)


def test_it_learns_lines_and_is_judged_beside_n_grams(corpus):
    lines = language.as_lines(corpus.train, VOCABULARY)
    before = language.likelihoods(network(0), corpus, n_resamples=20)
    model, history = language.train_lines(
        network(0), lines, steps=80, batch_size=16, lr=2e-2
    )
    after = language.likelihoods(model, corpus, n_resamples=20)
    assert history["loss"][-1] < 0.5 * history["loss"][0] and not model.training
    bits, (low, high) = after["bits_per_character"]
    assert low <= bits <= high and bits < 2 < before["bits_per_character"][0]
    assert after["bits_2_gram"] == before["bits_2_gram"]
    texts = [
        VOCABULARY.decode(line)
        for line in language.sample_lines(model, [[]] * 50, max_length=12)
    ]
    assert sum(text in corpus.train for text in texts) > 5


def test_it_learns_a_stream_with_its_state_carried(corpus):
    stream = language.as_stream(corpus.train, VOCABULARY)
    model, _ = language.train_stream(
        network(None), stream, steps=80, batch_size=8, length=10, lr=2e-2
    )
    bits = language.bits_per_character(model, stream)
    assert 2**bits < 0.5 * len(CHARACTERS)
    (row,) = language.sample_streams(model, 1, 30)
    assert len(row) == 30
    assert len(language.sample_text(model, VOCABULARY, "天", length=20)) == 21


def test_steps_and_a_whole_sequence_are_judged_alike():
    """Bits of a line are those of the sampler's own distributions."""
    model, line = network(0).eval(), torch.tensor([0, 3, 4, 5, 0])
    bits, _ = language.line_bits(model, [line])
    reader, expected = language.sampling.Reader(model), 0.0
    for token, following in zip(line[:-1], line[1:], strict=True):
        logits = torch.from_numpy(reader.read(int(token))).double()
        expected -= float(logits.log_softmax(0)[following]) / math.log(2)
    assert float(bits) == pytest.approx(expected, abs=1e-4)
