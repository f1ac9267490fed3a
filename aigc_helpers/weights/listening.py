"""Networks that hear, as ONNX files: samples of any number in, scores out."""

import copy
from pathlib import Path

import torch
from torch import nn

from aigc_helpers.weights.export import export_function
from aigc_helpers.weights.halving import halve

FEWEST, MOST = 1024, 200_000  # samples


def export_listener(network: nn.Module, path: Path) -> Path:
    """Export a network that reads a waveform, and compare it with torch.

    Input "wave" (1, N) in [-1, 1], for any N from ``FEWEST`` to ``MOST``; output
    "log_probs", both float32. Compared on sounds that swell and fade, of many lengths.
    Numbers that 16 bits hold take 16, see `halve`.

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
    plain = _with_plain_norms(copy.deepcopy(network))
    return halve(export_function(plain, path, draw, ("log_probs",), ({1: length},)))


def _with_plain_norms(network: nn.Module) -> nn.Module:
    """The network, changed in place: each batch norm as a product and a sum.

    An exporter folds a batch norm into the convolution before it, whose weights then
    need 32 bits; a runtime does the same for itself when it opens the file.
    """
    for name, part in network.named_children():
        is_norm = isinstance(part, nn.BatchNorm1d | nn.BatchNorm2d)
        setattr(network, name, _PlainNorm(part) if is_norm else _with_plain_norms(part))
    return network


class _PlainNorm(nn.Module):
    """What a batch norm does to x (B, C, …) in evaluation."""

    def __init__(self, norm: nn.Module):
        super().__init__()
        self.norm = norm

    def forward(self, x):
        norm, shape = self.norm, (-1,) + (1,) * (x.ndim - 2)
        scale = norm.weight / (norm.running_var + norm.eps).sqrt()  # (C,)
        shift = norm.bias - norm.running_mean * scale
        return x * scale.reshape(shape) + shift.reshape(shape)  # (C, 1, …) each
