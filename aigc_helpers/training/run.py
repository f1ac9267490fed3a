"""What every training loop shares: schedules, averages, history, stopping."""

import copy
import signal
import threading
import warnings
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import nn

from aigc_helpers.progress import progress
from aigc_helpers.training.checkpoint import restore_checkpoint, save_checkpoint


class DivergedError(ArithmeticError):
    """A loss is no longer a number."""


def warmup_then_decay(step: int, steps: int, *, warmup: float = 0.05) -> float:
    """Factor in (0, 1] for the learning rate: linear up, then linear down to zero."""
    ramp = max(1, round(warmup * steps))
    return min((step + 1) / ramp, (steps - step) / max(1, steps - ramp), 1.0)


def set_lr(optimizer: torch.optim.Optimizer, lr: float) -> None:
    """Give every parameter group the learning rate ``lr``."""
    for group in optimizer.param_groups:
        group["lr"] = lr


def raise_if_not_finite(step: int, **losses: torch.Tensor) -> None:
    """Stop at the first NaN or infinity instead of training on with it.

    Raises
    ------
    DivergedError
        Names the step, the loss and the usual causes.
    """
    for name, value in losses.items():
        if not torch.isfinite(value).all():
            raise DivergedError(
                f"{name} is {float(value.detach().mean())} at step {step}. Likely "
                "causes: learning rate too high, NaN or unscaled values in the data, "
                "log or division of zero in the loss. Lower lr, check the inputs with "
                "torch.isfinite, and start again from the last checkpoint."
            )


class History(dict):
    """Named lists of floats, one value a step."""

    def __init__(self, *names: str):
        super().__init__({name: [] for name in names})

    def add(self, **values) -> None:
        """Append one value to each named list; every name must be known."""
        for name, value in values.items():
            value = value.detach() if torch.is_tensor(value) else value
            self[name].append(float(value))


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

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Move the average towards ``network`` after step number ``step``, from 0."""
        decay = min(self.decay, (1 + step) / (10 + step))
        current = network.state_dict()
        for name, value in self.module.state_dict().items():
            if value.is_floating_point():
                value.lerp_(current[name], 1 - decay)
            else:
                value.copy_(current[name])


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
        The step number. After an interrupt (Ctrl-C, the stop button) the step under
        way is finished, the state is saved, and a warning says where it stopped.
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
                note = f"stopped after step {done} of {steps}"
                note += f"; saved in {checkpoint}" if checkpoint else ""
                warnings.warn(note, stacklevel=2)
                return


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
