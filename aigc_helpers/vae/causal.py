"""A VAE whose decoder also sees earlier pixels: too strong for its own good."""

import torch
import torch.nn.functional as F
from torch import nn

from aigc_helpers.vae.networks import VAE


class CausalConv2d(nn.Conv2d):
    """Convolution that sees only what is above, or to the left in the same row.

    The mask "A" of van den Oord et al. (2016), section 3.4: the pixel itself is hidden.
    Sizes (B, in_channels, H, W) to (B, out_channels, H, W).
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int):
        half = kernel_size // 2
        super().__init__(in_channels, out_channels, kernel_size, padding=half)
        mask = torch.ones(kernel_size, kernel_size)
        mask[half, half:] = 0
        mask[half + 1 :] = 0
        self.register_buffer("mask", mask, persistent=False)

    def forward(self, x):
        return F.conv2d(x, self.weight * self.mask, self.bias, padding=self.padding)


class CausalVAE(VAE):
    """A VAE with p(x|z) = prod_i p(x_i | x_<i, z): logits of z plus logits of pixels.

    The neighbours (Gulrajani et al., 2017, do it at full strength) explain so much that
    z may be left unused: posterior collapse.
    """

    def __init__(self, *sizes, reach: int = 7, **options):
        super().__init__(*sizes, **options)
        self.neighbours = nn.Sequential(
            CausalConv2d(1, 32, reach),
            nn.SiLU(),
            nn.Conv2d(32, 1, 1),
        )

    def forward(self, x, y=None, *, generator=None):
        logits, mu, logvar = super().forward(x, y, generator=generator)
        return logits + self.neighbours(x), mu, logvar
