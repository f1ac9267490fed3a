"""Where and how a computation runs: seeds, devices, threads, number formats."""

import operator
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import nn

from aigc_helpers import environment
from aigc_helpers.reader import Mistake


def set_seed(seed: int) -> torch.Generator:
    """Seed Python, NumPy and torch; return a CPU generator with the same seed."""
    seed = operator.index(seed)  # one of NumPy's too
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)
    return torch.Generator().manual_seed(seed)


def set_threads(threads: int) -> int:
    """Let torch compute on this many threads; return how many it is.

    The order of sums, and with it the last digits of a training, depend on the number
    of threads. ``AIGC_THREADS`` has the last word.

    Raises
    ------
    Mistake
        If ``AIGC_THREADS`` is not a whole number from 1 on.
    """
    torch.set_num_threads(environment.count("AIGC_THREADS", threads))
    return torch.get_num_threads()


def pick_device(name: str | None = None) -> torch.device:
    """The named device, else CUDA, else MPS, else the CPU.

    Raises
    ------
    ValueError
        If the named device is not on this machine.
    """
    devices = available_devices()
    if name is None:
        return torch.device(devices[0])
    if name.split(":")[0] not in devices:
        raise Mistake(
            f"device {name!r} is not on this machine; choose one of {devices}",
            f"这台机器上没有 {name!r}，可以用：{devices}。",
        )
    return torch.device(name)


def available_devices() -> list[str]:
    """Device types on this machine, fastest first; the last is always ``"cpu"``."""
    devices = ["cuda"] if torch.cuda.is_available() else []
    if torch.backends.mps.is_available():
        devices.append("mps")
    return [*devices, "cpu"]


def bf16_is_native() -> bool:
    """Does this CPU multiply bfloat16 in hardware (AVX-512 BF16 or AMX)?

    Read from the processor's flags, never from a stopwatch: the number format of a
    run must not change from one day to the next. ``AIGC_BF16=0`` turns it off.
    """
    if not environment.is_on("AIGC_BF16"):
        return False
    probes = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(getattr(torch.cpu, probe, bool)() for probe in probes)


def autocast(device: torch.device | str = "cpu") -> torch.autocast:
    """Context for the forward pass: bfloat16 where the hardware has it, else float32.

    Weights, losses and optimizers stay in float32 (Micikevicius et al., 2018).
    """
    kind = torch.device(device).type
    enabled = bf16_is_native() if kind == "cpu" else torch.cuda.is_available()
    return torch.autocast(kind, dtype=torch.bfloat16, enabled=enabled)


def describe_runtime() -> dict[str, str | int]:
    """What decides a run's numbers: torch version, threads, number format, devices."""
    return {
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "dtype": "bfloat16" if bf16_is_native() else "float32",
        "devices": ", ".join(available_devices()),
    }


@contextmanager
def evaluation_mode(network: nn.Module | Callable) -> Iterator[None]:
    """Batch norm and dropout at rest; afterwards every part is as it was."""
    modules = list(network.modules()) if isinstance(network, nn.Module) else []
    before = [module.training for module in modules]
    try:
        for module in modules:
            module.training = False
        yield
    finally:
        for module, training in zip(modules, before, strict=True):
            module.training = training
