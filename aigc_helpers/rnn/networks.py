"""A recurrent language model: the distribution of the next character."""

import torch
import torch.nn.functional as F
from torch import nn

from aigc_helpers.rnn.cells import gru_cell, lstm_cell, rnn_cell

NETWORKS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


class RecurrentLM(nn.Module):
    """Embedding, recurrent layers, logits; reads token ids and predicts the next.

    Keeps the protocol of `aigc_helpers.language.sampling`: `step` is one token, by the
    cells of this package; `forward` is a whole sequence, by ``torch.nn``. Both are the
    same function.

    Parameters
    ----------
    n_tokens : int
        V, size of the vocabulary.
    dim : int
        Of a character's embedding.
    hidden : int
        H, of the hidden state.
    kind : str
        "rnn", "gru" or "lstm".
    n_layers : int
        Recurrent layers, one on top of the other.
    tied : bool
        Use the embedding as the last layer too (Press and Wolf, 2017), after a linear
        map from H to ``dim``: fewer weights where V is large.
    dropout : float
        Share of the numbers before and after the recurrent layers that are dropped in
        training.
    n_positions : int
        If not 0: an embedding of the place in the line is added, so that the network
        need not count. Later places have that of the last.
    line_end : int, optional
        Token that ends a line and starts the next one, with an empty state. Without
        it the text is one long line.

    Raises
    ------
    ValueError
        If the kind is unknown, a number out of range, or there are positions and no
        ``line_end``.
    """

    def __init__(
        self,
        n_tokens: int,
        dim: int = 64,
        hidden: int = 256,
        *,
        kind: str = "lstm",
        n_layers: int = 1,
        tied: bool = False,
        dropout: float = 0.0,
        n_positions: int = 0,
        line_end: int | None = None,
    ):
        super().__init__()
        self.n_tokens, self.kind, self.line_end = n_tokens, kind, line_end
        self.n_positions, self.tied = n_positions, tied
        self.scale = dim**0.5 if tied else 1.0  # of what the network reads
        _check(self, dim, hidden, n_layers, dropout)
        self.embedding = nn.Embedding(n_tokens, dim)
        if n_positions:
            self.position = nn.Embedding(n_positions, dim)
        self.recurrent = NETWORKS[kind](dim, hidden, n_layers, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        if tied:
            self.project = nn.Linear(hidden, dim, bias=False)
            self.bias = nn.Parameter(torch.zeros(n_tokens))
        else:
            self.to_logits = nn.Linear(hidden, n_tokens)
        _initialise(self)

    def initial_state(self, batch_size: int = 1) -> tuple:
        """An empty state: h, of an LSTM h and c, (n_layers, B, H); places (B,)."""
        network = self.recurrent
        shape = (network.num_layers, batch_size, network.hidden_size)
        device = self.embedding.weight.device
        n = 2 if self.kind == "lstm" else 1
        state = tuple(torch.zeros(shape, device=device) for _ in range(n))
        if self.n_positions:
            state += (torch.zeros(batch_size, device=device),)
        return state

    def forward(self, tokens, state=None):
        """Logits (B, T, V) after each of the tokens (B, T), and the last state.

        With a ``line_end`` each row is one line, or a part of one: the token may stand
        at its front, with an empty state, and nowhere else.

        Raises
        ------
        ValueError
            If a line ends inside a row.
        """
        if self.line_end is not None and (tokens[:, 1:] == self.line_end).any():
            raise ValueError(
                f"a line ends (token {self.line_end}) inside a row; give each line as "
                "a row of its own"
            )
        state = self.initial_state(len(tokens)) if state is None else tuple(state)
        x, places = self.scale * self.embedding(tokens), ()
        if self.n_positions:
            *state, start = state
            at = start[:, None] + torch.arange(tokens.shape[1], device=tokens.device)
            x, places = x + self._place(at), (start + tokens.shape[1],)
        packed = tuple(state) if self.kind == "lstm" else state[0]
        h, last = self.recurrent(self.dropout(x), packed)  # (B, T, H)
        return self._logits(h), (*(last if self.kind == "lstm" else (last,)), *places)

    def step(self, tokens, state):
        """Logits (B, V) after one more token (B,) each, and the new state."""
        if self.line_end is not None:
            going_on = (tokens != self.line_end).to(state[0].dtype)
            state = tuple(part * _fit(going_on, part) for part in state)
        x, places = self.scale * self.embedding(tokens), ()
        if self.n_positions:
            *state, at = state
            x, places = x + self._place(at), (at + 1,)
        x, layers = self.dropout(x), []
        for i in range(self.recurrent.num_layers):
            layers.append(self._cell(i, x, [part[i] for part in state]))
            x = layers[-1][0]
        state = [torch.stack(part) for part in zip(*layers, strict=True)]
        return self._logits(x), (*state, *places)

    def _logits(self, h):
        h = self.dropout(h)
        if self.tied:
            return F.linear(self.project(h), self.embedding.weight, self.bias)
        return self.to_logits(h)

    def _place(self, at):
        return self.position(at.clamp(max=self.n_positions - 1).long())

    def _cell(self, i: int, x, state) -> tuple:
        """One step of recurrent layer i, by hand."""
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        weights = [getattr(self.recurrent, f"{name}_l{i}") for name in names]
        w_x, w_h, b_x, b_h = weights
        if self.kind == "rnn":
            return (rnn_cell(x, *state, w_x, w_h, b_x + b_h),)
        if self.kind == "gru":
            return (gru_cell(x, *state, weights),)
        return lstm_cell(x, *state, (w_x, w_h, b_x + b_h))


def _fit(going_on, part):
    """(B,) for a part of the state, (n_layers, B, H) or (B,)."""
    return going_on[None, :, None] if part.ndim == 3 else going_on


def _initialise(model: RecurrentLM) -> None:
    """Embeddings that read as N(0, 1), orthogonal W_h, a forget gate that keeps most.

    Embeddings that are tied are small, and enlarged where they are read (Vaswani et
    al., 2017, section 3.4): logits start near 0. Orthogonal matrices neither shrink
    nor grow what they carry (Saxe et al., 2014); a forget bias of 1 is due to Gers et
    al. (2000) and Jozefowicz et al. (2015).
    """
    size = model.recurrent.hidden_size
    nn.init.normal_(model.embedding.weight, std=1 / model.scale)
    if not model.tied:
        nn.init.zeros_(model.to_logits.bias)
    if model.n_positions:
        nn.init.normal_(model.position.weight, std=0.1)
    for name, weight in model.recurrent.named_parameters():
        if name.startswith("weight_hh"):
            for block in weight.data.split(size):
                nn.init.orthogonal_(block)
        elif name.startswith("bias"):
            nn.init.zeros_(weight)
        if model.kind == "lstm" and name.startswith("bias_ih"):
            nn.init.ones_(weight.data[size : 2 * size])


def _check(model: RecurrentLM, dim, hidden, n_layers, dropout) -> None:
    if model.kind not in NETWORKS:
        raise ValueError(f"kind must be one of {list(NETWORKS)}, not {model.kind!r}")
    sizes = {"n_tokens": model.n_tokens, "dim": dim, "hidden": hidden}
    for name, size in {**sizes, "n_layers": n_layers}.items():
        if size < 1:
            raise ValueError(f"{name} must be at least 1, not {size}")
    if not 0 <= dropout < 1:
        raise ValueError(f"dropout must be in [0, 1), not {dropout}")
    end = model.line_end
    if end is not None and not 0 <= end < model.n_tokens:
        raise ValueError(f"line_end must be a token in 0..{model.n_tokens - 1}: {end}")
    if model.n_positions < 0 or (model.n_positions and end is None):
        raise ValueError(
            f"n_positions is {model.n_positions}: places are counted from the start of "
            "a line, so they need a line_end"
        )
