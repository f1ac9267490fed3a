"""Recurrent language models: the distribution of the next character."""

import torch
import torch.nn.functional as F
from torch import nn

from aigc_helpers.reader import Mistake
from aigc_helpers.rnn.cells import gru_cell, lstm_cell, rnn_cell

NETWORKS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


class CharLM(nn.Module):
    """The network of chapter 07: embedding, LSTM, logits by the same embedding.

    It reads lines: token 0 starts each of them with an empty state and ends it. One
    table serves for reading and writing (Press and Wolf, 2017), which halves the
    weights where there are many characters; its numbers are small, and enlarged where
    they are read (Vaswani et al., 2017, section 3.4), so that logits start near 0.

    Keeps the contract of `aigc_helpers.language`: `forward` is a whole sequence,
    `step` is one token.

    Parameters
    ----------
    n_tokens : int
        V, size of the vocabulary.
    dim, hidden : int
        Of a character's embedding, of the hidden state.
    dropout : float
        Share of the numbers before and after the LSTM that are dropped in training.
    """

    line_end = 0

    def __init__(self, n_tokens, dim=128, hidden=128, dropout=0.35):
        super().__init__()
        self.n_tokens, self.scale = n_tokens, dim**0.5
        self.embedding = nn.Embedding(n_tokens, dim)
        nn.init.normal_(self.embedding.weight, std=1 / self.scale)
        self.recurrent = nn.LSTM(dim, hidden, batch_first=True)
        nn.init.ones_(self.recurrent.bias_ih_l0.data[hidden : 2 * hidden])
        self.dropout = nn.Dropout(dropout)
        self.project = nn.Linear(hidden, dim, bias=False)
        self.bias = nn.Parameter(torch.zeros(n_tokens))

    def read(self, tokens):
        return self.scale * self.embedding(tokens)  # (..., dim)

    def write(self, h):
        h = self.project(self.dropout(h))  # (..., dim)
        return F.linear(h, self.embedding.weight, self.bias)  # (..., V)

    def forward(self, tokens, state=None):
        x = self.dropout(self.read(tokens))  # (B, T, dim)
        h, state = self.recurrent(x, state)  # (B, T, hidden)
        return self.write(h), state

    def initial_state(self, batch_size=1):
        zeros = torch.zeros(1, batch_size, self.recurrent.hidden_size)
        return zeros, zeros.clone()

    def step(self, tokens, state):
        going_on = (tokens != self.line_end).float()[None, :, None]  # (1, B, 1)
        state = tuple(part * going_on for part in state)
        logits, state = self(tokens[:, None], state)  # (B, 1, V)
        return logits[:, 0], state


class LineLM(CharLM):
    """A `CharLM` that is also told the place in the line: it need not count.

    `step` is by the cell by hand, which can be exported.

    Parameters
    ----------
    n_tokens, dim, hidden, dropout
        See `CharLM`.
    n_positions : int
        Places that have an embedding; later ones have that of the last.

    Raises
    ------
    ValueError
        If a number is out of range.
    """

    def __init__(
        self,
        n_tokens: int,
        dim: int = 64,
        hidden: int = 256,
        dropout: float = 0.0,
        n_positions: int = 8,
    ):
        nn.Module.__init__(self)  # the parts in the order of the shipped weights
        sizes = {"n_tokens": n_tokens, "dim": dim, "hidden": hidden}
        _require_sizes(**sizes, n_positions=n_positions)
        self.n_tokens, self.scale = n_tokens, dim**0.5
        self.embedding = nn.Embedding(n_tokens, dim)
        self.position = nn.Embedding(n_positions, dim)
        self.recurrent = nn.LSTM(dim, hidden, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.project = nn.Linear(hidden, dim, bias=False)
        self.bias = nn.Parameter(torch.zeros(n_tokens))
        nn.init.normal_(self.embedding.weight, std=1 / self.scale)
        nn.init.normal_(self.position.weight, std=0.1)
        initialise(self.recurrent)

    def read_at(self, tokens, places):
        """Embeddings of tokens (...) at places (...): (..., dim)."""
        last = self.position.num_embeddings - 1
        return self.read(tokens) + self.position(places.clamp(max=last).long())

    def initial_state(self, batch_size: int = 1) -> tuple:
        """An empty state: h and c (1, B, hidden), places (B,)."""
        zeros = empty_state(self.recurrent, batch_size)
        return *zeros, zeros[0].new_zeros(batch_size)

    def forward(self, tokens, state=None):
        """Logits (B, T, V) after each of the tokens (B, T), and the last state."""
        *state, start = self.initial_state(len(tokens)) if state is None else state
        n_steps = tokens.shape[1]
        places = start[:, None] + torch.arange(n_steps, device=start.device)  # (B, T)
        x = self.dropout(self.read_at(tokens, places))  # (B, T, dim)
        h, state = self.recurrent(x, tuple(state))  # (B, T, hidden)
        return self.write(h), (*state, start + n_steps)

    def step(self, tokens, state):
        """Logits (B, V) after one more token (B,) each, and the new state."""
        going_on = (tokens != self.line_end).to(state[0].dtype)  # (B,)
        *state, places = state
        places = places * going_on
        state = [part * going_on[None, :, None] for part in state]  # (1, B, hidden)
        x = self.dropout(self.read_at(tokens, places))  # (B, dim)
        state = step_by_hand(self.recurrent, x, state)
        return self.write(state[0][0]), (*state, places + 1)


class StreamLM(nn.Module):
    """Embedding, one recurrent layer, logits: reads one long text, the state carried.

    `step` is by the cells by hand, `forward` by ``torch.nn``; both are one function.

    Parameters
    ----------
    n_tokens, dim, hidden : int
        V, sizes of a character's embedding and of the hidden state.
    kind : str
        "rnn", "gru" or "lstm".

    Raises
    ------
    ValueError
        If the kind is unknown or a number below 1.
    """

    line_end = None

    def __init__(
        self, n_tokens: int, dim: int = 64, hidden: int = 256, kind: str = "lstm"
    ):
        super().__init__()
        if kind not in NETWORKS:
            raise Mistake(
                f"kind must be one of {list(NETWORKS)}, not {kind!r}",
                f"没有 {kind!r} 这种循环单元，可以写：{list(NETWORKS)}。",
            )
        _require_sizes(n_tokens=n_tokens, dim=dim, hidden=hidden)
        self.n_tokens = n_tokens
        self.embedding = nn.Embedding(n_tokens, dim)
        self.recurrent = NETWORKS[kind](dim, hidden, batch_first=True)
        self.to_logits = nn.Linear(hidden, n_tokens)
        nn.init.normal_(self.embedding.weight)
        nn.init.zeros_(self.to_logits.bias)
        initialise(self.recurrent)

    def initial_state(self, batch_size: int = 1) -> tuple:
        """An empty state: h, of an LSTM h and c, each (1, B, hidden)."""
        return empty_state(self.recurrent, batch_size)

    def forward(self, tokens, state=None):
        """Logits (B, T, V) after each of the tokens (B, T), and the last state."""
        is_lstm = isinstance(self.recurrent, nn.LSTM)  # torch.nn packs its state
        if state is not None:
            state = tuple(state) if is_lstm else state[0]
        h, state = self.recurrent(self.embedding(tokens), state)  # (B, T, hidden)
        return self.to_logits(h), state if is_lstm else (state,)

    def step(self, tokens, state):
        """Logits (B, V) after one more token (B,) each, and the new state."""
        state = step_by_hand(self.recurrent, self.embedding(tokens), state)
        return self.to_logits(state[0][0]), state


def empty_state(network: nn.RNNBase, batch_size: int) -> tuple:
    """Zeros (1, B, H) for one layer of ``torch.nn``: h, of an LSTM h and c."""
    shape = (1, batch_size, network.hidden_size)
    n_parts = 2 if isinstance(network, nn.LSTM) else 1
    return tuple(network.weight_hh_l0.new_zeros(shape) for _ in range(n_parts))


def step_by_hand(network: nn.RNNBase, x, state) -> tuple:
    """One step of one layer of ``torch.nn``: x (B, D), parts of the state (1, B, H).

    By the cells of this package; the new state, h first.
    """
    w_x, w_h = network.weight_ih_l0, network.weight_hh_l0
    b_x, b_h = network.bias_ih_l0, network.bias_hh_l0
    parts = [part[0] for part in state]  # (B, H)
    if isinstance(network, nn.LSTM):
        parts = lstm_cell(x, *parts, (w_x, w_h, b_x + b_h))
    elif isinstance(network, nn.GRU):
        parts = (gru_cell(x, *parts, (w_x, w_h, b_x, b_h)),)
    else:
        parts = (rnn_cell(x, *parts, w_x, w_h, b_x + b_h),)
    return tuple(part[None] for part in parts)  # (1, B, H)


def initialise(network: nn.RNNBase) -> None:
    """Orthogonal W_h, zero biases, a forget gate that keeps most.

    Orthogonal matrices neither shrink nor grow what they carry (Saxe et al., 2014); a
    forget bias of 1 is due to Gers et al. (2000) and Jozefowicz et al. (2015).
    """
    size = network.hidden_size
    for block in network.weight_hh_l0.data.split(size):
        nn.init.orthogonal_(block)
    nn.init.zeros_(network.bias_ih_l0)
    nn.init.zeros_(network.bias_hh_l0)
    if isinstance(network, nn.LSTM):  # the second block of rows is the forget gate
        nn.init.ones_(network.bias_ih_l0.data[size : 2 * size])


def _require_sizes(**sizes: int) -> None:
    """Raise a ValueError that names the first size below 1."""
    for name, size in sizes.items():
        if size < 1:
            raise Mistake(
                f"{name} must be at least 1, not {size}",
                f"{name} 写成了 {size}，至少是 1。",
            )
