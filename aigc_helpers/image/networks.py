"""Networks of chapter 08; pictures are grey, (B, 1, 64, 64) with values in [0, 1].

All convolve at 32x32 or less: `PixelUnshuffle` turns blocks of pixels into channels and
`PixelShuffle` (Shi et al., 2016) turns them back, so that no layer pays for 64x64.
"""

import torch
import torch.nn.functional as F
from torch import nn

from aigc_helpers.pixels import require_images
from aigc_helpers.reader import Mistake

SIZE = 64
CONTRAST = 4.0  # what differs from the mean face is small; networks see it magnified
NARROW = 16  # channels between convolutions and the dense layers of a filler


def convolutions(n_in: int, n_out: int) -> nn.Sequential:
    """Two 3x3 convolutions, (B, n_in, H, W) to (B, n_out, H, W)."""
    return nn.Sequential(
        nn.Conv2d(n_in, n_out, 3, padding=1),
        nn.SiLU(),
        nn.Conv2d(n_out, n_out, 3, padding=1),
        nn.SiLU(),
    )


def doubling(n_in: int, n_out: int) -> nn.Sequential:
    """(B, n_in, H, W) to (B, n_out, 2H, 2W)."""
    return nn.Sequential(nn.Conv2d(n_in, 4 * n_out, 3, padding=1), nn.PixelShuffle(2))


class Filler(nn.Module):
    """A picture and its hole to a whole picture, (B, 1, 64, 64): a U-Net.

    Ronneberger et al. (2015): three sizes, 32x32, 16x16 and 8x8, with a bridge from
    each size on the way down to the same on the way up. At 8x8 dense layers let every
    place see every other. Faces lie alike in all pictures, so ``place`` tells each
    position where it is, and what is learned is the difference to a mean picture.

    Parameters
    ----------
    width : int
        Channels at 32x32; twice as many at 16x16, four times at 8x8.
    hidden : int
        Size of the dense layer.
    """

    image_shape = (1, SIZE, SIZE)

    def __init__(self, width: int = 16, hidden: int = 128):
        super().__init__()
        self.register_buffer("mean", torch.full((1, 1, SIZE, SIZE), 0.5))
        self.place = nn.Parameter(torch.zeros(1, width, 32, 32))
        self.enter = nn.Conv2d(8, width, 3, padding=1)  # of (B, 8, 32, 32)
        self.at_32 = convolutions(width, width)
        self.to_16 = nn.Conv2d(width, 2 * width, 3, stride=2, padding=1)
        self.at_16 = convolutions(2 * width, 2 * width)
        self.to_8 = nn.Conv2d(2 * width, 4 * width, 3, stride=2, padding=1)
        self.at_8 = convolutions(4 * width, 4 * width)
        self.everywhere = nn.Sequential(
            nn.Conv2d(4 * width, NARROW, 1),
            nn.Flatten(),  # (B, 64 * NARROW)
            nn.Linear(64 * NARROW, hidden),
            nn.SiLU(),
            nn.Linear(hidden, 64 * NARROW),
            nn.Unflatten(1, (NARROW, 8, 8)),
            nn.Conv2d(NARROW, 4 * width, 1),
        )
        self.after = convolutions(4 * width, 4 * width)
        self.back_to_16 = doubling(4 * width, 2 * width)
        self.joined_at_16 = convolutions(4 * width, 2 * width)
        self.back_to_32 = doubling(2 * width, width)
        self.joined_at_32 = convolutions(2 * width, width)
        self.leave = doubling(width, 1)

    def forward(self, image, hole):
        require_images(image, self.image_shape)
        hole = hole.expand_as(image)  # one hole may be that of all
        seen = (image - self.mean) * CONTRAST * (1 - hole)
        h = F.pixel_unshuffle(torch.cat([seen, hole], dim=1), 2)  # (B, 8, 32, 32)
        at_32 = self.at_32(self.enter(h) + self.place)  # (B, w, 32, 32)
        at_16 = self.at_16(self.to_16(at_32))  # (B, 2w, 16, 16)
        at_8 = self.at_8(self.to_8(at_16))  # (B, 4w, 8, 8)
        at_8 = self.after(at_8 + self.everywhere(at_8))
        at_16 = self.joined_at_16(torch.cat([self.back_to_16(at_8), at_16], dim=1))
        at_32 = self.joined_at_32(torch.cat([self.back_to_32(at_16), at_32], dim=1))
        return self.mean + self.leave(at_32) / CONTRAST  # (B, 1, 64, 64)


class ResidualConvolutions(nn.Module):
    """x + f(x) with two 3x3 convolutions, (B, width, H, W) (He et al., 2016)."""

    def __init__(self, width: int):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1),
            nn.SiLU(),
            nn.Conv2d(width, width, 3, padding=1),
        )

    def forward(self, x):
        return x + self.layers(x)


class Restorer(nn.Module):
    """A small or a noisy picture to a better one, (B, 1, 64, 64).

    It learns the difference to what costs nothing (as Kim et al., 2016, and Zhang et
    al., 2017): to the bicubic enlargement of a small picture, or to the noisy picture
    itself. Residual blocks (Lim et al., 2017) work at 16x16, or at 32x32.

    Parameters
    ----------
    factor : int
        4 for pictures (B, 1, 16, 16); 1 for noisy ones (B, 1, 64, 64).
    width, depth : int
        Channels, and residual blocks.
    """

    def __init__(self, factor: int = 4, width: int = 48, depth: int = 4):
        super().__init__()
        if factor not in (1, 4):
            raise Mistake(
                f"factor is {factor}; it is 4 (enlarge) or 1 (remove noise)",
                f"factor 写成了 {factor}，应当是 4（放大）或者 1（去噪）。",
            )
        self.factor = factor
        side = SIZE // factor
        self.image_shape = (1, side, side)
        fold = 1 if factor == 4 else 2  # pixels of a side that become channels
        self.fold, grid = fold, side // fold
        self.place = nn.Parameter(torch.zeros(1, width, grid, grid))
        self.enter = nn.Conv2d(fold**2, width, 3, padding=1)
        self.body = nn.Sequential(*[ResidualConvolutions(width) for _ in range(depth)])
        block = SIZE // grid
        self.leave = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1),
            nn.SiLU(),
            nn.Conv2d(width, block**2, 3, padding=1),
            nn.PixelShuffle(block),  # (B, 1, 64, 64)
        )

    def forward(self, image):
        require_images(image, self.image_shape)
        start = image
        if self.factor > 1:
            start = F.interpolate(image, scale_factor=self.factor, mode="bicubic")
        h = F.pixel_unshuffle(2 * image - 1, self.fold)  # (B, 1 or 4, grid, grid)
        h = self.body(self.enter(h) + self.place)
        return start + self.leave(h) / CONTRAST
