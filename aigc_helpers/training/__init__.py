"""What every training loop shares: its run, and a file to go on from."""

from aigc_helpers.training.run import (
    DivergedError,
    History,
    MovingAverage,
    Run,
    interrupt_flag,
    raise_if_not_finite,
    set_lr,
    training_steps,
    warmup_then_decay,
)

__all__ = [
    "DivergedError",
    "History",
    "MovingAverage",
    "Run",
    "interrupt_flag",
    "raise_if_not_finite",
    "set_lr",
    "training_steps",
    "warmup_then_decay",
]
