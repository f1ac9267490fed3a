"""The language models: step and sequence are one function, lines, what they refuse."""

import math

import pytest
import torch

from aigc_helpers import language, rnn
from aigc_helpers.language import sampling
from aigc_helpers.weights import export

V = 12
FAMILY = {
    "char": lambda: rnn.CharLM(V, 6, 10),
    "line": lambda: rnn.LineLM(V, 6, 10, n_positions=5),
    "stream rnn": lambda: rnn.StreamLM(V, 6, 10, kind="rnn"),
    "stream gru": lambda: rnn.StreamLM(V, 6, 10, kind="gru"),
    "stream lstm": lambda: rnn.StreamLM(V, 6, 10),
}
LINES = ("char", "line")


def model_of(name: str) -> torch.nn.Module:
    torch.manual_seed(0)
    model = FAMILY[name]().eval()
    with torch.no_grad():  # peaked, so that mistakes show
        for weight in model.parameters():
            weight.add_(0.5 * torch.randn_like(weight))
    return model


def stepped(model, tokens):
    """Logits (T, V) of one row of tokens, one step each, and the last state."""
    state, logits = model.initial_state(), []
    for token in tokens:
        row, state = model.step(token[None], state)
        logits.append(row[0])
    return torch.stack(logits), state


@torch.no_grad()
@pytest.mark.parametrize("name", FAMILY)
def test_steps_and_a_whole_sequence_agree(name):
    model = model_of(name)
    tokens = torch.randint(1, V, (9,))
    tokens[0] = 0
    whole, last = model(tokens[None])
    logits, state = stepped(model, tokens)
    torch.testing.assert_close(logits, whole[0], rtol=0, atol=1e-5)
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
    """Rebuilt from embedding, nn.LSTM and last layer, with one table and with two."""
    tokens = torch.randint(V, (3, 7))
    model = model_of("stream lstm")
    h, _ = model.recurrent(model.embedding.weight[tokens])
    torch.testing.assert_close(model(tokens)[0], model.to_logits(h))
    tied = model_of("char")
    h, _ = tied.recurrent(math.sqrt(6) * tied.embedding.weight[tokens])
    expected = h @ tied.project.weight.T @ tied.embedding.weight.T + tied.bias
    torch.testing.assert_close(tied(tokens)[0], expected)


@torch.no_grad()
def test_the_places_are_all_that_a_line_model_adds():
    model, plain = model_of("line"), model_of("char")
    weights = model.state_dict()
    del weights["position.weight"]
    plain.load_state_dict(weights)
    model.position.weight.zero_()
    tokens = torch.randint(1, V, (3, 7))
    torch.testing.assert_close(model(tokens)[0], plain(tokens)[0], rtol=0, atol=1e-5)


@torch.no_grad()
@pytest.mark.parametrize("name", LINES)
def test_the_end_of_a_line_empties_the_state(name):
    model = model_of(name)
    tokens = torch.tensor([0, 3, 4, 5, 0, 3, 4])
    logits, state = stepped(model, tokens)
    torch.testing.assert_close(logits[4:7], logits[0:3])
    if name == "line":
        assert state[-1].tolist() == [3]  # place in the line
    stream, _ = stepped(model_of("stream lstm"), tokens)
    assert (stream[4:7] - stream[0:3]).abs().max() > 0.01


@torch.no_grad()
def test_places_count_up_to_the_last_one():
    model = model_of("line")
    model.recurrent.weight_hh_l0.zero_()  # no memory of h; c by the forget gate
    model.recurrent.bias_ih_l0[10:20] = -1e4  # which is shut
    logits = model(torch.tensor([[0, 3, 3, 3, 3, 3, 3]]))[0][0]
    apart = (logits[1:5, None] - logits[None, 1:5]).abs().amax(dim=2)
    assert (apart + torch.eye(4) > 0.01).all()
    torch.testing.assert_close(logits[4], logits[5])
    torch.testing.assert_close(logits[4], logits[6])


@pytest.mark.parametrize("name", ["line", "stream lstm"])
def test_it_begins_with_a_forget_gate_that_keeps_and_orthogonal_blocks(name):
    network = FAMILY[name]().recurrent
    assert (network.bias_ih_l0 + network.bias_hh_l0).tolist() == (
        [0.0] * 10 + [1.0] * 10 + [0.0] * 20
    )
    for block in network.weight_hh_l0.detach().split(10):
        torch.testing.assert_close(block @ block.T, torch.eye(10), rtol=0, atol=1e-5)


def test_the_chapters_network_begins_with_a_forget_gate_that_keeps():
    assert (FAMILY["char"]().recurrent.bias_ih_l0[10:20] == 1).all()


def test_an_untrained_model_hesitates_between_all_characters():
    torch.manual_seed(0)
    tokens = torch.randint(200, (400,))
    for build in (rnn.CharLM, rnn.LineLM, rnn.StreamLM):
        bits = language.bits_per_character(build(200, 64, 64), tokens)
        assert 2**bits == pytest.approx(200, rel=0.3)


@pytest.mark.parametrize("build", [rnn.CharLM, rnn.LineLM])
def test_dropout_is_for_training_alone(build):
    model, tokens = build(V, 6, 10, 0.5).eval(), torch.randint(1, V, (2, 5))
    assert torch.equal(model(tokens)[0], model(tokens)[0])
    model.train()
    assert not torch.equal(model(tokens)[0], model(tokens)[0])


@pytest.mark.parametrize("name", sorted(FAMILY.keys() - {"char"}))
def test_it_can_be_exported(name, tmp_path):
    """`export_step` compares the file with torch over 100 steps."""
    assert export.export_step(model_of(name), tmp_path / "model.onnx").exists()


@pytest.mark.parametrize("name", FAMILY)
def test_the_one_sampler_takes_it(name):
    model = model_of(name)
    text = sampling.sample_text(model, "\nabcdefghijk", "\n", length=50, seed=1)
    assert len(text) == 51 and len(set(text)) > 5


@pytest.mark.parametrize(
    ("build", "options", "words"),
    [
        (rnn.StreamLM, {"kind": "cnn"}, "kind must be one of"),
        (rnn.StreamLM, {"n_tokens": 0}, "n_tokens must be at least 1"),
        (rnn.LineLM, {"n_tokens": 0}, "n_tokens must be at least 1"),
        (rnn.LineLM, {"hidden": 0}, "hidden must be at least 1"),
        (rnn.LineLM, {"dropout": 1.5}, "dropout"),
        (rnn.LineLM, {"n_positions": 0}, "n_positions must be at least 1"),
    ],
)
def test_what_does_not_fit_is_refused(build, options, words):
    with pytest.raises(ValueError, match=words):
        build(**{"n_tokens": 8, **options})
