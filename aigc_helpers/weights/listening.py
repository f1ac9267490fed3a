"""Networks that hear, as ONNX files: samples of any number in, scores out."""

from pathlib import Path

import torch
from torch import nn

from aigc_helpers.weights.export import export_function

FEWEST, MOST = 1024, 200_000  # samples


def export_listener(network: nn.Module, path: Path) -> Path:
    """Export a network that reads a waveform, and compare it with torch.

    Input "wave" (1, N) in [-1, 1], for any N from ``FEWEST`` to ``MOST``; output
    "log_probs", both float32. Compared on sounds that swell and fade, of many lengths.

    Raises
    ------
    ExportError
        If any number differs by more than `export.TOLERANCE`.
    """

    def draw(generator: torch.Generator, i: int) -> dict[str, torch.Tensor]:
        n = FEWEST + 977 + 131 * i
        swell = torch.linspace(-3, 3, n).square().neg().exp()
        noise = torch.randn(1, n, generator=generator)
        pitched = noise.cumsum(1) / n**0.5 if i % 2 else noise / 4
        return {"wave": (pitched * swell).clamp(-1, 1)}

    length = torch.export.Dim("length", min=FEWEST, max=MOST)
    return export_function(network, path, draw, ("log_probs",), ({1: length},))
