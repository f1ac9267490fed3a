"""Training: what each step reads, what it learns, resuming, divergence, refusals."""

import signal

import numpy as np
import pytest
import torch

from aigc_helpers import language, rnn
from aigc_helpers.language import training
from aigc_helpers.reader import Stopped
from aigc_helpers.training import DivergedError

V = 7


def small(build=rnn.StreamLM, **options) -> torch.nn.Module:
    torch.manual_seed(0)
    return build(V, 8, 16, **options)


def text(n: int = 500):
    """1, 2, …, 6, 1, 2, … with a few surprises."""
    tokens = 1 + torch.arange(n) % 6
    tokens[::50] = 0
    return tokens


def lines(n: int = 40) -> list:
    """0, k, k, …, 0 of length 2 to 6."""
    return [torch.tensor([0, *[1 + i % 6] * (1 + i % 5), 0]) for i in range(n)]


def spy(monkeypatch):
    """What each step got: inputs, targets, state."""
    seen, original = [], training.language_step

    def step(model, optimizer, inputs, targets, state=None, **options):
        seen.append((inputs, targets, state))
        return original(model, optimizer, inputs, targets, state, **options)

    monkeypatch.setattr(training, "language_step", step)
    return seen


def test_readers_stand_at_equal_distances_and_read_on(monkeypatch):
    seen, ids = spy(monkeypatch), torch.arange(60)  # each character once
    model = rnn.StreamLM(60, 8, 16)
    language.train_stream(model, ids, steps=9, batch_size=3, length=10)
    start = int(seen[0][0][0, 0])
    assert len(seen) == 9
    for i, (inputs, targets, _) in enumerate(seen):
        for reader in range(3):
            at = start + 20 * reader + 10 * i + ids[:10]
            assert torch.equal(inputs[reader], at % 60)
            assert torch.equal(targets[reader], (at + 1) % 60)


def test_the_state_is_carried_on_and_cut_off_from_the_gradient(monkeypatch):
    seen = spy(monkeypatch)
    language.train_stream(small(), text(), steps=3, batch_size=2, length=10, lr=0.0)
    _, _, first = seen[0]
    assert not any(part.any() for part in first)
    model = small().train()
    with torch.no_grad(), training.autocast():
        _, state = model(seen[0][0], first)
    for ours, theirs in zip(seen[1][2], state, strict=True):
        torch.testing.assert_close(ours, theirs.float())
        assert not ours.requires_grad


def test_a_pattern_is_learnt_and_the_history_tells():
    model, history = language.train_stream(
        small(), text(), steps=120, batch_size=4, length=16, lr=2e-2
    )
    assert set(history) == {"loss", "gradient_norm"} and len(history["loss"]) == 120
    assert history["loss"][0] > 1.7 and history["loss"][-1] < 0.4
    assert not model.training
    assert language.bits_per_character(model, text()) < 0.6


def test_each_line_comes_once_before_any_comes_twice(monkeypatch):
    seen, many = spy(monkeypatch), lines(10)
    unique = [torch.tensor([0, *[1 + i % 6] * (1 + i), 0]) for i in range(10)]
    language.train_lines(small(rnn.LineLM), unique, steps=5, batch_size=4, seed=3)
    assert len(many) == 10
    lengths = [int((row != -100).sum()) for _, targets, _ in seen for row in targets]
    assert sorted(lengths[:10]) == sorted(lengths[10:]) == list(range(2, 12))
    assert lengths[:10] != lengths[10:]
    for inputs, targets, state in seen:
        assert state is None and inputs.shape[1] == (targets != -100).sum(1).max()
        assert (inputs[:, 0] == 0).all() and (inputs[:, 1:] != 0).all()


def test_lines_are_learnt_with_their_ends():
    model = small(rnn.LineLM, n_positions=6)
    model, _ = language.train_lines(model, lines(), steps=200, batch_size=16, lr=2e-2)
    bits, counts = language.line_bits(model, lines())
    assert counts.tolist() == [len(line) - 1 for line in lines()]
    assert float(bits.sum() / counts.sum()) < 1.3
    drawn = language.sample_lines(model, [[]] * 50, max_length=10)
    assert sum(len(set(line)) == 1 for line in drawn) > 40


def test_padding_counts_for_nothing():
    """A short line beside a long one has the loss that it has alone."""
    model, pair = small(rnn.LineLM).eval(), [lines()[0], lines()[4]]
    together, _ = language.line_bits(model, pair)
    alone = [language.line_bits(model, [line])[0] for line in pair]
    torch.testing.assert_close(together, torch.cat(alone), rtol=0, atol=1e-5)
    inputs, targets, lengths = language.pad_lines(pair, line_end=0)
    assert lengths.tolist() == [2, 6] and inputs[0].tolist() == [0, 1, 1, 1, 1, 1]
    assert targets[0].tolist() == [1, 0, -100, -100, -100, -100]


def run(kind: str, checkpoint=None, steps=12, **options):
    if kind == "stream":
        model, data = small(), text()
        return language.train_stream(
            model, data, steps=steps, length=8, checkpoint=checkpoint, **options
        )
    model = small(rnn.LineLM, dropout=0.3, n_positions=4)
    return language.train_lines(
        model, lines(), steps=steps, batch_size=8, checkpoint=checkpoint, **options
    )


@pytest.mark.parametrize("kind", ["stream", "lines"])
def test_a_seed_of_numpy_is_a_seed(kind):
    (_, plain), (_, found) = (run(kind, steps=2, seed=s) for s in (3, np.int64(3)))
    assert found == plain
    with pytest.raises(ValueError, match="seed must be a whole number: 0.5"):
        run(kind, steps=2, seed=0.5)


@pytest.mark.parametrize("kind", ["stream", "lines"])
def test_a_run_that_was_interrupted_goes_on_to_the_same_bits(kind, tmp_path):
    def press(done, model):
        if done == 5:
            signal.raise_signal(signal.SIGINT)

    whole, history = run(kind, decay=0.9)
    file = tmp_path / "run"
    with pytest.raises(Stopped) as caught:
        run(kind, file, decay=0.9, watch=press)
    assert len(caught.value.kept.history["loss"]) == 5 and file.exists()
    torch.rand(3)  # other numbers drawn in between change nothing
    resumed, longer = run(kind, file, decay=0.9)
    assert longer == history
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name])


def test_the_seed_decides_and_the_callers_random_numbers_are_left_alone():
    torch.manual_seed(5)
    expected = torch.rand(4)
    torch.manual_seed(5)
    model = rnn.CharLM(V, 8, 16, dropout=0.5)
    torch.manual_seed(5)
    language.train_lines(model, lines(), steps=2)
    assert torch.equal(torch.rand(4), expected)
    a, b, c = (run("stream", seed=seed)[1]["loss"] for seed in (1, 1, 2))
    assert a == b != c
    a, b, c = (run("lines", seed=seed)[1]["loss"] for seed in (1, 1, 2))
    assert a == b != c


def test_an_explosion_is_stopped_and_named():
    model = small(kind="rnn")
    with pytest.raises(
        DivergedError, match=r"step \d.*gradients may explode.*clip is 1"
    ):
        with torch.no_grad():
            model.recurrent.weight_hh_l0.fill_(float("inf"))
        language.train_stream(model, text(), steps=3, length=8)


def test_the_gradient_is_clipped():
    model = small()
    before = [weight.clone() for weight in model.parameters()]
    plain = torch.optim.SGD(model.parameters(), lr=1.0)
    inputs = text()[None, :8]
    _, norm, _ = language.language_step(
        model, plain, inputs, text()[None, 1:9], clip=0.01
    )
    moved = torch.cat(
        [(a - b).flatten() for a, b in zip(before, model.parameters(), strict=True)]
    )
    assert float(norm) > 0.05
    assert float(moved.detach().norm()) == pytest.approx(0.01, rel=0.01)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (
            lambda: language.train_stream(small(), text(8), steps=1, length=8),
            "not above 8",
        ),
        (lambda: language.train_stream(small(), text() + V, steps=1), "knows 0..6"),
        (
            lambda: language.train_stream(small(), text().float(), steps=1),
            "must be int64",
        ),
        (
            lambda: language.train_stream(small(rnn.LineLM), text(), steps=1),
            "use train_lines",
        ),
        (lambda: language.train_lines(small(), [], steps=1), "there are 0"),
        (
            lambda: language.train_lines(small(), [torch.tensor([0])], steps=1),
            "the shortest has 1",
        ),
        (
            lambda: language.train_lines(
                small(rnn.LineLM), [torch.tensor([0, 1, 0, 2])], steps=1
            ),
            "inside a row",
        ),
        (
            lambda: language.line_bits(small(rnn.LineLM), [torch.tensor([0, 1, 0, 2])]),
            "inside a row",
        ),
    ],
)
def test_what_cannot_be_trained_on_is_refused(act, words):
    with pytest.raises(ValueError, match=words):
        act()


def test_the_loss_is_the_mean_over_what_counts():
    logits, targets = torch.randn(2, 3, V), torch.tensor([[1, 2, -100], [3, -100, 4]])
    logs = logits.log_softmax(dim=2)
    counted = [(0, 0, 1), (0, 1, 2), (1, 0, 3), (1, 2, 4)]
    expected = -sum(logs[place] for place in counted) / 4
    torch.testing.assert_close(language.next_token_loss(logits, targets), expected)
