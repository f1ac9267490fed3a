"""How far a gradient reaches back in time: Jacobians of plain and gated networks."""

import math

import torch
from torch import nn

from aigc_helpers.rnn.cells import gru_cell, lstm_cell, rnn_cell, rnn_jacobian

KINDS = ("rnn", "gru", "lstm")


def gradient_norms(
    kind: str,
    n_steps: int = 200,
    *,
    gain: float = 1.0,
    gate_bias: float = 0.0,
    hidden: int = 64,
    input_scale: float = 0.1,
    seed: int = 0,
):
    """Largest singular value of dh_T/ds_t for t = 0..T: how much of h_T hangs on s_t.

    s_t is what the network carries on: h_t, of an LSTM h_t and c_t together.

    Parameters
    ----------
    kind : str
        "rnn", "gru" or "lstm", initialised by `initial_weights`.
    n_steps : int
        T, at least 1.
    gain, gate_bias : float
        See `initial_weights`.
    hidden : int
        H.
    input_scale : float
        Standard deviation of the inputs, which are independent normal numbers (H a
        step); the state starts at zero. 0 leaves the plain network at rest, where
        dh_T/dh_t is a power of W_h.
    seed : int
        Of weights and inputs.

    Returns
    -------
    float64 tensor (T + 1,)
        The last is 1: h_T by itself. Falls towards the front if gradients vanish,
        grows if they explode.

    Raises
    ------
    ValueError
        If the kind is unknown or a number out of range.

    References
    ----------
    Bengio, Simard and Frasconi (1994); Pascanu, Mikolov and Bengio (2013), section 2.
    """
    rows = state_jacobians(
        kind,
        n_steps,
        gain=gain,
        gate_bias=gate_bias,
        hidden=hidden,
        input_scale=input_scale,
        seed=seed,
    )
    return torch.linalg.matrix_norm(rows, ord=2)


def state_jacobians(
    kind: str,
    n_steps: int,
    *,
    gain: float = 1.0,
    gate_bias: float = 0.0,
    hidden: int = 64,
    input_scale: float = 0.1,
    seed: int = 0,
):
    """dh_T/ds_t for t = 0..T, float64 (T + 1, H, S); S is 2 H for an LSTM, else H.

    One backward pass gives all of them: the same run stands H times in the batch, and
    copy i asks for the gradient of its component i. See `gradient_norms`.
    """
    _require(n_steps, gain, hidden, input_scale)
    rng = torch.Generator().manual_seed(seed)
    weights = initial_weights(kind, hidden, gain=gain, gate_bias=gate_bias, rng=rng)
    inputs = input_scale * _normal(rng, n_steps, hidden)
    n_states = 2 if kind == "lstm" else 1
    zeros = torch.zeros(hidden, hidden, dtype=torch.float64)
    states = [tuple(zeros.clone().requires_grad_() for _ in range(n_states))]
    for x in inputs:
        x = x.expand(hidden, -1)  # the same for each copy
        made = _step(kind, x, states[-1], weights)
        states.append(tuple(part.clone() for part in made))  # h_t apart from c_t
    carried = [part for state in states for part in state]
    outcome = states[-1][0].diagonal().sum()
    found = torch.autograd.grad(outcome, carried, allow_unused=True)
    found = [torch.zeros_like(zeros) if rows is None else rows for rows in found]
    return torch.stack(found).unflatten(0, (-1, n_states)).movedim(1, 2).flatten(2)


def initial_weights(
    kind: str, hidden: int, *, gain: float, gate_bias: float, rng: torch.Generator
):
    """Weights (float64) of a cell with as many inputs as hidden units.

    All matrices are drawn from N(0, 1/H), those on the hidden state from N(0,
    gain^2 / H): the eigenvalues of W_h fill a disc of radius ``gain`` (circular law).
    Biases are 0 but that of the gate which keeps the old state (forget gate of the
    LSTM, update gate of the GRU): ``gate_bias``, so that about ``sigmoid(gate_bias)``
    of it is kept at each step. The plain network has no gate and ignores it.
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {KINDS}, not {kind!r}")
    n_rows = {"rnn": 1, "gru": 3, "lstm": 4}[kind] * hidden
    w_x = _normal(rng, n_rows, hidden) / math.sqrt(hidden)
    w_h = gain * _normal(rng, n_rows, hidden) / math.sqrt(hidden)
    b = torch.zeros(n_rows, dtype=torch.float64)
    if kind != "rnn":  # the second block of rows is the gate that keeps
        b[hidden : 2 * hidden] = gate_bias
    return (w_x, w_h, b, torch.zeros_like(b)) if kind == "gru" else (w_x, w_h, b)


def _step(kind: str, x, state: tuple, weights: tuple) -> tuple:
    if kind == "rnn":
        return (rnn_cell(x, *state, *weights),)
    if kind == "gru":
        return (gru_cell(x, *state, weights),)
    return lstm_cell(x, *state, weights)


def lyapunov_exponents(
    w_x, w_h, b, *, n_steps: int = 1000, input_scale: float = 0.1, seed: int = 0
):
    """Mean growth of ln|dh| a step along H directions of a plain network, falling.

    The Jacobians of the steps are multiplied with a QR decomposition in between
    (Benettin et al., 1980). Above 0: two close states part, gradients explode. Below:
    they meet, gradients vanish by ``exp(exponent)`` a step.

    Parameters
    ----------
    w_x, w_h, b : tensors (H, D), (H, H), (H,)
        Weights of the network.
    n_steps : int
        Steps that are averaged, after as many to forget the start.
    input_scale : float
        Standard deviation of the inputs.
    seed : int
        Of the inputs and the first state.

    Returns
    -------
    float64 tensor (H,)
    """
    _require(n_steps, 1.0, len(w_h), input_scale)
    rng = torch.Generator().manual_seed(seed)
    w_x, w_h, b = (tensor.detach().double() for tensor in (w_x, w_h, b))
    h = 0.1 * _normal(rng, 1, len(w_h))
    basis, total = torch.eye(len(w_h), dtype=torch.float64), torch.zeros(len(w_h))
    for step in range(2 * n_steps):
        x = input_scale * _normal(rng, 1, w_x.shape[1])
        h = rnn_cell(x, h, w_x, w_h, b)
        basis, r = torch.linalg.qr(rnn_jacobian(h, w_h)[0] @ basis)
        if step >= n_steps:
            total = total + r.diagonal().abs().clamp_min(1e-300).log()
    return (total / n_steps).sort(descending=True).values


def singular_values(network: nn.Module):
    """Singular values (H,) of W_h of a ``torch.nn`` network's first layer, each gate.

    (1, H) of an ``nn.RNN``, (3, H) of an ``nn.GRU``, (4, H) of an ``nn.LSTM``.
    """
    w_h = network.weight_hh_l0.detach().double()
    return torch.linalg.svdvals(w_h.unflatten(0, (-1, w_h.shape[1])))


def _normal(rng: torch.Generator, *shape: int):
    return torch.randn(*shape, generator=rng, dtype=torch.float64)


def _require(n_steps: int, gain: float, hidden: int, input_scale: float) -> None:
    for name, value, least in (("n_steps", n_steps, 1), ("hidden", hidden, 1)):
        if value < least:
            raise ValueError(f"{name} must be at least {least}, not {value}")
    for name, value in (("gain", gain), ("input_scale", input_scale)):
        if not 0 <= value < math.inf:
            raise ValueError(f"{name} must be a number >= 0, not {value}")
