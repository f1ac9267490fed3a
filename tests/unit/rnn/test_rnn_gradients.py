"""Gradients over time: exact cases, and what gains and gates do to them."""

import math

import pytest
import torch
from torch import nn

from aigc_helpers import rnn


def normal(*shape: int, seed: int = 0):
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=rng, dtype=torch.float64)


def test_at_rest_the_jacobian_is_a_power_of_w_h():
    rows = rnn.state_jacobians("rnn", 12, gain=0.8, hidden=10, input_scale=0.0, seed=3)
    rng = torch.Generator().manual_seed(3)
    _, w_h, _ = rnn.initial_weights("rnn", 10, gain=0.8, gate_bias=0, rng=rng)
    for t in range(13):
        power = torch.linalg.matrix_power(w_h, 12 - t)
        torch.testing.assert_close(rows[t], power, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_jacobians_are_the_change_of_the_last_state(kind):
    """Against a finite step of the first state, in a network of torch's."""
    hidden, steps = 5, 4
    rows = rnn.state_jacobians(kind, steps, hidden=hidden, gate_bias=0.7, seed=1)
    rng = torch.Generator().manual_seed(1)
    found = rnn.initial_weights(kind, hidden, gain=1.0, gate_bias=0.7, rng=rng)
    inputs = 0.1 * torch.randn(steps, hidden, generator=rng, dtype=torch.float64)
    network = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[kind](hidden, hidden)
    network.double()
    with torch.no_grad():
        for weight, value in zip(network.parameters(), found, strict=False):
            weight.copy_(value)
        network.bias_hh_l0.zero_()

    def last(state):
        parts = tuple(part[None] for part in state.split(hidden))
        h, _ = network(inputs, parts if kind == "lstm" else parts[0])
        return h[-1].detach()

    size = rows.shape[2]
    assert size == (2 * hidden if kind == "lstm" else hidden)
    start = torch.zeros(size, dtype=torch.float64)
    for i in range(size):
        step = 1e-6 * torch.eye(size, dtype=torch.float64)[i]
        slope = (last(start + step) - last(start - step)) / 2e-6
        torch.testing.assert_close(rows[0, :, i], slope, rtol=0, atol=1e-6)
    assert torch.equal(rows[-1, :, :hidden], torch.eye(hidden, dtype=torch.float64))
    assert not rows[-1, :, hidden:].any()  # h_T by c_T alone


def test_a_plain_network_vanishes_or_explodes_by_its_gain():
    low, high = (rnn.gradient_norms("rnn", 200, gain=gain) for gain in (0.9, 1.5))
    assert low.shape == (201,) and low[-1] == high[-1] == 1
    assert low[0] < 1e-8 and high[0] > 1e4
    assert low[0] < low[100] < low[180] and high[0] > high[100] > high[180]


@pytest.mark.parametrize("kind", ["gru", "lstm"])
def test_a_gate_that_keeps_carries_the_gradient_and_one_half_shut_does_not(kind):
    shut, kept = (
        rnn.gradient_norms(kind, 200, gate_bias=bias, input_scale=0.1)[0]
        for bias in (0.0, 5.0)
    )
    assert shut < 1e-15 and kept > 0.1


def test_norms_are_the_same_for_the_same_seed_and_others_for_another():
    a, b, c = (rnn.gradient_norms("gru", 20, hidden=8, seed=s) for s in (0, 0, 1))
    assert torch.equal(a, b) and not torch.equal(a, c)


def test_the_gate_that_keeps_has_the_bias():
    for kind, n in (("gru", 3), ("lstm", 4)):
        rng = torch.Generator()
        b = rnn.initial_weights(kind, 4, gain=1, gate_bias=2.5, rng=rng)[2]
        assert b.unflatten(0, (n, 4)).sum(dim=1).tolist() == [0, 10] + [0] * (n - 2)


def test_lyapunov_exponents_of_a_linear_network_are_logs_of_its_eigenvalues():
    """Without inputs and near zero tanh is the identity: exponents are ln|eigenvalue|.

    A symmetric matrix, so that they are real; the state dies out at once.
    """
    basis, _ = torch.linalg.qr(normal(4, 4))
    eigenvalues = torch.tensor([0.9, 0.7, 0.5, 0.2], dtype=torch.float64)
    w_h = basis @ eigenvalues.diag() @ basis.T
    zeros = torch.zeros(4, 1, dtype=torch.float64), torch.zeros(4)
    found = rnn.lyapunov_exponents(
        zeros[0], w_h, zeros[1], n_steps=400, input_scale=0.0
    )
    torch.testing.assert_close(found, eigenvalues.log(), rtol=0, atol=1e-3)


def test_the_largest_exponent_is_the_slope_of_the_gradients():
    w = rnn.initial_weights(
        "rnn", 64, gain=1.5, gate_bias=0, rng=torch.Generator().manual_seed(0)
    )
    exponent = float(rnn.lyapunov_exponents(*w, n_steps=600)[0])
    norms = rnn.gradient_norms("rnn", 600, gain=1.5)
    slope = math.log(norms[0] / norms[500]) / 500
    assert exponent > 0 and exponent == pytest.approx(slope, abs=0.02)


def test_singular_values_of_each_gate():
    network = nn.LSTM(3, 5)
    found = rnn.singular_values(network)
    assert found.shape == (4, 5)
    block = network.weight_hh_l0[10:15].detach().double()
    expected = torch.linalg.eigvalsh(block @ block.T).sqrt().flip(0)
    torch.testing.assert_close(found[2], expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "cnn"}, "kind must be one of"),
        ({"n_steps": 0}, "n_steps must be at least 1"),
        ({"hidden": 0}, "hidden must be at least 1"),
        ({"gain": -1.0}, "gain must be a number >= 0"),
        ({"gain": math.nan}, "gain must be a number >= 0"),
        ({"input_scale": math.inf}, "input_scale must be a number >= 0"),
    ],
)
def test_what_does_not_fit_is_refused(given, words):
    with pytest.raises(ValueError, match=words):
        rnn.gradient_norms(**{"kind": "rnn", "n_steps": 2, **given})
