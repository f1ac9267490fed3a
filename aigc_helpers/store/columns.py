"""Tensors as columns of a table, and back."""

from typing import Any

import numpy as np
import pyarrow as pa
import torch

from aigc_helpers.reader import Mistake


def pictures(images: Any, labels: Any) -> dict[str, pa.Array]:
    """Columns shape, pixels and label of images (N, C, H, W)."""
    pixels = _as_bytes(torch.as_tensor(images))
    n, size = len(pixels), pixels[0].size if len(pixels) else 0
    shape = np.tile(np.array(pixels.shape[1:], np.uint16), n)
    columns = {
        "shape": pa.FixedSizeListArray.from_arrays(pa.array(shape), 3),
        "pixels": pa.LargeListArray.from_arrays(
            pa.array(np.arange(n + 1) * size), pa.array(pixels.ravel())
        ),
    }
    if labels is not None:
        numbers = np.asarray(labels)
        if numbers.shape != (n,) or not np.issubdtype(numbers.dtype, np.integer):
            raise Mistake(
                f"labels must be {n} integers, not {numbers.shape}",
                f"标签应当是 {n} 个整数，每张图一个，这里的形状是 {numbers.shape}。",
            )
        columns["label"] = pa.array(numbers.astype(np.int16))
    return columns


def _as_bytes(images: torch.Tensor) -> np.ndarray:
    """Images (N, C, H, W) as uint8."""
    if images.ndim != 4 or min(images.shape[1:]) < 1:
        raise Mistake(
            f"images must be (N, C, H, W), not {tuple(images.shape)}",
            f"图像的形状应当是 (N, C, H, W)，这里是 {tuple(images.shape)}。只"
            "有一张图，写 images[:1]。",
        )
    if images.dtype == torch.uint8:
        return np.ascontiguousarray(images.cpu())
    if not images.is_floating_point():
        raise Mistake(
            f"images must be uint8 or floats in [0, 1], not {images.dtype}",
            f"图像应当是 uint8，或者 0 到 1 的小数，这里是 {images.dtype}。",
        )
    if len(images) and not bool(((images >= 0) & (images <= 1)).all()):
        raise Mistake(
            "images of floats must lie in [0, 1]",
            "小数的图像应当在 0 到 1 之间：0 到 255 的先除以 255，或者用 uint8。",
        )
    return np.ascontiguousarray((images.float() * 255).round().byte().cpu())


def vectors(latents: Any, latent_dim: int) -> np.ndarray:
    """Finite vectors (N, latent_dim), float32."""
    vectors = np.ascontiguousarray(torch.as_tensor(latents).cpu(), dtype=np.float32)
    if vectors.ndim != 2 or vectors.shape[1] != latent_dim:
        raise Mistake(
            f"latent vectors are (N, {latent_dim}), not {vectors.shape}",
            f"隐变量的形状应当是 (N, {latent_dim})，这里是 {vectors.shape}。",
        )
    if not np.isfinite(vectors).all():
        raise Mistake(
            "latent vectors contain NaN or infinity", "隐变量里有 NaN 或无穷大。"
        )
    return vectors


def stacked(columns: dict[str, np.ndarray]) -> torch.Tensor:
    """Images (N, C, H, W), uint8, of the columns shape and pixels."""
    shapes = {tuple(int(size) for size in shape) for shape in columns["shape"]}
    if len(shapes) > 1:
        raise Mistake(
            f"images of several shapes: {sorted(shapes)}; ask for one",
            f"这些图像大小不一：{sorted(shapes)}，一次只能取一种。",
        )
    (shape,) = shapes or {(1, 0, 0)}
    pixels = np.array([*columns["pixels"]], np.uint8)
    return torch.from_numpy(pixels.reshape(len(columns["pixels"]), *shape))
