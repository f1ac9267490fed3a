"""Holes: which pixels of a picture are missing.

A hole is a tensor (N, 1, H, W) of 0 and 1, 1 where a pixel is missing. Those that a
network trains on are drawn anew for every batch; those that measure it come from a
fixed seed.
"""

import math

import numpy as np
import torch
from PIL import Image, ImageDraw

from aigc_helpers.reader import Mistake

SIZE = 64  # pixels of a side
N_CORNERS = 8, 24  # of a stroke, fewest and most
N_STROKES = 2, 6
WIDTH = 3, 8  # of a stroke, in pixels
HOLES_SEED = 1  # of the strokes that measure


def lower_half(size: int = SIZE):
    """The lower half is missing, (1, 1, size, size): scikit-learn's face completion."""
    hole = torch.zeros(1, 1, size, size)
    hole[:, :, size // 2 :] = 1
    return hole


def centre_square(size: int = SIZE, side: int | None = None):
    """A square in the middle is missing, (1, 1, size, size).

    Parameters
    ----------
    size : int
        Side of the picture.
    side : int, optional
        Of the square, in 1..size; by default seven sixteenths of ``size``.

    Raises
    ------
    ValueError
        If the square does not fit into the picture.
    """
    side = 7 * size // 16 if side is None else side
    if not 1 <= side <= size:
        raise Mistake(
            f"a square of {side} pixels does not fit into {size}",
            f"边长 {side} 的方块放不进边长 {size} 的图，应当在 1 到 {size} 之间。",
        )
    start = (size - side) // 2
    return box_hole(start, start, side, side, size)


def box_hole(top: int, left: int, height: int, width: int, size: int = SIZE):
    """A rectangle is missing, (1, 1, size, size); what lies outside is cut off."""
    hole = torch.zeros(1, 1, size, size)
    hole[:, :, max(top, 0) : top + height, max(left, 0) : left + width] = 1
    return hole


def free_strokes(n: int, rng: torch.Generator, size: int = SIZE):
    """Winding strokes of a brush are missing, (n, 1, size, size).

    Each stroke starts anywhere, turns a little at every corner and keeps its width;
    such irregular holes come from Yu et al. (2019), section 3.4.
    """
    return torch.cat([_strokes(rng, size) for _ in range(n)])


def _strokes(rng: torch.Generator, size: int):
    """One hole (1, 1, size, size) of several strokes."""
    picture = Image.new("L", (size, size))
    draw = ImageDraw.Draw(picture)
    for _ in range(_between(*N_STROKES, rng)):
        width = _between(*WIDTH, rng)
        corners = _walk(_between(*N_CORNERS, rng), rng, size)
        draw.line(corners, fill=1, width=width, joint="curve")
        for x, y in (corners[0], corners[-1]):  # round ends
            r = width / 2
            draw.ellipse((x - r, y - r, x + r, y + r), fill=1)
    return torch.from_numpy(np.array(picture, np.float32))[None, None]


def _walk(n: int, rng: torch.Generator, size: int) -> list[tuple[float, float]]:
    """Corners (x, y) of a stroke, a sixteenth of the side apart."""
    x, y, angle = torch.rand(3, generator=rng).tolist()
    x, y, angle, step = x * size, y * size, angle * 2 * math.pi, size / 16
    corners = [(x, y)]
    for turn in torch.randn(n - 1, generator=rng).tolist():
        angle += 0.6 * turn  # radians
        x, y = x + step * math.cos(angle), y + step * math.sin(angle)
        corners.append((x, y))
    return corners


def _between(low: int, high: int, rng: torch.Generator) -> int:
    """A whole number in low..high."""
    return int(torch.randint(low, high + 1, (1,), generator=rng))


def holes(n: int) -> dict[str, torch.Tensor]:
    """Those that fillers are measured with, (1, 1, 64, 64), or one a picture."""
    rng = torch.Generator().manual_seed(HOLES_SEED)
    return {
        "lower_half": lower_half(),
        "centre_square": centre_square(),
        "free_strokes": free_strokes(n, rng),
    }


def training_holes(n: int, rng: torch.Generator, size: int = SIZE):
    """Holes (n, 1, size, size) of all kinds: a part cut off, rectangles, strokes."""
    kinds = torch.randint(3, (n,), generator=rng).tolist()
    makers = (_cut_off, _rectangle, _strokes)
    holes = torch.cat([makers[kind](rng, size) for kind in kinds])
    turns = torch.randint(4, (n,), generator=rng).tolist()
    # a quarter turn makes upper, left and right halves of lower ones
    turned = [hole.rot90(k, (1, 2)) for hole, k in zip(holes, turns, strict=True)]
    return torch.stack(turned)  # (n, 1, size, size)


def _cut_off(rng: torch.Generator, size: int):
    top = _between(3 * size // 8, 5 * size // 8, rng)
    return box_hole(top, 0, size - top, size, size)


def _rectangle(rng: torch.Generator, size: int):
    height, width = (_between(size // 6, 5 * size // 8, rng) for _ in range(2))
    top, left = _between(0, size - height, rng), _between(0, size - width, rng)
    return box_hole(top, left, height, width, size)
