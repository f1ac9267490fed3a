"""From a whole source to a target, token by token: networks that attend.

A network reads a source, says at each step how much it looks at every source token, and
writes one target token (Bahdanau, Cho and Bengio, 2015). It may copy source tokens
instead of writing words of its own (Vinyals et al., 2015; See et al., 2017).
`Transducer` is what it must offer; `transduce` decodes, and the page's JavaScript
writes the same tokens.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import nn

from aigc_helpers.language.sampling import State
from aigc_helpers.reader import Mistake
from aigc_helpers.runtime import evaluation_mode

PADDING_FEATURE = 0  # of a source token's first feature: there is no token


class Transducer(Protocol):
    """A network that reads a source and writes a target.

    Attributes
    ----------
    n_tokens : int
        V, size of the target vocabulary.
    line_end : int
        The target token that a target starts from and ends in; 0.
    """

    n_tokens: int
    line_end: int

    def initial_state(self, source: torch.Tensor) -> State:
        """Zeros, the state before the first target token.

        ``source`` is int64 (B, S, F), F features of each source token; where the first
        is 0 there is none. Each tensor is (B, …), its further sizes fixed or S.
        """

    def step(
        self, source: torch.Tensor, tokens: torch.Tensor, state: State
    ) -> tuple[torch.Tensor, torch.Tensor, State]:
        """Scores of the next target token after tokens (B,), attention, the state.

        Scores are (B, V), or (B, V + S) of a network that copies: token V + s is source
        token s. Attention is (B, S); each row sums to 1 and is 0 on padding.
        """


@dataclass(frozen=True)
class Transduction:
    """A target that was written, and where the network looked.

    Attributes
    ----------
    tokens : list of int
        T target tokens without the end; from V on they are copies.
    attention : float tensor (T, S)
        Of each written token; S as long as this source is.
    is_complete : bool
        Whether the network ended the target itself.
    """

    tokens: list[int]
    attention: torch.Tensor
    is_complete: bool


def likeliest(scores: torch.Tensor) -> torch.Tensor:
    """The token (B,) with the highest score in each row, of equal ones the first."""
    return scores.argmax(1)


@torch.no_grad()
def transduce(
    model: Transducer,
    source: torch.Tensor,
    *,
    max_length: int = 64,
    pick: Callable = likeliest,
) -> list[Transduction]:
    """Targets of all sources of a batch at once, by default greedily.

    Parameters
    ----------
    model : Transducer
        Put into evaluation mode.
    source : int64 tensor (B, S, F)
        Padded behind its end by tokens whose first feature is 0.
    max_length : int
        Tokens that are written at most.
    pick : callable
        Of scores (B, V) or (B, V + S) the next tokens (B,); by default the likeliest.

    Returns
    -------
    list of Transduction
        One for each source.

    Raises
    ------
    ValueError
        If a source is no int64 tensor (B, S, F), or an empty one.
    """
    lengths = source_lengths(source)
    tokens = torch.full((len(source),), model.line_end)
    state, going = model.initial_state(source), torch.ones(len(source), dtype=bool)
    written, looked = [], []
    with evaluation_mode(model):
        while going.any() and len(written) < max_length:
            scores, attention, state = model.step(source, tokens, state)
            tokens = pick(scores)  # (B,)
            going = going & (tokens != model.line_end)
            written.append(tokens.where(going, model.line_end))
            looked.append(attention)
    tokens, attention = torch.stack(written, 1), torch.stack(looked, 1)
    return [
        _cut(row, rows[:, :length], model.line_end)
        for row, rows, length in zip(
            tokens.tolist(), attention, lengths.tolist(), strict=True
        )
    ]


def _cut(row: list[int], attention: torch.Tensor, end: int) -> Transduction:
    """What stands before the first end, with its attention."""
    n = row.index(end) if end in row else len(row)
    return Transduction(row[:n], attention[:n], end in row)


def source_lengths(source: torch.Tensor) -> torch.Tensor:
    """How many tokens each source has (B,).

    Raises
    ------
    ValueError
        If it is no int64 tensor (B, S, F), a source is empty, or padding stands inside.
    """
    if not torch.is_tensor(source) or source.dtype != torch.int64 or source.dim() != 3:
        raise Mistake(
            "source must be an int64 tensor (B, S, F)",
            "源序列应当是 int64 的张量，形状是（条数、词元数、特征数）。",
        )
    is_there = source[..., 0] != PADDING_FEATURE  # (B, S)
    lengths = is_there.sum(1)
    if not len(source) or not lengths.all():
        raise Mistake("a source is empty", "源序列里有一条是空的。")
    places = torch.arange(source.shape[1])
    if (is_there != (places < lengths[:, None])).any():
        raise Mistake(
            "padding stands before a source token; pad behind the end",
            "源序列的中间有空位（第一个特征是 0）：空位只能补在末尾。",
        )
    return lengths


def pad_sources(rows: Sequence) -> torch.Tensor:
    """int64 (B, S, F) of sources with features, each a sequence of S_i rows of F.

    Raises
    ------
    ValueError
        If there is none, or one is empty.
    """
    if not len(rows) or not all(len(row) for row in rows):
        raise Mistake("a source is empty", "源序列里有一条是空的。")
    tensors = [torch.as_tensor(row, dtype=torch.int64) for row in rows]
    return nn.utils.rnn.pad_sequence(tensors, True, PADDING_FEATURE)  # (B, S, F)
