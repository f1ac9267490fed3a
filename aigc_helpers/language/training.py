"""Training of recurrent language models: on one long text, and on many short lines."""

from collections.abc import Callable, Sequence
from contextlib import contextmanager

import torch
import torch.nn.functional as F
from torch import nn

from aigc_helpers.runtime import autocast
from aigc_helpers.training import DivergedError, Run

PADDING = -100  # a target that does not count


def next_token_loss(logits, targets):
    """Mean of -ln p(target) in nats: logits (B, T, V), int64 targets (B, T).

    Targets of -100 (padding) do not count.
    """
    return F.cross_entropy(logits.float().flatten(0, 1), targets.flatten())


def language_step(model, optimizer, inputs, targets, state=None, *, clip: float = 1.0):
    """One update; return the loss in nats, the gradient's norm, the state, detached.

    Parameters
    ----------
    inputs, targets : int64 tensors (B, T)
        Tokens, and the token that follows each; -100 does not count.
    state : tuple of tensors, optional
        Where the previous piece of the text ended. No gradient flows into it: this is
        truncated backpropagation through time (Williams and Peng, 1990).
    clip : float
        A longer gradient is shortened to this norm (Pascanu et al., 2013); infinity
        leaves it as it is.
    """
    with autocast(inputs.device):
        logits, state = model(inputs, state)
    loss = next_token_loss(logits, targets)
    optimizer.zero_grad()
    loss.backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), clip)
    optimizer.step()
    return loss.detach(), norm, tuple(part.detach().float() for part in state)


def train_stream(
    model,
    tokens,
    *,
    steps: int,
    batch_size: int = 16,
    length: int = 64,
    seed: int = 0,
    **options,
):
    """Train on one long text, the state carried from piece to piece.

    The text is a ring with ``batch_size`` readers at equal distances. In each step
    they all read on by ``length`` characters.

    Parameters
    ----------
    model : RecurrentLM
        Changed in place; without a ``line_end``.
    tokens : int64 tensor (N,)
        The text, longer than ``length``.
    steps, batch_size, length : int
        Updates, readers, characters that a gradient reaches back.
    seed : int
        Where the readers begin, and what dropout drops.
    **options
        ``lr``, ``betas``, ``weight_decay``, ``clip``, ``decay``, ``watch``,
        ``checkpoint``: see `train_lines`.

    Returns
    -------
    model : RecurrentLM
        In evaluation mode.
    history : History
        ``loss`` in nats a character and ``gradient_norm`` before clipping.

    Raises
    ------
    ValueError
        If the text is too short, holds tokens that the model does not know, or the
        model has lines.
    DivergedError
        If the loss or the gradient is no longer a number.
    """
    _require_tokens(model, tokens)
    if model.line_end is not None:
        raise ValueError("this model reads lines (line_end): use train_lines")
    if len(tokens) <= length:
        raise ValueError(f"the text has {len(tokens)} characters, not above {length}")
    starts = torch.arange(batch_size) * len(tokens) // batch_size
    offset = torch.randint(
        len(tokens), (1,), generator=torch.Generator().manual_seed(seed)
    )
    window = torch.arange(length + 1)

    def batch(step: int):
        at = (starts + offset + step * length)[:, None] + window
        piece = tokens[(at % len(tokens)).to(tokens.device)]
        return piece[:, :-1], piece[:, 1:]

    state = {str(i): part for i, part in enumerate(model.initial_state(batch_size))}
    return _train(model, batch, state, steps=steps, seed=seed, **options)


def train_lines(
    model,
    lines: Sequence,
    *,
    steps: int,
    batch_size: int = 64,
    seed: int = 0,
    **options,
):
    """Train on many short lines, each with an empty state; all once before any twice.

    Parameters
    ----------
    model : RecurrentLM
        Changed in place.
    lines : sequence of int64 tensors
        Each with what it starts from and ends in: ``line_end, a, b, …, line_end``.
    steps, batch_size : int
        Updates, and whole lines in each; shorter ones are padded.
    seed : int
        Order of the lines, and what dropout drops.
    lr : float
        Highest learning rate of AdamW, default 4e-3: up in the first 5 %, then down to
        zero.
    betas, weight_decay : (float, float), float
        Of AdamW, default (0.9, 0.99) and 0.01.
    clip : float
        Longest gradient, default 1; see `language_step`.
    decay : float
        Of the moving average of the weights, default 0: the newest ones.
    watch : callable, optional
        Called as ``watch(steps_done, averaged_model)`` after every step.
    checkpoint : path, optional
        File to resume from and to save to, see `training_steps`.

    Returns
    -------
    model, history
        As of `train_stream`.

    Raises
    ------
    ValueError
        If there are no lines, one has fewer than two tokens, or a token is unknown.
    DivergedError
        If the loss or the gradient is no longer a number.
    """
    padding = int(model.line_end == 0)  # any token that ends no line
    inputs, targets, lengths = pad_lines(lines, padding=padding)
    _require_tokens(model, inputs)
    n = len(inputs)

    def batch(step: int):
        places = torch.arange(step * batch_size, (step + 1) * batch_size)
        index = torch.cat(
            [
                shuffled(n, seed, epoch)[places[places // n == epoch] % n]
                for epoch in (places // n).unique().tolist()
            ]
        )
        longest = int(lengths[index].max())
        return inputs[index, :longest], targets[index, :longest]

    return _train(model, batch, {}, steps=steps, seed=seed, **options)


def pad_lines(lines: Sequence, *, padding: int = 0):
    """Inputs (N, L), targets (N, L) with -100 behind the end, and lengths (N,).

    ``padding`` is the token behind the ends of the inputs.

    Raises
    ------
    ValueError
        If there are no lines or one has fewer than two tokens.
    """
    shortest = min(map(len, lines), default=0)
    if shortest < 2:
        raise ValueError(
            "lines must hold at least one line, each with two tokens or more (start "
            f"and end); there are {len(lines)}, the shortest has {shortest}"
        )
    pad = nn.utils.rnn.pad_sequence
    inputs = pad([line[:-1] for line in lines], True, padding)
    targets = pad([line[1:] for line in lines], True, PADDING)
    lengths = torch.tensor([len(line) - 1 for line in lines])
    return inputs, targets, lengths


def shuffled(n: int, seed: int, epoch: int):
    """The order (n,) of an epoch, the same whenever it is asked for."""
    rng = torch.Generator().manual_seed(seed * 1_000_003 + epoch)
    return torch.randperm(n, generator=rng)


def _train(
    model,
    batch: Callable,
    carried: dict,
    *,
    betas: tuple[float, float] = (0.9, 0.99),
    weight_decay: float = 0.01,
    clip: float = 1.0,
    **options,
):
    """The loop of both; ``carried`` is the state between pieces, empty for lines."""
    optimizer = torch.optim.AdamW(
        model.parameters(), betas=betas, weight_decay=weight_decay, fused=True
    )
    parts = {
        "optimizer": optimizer,
        "carried": carried,
        "rng": torch.default_generator,  # dropout draws from it
    }
    run = Run(model, parts, **{"lr": 4e-3} | options)
    with torch.random.fork_rng(devices=[]), _advice(clip):
        torch.manual_seed(run.seed)
        for step in run:
            inputs, targets = batch(step)
            state = tuple(carried.values()) or None
            loss, norm, state = language_step(
                model, optimizer, inputs, targets, state, clip=clip
            )
            carried.update(zip(carried, state, strict=False))
            run.record(loss=loss, gradient_norm=norm)
    return run.average, run.history


@contextmanager
def _advice(clip: float):
    """Add to the error of a run that diverges what helps a recurrent network."""
    try:
        yield
    except DivergedError as error:
        raise DivergedError(
            f"{error} In a recurrent network gradients may explode: clip them (clip is "
            f"{clip:g}, 1 is usual), shorten the pieces, or lower lr."
        ) from error


def _require_tokens(model, tokens) -> None:
    if tokens.dtype != torch.int64:
        raise ValueError(f"tokens must be int64, not {tokens.dtype}")
    low, high = int(tokens.min()), int(tokens.max())
    if low < 0 or high >= model.n_tokens:
        raise ValueError(
            f"tokens are in {low}..{high}, the model knows 0..{model.n_tokens - 1}: "
            "build it for this vocabulary"
        )
