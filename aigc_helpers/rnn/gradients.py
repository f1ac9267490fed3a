"""How far a gradient reaches back in time: Jacobians of plain and gated networks."""

import math

import torch

from aigc_helpers.reader import Mistake
from aigc_helpers.rnn.cells import gru_cell, lstm_cell, rnn_cell

KINDS = ("rnn", "gru", "lstm")
HIDDEN = 64  # H of the networks whose gradients are measured


def gradient_norms(
    kind: str,
    n_steps: int = 200,
    *,
    gain: float = 1.0,
    gate_bias: float = 0.0,
    input_scale: float = 0.1,
    seed: int = 0,
):
    """Largest singular value of dh_T/ds_t for t = 0..T: how much of h_T hangs on s_t.

    s_t is what the network carries on: h_t, of an LSTM h_t and c_t together.

    Parameters
    ----------
    kind : str
        "rnn", "gru" or "lstm", of 64 units, initialised by `initial_weights`.
    n_steps : int
        T, at least 1.
    gain, gate_bias : float
        See `initial_weights`.
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
    if n_steps < 1:
        raise Mistake(
            f"n_steps must be at least 1, not {n_steps}",
            f"步数写成了 {n_steps}，至少是 1。",
        )
    for name, value in (("gain", gain), ("input_scale", input_scale)):
        if not 0 <= value < math.inf:
            raise Mistake(
                f"{name} must be a number >= 0, not {value}",
                f"{name} 写成了 {value}，应当是 0 或正数。",
            )
    rng = torch.Generator().manual_seed(seed)
    weights = initial_weights(kind, HIDDEN, gain=gain, gate_bias=gate_bias, rng=rng)
    inputs = input_scale * _normal(rng, n_steps, HIDDEN)
    return torch.linalg.matrix_norm(state_jacobians(kind, inputs, weights), ord=2)


def state_jacobians(kind: str, inputs, weights: tuple):
    """dh_T/ds_t for t = 0..T, float64 (T + 1, H, S); S is 2 H for an LSTM, else H.

    One backward pass gives all of them: the same run stands H times in the batch, and
    copy i asks for the gradient of its component i.

    Parameters
    ----------
    kind : str
        See `gradient_norms`.
    inputs : float64 tensor (T, H)
        One for each step; the state starts at zero.
    weights : tuple of tensors
        As `initial_weights` gives them.
    """
    hidden = inputs.shape[1]
    n_states = 2 if kind == "lstm" else 1
    zeros = torch.zeros(hidden, hidden, dtype=torch.float64)
    states = [tuple(zeros.clone().requires_grad_() for _ in range(n_states))]
    for x in inputs:
        x = x.expand(hidden, -1)  # (H, H): the same for each copy
        state = _step(kind, x, states[-1], weights)
        states.append(tuple(part.clone() for part in state))  # h_t apart from c_t
    carried = [part for state in states for part in state]
    outcome = states[-1][0].diagonal().sum()
    rows = torch.autograd.grad(outcome, carried, allow_unused=True)
    rows = [torch.zeros_like(zeros) if part is None else part for part in rows]
    jacobians = torch.stack(rows).unflatten(0, (-1, n_states))  # (T + 1, n, H, H)
    return jacobians.movedim(1, 2).flatten(2)  # (T + 1, H, S)


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
        raise Mistake(
            f"kind must be one of {KINDS}, not {kind!r}",
            f"没有 {kind!r} 这种循环单元，可以写：{KINDS}。",
        )
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


def _normal(rng: torch.Generator, *shape: int):
    return torch.randn(*shape, generator=rng, dtype=torch.float64)
