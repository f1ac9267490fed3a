"""Encoder, decoder, and the VAE that joins them."""

import torch
from torch import nn

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
        h = torch.cat([self.trunk(x), *y], dim=1)
        mu, logvar = self.to_posterior(h).float().chunk(2, dim=1)
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
        return self.to_logits(self.from_latent(torch.cat([z, *y], dim=1)))


class VAE(nn.Module):
    """q(z|x) = N(mu, diag sigma^2), p(z) = N(0, I), p(x|z) Bernoulli for each pixel.

    Kingma and Welling (2014). With ``n_classes`` both networks take the one-hot class
    as well (Sohn et al., 2015), here with a prior that does not depend on it.
    """

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
        require_images(x)
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
        if self.n_classes == 0 and y is None:
            return ()
        if self.n_classes == 0:
            raise ValueError(
                "y was given, but this VAE takes no class: leave y out, or build it "
                "with VAE(n_classes=10)"
            )
        if y is None:
            raise ValueError(
                f"y is missing: this VAE needs the one-hot class (B, {self.n_classes})"
            )
        require_shape("y", y, self.n_classes)
        return (y,)


def require_shape(name: str, value, size: int) -> None:
    """Raise a ValueError that names both sizes unless ``value`` is (B, size)."""
    if value.ndim != 2 or value.shape[1] != size:
        raise ValueError(
            f"{name} must have shape (B, {size}), got {tuple(value.shape)}: the "
            f"network was built for {size} values a row; pass as many, or build it anew"
        )


def require_images(x) -> None:
    """Raise a ValueError unless ``x`` is a float tensor (B, 1, 28, 28)."""
    if x.ndim != 4 or x.shape[1:] != (1, 28, 28) or not x.is_floating_point():
        raise ValueError(
            f"images must be float (B, 1, 28, 28) in [0, 1], got {x.dtype} "
            f"{tuple(x.shape)}; divide uint8 pixels by 255"
        )
