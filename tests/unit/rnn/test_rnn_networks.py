"""The language model: step and sequence are one function, lines, what it refuses."""

import math

import pytest
import torch
from torch import nn

from aigc_helpers import rnn
from aigc_helpers.language import sampling
from aigc_helpers.weights import export

V = 12
KINDS = [
    (kind, n_layers, tied)
    for kind in ("rnn", "gru", "lstm")
    for n_layers, tied in ((1, False), (2, True))
]
LINES = {"n_positions": 5, "line_end": 0}


def model_of(kind="lstm", n_layers=1, tied=False, **options) -> rnn.RecurrentLM:
    torch.manual_seed(0)
    options = {"kind": kind, "n_layers": n_layers, "tied": tied, **options}
    model = rnn.RecurrentLM(V, 6, 10, **options).eval()
    with torch.no_grad():  # peaked, so that mistakes show
        for weight in model.parameters():
            weight.add_(0.5 * torch.randn_like(weight))
    return model


def stepped(model, tokens):
    """Logits (T, V) of one row of tokens, one step each, and the last state."""
    state, logits = model.initial_state(), []
    for token in tokens:
        found, state = model.step(token[None], state)
        logits.append(found[0])
    return torch.stack(logits), state


@torch.no_grad()
@pytest.mark.parametrize(("kind", "n_layers", "tied"), KINDS)
@pytest.mark.parametrize("lines", [{}, LINES], ids=["stream", "lines"])
def test_steps_and_a_whole_sequence_agree(kind, n_layers, tied, lines):
    model = model_of(kind, n_layers, tied, **lines)
    tokens = torch.randint(1, V, (9,))
    tokens[0] = 0
    whole, last = model(tokens[None])
    found, state = stepped(model, tokens)
    torch.testing.assert_close(found, whole[0], rtol=0, atol=1e-5)
    assert len(state) == len(last) == len(model.initial_state())
    for a, b in zip(state, last, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-5)
        assert a.is_floating_point()
    halves, state = [], None
    for part in (tokens[:4], tokens[4:]):
        logits, state = model(part[None], state)
        halves.append(logits[0])
    torch.testing.assert_close(torch.cat(halves), whole[0], rtol=0, atol=1e-5)


@torch.no_grad()
def test_logits_are_those_of_torchs_layers():
    """Rebuilt from embedding, nn.LSTM and last layer, tied or not."""
    tokens = torch.randint(V, (3, 7))
    model = model_of()
    h, _ = model.recurrent(model.embedding.weight[tokens])
    torch.testing.assert_close(model(tokens)[0], model.to_logits(h))
    tied = model_of(tied=True)
    h, _ = tied.recurrent(math.sqrt(6) * tied.embedding.weight[tokens])
    expected = h @ tied.project.weight.T @ tied.embedding.weight.T + tied.bias
    torch.testing.assert_close(tied(tokens)[0], expected)


@torch.no_grad()
def test_the_end_of_a_line_empties_the_state():
    model = model_of(**LINES)
    tokens = torch.tensor([0, 3, 4, 5, 0, 3, 4])
    logits, state = stepped(model, tokens)
    torch.testing.assert_close(logits[4:7], logits[0:3])
    assert state[-1].tolist() == [3]  # place in the line
    stream, _ = stepped(model_of(), tokens)
    assert (stream[4:7] - stream[0:3]).abs().max() > 0.01


@torch.no_grad()
def test_places_count_up_to_the_last_one():
    model = model_of(**LINES)
    model.recurrent.weight_hh_l0.zero_()  # no memory of h; c by the forget gate
    model.recurrent.bias_ih_l0[10:20] = -1e4  # which is shut
    logits = model(torch.tensor([[0, 3, 3, 3, 3, 3, 3]]))[0][0]
    apart = (logits[1:5, None] - logits[None, 1:5]).abs().amax(dim=2)
    assert (apart + torch.eye(4) > 0.01).all()
    torch.testing.assert_close(logits[4], logits[5])
    torch.testing.assert_close(logits[4], logits[6])


def test_a_line_that_ends_inside_a_row_is_refused():
    with pytest.raises(ValueError, match="inside a row"):
        model_of(**LINES)(torch.tensor([[0, 1, 0, 2]]))


def test_it_begins_with_a_forget_gate_that_keeps_and_orthogonal_blocks():
    model = rnn.RecurrentLM(V, 6, 10)
    network = model.recurrent
    assert (network.bias_ih_l0 + network.bias_hh_l0).tolist() == (
        [0.0] * 10 + [1.0] * 10 + [0.0] * 20
    )
    for block in network.weight_hh_l0.detach().split(10):
        torch.testing.assert_close(block @ block.T, torch.eye(10), rtol=0, atol=1e-5)


def test_an_untrained_model_hesitates_between_all_characters():
    torch.manual_seed(0)
    tokens = torch.randint(200, (400,))
    for tied in (False, True):
        model = rnn.RecurrentLM(200, 64, 64, tied=tied)
        bits = rnn.bits_per_character(model, tokens)
        assert rnn.perplexity(bits) == pytest.approx(200, rel=0.3)


def test_dropout_is_for_training_alone():
    model, tokens = model_of(dropout=0.5), torch.randint(V, (2, 5))
    assert torch.equal(model(tokens)[0], model(tokens)[0])
    model.train()
    assert not torch.equal(model(tokens)[0], model(tokens)[0])


@pytest.mark.parametrize(("kind", "n_layers", "tied"), KINDS)
def test_it_can_be_exported(kind, n_layers, tied, tmp_path):
    """`export_step` compares the file with torch over 100 steps."""
    model = model_of(kind, n_layers, tied, **LINES)
    assert export.export_step(model, tmp_path / "model.onnx").exists()


def test_the_one_sampler_takes_it():
    model = model_of(**LINES)
    text = sampling.sample_text(model, "\nabcdefghijk", "\n", length=50, seed=1)
    assert len(text) == 51 and len(set(text)) > 5


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"kind": "cnn"}, "kind must be one of"),
        ({"n_tokens": 0}, "n_tokens must be at least 1"),
        ({"hidden": 0}, "hidden must be at least 1"),
        ({"dropout": 1.0}, r"dropout must be in \[0, 1\)"),
        ({"n_positions": 3}, "need a line_end"),
        ({"line_end": 8}, "line_end must be a token"),
    ],
)
def test_what_does_not_fit_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        rnn.RecurrentLM(**{"n_tokens": 8, **options})


def test_the_loss_is_the_mean_over_what_counts():
    logits, targets = torch.randn(2, 3, V), torch.tensor([[1, 2, -100], [3, -100, 4]])
    logs = logits.log_softmax(dim=2)
    counted = [(0, 0, 1), (0, 1, 2), (1, 0, 3), (1, 2, 4)]
    expected = -sum(logs[place] for place in counted) / 4
    torch.testing.assert_close(rnn.next_token_loss(logits, targets), expected)
    assert isinstance(rnn.RecurrentLM(V), nn.Module)
