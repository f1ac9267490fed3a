"""Judging and sampling a recurrent language model, many lines at a time."""

import math
from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F

from aigc_helpers.language.sampling import Sampling
from aigc_helpers.language.training import PADDING, pad_lines
from aigc_helpers.runtime import evaluation_mode

CONTEXT = 256  # characters that a reader in the middle of a text reads before its part


def bits_per_character(model, tokens, *, n_readers: int = 32) -> float:
    """Mean of `token_bits`; 2 to this power is the perplexity."""
    return float(token_bits(model, tokens, n_readers=n_readers).mean())


@torch.no_grad()
def token_bits(model, tokens, *, n_readers: int = 32):
    """-log2 p of each next character of a text, the state carried through.

    Parameters
    ----------
    model : RecurrentLM
        Put into evaluation mode; computed in float32.
    tokens : int64 tensor (N,)
        The text; all but its first character are predicted.
    n_readers : int
        1 reads it from end to end. More read parts of it side by side, which is faster;
        each reads the 256 characters before its part first (those of them that there
        are), and they do not count.

    Returns
    -------
    float64 tensor (N - 1,)
        In the order of the text.

    Raises
    ------
    ValueError
        If the text has fewer than two characters.
    """
    n = len(tokens) - 1
    if n < 1:
        raise ValueError("the text must have two characters or more")
    size = math.ceil(n / max(1, min(n_readers, n // (2 * CONTEXT))))
    ends = torch.arange(size, n + size, size).clamp(max=n)
    starts = torch.cat([torch.zeros(1, dtype=torch.int64), ends[:-1]])
    begins = (ends - size - CONTEXT).clamp(min=0)
    pieces = [tokens[i : j + 1] for i, j in zip(begins, ends, strict=True)]
    inputs, targets, _ = pad_lines(pieces)
    places = begins[:, None] + torch.arange(inputs.shape[1])
    targets = targets.masked_fill(places < starts[:, None], PADDING)
    nats = token_nats(model, inputs, targets)
    return nats[targets != PADDING].double() / math.log(2)


@torch.no_grad()
def line_bits(model, lines: Sequence, *, batch_size: int = 256):
    """Bits of each line (N,), float64, and how many characters were predicted (N,).

    The line's end is one of them. ``bits.sum() / counts.sum()`` is the figure in bits a
    character; the parts are there for intervals. See `pad_lines` for ``lines``.
    """
    inputs, targets, lengths = pad_lines(lines, padding=int(model.line_end == 0))
    chunks = zip(inputs.split(batch_size), targets.split(batch_size), strict=True)
    nats = [token_nats(model, *chunk).sum(dim=1) for chunk in chunks]
    return torch.cat(nats).double() / math.log(2), lengths


def token_nats(model, inputs, targets, *, length: int = 128):
    """-ln p(target) (B, T) in float32, 0 where the target is -100; state carried."""
    nats, state = [], None
    with evaluation_mode(model):
        for x, y in zip(inputs.split(length, 1), targets.split(length, 1), strict=True):
            logits, state = model(x, state)
            nats.append(F.cross_entropy(logits.movedim(1, 2), y, reduction="none"))
    return torch.cat(nats, dim=1)


def perplexity(bits: float) -> float:
    """Between how many equally likely characters a model hesitates: 2^bits."""
    return 2.0**bits


@torch.no_grad()
def sample_lines(
    model,
    starts,
    *,
    max_length: int = 100,
    temperature: float = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
    seed: int = 0,
) -> list[list[int]]:
    """Lines from the model, all at once: for figures on many samples.

    The distribution is that of `aigc_helpers.language.sampling`, the draws are others.

    Parameters
    ----------
    model : RecurrentLM
        With a ``line_end``.
    starts : sequence of lists of int, all of one length
        What each line begins with, its ``line_end`` in front left out; may be empty.
    max_length : int
        Longest line; one that has not ended by then is cut off.
    temperature, top_k, top_p
        See `aigc_helpers.language.sampling.Sampling`.
    seed : int
        Of the draws.

    Returns
    -------
    list of lists of int
        With their start, without the token that ends them.

    Raises
    ------
    ValueError
        If the model has no lines, or the starts are of several lengths.
    """
    if model.line_end is None:
        raise ValueError("this model has no lines (no line_end): use sample_text")
    if len({len(start) for start in starts}) != 1:
        raise ValueError("starts must all have one length")
    sampling = Sampling(temperature, top_k, top_p)
    rng = torch.Generator().manual_seed(seed)
    drawn = torch.tensor([[model.line_end, *start] for start in starts])
    state, ended = model.initial_state(len(drawn)), torch.zeros(len(drawn)).bool()
    with evaluation_mode(model):
        for token in drawn.T:
            logits, state = model.step(token, state)
        while drawn.shape[1] <= max_length and not ended.all():
            token = _draw(logits, sampling, rng)
            drawn = torch.cat([drawn, token[:, None]], dim=1)
            ended |= token == model.line_end
            logits, state = model.step(token, state)
    return [_until(row, model.line_end) for row in drawn[:, 1:].tolist()]


def _draw(logits, sampling: Sampling, rng: torch.Generator):
    """One token (B,) of each row: `sampling.candidates` and `choose`, row by row."""
    if sampling.temperature == 0:
        return logits.argmax(dim=1)
    logits, order = logits.double().sort(dim=1, descending=True, stable=True)
    weights = ((logits - logits[:, :1]) / sampling.temperature).exp()
    if sampling.top_k:
        weights[:, sampling.top_k :] = 0
    before = weights.cumsum(dim=1) - weights
    goal = sampling.top_p * weights.sum(dim=1, keepdim=True)
    weights = weights.masked_fill((before >= goal) & (before > 0), 0)
    chosen = torch.multinomial(weights, 1, generator=rng)
    return order.gather(1, chosen)[:, 0]


def _until(row: list[int], end: int) -> list[int]:
    """What stands before the first ``end``."""
    return row[: row.index(end)] if end in row else row


def tokens_of(text: str, vocabulary: Sequence[str]):
    """int64 tensor (N,) of a text.

    Raises
    ------
    ValueError
        If a character is not in the vocabulary; names those that are not.
    """
    ids = {character: i for i, character in enumerate(vocabulary)}
    if unknown := sorted(set(text) - set(ids)):
        raise ValueError(f"not in the vocabulary: {' '.join(map(repr, unknown))}")
    array = np.fromiter((ids[c] for c in text), dtype=np.int64, count=len(text))
    return torch.from_numpy(array)
