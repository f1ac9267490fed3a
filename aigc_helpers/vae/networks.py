"""Encoder, decoder, the VAE that joins them, and one that also sees earlier pixels."""

import torch
import torch.nn.functional as F
from torch import nn

from aigc_helpers.pixels import require_class, require_images, require_shape
from aigc_helpers.vae.losses import reparameterize

NARROW = 8  # channels between dense and convolutional layers: most weights stand there


class ResidualBlock(nn.Module):
    """x + f(x) with two 3x3 convolutions, (B, width, H, W) (He et al., 2016)."""

    def __init__(self, width: int):
        super().__init__()
        self.layers = nn.Sequential(
            nn.SiLU(),
            nn.Conv2d(width, width, 3, padding=1),
            nn.SiLU(),
            nn.Conv2d(width, width, 3, padding=1),
        )

    def forward(self, x):
        return x + self.layers(x)


class Encoder(nn.Module):
    """Images (B, 1, 28, 28) to mean and log-variance of q(z|x), (B, latent_dim) each.

    Parameters
    ----------
    latent_dim : int
        Length of z.
    width : int
        Channels at 7x7, the only size at which it convolves: `PixelUnshuffle` turns
        blocks of 4x4 pixels into channels.
    hidden : int
        Size of the dense layer.
    depth : int
        Residual blocks.
    n_classes : int
        Length of the one-hot class that comes with the image; 0 for none.
    """

    def __init__(
        self, latent_dim: int, width: int, hidden: int, depth: int, n_classes: int = 0
    ):
        super().__init__()
        self.trunk = nn.Sequential(
            nn.PixelUnshuffle(4),  # (B, 16, 7, 7)
            nn.Conv2d(16, width, 3, padding=1),
            *[ResidualBlock(width) for _ in range(depth)],
            nn.SiLU(),
            nn.Conv2d(width, NARROW, 1),
            nn.Flatten(),  # (B, 49 * NARROW)
        )
        self.to_posterior = nn.Sequential(
            nn.Linear(49 * NARROW + n_classes, hidden),
            nn.SiLU(),
            nn.Linear(hidden, 2 * latent_dim),
        )

    def forward(self, x, *y):
        h = torch.cat([self.trunk(x), *y], dim=1)  # (B, 49 * NARROW + n_classes)
        mu, logvar = (
            self.to_posterior(h).float().chunk(2, dim=1)
        )  # of (B, 2 * latent_dim)
        return mu, logvar


class Decoder(nn.Module):
    """Latent vectors (B, latent_dim) to logits (B, 1, 28, 28) of p(x|z).

    The sizes are those of `Encoder`. The last convolution writes each block of 4x4
    pixels as 16 channels, which `PixelShuffle` (Shi et al., 2016) lays out.
    """

    def __init__(
        self, latent_dim: int, width: int, hidden: int, depth: int, n_classes: int = 0
    ):
        super().__init__()
        self.from_latent = nn.Linear(latent_dim + n_classes, hidden)
        self.to_logits = nn.Sequential(
            nn.SiLU(),
            nn.Linear(hidden, 49 * NARROW),
            nn.Unflatten(1, (NARROW, 7, 7)),
            nn.Conv2d(NARROW, width, 1),
            *[ResidualBlock(width) for _ in range(depth)],
            nn.SiLU(),
            nn.Conv2d(width, 16, 3, padding=1),
            nn.PixelShuffle(4),  # (B, 1, 28, 28)
        )

    def forward(self, z, *y):
        h = torch.cat([z, *y], dim=1)  # (B, latent_dim + n_classes)
        return self.to_logits(self.from_latent(h))


class VAE(nn.Module):
    """q(z|x) = N(mu, diag sigma^2), p(z) = N(0, I), p(x|z) Bernoulli for each pixel.

    Kingma and Welling (2014). With ``n_classes`` both networks take the one-hot class
    as well (Sohn et al., 2015), here with a prior that does not depend on it.
    ``image_shape`` is the (C, H, W) that its encoder and decoder are built for.
    """

    image_shape = (1, 28, 28)

    def __init__(
        self,
        latent_dim: int = 20,
        width: int = 32,
        hidden: int = 256,
        depth: int = 1,
        *,
        n_classes: int = 0,
    ):
        super().__init__()
        self.latent_dim, self.n_classes = latent_dim, n_classes
        sizes = latent_dim, width, hidden, depth, n_classes
        self.encoder, self.decoder = Encoder(*sizes), Decoder(*sizes)

    def encode(self, x, y=None):
        """Mean and log-variance (B, latent_dim) of q(z|x) of images in [0, 1]."""
        require_images(x, self.image_shape)
        return self.encoder(x, *self._condition(y))

    def decode(self, z, y=None):
        """Logits (B, 1, 28, 28) of latent vectors (B, latent_dim)."""
        require_shape("z", z, self.latent_dim)
        return self.decoder(z, *self._condition(y))

    def forward(self, x, y=None, *, generator=None):
        mu, logvar = self.encode(x, y)
        z = reparameterize(mu, logvar, generator=generator)
        return self.decode(z, y), mu, logvar

    def _condition(self, y) -> tuple:
        require_class(y, self.n_classes)
        return () if y is None else (y,)


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
