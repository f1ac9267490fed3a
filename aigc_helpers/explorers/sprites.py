"""Pictures of equal size as one lossless WebP file, cut apart again by the page.

WebP without loss remembers a million pixels back, so pictures that are alike up to
small changes cost little: twenty plots of curves took 132 KB, as PNG 318 KB.
"""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

TYPE = "image/webp"
MOST_PIXELS = 16_000_000
LONGEST_SIDE = 16_383  # pixels; the format has no more
LEVELS = (256, 32, 16)  # of each colour; fewer are taken when the file is too large


@dataclass(frozen=True)
class Sheet:
    """Pictures (N, H, W) or (N, H, W, 3) in one file, row by row."""

    content: bytes
    columns: int
    rows: int
    tile: tuple[int, int]  # height, width


def columns_for(n: int, height: int, width: int) -> int:
    """Columns that give a sheet about three wide and two high."""
    return int(np.clip(round((n * 1.5 * height / width) ** 0.5), 1, n))


def make_sheet(pictures: np.ndarray, columns: int, levels: int = 256) -> Sheet:
    """Pack uint8 pictures of equal size; the last row may be shorter.

    Raises
    ------
    ValueError
        If the sheet has more pixels than browsers show.
    """
    n, height, width = pictures.shape[:3]
    rows = -(-n // columns)
    wide, tall = columns * width, rows * height
    if max(wide, tall) > LONGEST_SIDE or wide * tall > MOST_PIXELS:
        raise ValueError(
            f"{n} pictures of {height}x{width} make a sheet of {tall}x{wide} pixels; "
            "take fewer values or smaller pictures"
        )
    sheet = np.full((rows * columns, *pictures.shape[1:]), 255, np.uint8)
    sheet[:n] = reduced(pictures, levels)
    sheet = sheet.reshape(rows, columns, *pictures.shape[1:]).swapaxes(1, 2)
    content = encode(sheet.reshape(tall, wide, *pictures.shape[3:]))
    return Sheet(content, columns, rows, (height, width))


def reduced(pictures: np.ndarray, levels: int) -> np.ndarray:
    """Round uint8 values to that many levels from 0 to 255."""
    if levels == 256:
        return pictures
    steps = np.rint(pictures / 255 * (levels - 1))
    return np.rint(steps * 255 / (levels - 1)).astype(np.uint8)


def encode(picture: np.ndarray) -> bytes:
    """One uint8 picture (H, W) or (H, W, 3) as a WebP file without loss."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "WEBP", lossless=True, quality=75, method=4)
    return buffer.getvalue()
