"""The filmstrip: every slider's pictures beforehand, as one small PNG.

Row i shows direction i from the lowest to the highest position, the others at
rest; the next row leads from the sample to the next seed's; with classes a last row
shows each class at rest, in columns 1, 3, 5, ...
It answers a slider before any network is loaded, and is the poster of a page
without JavaScript.
"""

import base64
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from aigc_helpers.explorers.latent.setting import LatentSetting
from aigc_helpers.explorers.seeded import gaussian, slerp

POSITIONS = 21
REACH = 3.0  # sliders run from -REACH to REACH standard deviations
MAX_BYTES = 60 * 1024  # of the base64 text


@dataclass(frozen=True)
class Filmstrip:
    """A sprite: PNG bytes, its grid, and the size of one tile in pixels."""

    png: bytes
    rows: int
    columns: int
    tile: tuple[int, int]  # height, width

    @property
    def address(self) -> str:
        """The sprite as a data address."""
        return "data:image/png;base64," + base64.b64encode(self.png).decode("ascii")


def strip_latents(setting: LatentSetting) -> tuple[np.ndarray, np.ndarray]:
    """Latent vectors (N, latent_dim) and labels (N,) of all tiles, row by row."""
    base, n = setting.base, setting.n_classes
    positions = np.linspace(-REACH, REACH, POSITIONS, dtype=np.float32)
    moves = positions[None, :, None] * setting.directions[:, None, :]
    goal = gaussian(setting.seed + 1, setting.latent_dim)
    walk = [slerp(base, goal, t) for t in np.linspace(0, 1, POSITIONS)]
    z = np.concatenate(
        [(base + moves).reshape(-1, len(base)), walk, np.repeat(base[None], n, axis=0)]
    )
    labels = np.full(len(z) - n, setting.label)
    return z.astype(np.float32), np.concatenate([labels, np.arange(n)])


def make_filmstrip(images: np.ndarray, n_classes: int) -> Filmstrip:
    """Pack images (rows * POSITIONS + n_classes, H, W) in [0, 1] into one sprite.

    Grey levels, then resolution, are given up until the text fits MAX_BYTES.

    Raises
    ------
    ValueError
        If even the coarsest sprite is too large.
    """
    strip = pack_sprite(_grid(images, n_classes))
    if strip is None:
        raise ValueError(
            f"the filmstrip of images {images.shape[1:]} exceeds {MAX_BYTES} B"
        )
    return strip


def pack_sprite(
    grid: np.ndarray,
    *,
    shrinks: tuple[int, ...] = (1, 2, 4, 8),
    levels: tuple[int, ...] = (64, 32, 16, 8),
) -> Filmstrip | None:
    """One sprite of a grid (rows, columns, H, W), None if it exceeds MAX_BYTES."""
    for shrink in shrinks:
        small = _shrink(grid, shrink)
        for n_levels in levels:
            png = _png(small, n_levels)
            if len(png) * 4 / 3 <= MAX_BYTES - 64:
                return Filmstrip(png, *small.shape[:2], tile=small.shape[2:])
    return None


def _grid(images: np.ndarray, n_classes: int) -> np.ndarray:
    height, width = images.shape[1:]
    rows = (len(images) - n_classes) // POSITIONS
    columns = max(POSITIONS, 2 * n_classes)
    grid = np.zeros((rows + bool(n_classes), columns, height, width), np.float32)
    strip = images[: rows * POSITIONS].reshape(rows, POSITIONS, height, width)
    grid[:rows, :POSITIONS] = strip
    for label in range(n_classes):
        grid[-1, 2 * label + 1] = images[rows * POSITIONS + label]
    return grid


def _shrink(grid: np.ndarray, factor: int) -> np.ndarray:
    rows, columns, height, width = grid.shape
    h, w = max(height // factor, 1), max(width // factor, 1)
    cut = grid[:, :, : h * (height // h), : w * (width // w)]
    return cut.reshape(rows, columns, h, height // h, w, width // w).mean((3, 5))


def _png(grid: np.ndarray, levels: int) -> bytes:
    rows, columns, height, width = grid.shape
    steps = np.rint(grid * (levels - 1)) / (levels - 1)
    picture = steps.transpose(0, 2, 1, 3).reshape(rows * height, columns * width)
    buffer = io.BytesIO()
    image = Image.fromarray(np.rint(picture * 255).astype(np.uint8))
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
