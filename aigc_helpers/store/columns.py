"""Tensors as columns of a table, and back."""

from typing import Any

import numpy as np
import pyarrow as pa
import torch


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
            raise ValueError(f"labels must be {n} integers, not {numbers.shape}")
        columns["label"] = pa.array(numbers.astype(np.int16))
    return columns


def _as_bytes(images: torch.Tensor) -> np.ndarray:
    """Images (N, C, H, W) as uint8."""
    if images.ndim != 4 or min(images.shape[1:]) < 1:
        raise ValueError(f"images must be (N, C, H, W), not {tuple(images.shape)}")
    if images.dtype == torch.uint8:
        return np.ascontiguousarray(images.cpu())
    if not images.is_floating_point():
        raise ValueError(
            f"images must be uint8 or floats in [0, 1], not {images.dtype}"
        )
    if len(images) and not bool(((images >= 0) & (images <= 1)).all()):
        raise ValueError("images of floats must lie in [0, 1]")
    return np.ascontiguousarray((images.float() * 255).round().byte().cpu())


def vectors(latents: Any, latent_dim: int) -> np.ndarray:
    """Finite vectors (N, latent_dim), float32."""
    vectors = np.ascontiguousarray(torch.as_tensor(latents).cpu(), dtype=np.float32)
    if vectors.ndim != 2 or vectors.shape[1] != latent_dim:
        raise ValueError(f"latent vectors are (N, {latent_dim}), not {vectors.shape}")
    if not np.isfinite(vectors).all():
        raise ValueError("latent vectors contain NaN or infinity")
    return vectors


def stacked(columns: dict[str, np.ndarray]) -> torch.Tensor:
    """Images (N, C, H, W), uint8, of the columns shape and pixels."""
    shapes = {tuple(int(size) for size in shape) for shape in columns["shape"]}
    if len(shapes) > 1:
        raise ValueError(f"images of several shapes: {sorted(shapes)}; ask for one")
    (shape,) = shapes or {(1, 0, 0)}
    pixels = np.array([*columns["pixels"]], np.uint8)
    return torch.from_numpy(pixels.reshape(len(columns["pixels"]), *shape))
