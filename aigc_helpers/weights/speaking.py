"""Networks that speak, as three ONNX files: what is read, a step, what is made of it.

The page goes from the first to the second, and from each step to the next; it hands on
what comes out under the same names.
"""

from pathlib import Path
from typing import Protocol

import torch
from torch import nn

from aigc_helpers.weights.export import export_function
from aigc_helpers.weights.halving import halve

OPENED = "memory", "keys", "features", "frame"  # then the states
WRITTEN = "frames", "stop", "weights", "next_frame"
N_SAME = 3  # of what is opened is the same in all steps
N_MEL = 40
MOST_LETTERS, MOST_FRAMES = 80, 2000
MOST_DIGITS, MOST_STEPS = 10, 12  # of the texts and steps that are compared
_STATES = "state", "next"
SUFFIXES = "-opening", "", "-ending"  # of the files' names


class Speaker(Protocol):
    """What speaks: see `aigc_helpers.speech.ShownSpeaker`."""

    n_voices: int

    def parts(self) -> tuple[nn.Module, nn.Module, nn.Module]:
        """What is run once before, at each step, and once behind."""

    def read(self, digits: list[int], voice: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Inputs of the first part."""


def export_speaker(speaker: Speaker, path: Path) -> Path:
    """Export three networks and compare each with torch; ``path`` is the step's.

    Before (``…-opening.onnx``): inputs "letters" (1, S) and "voice" (1,), int64;
    outputs "memory", "keys", "features" of the voice, "frame", "state_0", …. A step:
    inputs these; outputs "frames" (1, r, 40), "stop" (1,), "weights" (1, S),
    "next_frame", "next_0", …. Behind (``…-ending.onnx``): input "frames" (1, T, 40),
    output "spectrum" (1, T, 257). Numbers that 16 bits hold take 16, see `halve`.

    Raises
    ------
    ExportError
        If any number differs by more than `export.TOLERANCE`.
    """
    opening, step, ending = speaker.parts()
    paths = [path.with_name(f"{path.stem}{end}{path.suffix}") for end in SUFFIXES]
    length = torch.export.Dim("length", min=2, max=MOST_LETTERS)
    n_states = len(_opened(speaker, [0])) - len(OPENED)
    states, after = ([f"{name}_{i}" for i in range(n_states)] for name in _STATES)

    def draw_opening(generator: torch.Generator, i: int) -> dict:
        inputs = speaker.read(_digits(generator, i), i % speaker.n_voices)
        return dict(zip(("letters", "voice"), inputs, strict=True))

    def draw_step(generator: torch.Generator, i: int) -> dict:
        inputs = _reached(speaker, _digits(generator, i), i % MOST_STEPS)
        return dict(zip((*OPENED, *states), inputs, strict=True))

    def draw_ending(generator: torch.Generator, i: int) -> dict:
        return {"frames": torch.randn(1, 3 + i, N_MEL, generator=generator)}

    frames = torch.export.Dim("frames", min=2, max=MOST_FRAMES)
    jobs = (
        (opening, draw_opening, (*OPENED, *states), ({1: length}, {})),
        (step, draw_step, (*WRITTEN, *after), _step_sizes(speaker, length)),
        (ending, draw_ending, ("spectrum",), ({1: frames},)),
    )
    for one, (network, draw, outputs, sizes) in zip(paths, jobs, strict=True):
        halve(export_function(network, one, draw, outputs, sizes))
    return path


def _digits(generator: torch.Generator, i: int) -> list[int]:
    """1 to 10 digits, the first time several."""
    n = 1 + (i + 3) % MOST_DIGITS
    return torch.randint(10, (n,), generator=generator).tolist()


@torch.no_grad()
def _opened(speaker: Speaker, digits: list[int], voice: int = 0) -> tuple:
    return speaker.parts()[0].eval()(*speaker.read(digits, voice))


@torch.no_grad()
def _reached(speaker: Speaker, digits: list[int], n: int) -> tuple:
    """What the step takes that comes after n steps."""
    step = speaker.parts()[1].eval()
    same, moving = (found := _opened(speaker, digits))[:N_SAME], found[N_SAME:]
    for _ in range(n):
        moving = step(*same, *moving)[len(WRITTEN) - 1 :]
    return (*same, *moving)


def _step_sizes(speaker: Speaker, length) -> tuple:
    """For each input of a step, which of its dimensions are as long as the letters."""
    pairs = zip(_opened(speaker, [0]), _opened(speaker, [0, 0]), strict=True)
    sizes = [
        {i: length for i in range(a.dim()) if a.shape[i] != b.shape[i]}
        for a, b in pairs
    ]
    return (*sizes[: len(OPENED)], tuple(sizes[len(OPENED) :]))
