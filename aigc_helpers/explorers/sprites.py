"""Pictures of equal size in one file, cut apart again by the page.

Three formats. Grey decoded pictures go as PNG of few levels. Coloured ones go as WebP
without loss, which remembers a million pixels back, so that pictures that are alike up
to small changes cost little: twenty plots of curves took 132 KB, as PNG 318 KB. What
is only looked at until a module runs goes as WebP with loss.
"""

import io
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from aigc_helpers.explorers.checks import base64_of
from aigc_helpers.reader import Mistake

MOST_PIXELS = 16_000_000
LONGEST_SIDE = 16_383  # pixels; WebP has no more


@dataclass(frozen=True)
class Format:
    """A format of files, by Pillow's name and options."""

    name: str
    options: dict = field(default_factory=dict)

    @property
    def type(self) -> str:
        """The format's name on the web."""
        return f"image/{self.name.lower()}"

    def encode(self, picture: np.ndarray) -> bytes:
        """One uint8 picture (H, W) or (H, W, 3) as a file."""
        buffer = io.BytesIO()
        Image.fromarray(picture).save(buffer, self.name, **self.options)
        return buffer.getvalue()


PNG = Format("PNG", {"optimize": True})
WEBP = Format("WEBP", {"lossless": True, "quality": 75, "method": 4})
LOSSY = Format("WEBP", {"quality": 60, "method": 6})


@dataclass(frozen=True)
class Sheet:
    """Pictures of equal size in one file, row by row."""

    content: bytes
    columns: int
    rows: int
    tile: tuple[int, int]  # height, width
    type: str

    @property
    def base64(self) -> str:
        """The file as base64 text."""
        return base64_of(self.content)

    @property
    def address(self) -> str:
        """The file as a data address."""
        return f"data:{self.type};base64,{self.base64}"


def columns_for(n: int, height: int, width: int) -> int:
    """Columns that give a sheet about three wide and two high."""
    return int(np.clip(round((n * 1.5 * height / width) ** 0.5), 1, n))


def make_sheet(pictures: np.ndarray, columns: int, form: Format = WEBP) -> Sheet:
    """Pack uint8 pictures (N, H, W) or (N, H, W, 3); the last row may be shorter.

    Raises
    ------
    ValueError
        If the sheet has more pixels than browsers show.
    """
    n, height, width = pictures.shape[:3]
    wide, tall = columns * width, -(-n // columns) * height
    if max(wide, tall) > LONGEST_SIDE or wide * tall > MOST_PIXELS:
        raise Mistake(
            f"{n} pictures of {height}x{width} make a sheet of {tall}x{wide} pixels; "
            "take fewer values or smaller pictures",
            f"{n} 张 {height}×{width} 的图拼起来太大，浏览器显示不了：少取几个值，"
            "或者换小一些的图。",
        )
    return _packed(pictures, columns, form)


def _packed(pictures: np.ndarray, columns: int, form: Format) -> Sheet:
    (n, height, width), colours = pictures.shape[:3], pictures.shape[3:]
    rows = -(-n // columns)
    sheet = np.full((rows * columns, *pictures.shape[1:]), 255, np.uint8)
    sheet[:n] = pictures
    sheet = sheet.reshape(rows, columns, *pictures.shape[1:])  # (rows, columns, H, W)
    sheet = sheet.swapaxes(1, 2)  # (rows, H, columns, W)
    content = form.encode(sheet.reshape(rows * height, columns * width, *colours))
    return Sheet(content, columns, rows, (height, width), form.type)


def levelled(values: np.ndarray, levels: int) -> np.ndarray:
    """Values in [0, 1], rounded to so many levels, as uint8."""
    steps = np.rint(values * (levels - 1)) / (levels - 1)
    return np.rint(steps * 255).astype(np.uint8)


def fitting_sprite(
    grid: np.ndarray,
    *,
    most: int,
    shrinks: tuple[int, ...] = (1, 2, 4, 8),
    levels: tuple[int, ...] = (64, 32, 16, 8),
) -> Sheet | None:
    """A grid (rows, columns, H, W) in [0, 1] as PNG, None if it exceeds ``most`` bytes.

    Counted is its base64 text. Grey levels, then resolution, are given up until it
    fits.
    """
    for shrink in shrinks:
        small = _shrunk(grid, shrink)
        for n_levels in levels:
            tiles = levelled(small, n_levels).reshape(-1, *small.shape[2:])  # (N, h, w)
            sheet = _packed(tiles, small.shape[1], PNG)
            if len(sheet.content) * 4 / 3 <= most - 64:
                return sheet
    return None


def _shrunk(grid: np.ndarray, factor: int) -> np.ndarray:
    """The mean of each block of about factor x factor pixels."""
    rows, columns, height, width = grid.shape
    h, w = max(height // factor, 1), max(width // factor, 1)
    cut = grid[:, :, : h * (height // h), : w * (width // w)]
    blocks = cut.reshape(rows, columns, h, height // h, w, width // w)
    return blocks.mean((3, 5))  # (rows, columns, h, w)
