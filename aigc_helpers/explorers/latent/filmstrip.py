"""The filmstrip: every slider's pictures beforehand, as one small PNG.

Row i shows direction i from the lowest to the highest position, the others at
rest; the next row leads from the sample to the next seed's; with classes a last row
shows each class at rest, in columns 1, 3, 5, ...
It answers a slider before any network is loaded, and is the poster of a page
without JavaScript.
"""

import numpy as np

from aigc_helpers.explorers import sprites
from aigc_helpers.explorers.decoding import Decoder, decode_measured
from aigc_helpers.explorers.latent.setting import LatentSetting
from aigc_helpers.explorers.seeded import gaussian, slerp
from aigc_helpers.explorers.sprites import Sheet
from aigc_helpers.reader import Mistake

POSITIONS = 21
REACH = 3.0  # sliders run from -REACH to REACH standard deviations
_MOST = 60 * 1024  # bytes of the strip's base64


def filmstrip(
    setting: LatentSetting, decoder: Decoder
) -> tuple[Sheet, tuple[int, ...], np.ndarray | None]:
    """The strip of a setting, the shape (H, W) of its images, and their numbers.

    The numbers (N,), if the decoder gives some, are in the order of `strip_latents`.
    """
    z, labels = strip_latents(setting)
    images, numbers = decode_measured(decoder, z, labels, setting.n_classes)
    return make_filmstrip(images, setting.n_classes), images.shape[1:], numbers


def strip_latents(setting: LatentSetting) -> tuple[np.ndarray, np.ndarray]:
    """Latent vectors (N, latent_dim) and labels (N,) of all tiles, row by row."""
    base, n = setting.base, setting.n_classes
    positions = np.linspace(-REACH, REACH, POSITIONS, dtype=np.float32)
    # (n_directions, POSITIONS, dim)
    moves = positions[None, :, None] * setting.directions[:, None, :]
    goal = gaussian(setting.seed + 1, setting.latent_dim)
    walk = [slerp(base, goal, t) for t in np.linspace(0, 1, POSITIONS)]
    rows = (base + moves).reshape(-1, len(base))  # (n_directions * POSITIONS, dim)
    z = np.concatenate([rows, walk, np.repeat(base[None], n, axis=0)])
    labels = np.full(len(z) - n, setting.label)
    return z.astype(np.float32), np.concatenate([labels, np.arange(n)])


def make_filmstrip(images: np.ndarray, n_classes: int) -> Sheet:
    """Pack images (rows * POSITIONS + n_classes, H, W) in [0, 1] into one sprite.

    Raises
    ------
    ValueError
        If even the coarsest sprite is too large.
    """
    strip = sprites.fitting_sprite(_grid(images, n_classes), most=_MOST)
    if strip is None:
        height, width = images.shape[1:]
        raise Mistake(
            f"the filmstrip of images {images.shape[1:]} exceeds {_MOST} B",
            f"{height}×{width} 的图拼起来太大，放不进页面：换小一些的图，"
            "或者少几个方向。",
        )
    return strip


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
