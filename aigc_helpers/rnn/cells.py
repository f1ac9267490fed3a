"""Recurrent cells by hand, and backpropagation through time for the plain one.

Shapes: inputs x_t (B, D), hidden states h_t (B, H), sequences (T, B, ·). Weights have
the layout of ``torch.nn``, so that one can be put in the other's place; where torch
adds two biases, the functions here take their sum, except in the GRU.
"""

from typing import NamedTuple

import torch


class RNNGradients(NamedTuple):
    """What `rnn_backward` returns: the loss's derivative by each input."""

    w_x: torch.Tensor  # (H, D)
    w_h: torch.Tensor  # (H, H)
    b: torch.Tensor  # (H,)
    x: torch.Tensor  # (T, B, D)
    h_0: torch.Tensor  # (B, H)


def rnn_cell(x, h, w_x, w_h, b):
    """One step: ``h_t = tanh(W_x x_t + W_h h_{t-1} + b)``; Elman (1990).

    Parameters
    ----------
    x, h : tensors (B, D), (B, H)
        Input and previous hidden state.
    w_x, w_h, b : tensors (H, D), (H, H), (H,)
        Weights.

    Returns
    -------
    tensor (B, H)
        In (-1, 1).
    """
    return torch.tanh(x @ w_x.T + h @ w_h.T + b)


def unroll(x, h_0, w_x, w_h, b):
    """All hidden states (T, B, H) of inputs x (T, B, D), from h_0 (B, H) on."""
    h, states = h_0, []
    for x_t in x:
        h = rnn_cell(x_t, h, w_x, w_h, b)
        states.append(h)
    return torch.stack(states)  # (T, B, H)


def rnn_backward(x, h_0, h, weights, grad_h) -> RNNGradients:
    """Backpropagation through time by hand; Werbos (1990).

    From the last step to the first: what reaches h_t is its own part of the loss plus
    what comes back from h_{t+1}; tanh' = 1 - h_t^2 takes it to the sum inside (``a``).

    Parameters
    ----------
    x, h_0 : tensors (T, B, D), (B, H)
        What `unroll` was given.
    h : tensor (T, B, H)
        What it returned.
    weights : (w_x, w_h)
        Its weights.
    grad_h : tensor (T, B, H)
        dL/dh_t by way of the outputs alone, not of later states.

    Returns
    -------
    RNNGradients
        Sums over time and batch, as autograd has them.
    """
    w_x, w_h = weights
    previous = torch.cat([h_0[None], h[:-1]])  # (T, B, H), h_{t-1} of each step
    grad_a, coming = torch.empty_like(h), torch.zeros_like(h_0)
    for t in reversed(range(len(x))):
        grad_a[t] = (grad_h[t] + coming) * (1 - h[t] ** 2)
        coming = grad_a[t] @ w_h  # dL/dh_{t-1} by way of h_t
    return RNNGradients(
        w_x=torch.einsum("tbh,tbd->hd", grad_a, x),
        w_h=torch.einsum("tbh,tbk->hk", grad_a, previous),
        b=grad_a.sum(dim=(0, 1)),
        x=grad_a @ w_x,
        h_0=coming,
    )


def lstm_cell(x, h, c, weights):
    """One step of a long short-term memory (Hochreiter and Schmidhuber, 1997).

    With the forget gate of Gers et al. (2000), as in ``torch.nn.LSTM``.

    Parameters
    ----------
    x, h, c : tensors (B, D), (B, H), (B, H)
        Input, previous hidden state, previous memory.
    weights : (w_x, w_h, b)
        (4H, D), (4H, H), (4H,): rows of input gate, forget gate, candidate, output
        gate, in this order.

    Returns
    -------
    h, c : tensors (B, H)
    """
    w_x, w_h, b = weights
    i, f, g, o = (x @ w_x.T + h @ w_h.T + b).chunk(4, dim=1)  # (B, 4H) -> (B, H) each
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return o * c.tanh(), c


def gru_cell(x, h, weights):
    """One step of a gated recurrent unit (Cho et al., 2014), as in ``torch.nn.GRU``.

    Parameters
    ----------
    x, h : tensors (B, D), (B, H)
        Input and previous hidden state.
    weights : (w_x, w_h, b_x, b_h)
        (3H, D), (3H, H), (3H,), (3H,): rows of reset gate, update gate, candidate. The
        biases stay apart, since the reset gate multiplies one of them alone.

    Returns
    -------
    tensor (B, H)
        ``(1 - z) n + z h``: an update gate z of 1 keeps the old state.
    """
    w_x, w_h, b_x, b_h = weights
    x_r, x_z, x_n = (x @ w_x.T + b_x).chunk(3, dim=1)  # (B, 3H) -> (B, H) each
    h_r, h_z, h_n = (h @ w_h.T + b_h).chunk(3, dim=1)
    r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    n = (x_n + r * h_n).tanh()
    return (1 - z) * n + z * h
