"""Cells and backpropagation by hand, against torch.nn, autograd and finite steps."""

import pytest
import torch
from torch import nn

from aigc_helpers import rnn

T, B, D, H = 30, 4, 5, 6
SMALL = 1e-6


def double(*shape: int):
    return torch.randn(*shape, dtype=torch.float64)


def close(ours, theirs) -> None:
    torch.testing.assert_close(ours, theirs, rtol=0, atol=SMALL)


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


@pytest.fixture
def problem():
    """Inputs, first state, a torch.nn.RNN in float64, and what its outputs weigh."""
    return double(T, B, D), double(B, H), nn.RNN(D, H).double(), double(T, B, H)


def weights_of(network):
    return (
        network.weight_ih_l0,
        network.weight_hh_l0,
        network.bias_ih_l0 + network.bias_hh_l0,
    )


def test_the_plain_cell_is_that_of_torch(problem):
    x, h_0, network, _ = problem
    expected, last = network(x, h_0[None])
    h = rnn.unroll(x, h_0, *weights_of(network))
    close(h, expected)
    close(rnn.rnn_cell(x[0], h_0, *weights_of(network)), expected[0])
    close(h[-1], last[0])


def test_backpropagation_through_time_is_that_of_autograd(problem):
    x, h_0, network, weigh = problem
    x.requires_grad_()
    h_0.requires_grad_()
    h, _ = network(x, h_0[None])
    wanted = (network.weight_ih_l0, network.weight_hh_l0, network.bias_ih_l0, x, h_0)
    expected = torch.autograd.grad((weigh * h).sum(), wanted)
    with torch.no_grad():
        w_x, w_h, _ = weights_of(network)
        found = rnn.rnn_backward(x, h_0, h, (w_x, w_h), weigh)
    assert found._fields == ("w_x", "w_h", "b", "x", "h_0")
    for ours, theirs in zip(found, expected, strict=True):
        close(ours, theirs)
        assert theirs.abs().max() > 0.01


def test_a_gradient_of_the_last_state_alone_comes_back_through_all_steps(problem):
    x, h_0, network, weigh = problem
    weigh[:-1] = 0
    h_0.requires_grad_()
    h, _ = network(x, h_0[None])
    (expected,) = torch.autograd.grad((weigh * h).sum(), h_0)
    w_x, w_h, _ = weights_of(network)
    found = rnn.rnn_backward(x, h_0, h, (w_x, w_h), weigh)
    torch.testing.assert_close(found.h_0, expected, rtol=1e-9, atol=0)  # it is tiny


def test_the_gru_cell_is_that_of_torch():
    cell, x, h = nn.GRUCell(D, H).double(), double(B, D), double(B, H)
    weights = (cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)
    close(rnn.gru_cell(x, h, weights), cell(x, h))


def test_the_lstm_cell_is_that_of_torch():
    cell, x = nn.LSTMCell(D, H).double(), double(B, D)
    h, c = double(B, H), double(B, H)
    weights = (cell.weight_ih, cell.weight_hh, cell.bias_ih + cell.bias_hh)
    for ours, theirs in zip(
        rnn.lstm_cell(x, h, c, weights), cell(x, (h, c)), strict=True
    ):
        close(ours, theirs)
