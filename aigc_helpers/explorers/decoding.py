"""Decoders of images: call one and look at what comes back, export a shipped one."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import nn

from aigc_helpers import weights
from aigc_helpers.explorers.checks import check_finite, unit_pixels
from aigc_helpers.reader import Mistake
from aigc_helpers.runtime import evaluation_mode
from aigc_helpers.weights import export

Decoder = Callable[..., torch.Tensor]


def decode(
    decoder: Decoder, z: np.ndarray, labels: np.ndarray | None, n_classes: int
) -> np.ndarray:
    """Images in [0, 1], float32 (B, H, W), of latent vectors z (B, latent_dim).

    Raises
    ------
    ValueError
        If z is not finite, the decoder does not accept z, or it returns anything
        but finite images (B, 1, H, W) with values in [0, 1].
    """
    return _checked(_returned(decoder, z, labels, n_classes), len(z))


def decode_measured(
    decoder: Decoder, z: np.ndarray, labels: np.ndarray | None, n_classes: int
) -> tuple[np.ndarray, np.ndarray | None]:
    """As `decode`, and the finite number (B,) that a decoder may give beside each.

    Such a decoder returns a pair, images and numbers; of others the numbers are None.
    """
    returned = _returned(decoder, z, labels, n_classes)
    if not isinstance(returned, tuple):
        return _checked(returned, len(z)), None
    if len(returned) != 2:
        raise Mistake(
            f"the decoder returned {len(returned)} things; images, or a pair of "
            "images and numbers, are wanted",
            f"解码器返回了 {len(returned)} 样东西，应当只有图，或者图和数两样。",
        )
    return _checked(returned[0], len(z)), _checked_numbers(returned[1], len(z))


def _returned(
    decoder: Decoder, z: np.ndarray, labels: np.ndarray | None, n_classes: int
) -> object:
    """Whatever a decoder makes of latent vectors, which are looked at before."""
    if not np.isfinite(z).all():
        raise Mistake(
            "z contains NaN or infinity; give finite numbers", "z 里有 NaN 或无穷大。"
        )
    inputs = [torch.as_tensor(z, dtype=torch.float32)]
    if n_classes:
        y = torch.as_tensor(labels, dtype=torch.int64)
        inputs.append(nn.functional.one_hot(y, n_classes).float())  # (B, n_classes)
    return _call(decoder, inputs)


def export_decoder(name: str, card: dict, path: Path) -> Path:
    """Write a shipped network's decoder as ONNX; see `export.export_decoder`."""
    explorer = card["explorer"]
    sizes = {key: explorer.get(key, 0) for key in ("latent_dim", "n_classes")}
    sizes |= {"measures": True} if "readout" in explorer else {}
    return export.export_decoder(weights.load_decoder(name, card), path, **sizes)


def _call(decoder: Decoder, inputs: list[torch.Tensor]) -> object:
    device = _device(decoder)
    try:
        with torch.no_grad(), evaluation_mode(decoder):
            return decoder(*(value.to(device) for value in inputs))
    except (RuntimeError, TypeError, ValueError) as error:
        shapes = " and ".join(
            f"{name} {tuple(value.shape)}"
            for name, value in zip(("z", "y"), inputs, strict=False)
        )
        raise Mistake(
            f"the decoder does not accept {shapes}; do latent_dim and n_classes "
            f"fit it? It said: {error}",
            f"解码器不认得这样的输入：{shapes}。看看 latent_dim 和 n_classes "
            "是不是照网络写的；条件网络要写 n_classes=10。",
        ) from error


def _device(decoder: Decoder) -> torch.device:
    if isinstance(decoder, nn.Module):
        for parameter in decoder.parameters():
            return parameter.device
    return torch.device("cpu")


def _checked(images: object, n: int) -> np.ndarray:
    """Float32 (n, H, W) of what a decoder returned, or ValueError."""
    if not isinstance(images, torch.Tensor):
        raise Mistake(
            f"the decoder returned {type(images).__name__}, not a tensor",
            f"解码器应当返回张量，这里返回的是 {type(images).__name__}。",
        )
    shape = tuple(images.shape)
    if len(shape) != 4 or shape[:2] != (n, 1) or 0 in shape:
        raise Mistake(
            f"the decoder returned {shape}; images are ({n}, 1, H, W)",
            f"解码器返回的形状是 {shape}，应当是 ({n}, 1, H, W)。",
        )
    values = images.detach().float().cpu().numpy()[:, 0]
    return unit_pixels(
        values,
        ("decoder", "解码器"),
        (
            "a generator that ends in tanh needs (x + 1) / 2",
            "结尾是 tanh 的，用 gan.PixelDecoder 包起来，它会换算。",
        ),
    )


def _checked_numbers(numbers: object, n: int) -> np.ndarray:
    """Float32 (n,) of what a decoder returned beside its images, or ValueError."""
    shape = tuple(numbers.shape) if isinstance(numbers, torch.Tensor) else None
    if shape != (n,):
        found = type(numbers).__name__ if shape is None else f"shape {shape}"
        raise Mistake(
            f"beside {n} images the decoder returned {found}; numbers are ({n},)",
            f"解码器在 {n} 张图之外返回的是 {found}，应当是形状 ({n},) 的数，每张图"
            "一个。",
        )
    values = numbers.detach().float().cpu().numpy()
    check_finite("numbers", values)
    return values
