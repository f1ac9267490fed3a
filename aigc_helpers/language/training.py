"""Training of language models: on one long text, and on many short lines.

Any network will do that keeps the contract of `aigc_helpers.language`.
"""

from collections.abc import Callable, Sequence
from contextlib import contextmanager

import torch
import torch.nn.functional as F
from torch import nn

from aigc_helpers.reader import Mistake
from aigc_helpers.runtime import autocast
from aigc_helpers.training import DivergedError, Run, require_counts

PADDING = -100  # a target that does not count


def next_token_loss(logits, targets):
    """Mean of -ln p(target) in nats: logits (B, T, V), int64 targets (B, T).

    Targets of -100 (padding) do not count.
    """
    # logits (B * T, V), targets (B * T,)
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


def train_language(
    model,
    batch: Callable,
    *,
    carried: dict | None = None,
    weight_decay: float = 0.01,
    clip: float = 1.0,
    **options,
):
    """Update by update, on whatever ``batch`` gives.

    Parameters
    ----------
    model : nn.Module
        Changed in place.
    batch : callable
        ``batch(step)`` gives inputs and targets, int64 (B, T), see `language_step`.
    carried : dict, optional
        Parts of the state by name, where each batch goes on with the text of the last
        one: at first an empty state, later the newest.
    weight_decay : float
        Of AdamW.
    clip : float
        Longest gradient, see `language_step`.
    **options
        ``steps``, ``lr`` (4e-3), ``decay``, ``seed``, ``watch``, ``checkpoint``: see
        `training.Run`.

    Returns
    -------
    model : nn.Module
        The averaged model, in evaluation mode.
    history : History
        ``loss`` in nats a token and ``gradient_norm`` before clipping.

    Raises
    ------
    DivergedError
        If the loss or the gradient is no longer a number, or the loss far from its
        first value.
    """
    optimizer = torch.optim.AdamW(
        model.parameters(), betas=(0.9, 0.99), weight_decay=weight_decay, fused=True
    )
    carried = {} if carried is None else carried
    parts = {"optimizer": optimizer, "carried": carried, "rng": torch.default_generator}
    run = Run(model, parts, **{"lr": 4e-3} | options)
    for step in run:
        inputs, targets = batch(step)
        state = tuple(carried.values()) or None
        loss, norm, state = language_step(
            model, optimizer, inputs, targets, state, clip=clip
        )
        carried.update(zip(carried, state, strict=False))
        run.record(loss=loss, gradient_norm=norm)
    return run.average, run.history


def train_stream(
    model,
    tokens,
    *,
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
    model : nn.Module
        Changed in place; without a ``line_end``.
    tokens : int64 tensor (N,)
        The text, longer than ``length``.
    batch_size, length : int
        Readers, and characters that a gradient reaches back.
    seed : int
        Where the readers begin, and what dropout drops.
    **options
        See `train_language`.

    Returns
    -------
    model, history
        As of `train_language`.

    Raises
    ------
    ValueError
        If the text is too short, holds tokens that the model does not know, or the
        model has lines.
    DivergedError
        If the loss or the gradient is no longer a number, or the loss far from its
        first value.
    """
    require_counts(batch_size=batch_size, length=length)
    _require_tokens(model, tokens)
    if model.line_end is not None:
        raise Mistake(
            "this model reads lines (line_end): use train_lines",
            "这个网络一条一条地读（有 line_end）：用 train_lines。",
        )
    n = len(tokens)
    if n <= length:
        raise Mistake(
            f"the text has {n} characters, not above {length}",
            f"文本只有 {n} 个字符，要比 length = {length} 长：把 length 改小，"
            "或者多给一些文本。",
        )
    rng = torch.Generator().manual_seed(int(seed))  # `Run` refuses half a seed
    starts = torch.arange(batch_size) * n // batch_size
    starts = starts + torch.randint(n, (1,), generator=rng)
    window = torch.arange(length + 1)

    def batch(step: int):
        places = (starts + step * length)[:, None] + window  # (B, length + 1)
        piece = tokens[(places % n).to(tokens.device)]
        return piece[:, :-1], piece[:, 1:]

    state = {str(i): part for i, part in enumerate(model.initial_state(batch_size))}
    with _seeded(seed, options):
        return train_language(model, batch, carried=state, seed=seed, **options)


def train_lines(
    model, lines: Sequence, *, batch_size: int = 64, seed: int = 0, **options
):
    """Train on many short lines, each with an empty state; all once before any twice.

    Parameters
    ----------
    model : nn.Module
        Changed in place; with a ``line_end``.
    lines : sequence of int64 tensors
        Each with what it starts from and ends in: ``line_end, a, b, …, line_end``.
    batch_size : int
        Whole lines in each update; shorter ones are padded.
    seed : int
        Order of the lines, and what dropout drops.
    **options
        See `train_language`.

    Returns
    -------
    model, history
        As of `train_language`.

    Raises
    ------
    ValueError
        If there are no lines, one has fewer than two tokens or ends before its end, or
        a token is unknown.
    DivergedError
        If the loss or the gradient is no longer a number, or the loss far from its
        first value.
    """
    require_counts(batch_size=batch_size)
    inputs, targets, lengths = pad_lines(lines, line_end=model.line_end)
    _require_tokens(model, inputs)
    n = len(inputs)

    def batch(step: int):
        index = shuffled_places(n, step * batch_size, (step + 1) * batch_size, seed)
        longest = int(lengths[index].max())
        return inputs[index, :longest], targets[index, :longest]

    with _seeded(seed, options):
        return train_language(model, batch, seed=seed, **options)


def pad_lines(lines: Sequence, *, line_end: int | None = None):
    """Inputs (N, L), targets (N, L) with -100 behind the end, and lengths (N,).

    Behind the ends of the inputs stands a token that ends no line: 0, or 1 where
    ``line_end`` is 0.

    Raises
    ------
    ValueError
        If there are no lines, one has fewer than two tokens, or one ends inside.
    """
    shortest = min(map(len, lines), default=0)
    if shortest < 2:
        raise Mistake(
            "lines must hold at least one line, each with two tokens or more (start "
            f"and end); there are {len(lines)}, the shortest has {shortest}",
            "各条文本至少要有开头和结尾两个词元，用 language.as_lines 来做；"
            f"这里有 {len(lines)} 条，最短的 {shortest} 个。",
        )
    pad = nn.utils.rnn.pad_sequence
    inputs = pad([line[:-1] for line in lines], True, int(line_end == 0))
    targets = pad([line[1:] for line in lines], True, PADDING)
    if line_end is not None and (inputs[:, 1:] == line_end).any():
        raise Mistake(
            f"a line ends (token {line_end}) inside a row; give each line as a row of "
            "its own",
            f"有一条文本中间就结束了（词元 {line_end}）：每条文本各成一行。",
        )
    lengths = torch.tensor([len(line) - 1 for line in lines])
    return inputs, targets, lengths


def shuffled_places(n: int, start: int, stop: int, seed: int):
    """Indices (stop - start,) of 0..n - 1, all once before any twice.

    They are the stretch from ``start`` to ``stop`` of an endless row of shuffles, the
    same whenever it is asked for.
    """
    first, last = start // n, (stop - 1) // n
    epochs = range(first, last + 1)
    order = torch.cat([_shuffle(n, seed, epoch) for epoch in epochs])  # (epochs * n,)
    return order[start - first * n : stop - first * n]


def _shuffle(n: int, seed: int, epoch: int):
    rng = torch.Generator().manual_seed(int(seed) * 1_000_003 + epoch)
    return torch.randperm(n, generator=rng)


@contextmanager
def _seeded(seed: int, options: dict):
    """Dropout by the seed, the caller's random numbers left alone; advice on errors.

    The advice is added to the error of a run that diverges.
    """
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield
    except DivergedError as error:
        clip = options.get("clip", 1.0)
        raise DivergedError(
            f"{error} In a recurrent network gradients may explode: clip them (clip is "
            f"{clip:g}, 1 is usual), shorten the pieces, or lower lr.",
            f"{error.chinese}循环网络的梯度还可能爆炸：裁剪它（clip 现在是 {clip:g}，"
            "常用 1），或者把每段文本缩短。",
        ) from error


def _require_tokens(model, tokens) -> None:
    if not torch.is_tensor(tokens):
        raise Mistake(
            f"tokens must be an int64 tensor, not {type(tokens).__name__}",
            "这里要词元的编号：torch.tensor(vocabulary.encode(文本))。",
        )
    if tokens.dtype != torch.int64:
        raise Mistake(
            f"tokens must be int64, not {tokens.dtype}",
            f"词元应当是 int64 的编号，这里是 {tokens.dtype}：用 vocabulary.encode。",
        )
    low, high = int(tokens.min()), int(tokens.max())
    if low < 0 or high >= model.n_tokens:
        raise Mistake(
            f"tokens are in {low}..{high}, the model knows 0..{model.n_tokens - 1}: "
            "build it for this vocabulary",
            f"词元从 {low} 到 {high}，网络只认得 0 到 {model.n_tokens - 1}：按"
            "这张词表重新造网络，例如 n_tokens=len(vocabulary)。",
        )
