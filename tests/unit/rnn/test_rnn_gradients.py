"""Gradients over time: exact cases, and what gains and gates do to them."""

import math

import pytest
import torch
from torch import nn

from aigc_helpers import rnn


def normal(*shape: int, seed: int = 0):
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=rng, dtype=torch.float64)


def jacobian(h, w_h):
    """dh_t/dh_{t-1} = diag(1 - h_t^2) W_h: from the new state h (B, H) to (B, H, H)."""
    return (1 - h**2)[:, :, None] * w_h  # (B, H, 1) * (H, H)


def lyapunov_exponents(w_x, w_h, b, *, n_steps=1000, input_scale=0.1):
    """Mean growth of ln|dh| a step along H directions of a plain network, falling.

    The Jacobians of the steps are multiplied with a QR decomposition in between
    (Benettin et al., 1980). Above 0: two close states part, gradients explode. Below:
    they meet, gradients vanish by ``exp(exponent)`` a step. As many steps go before
    those that are averaged, to forget the start.
    """
    rng = torch.Generator().manual_seed(0)
    w_x, w_h, b = (tensor.detach().double() for tensor in (w_x, w_h, b))
    h = 0.1 * torch.randn(1, len(w_h), generator=rng, dtype=torch.float64)
    basis, total = torch.eye(len(w_h), dtype=torch.float64), torch.zeros(len(w_h))
    for step in range(2 * n_steps):
        x = torch.randn(1, w_x.shape[1], generator=rng, dtype=torch.float64)
        h = rnn.rnn_cell(input_scale * x, h, w_x, w_h, b)
        basis, r = torch.linalg.qr(jacobian(h, w_h)[0] @ basis)
        if step >= n_steps:
            total = total + r.diagonal().abs().clamp_min(1e-300).log()
    return (total / n_steps).sort(descending=True).values


def test_the_jacobian_is_the_derivative_of_a_step():
    n, size, dim = 4, 6, 5
    x, h_0 = normal(n, dim, seed=1), normal(n, size, seed=2)
    w_x, w_h, b = normal(size, dim, seed=3), normal(size, size, seed=4), normal(size)
    h = rnn.rnn_cell(x, h_0, w_x, w_h, b)
    ours = jacobian(h, w_h)
    for i in range(n):
        expected = torch.autograd.functional.jacobian(
            lambda state, i=i: rnn.rnn_cell(x[i], state, w_x, w_h, b), h_0[i]
        )
        torch.testing.assert_close(ours[i], expected, rtol=0, atol=1e-6)


def test_at_rest_the_jacobian_is_a_power_of_w_h():
    rng = torch.Generator().manual_seed(3)
    weights = rnn.initial_weights("rnn", 10, gain=0.8, gate_bias=0, rng=rng)
    nothing, w_h = torch.zeros(12, 10, dtype=torch.float64), weights[1]
    rows = rnn.state_jacobians("rnn", nothing, weights)
    for t in range(13):
        power = torch.linalg.matrix_power(w_h, 12 - t)
        torch.testing.assert_close(rows[t], power, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_jacobians_are_the_change_of_the_last_state(kind):
    """Against a finite step of the first state, in a network of torch's."""
    hidden, steps = 5, 4
    rng = torch.Generator().manual_seed(1)
    weights = rnn.initial_weights(kind, hidden, gain=1.0, gate_bias=0.7, rng=rng)
    inputs = 0.1 * torch.randn(steps, hidden, generator=rng, dtype=torch.float64)
    rows = rnn.state_jacobians(kind, inputs, weights)
    network = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[kind](hidden, hidden)
    network.double()
    with torch.no_grad():
        for weight, value in zip(network.parameters(), weights, strict=False):
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
    a, b, c = (rnn.gradient_norms("gru", 20, seed=s) for s in (0, 0, 1))
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
    exponents = lyapunov_exponents(
        zeros[0], w_h, zeros[1], n_steps=400, input_scale=0.0
    )
    torch.testing.assert_close(exponents, eigenvalues.log(), rtol=0, atol=1e-3)


def test_the_largest_exponent_is_the_slope_of_the_gradients():
    w = rnn.initial_weights(
        "rnn", 64, gain=1.5, gate_bias=0, rng=torch.Generator().manual_seed(0)
    )
    exponent = float(lyapunov_exponents(*w, n_steps=600)[0])
    norms = rnn.gradient_norms("rnn", 600, gain=1.5)
    slope = math.log(norms[0] / norms[500]) / 500
    assert exponent > 0 and exponent == pytest.approx(slope, abs=0.02)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "cnn"}, "kind must be one of"),
        ({"n_steps": 0}, "n_steps must be at least 1"),
        ({"gain": -1.0}, "gain must be a number >= 0"),
        ({"gain": math.nan}, "gain must be a number >= 0"),
        ({"input_scale": math.inf}, "input_scale must be a number >= 0"),
    ],
)
def test_what_does_not_fit_is_refused(given, words):
    with pytest.raises(ValueError, match=words):
        rnn.gradient_norms(**{"kind": "rnn", "n_steps": 2, **given})
