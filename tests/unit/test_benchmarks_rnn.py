"""The comparison of language models: its arithmetic, and the peers as described."""

import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import char_peers as peers  # noqa: E402
import rnn as benchmark  # noqa: E402

V = 65


@pytest.fixture
def text():
    """A pattern in the place of Shakespeare."""

    class Text:
        n_tokens = V
        train, test = (torch.arange(n) * 7 % V for n in (4000, 700))

    return Text()


@pytest.fixture
def records():
    """One seed; ours pass char-rnn's 2.4 at 800 steps, nanoGPT's 2.7 at 400."""
    bits = dict(zip(benchmark.PLANS, (2.6, 2.39, 2.3, 2.2, 2.1, 2.0), strict=True))
    return {
        "runtime": {"torch": "2"},
        "cost": {
            "ours bf16": 0.01,
            "ours fp32": 0.02,
            "char-rnn fp32": 0.04,
            "char-rnn bf16": 0.05,
            "nanoGPT fp32": 0.06,
            "nanoGPT bf16": 0.05,
        },
        "char-rnn fp32 0": [
            {"steps": n, "bits": b} for n, b in ((500, 2.7), (750, 2.6), (1500, 2.4))
        ],
        "nanoGPT fp32 0": [{"steps": 1000, "bits": 3.0}, {"steps": 2000, "bits": 2.7}],
        **{f"ours 0 {steps}": found for steps, found in bits.items()},
    }


def test_the_gain_is_the_share_of_time_at_equal_quality(records):
    first, second = benchmark.gains(records, [0])
    # char-rnn 1500 * 0.04 = 60 CPU-s; ours 800 * 0.01 = 8
    assert "char-rnn, fp32: 2.400 bits after 60 CPU-s" in first
    assert "after 800 steps, 8.0 CPU-s: **13%** of its time" in first
    assert "(2.600) after 400 steps, 4.0 CPU-s: **3%**" in second
    page = benchmark.report(records, [0, 1])
    assert "| char-rnn, fp32 | 750 | 30.0 | 2.600 | 2.600 |" in page
    assert "| ours, bf16 | 1,200 | 12.0 | 2.300 | 2.300 |" in page


def test_a_goal_that_is_missed_is_said(records):
    records["char-rnn fp32 0"][-1]["bits"] = 1.5
    assert "none of our runs reaches 1.500" in benchmark.gains(records, [0])[0]


def test_bfloat16_counts_for_a_peer_if_it_is_faster(records):
    formats = {n: list(benchmark.formats_of(n, records["cost"])) for n in peers_of()}
    assert formats == {"char-rnn": ["fp32"], "nanoGPT": ["fp32", "bf16"]}
    assert benchmark.plans_of("char-rnn", 0.04) == [500, 750, 1500]


def peers_of():
    return list(benchmark.PEERS)


def test_char_rnn_has_the_sizes_and_the_beginning_of_its_description():
    torch.manual_seed(0)
    model = peers.CharRNN(V)
    assert sum(weight.numel() for weight in model.parameters()) == (
        4 * 128 * (V + 128 + 2) + 4 * 128 * (256 + 2) + 129 * V
    )
    network = model.recurrent
    for layer in (0, 1):
        biases = [getattr(network, f"bias_{k}_l{layer}")[128:256] for k in ("ih", "hh")]
        assert (biases[0] == 1).all() and (biases[1] == 0).all()
    assert network.weight_hh_l1.abs().max() <= 0.08


def test_gpt_has_the_sizes_the_rates_and_the_cause_before_the_effect():
    torch.manual_seed(0)
    model = peers.GPT(V)
    n = sum(weight.numel() for weight in model.parameters())
    assert n == V * 128 + 64 * 128 + 4 * (12 * 128**2 + 2 * 128) + 128
    rates = [peers.gpt_lr(step) for step in (0, 100, 1050, 2000, 5000)]
    assert rates == pytest.approx([1e-3 / 101, 1e-3, 5.5e-4, 1e-4, 1e-4])
    tokens = torch.randint(V, (1, 20))
    changed = tokens.clone()
    changed[0, 12] = (changed[0, 12] + 1) % V
    before, after = model(tokens), model(changed)
    torch.testing.assert_close(before[:, :12], after[:, :12])
    assert (before[:, 12] - after[:, 12]).abs().max() > 1e-4


class Uniform:
    """Logits of nothing, for both kinds of peers."""

    def __init__(self, with_state: bool):
        self.with_state = with_state

    def __call__(self, tokens, state=None):
        logits = torch.zeros(*tokens.shape, V)
        return (logits, state) if self.with_state else logits


@pytest.mark.parametrize("n", [65, 300, 1001])
def test_a_peer_that_knows_nothing_has_log2_v_bits(n):
    tokens, expected = torch.randint(V, (n,)), pytest.approx(6.0224, abs=1e-3)
    assert peers.char_rnn_bits(Uniform(True), tokens) == expected
    assert peers.gpt_bits(Uniform(False), tokens) == expected


@pytest.mark.parametrize("name", list(benchmark.PEERS))
def test_a_peer_learns(name, text):
    found = benchmark.measure_peer(text, name, 0, False, [1, 40])
    assert [one["steps"] for one in found] == [1, 40]
    assert found[1]["bits"] < found[0]["bits"] - 0.3


def test_ours_is_timed_and_judged_as_the_others(text, monkeypatch):
    monkeypatch.setitem(benchmark.RECIPE, "batch_size", 4)
    assert len(benchmark.time_ours(text, False, 3)) == 3
    assert "AIGC_BF16" not in benchmark.os.environ
    assert benchmark.measure_ours(text, 0, 60) < 5
    steps = iter(range(100))
    assert len(benchmark.time_peer(steps, 4)) == 4 and next(steps) == 4
