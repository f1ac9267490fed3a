"""What every training loop shares: rate, average, history, progress, stopping."""

import copy
import math
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass, field, fields
from numbers import Integral, Real
from pathlib import Path

import torch
from torch import nn
from torch.optim import Adam, AdamW, Optimizer

from aigc_helpers.progress import progress
from aigc_helpers.reader import ForReader, Mistake, Stopped, WrongCall, wrong
from aigc_helpers.training.checkpoint import restore_checkpoint, save_checkpoint

TOO_FAR = 1e4  # times its first value: no loss that still learns gets there
NO_LOSSES = {"gradient_norm"}  # it may be long: it is clipped
FASTEST = 1.0  # learning rate of Adam, which moves each weight by about as much


class DivergedError(ForReader, ArithmeticError):
    """A loss is no longer a number, or far from any that it had."""


def warmup_then_decay(step: int, steps: int, *, warmup: float = 0.05) -> float:
    """Factor in (0, 1] for the learning rate: linear up, then linear down to zero."""
    ramp = max(1, round(warmup * steps))
    return min((step + 1) / ramp, (steps - step) / max(1, steps - ramp), 1.0)


def raise_if_not_finite(step: int, **losses: torch.Tensor) -> None:
    """Stop at the first NaN or infinity instead of training on with it.

    Raises
    ------
    DivergedError
        Names the step, the loss and the usual causes.
    """
    for name, value in losses.items():
        if not torch.isfinite(value).all():
            raise diverged(step, name, float(value.detach().mean()))


def raise_if_absurd(step: int, history: dict[str, list[float]]) -> None:
    """Stop at a loss that is a number, but far from what it was at first.

    Raises
    ------
    DivergedError
        Names the step, the loss and the usual causes.
    """
    for name in history.keys() - NO_LOSSES:
        first, last = history[name][0], history[name][-1]
        if abs(last) > TOO_FAR * max(1.0, abs(first)):
            raise diverged(step, name, last)


def diverged(step: int, name: str, value: float) -> DivergedError:
    """What is told of a loss that left all bounds, and why that may be."""
    return DivergedError(
        f"{name} is {value:g} at step {step}. Likely causes: learning rate too high, "
        "NaN or unscaled values in the data, log or division of zero in the loss. "
        "Lower lr, check the inputs with torch.isfinite, and start again from the last "
        "checkpoint.",
        f"训练发散了：第 {step} 步的 {name} 是 {value:g}。多半是学习率太大：把 lr 改小"
        "十倍；也查一查数据有没有缩放好、有没有 NaN。改好再运行一次。",
    )


def is_number(value) -> bool:
    """A number, and neither a text nor a list nor a truth value."""
    return isinstance(value, Real) and not isinstance(value, bool)


class History(dict):
    """Named lists of floats, one value a step."""

    def add(self, **values) -> None:
        """Append one value to each named list; the first step names them.

        Raises
        ------
        Mistake
            If a later step has other names.
        """
        if self and values.keys() != self.keys():
            raise Mistake(
                f"this history has {sorted(self)}, not {sorted(values)}",
                f"前几步记下的是 {sorted(self)}，这一步是 {sorted(values)}："
                "每一步要记同样的几样。",
            )
        for name, value in values.items():
            value = value.detach() if torch.is_tensor(value) else value
            self.setdefault(name, []).append(float(value))


class MovingAverage:
    """Exponential moving average of a network's weights and buffers.

    ``average = decay * average + (1 - decay) * current`` after every step, as used for
    generators by Karras et al. (2018), section 3. Early steps use the smaller decay
    (1 + step) / (10 + step), so that the first, untrained weights are soon forgotten.
    The averaged copy is ``module``.
    """

    def __init__(self, network: nn.Module, decay: float = 0.99):
        self.decay = decay
        self.module = copy.deepcopy(network).eval().requires_grad_(False)
        mine, current = (p.state_dict(keep_vars=True) for p in (self.module, network))
        # the tensors themselves, looked up once: update runs after every step
        self._pairs = [(value, current[name]) for name, value in mine.items()]

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Move the average towards the network after step number ``step``, from 0."""
        decay = min(self.decay, (1 + step) / (10 + step))
        for average, current in self._pairs:
            if average.is_floating_point():
                average.lerp_(current, 1 - decay)
            else:
                average.copy_(current)


def training_steps(steps: int, parts: dict, checkpoint: Path | str | None = None):
    """Yield the steps that are still to do; stop cleanly when interrupted.

    Parameters
    ----------
    steps : int
        Length of the whole run.
    parts : dict
        What the run changes: modules, optimizers, random generators, histories.
    checkpoint : path, optional
        A file. If it exists, ``parts`` go on from it; it is written every 100 steps,
        at the end, and when the reader interrupts.

    Yields
    ------
    int
        The step number.

    Raises
    ------
    Stopped
        After an interrupt (Ctrl-C, the stop button): the step under way is finished
        and the state saved. A second interrupt does not wait for the step.
    """
    start = restore_checkpoint(checkpoint, parts, steps) if checkpoint else 0
    with interrupt_flag() as interrupted, progress(total=steps) as bar:
        bar.update(start)
        for step in range(start, steps):
            yield step
            bar.update()
            done, stop = step + 1, bool(interrupted)  # an interrupt may come any time
            if checkpoint and (done % 100 == 0 or done == steps or stop):
                save_checkpoint(checkpoint, parts, done, steps)
            if stop:
                raise stopped_at(done, steps, checkpoint)


def stopped_at(done: int, steps: int, checkpoint: Path | str | None) -> Stopped:
    """What is told of a run that the reader stopped."""
    text, place = f"stopped after step {done} of {steps}", f"第 {done:,} 步"
    chinese = f"训练停在{place}（共 {steps:,} 步）"
    if checkpoint:
        return Stopped(
            f"{text}; saved in {checkpoint}",
            f"{chinese}，进度存在 {checkpoint}。再运行一次，就从{place}接着走。",
        )
    return Stopped(
        text,
        f"{chinese}，后面的都没有运行。走到这里的网络和损失，在 sys.last_value.kept 的 "
        "average 和 history 里；再运行一次，重新训练。",
    )


@dataclass(eq=False, repr=False)
class Run:
    """A training run: all of a loop that is not its algorithm.

    Iterating gives the steps that are still to do; `record` ends each::

        run = Run(network, {"optimizer": optimizer}, steps=1000, lr=1e-3)
        for _ in run:
            loss = ...
            run.record(loss=loss)
        return run.average, run.history

    Parameters
    ----------
    network : nn.Module
        What is averaged; in training mode from the first step on.
    parts : dict
        What else the run changes, by name: other networks, optimizers, states.
    steps, batch_size : int
        Length of the whole run, and examples in a step; both 1 or more.
    lr : float
        Highest learning rate of all optimizers: up, then down to zero, see
        `warmup_then_decay`. None leaves the optimizers' own.
    decay : float
        Of the moving average of the weights, in [0, 1); 0 keeps the newest ones.
    seed : int
        Of ``rng``, from which the loop draws batches and noise.
    watch : callable, optional
        Called as ``watch(steps_done, averaged_network)`` after every step.
    checkpoint : path, optional
        File to resume from and to save to, see `training_steps`.

    Attributes
    ----------
    average : nn.Module
        The averaged network, in evaluation mode.
    history : History
        What was recorded, one value a step.
    rng : torch.Generator

    Raises
    ------
    Mistake, WrongCall
        If a number is out of its range, an option unknown, or ``steps`` missing.
    DivergedError
        If a recorded loss is no longer a number, or far from its first value.
    Stopped
        If the reader interrupts; its ``kept`` is this run, as far as it came.
    """

    network: nn.Module
    parts: dict
    _: KW_ONLY
    steps: int
    batch_size: int = 64
    lr: float | None = None
    decay: float = 0.0
    seed: int = 0
    watch: Callable | None = None
    checkpoint: Path | str | None = None
    history: History = field(default_factory=History, init=False)

    def __new__(cls, *parts, **options):
        names = [field.name for field in fields(cls) if field.init]
        if unknown := sorted(options.keys() - set(names)):
            known = names[2:]  # behind the network and its parts
            raise WrongCall(
                f"unknown options {unknown}; every training has {known}, and what "
                "the docstring of its function lists besides",
                f"没有 {'、'.join(unknown)} 这样的选项。每种训练都可以写："
                f"{'、'.join(known)}；有的函数另外还有，在函数名后面加 ? 查看。",
            )
        if "steps" not in options:
            raise WrongCall(
                "steps is missing: how long is this run?",
                "忘了写 steps：训练几步，例如 steps=1000。",
            )
        return super().__new__(cls)

    def __post_init__(self):
        self._require_ranges()
        self._make_plain()
        self.rng = torch.Generator().manual_seed(self.seed)
        self._average = MovingAverage(self.network, self.decay)
        self._step = 0

    @property
    def average(self) -> nn.Module:
        return self._average.module

    def __iter__(self) -> Iterator[int]:
        parts = {
            "network": self.network,
            "average": self.average,
            "rng": self.rng,
            "history": self.history,
            **self.parts,
        }
        for part in (self.network, *self.parts.values()):
            if isinstance(part, nn.Module):
                part.train()
        try:
            for step in training_steps(self.steps, parts, self.checkpoint):
                self._step = step
                self._set_rate()
                yield step
        except Stopped as stopped:
            stopped.kept = self
            raise

    def record(self, **losses: torch.Tensor) -> None:
        """End a step: losses into the history, weights into the average."""
        raise_if_not_finite(self._step, **losses)
        self.history.add(**losses)
        raise_if_absurd(self._step, self.history)
        self._average.update(self._step)
        if self.watch:
            self.watch(self._step + 1, self.average)

    def _set_rate(self) -> None:
        """The learning rate of this step, for all optimizers."""
        if self.lr is None:
            return
        rate = self.lr * warmup_then_decay(self._step, self.steps)
        for part in self.parts.values():
            if isinstance(part, Optimizer):
                for group in part.param_groups:
                    group["lr"] = rate

    def _require_ranges(self) -> None:
        require_counts(steps=self.steps, batch_size=self.batch_size)
        if not isinstance(self.seed, Integral):
            text = f"seed must be a whole number: {self.seed!r}"
            raise wrong(text, "seed", self.seed, "整数")
        if not is_number(self.decay) or not 0 <= self.decay < 1:
            text = f"decay must be in [0, 1), not {self.decay}"
            raise wrong(text, "decay", self.decay, "不小于 0、小于 1 的数，例如 0.99")
        if self.lr is not None:
            require_rate(self.lr, most=math.inf)
        for part in self.parts.values():
            if isinstance(part, Adam | AdamW):
                for group in part.param_groups:
                    require_rate(group["lr"] if self.lr is None else self.lr)

    def _make_plain(self) -> None:
        """Numbers of NumPy to Python's, which generators and checkpoints take."""
        self.steps, self.batch_size = int(self.steps), int(self.batch_size)
        self.seed, self.decay = int(self.seed), float(self.decay)
        if self.lr is not None:
            self.lr = float(self.lr)


def require_counts(**counts) -> None:
    """Raise a Mistake that names the first that is no whole number from 1."""
    for name, value in counts.items():
        if not isinstance(value, Integral) or value < 1:
            text = f"{name} must be a whole number from 1: {value!r}"
            raise wrong(text, name, value, "1 或更大的整数")


def require_rate(lr: float, *, most: float = FASTEST) -> None:
    """Raise a Mistake unless a network can learn with this rate."""
    if not is_number(lr) or not 0 <= lr < math.inf:
        text = f"lr must be 0 or more and finite, not {lr}"
        raise wrong(text, "lr", lr, "正数，例如 0.003")
    if lr > most:
        raise Mistake(
            f"lr is {lr}; Adam moves each weight by about lr in a step, and few "
            f"weights are larger than {most:g}",
            f"lr 写成了 {lr!r}，太大了：Adam 每一步把每个权重挪动约 lr 那么多，"
            "而权重本身多半不到 1。试试 0.001 到 0.01。",
        )


@contextmanager
def interrupt_flag():
    """A list that becomes non-empty at the first interrupt; the second one raises."""
    received: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield received
        return

    def note(signum, frame):
        received.append(signum)
        signal.signal(signal.SIGINT, previous)

    previous = signal.signal(signal.SIGINT, note)
    try:
        yield received
    finally:
        signal.signal(signal.SIGINT, previous)
