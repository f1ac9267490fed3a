"""What a VAE minimises: the negative evidence lower bound (ELBO), in nats."""

import torch
import torch.nn.functional as F

from aigc_helpers.pixels import to_unit


def reparameterize(mu, logvar, *, generator=None):
    """Draw z = mu + sigma * eps with eps from N(0, I), shape (B, latent_dim).

    Kingma and Welling (2014), section 2.4: z is random, yet mu and sigma get gradients.
    """
    eps = torch.randn(mu.shape, generator=generator).to(mu)
    return mu + torch.exp(0.5 * logvar) * eps


def kl_per_dimension(mu, logvar):
    """KL( N(mu, sigma^2) || N(0, 1) ) of each latent number, nats, (B, latent_dim).

    In closed form, Kingma and Welling (2014), appendix B.
    """
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar)


def kl_divergence(mu, logvar):
    """KL( q(z|x) || p(z) ) in nats, shape (B,)."""
    return kl_per_dimension(mu, logvar).sum(dim=1)


def reconstruction_loss(logits, x):
    """-log p(x|z) in nats, shape (B,): the cross-entropies of all pixels, summed.

    Of pixels between 0 and 1 it is the same sum, but no longer a log-probability.
    """
    each = F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    return each.flatten(1).sum(dim=1)  # (B, C, H, W) -> (B, C * H * W) -> (B,)


def negative_elbo(logits, x, mu, logvar, *, beta: float = 1.0):
    """-log p(x|z) + beta * KL in nats, shape (B,); an upper bound of -log p(x).

    ``beta`` other than 1 (Higgins et al., 2017) gives no bound.
    """
    return reconstruction_loss(logits, x) + beta * kl_divergence(mu, logvar)


def anneal(step: int, steps: int, *, share: float = 0.5) -> float:
    """Weight of the KL divergence that grows from 0 to 1 in a share of the steps.

    Bowman et al. (2016): z is not squeezed out before the decoder reads it.
    """
    return min(1.0, (step + 1) / max(1.0, share * steps))


def free_bits_kl(mu, logvar, free_bits: float):
    """Sum over latent numbers of max(free_bits, mean KL), in nats, a scalar.

    What a latent number tells below ``free_bits`` nats costs nothing, so that it is
    not given up early in training; Kingma et al. (2016), eq. 15.
    """
    return kl_per_dimension(mu, logvar).mean(dim=0).clamp(min=free_bits).sum()


def binarise(pixels, *, generator=None):
    """Draw 0.0 or 1.0 with the grey value as probability (Salakhutdinov, 2008).

    ``pixels`` are uint8 in 0..255, or float in [0, 1]; the result is float32.
    """
    probabilities = to_unit(pixels)
    noise = torch.rand(probabilities.shape, generator=generator)
    return (noise.to(probabilities) < probabilities).float()
