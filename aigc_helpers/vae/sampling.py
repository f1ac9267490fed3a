"""Pictures from a trained VAE: codes, samples, reconstructions, directions."""

from dataclasses import dataclass

import torch
from torch import nn

from aigc_helpers.pixels import in_chunks, strongest_directions, to_unit
from aigc_helpers.reader import Mistake
from aigc_helpers.runtime import evaluation_mode
from aigc_helpers.vae.losses import binarise, reparameterize


class PixelDecoder(nn.Module):
    """The decoder of a VAE in evaluation mode: z (and y) to images in [0, 1].

    The images are the pixels' probabilities, not draws of zeros and ones.
    """

    def __init__(self, model: nn.Module):
        super().__init__()
        self.decoder = model.decoder.eval()

    def forward(self, z, *y):
        return torch.sigmoid(self.decoder(z, *y))


@torch.no_grad()
def encode_images(model, images, y=None, *, batch_size: int = 500):
    """Mean and log-variance (N, latent_dim) of images, uint8 or float in [0, 1]."""

    def encode(x, *condition):
        return model.encode(to_unit(x), *condition)

    with evaluation_mode(model):
        return in_chunks(encode, images, y, batch_size=batch_size)


@torch.no_grad()
def sample_images(model, z, y=None, *, batch_size: int = 500):
    """Images (N, C, H, W) in [0, 1] of latent vectors (N, latent_dim).

    ``z`` is drawn from the prior by ``torch.randn(n, model.latent_dim)``, or from a
    `CodeMixture`; ``y`` are one-hot classes.
    """

    def decode(z, *condition):
        return torch.sigmoid(model.decode(z, *condition))

    with evaluation_mode(model):
        return in_chunks(decode, z, y, batch_size=batch_size)


def reconstruct(model, images, y=None):
    """Images decoded from the mean of q(z|x), (N, C, H, W) in [0, 1]."""
    mu, _ = encode_images(model, images, y)
    return sample_images(model, mu, y)


@torch.no_grad()
def draw_in_order(model, z, *, generator=None):
    """Draw images (N, 1, H, W) of zeros and ones from p(x|z) of a `CausalVAE`.

    Pixel by pixel, since each one's probability depends on those before it.
    """
    from_z = model.decode(z)  # (N, 1, H, W)
    x = torch.zeros_like(from_z)
    half = model.neighbours[0].padding[0]
    for row in range(x.shape[2]):
        for column in range(x.shape[3]):
            top, left = max(0, row - half), max(0, column - half)
            seen = x[..., top : row + 1, left : column + half + 1]
            near = model.neighbours(seen)[..., -1, column - left]  # (N, 1)
            p = torch.sigmoid(from_z[..., row, column] + near)
            x[..., row, column] = binarise(p, generator=generator)
    return x


def count_active_units(mu, *, threshold: float = 0.01) -> int:
    """How many latent numbers move with the image: variance of mu (N, D) above it.

    Burda et al. (2016), section 5.2; one that has collapsed onto the prior is inactive.
    """
    return int((mu.var(dim=0) > threshold).sum())


@dataclass(frozen=True)
class CodeMixture:
    """A mixture of K Gaussians over codes, to draw z from instead of the prior.

    Attributes
    ----------
    shares : tensor (K,)
    means : tensor (K, latent_dim)
    roots : tensor (K, latent_dim, latent_dim), lower Cholesky factors
    """

    shares: torch.Tensor
    means: torch.Tensor
    roots: torch.Tensor

    def sample(self, n: int, *, generator=None):
        """Draw n latent vectors (n, latent_dim)."""
        which = torch.multinomial(self.shares, n, replacement=True, generator=generator)
        eps = torch.randn(n, self.means.shape[1], generator=generator)
        stretched = (self.roots[which] @ eps[:, :, None])[:, :, 0]  # (n, latent_dim)
        return self.means[which] + stretched


def fit_code_mixture(
    mu, logvar=None, *, n_components: int = 1, seed: int = 0
) -> CodeMixture:
    """A mixture fitted to one code z of each image: the aggregate posterior.

    The mean of q(z|x) over the data is what the decoder has learned to read; where it
    differs from N(0, I), samples of the prior are of places without data. That a plain
    autoencoder draws as well once it has such a fit: Ghosh et al. (2020), section 4.

    Parameters
    ----------
    mu, logvar : tensors (N, latent_dim)
        Of `encode_images`. Without ``logvar`` the codes are ``mu`` themselves.
    n_components : int
        Gaussians of the mixture, each with a full covariance.

    Raises
    ------
    ValueError
        If there are too few codes for that many Gaussians.
    """
    from sklearn.mixture import GaussianMixture  # slow to import, seldom needed

    if not 0 < n_components * mu.shape[1] < len(mu):
        raise Mistake(
            f"{len(mu)} codes of {mu.shape[1]} numbers are too few for {n_components} "
            "Gaussians; encode more images, or ask for fewer (1 or more)",
            f"{len(mu)} 个编码，每个 {mu.shape[1]} 个数，拟合不了 "
            f"{n_components} 个高斯分布：多编码一些图，或者少要几个（至少 1 个"
            "）。",
        )
    rng = torch.Generator().manual_seed(seed)
    codes = mu if logvar is None else reparameterize(mu, logvar, generator=rng)
    mixture = GaussianMixture(n_components, max_iter=30, random_state=seed)
    mixture.fit(codes.double().numpy())
    roots = torch.linalg.cholesky(torch.from_numpy(mixture.covariances_))
    return CodeMixture(
        torch.from_numpy(mixture.weights_).float(),
        torch.from_numpy(mixture.means_).float(),
        roots.float(),
    )


@torch.no_grad()
def principal_directions(model, n_directions: int = 6):
    """Unit directions in latent space that change the decoder's first layer most.

    Its layer before the nonlinearity is linear in z, see `strongest_directions`.

    Returns
    -------
    tensor (n_directions, latent_dim)
        Strongest first; one step is one standard deviation of the prior.
    """
    first = model.decoder.from_latent.weight[:, : model.latent_dim]
    return strongest_directions(first, n_directions)
