"""The training loops of chapter 08: each is its loss, the rest is `training.Run`."""

import torch
import torch.nn.functional as F
from torch import nn

from aigc_helpers.image.holes import training_holes
from aigc_helpers.pixels import (
    require_not_negative,
    require_training_set,
    to_unit,
)
from aigc_helpers.runtime import autocast
from aigc_helpers.training import Run

MARGIN = 3  # pixels that a picture moves, at most
OUTSIDE = 0.05  # weight of the pixels outside the hole, which are known
GRADIENT = 1.0  # longest that a step's gradient may be


def vary(pictures, rng: torch.Generator):
    """Pictures (B, 1, H, W) in [0, 1], each mirrored or not, moved, and lit otherwise.

    All move together by up to 3 pixels; contrast changes by a tenth, brightness by a
    twentieth (standard deviations). Few photographs become many plausible ones.
    """
    n, _, height, width = pictures.shape
    mirrored = torch.rand(n, 1, 1, 1, generator=rng) < 0.5
    x = torch.where(mirrored, pictures.flip(3), pictures)
    x = F.pad(x, (MARGIN,) * 4, mode="replicate")
    top, left = torch.randint(0, 2 * MARGIN + 1, (2,), generator=rng).tolist()
    x = x[:, :, top : top + height, left : left + width]
    contrast = 1 + 0.1 * torch.randn(n, 1, 1, 1, generator=rng)
    brightness = 0.05 * torch.randn(n, 1, 1, 1, generator=rng)
    return ((x - 0.5) * contrast + 0.5 + brightness).clamp(0, 1)


def varied_batch(data, run: Run):
    """Pictures (B, 1, H, W) in [0, 1], drawn from data (N, 1, H, W), varied."""
    index = torch.randint(len(data), (run.batch_size,), generator=run.rng)
    return vary(to_unit(data[index]), run.rng)


def hole_error(filled, pictures, hole):
    """Mean squared error inside the holes; known pixels count a twentieth."""
    weight = hole + OUTSIDE
    return ((filled - pictures).square() * weight).sum() / hole.sum()


def train_filler(filler, data, **options):
    """Train a `Filler` on pictures with holes; return its average and the history.

    Parameters
    ----------
    filler : Filler
        Changed in place; its ``mean`` becomes that of the data.
    data : tensor
        Pictures (N, 1, 64, 64), uint8 or float in [0, 1].
    **options
        ``steps``, ``batch_size`` (16), ``lr`` (2e-3, of AdamW), ``decay`` (0.995, of
        the averaged network), ``seed``, ``watch``, ``checkpoint``: see `training.Run`.

    Raises
    ------
    Mistake
        If data or a number cannot be meant.
    DivergedError
        If the loss is no longer a number, or far from its first value.
    """
    require_training_set(data, None, filler, lowest=0)
    filler.mean.copy_(to_unit(data).mean(dim=0, keepdim=True))
    run = _run(filler, {"batch_size": 16} | options)
    for _ in run:
        x = varied_batch(data, run)
        hole = training_holes(len(x), run.rng, x.shape[-1])
        with autocast(x.device):
            filled = filler(x, hole)
        loss = hole_error(filled.float(), x, hole)
        _step(run, loss)
    return run.average, run.history


def train_restorer(restorer, data, *, noise: float = 0.1, **options):
    """Train a `Restorer` on pictures made small or noisy; return average and history.

    Parameters
    ----------
    restorer : Restorer
        Changed in place.
    data : tensor
        Pictures (N, 1, 64, 64), uint8 or float in [0, 1].
    noise : float
        Standard deviation of the noise, where ``restorer.factor`` is 1.
    **options
        As of `train_filler`, with ``batch_size`` 32.

    Raises
    ------
    Mistake
        If data or a number cannot be meant.
    DivergedError
        If the loss is no longer a number, or far from its first value.
    """
    require_training_set(data, None, restorer, lowest=0)
    require_not_negative(noise=noise)
    run = _run(restorer, {"batch_size": 32} | options)
    for _ in run:
        x = varied_batch(data, run)
        worse = shrink(x) if restorer.factor > 1 else add_noise(x, noise, run.rng)
        with autocast(x.device):
            restored = restorer(worse)
        _step(run, F.mse_loss(restored.float(), x))
    return run.average, run.history


def shrink(pictures, factor: int = 4):
    """(B, 1, H, W) to (B, 1, H / factor, W / factor): the mean of each block."""
    return F.avg_pool2d(pictures, factor)


def add_noise(pictures, noise: float, rng: torch.Generator):
    """Gaussian noise on each pixel; what leaves [0, 1] is left there, as a sensor's."""
    return pictures + noise * torch.randn(pictures.shape, generator=rng)


def _run(network: nn.Module, options: dict) -> Run:
    optimizer = torch.optim.AdamW(
        network.parameters(), betas=(0.9, 0.99), weight_decay=0.05, fused=True
    )
    options = {"lr": 2e-3, "decay": 0.995} | options
    return Run(network, {"optimizer": optimizer}, **options)


def _step(run: Run, loss) -> None:
    """One step down the loss, and its record."""
    optimizer = run.parts["optimizer"]
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(run.network.parameters(), GRADIENT)
    optimizer.step()
    run.record(loss=loss)
