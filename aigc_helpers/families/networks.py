"""A GAN, a VAE and an autoregressive model of points in the plane.

Each has the same four things: ``betas`` for Adam; ``players()``, the parameters by the
name of the loss that moves them; ``loss(x, player, rng)``, a scalar in nats; and
``sample(n, rng)``, points (n, 2).
"""

import math

import torch
import torch.nn.functional as F
from torch import nn


def perceptron(n_in: int, n_out: int, width: int = 64):
    """A multilayer perceptron with two hidden layers."""
    hidden = (nn.Linear(n_in, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU())
    return nn.Sequential(*hidden, nn.Linear(width, n_out))


class ToyGAN(nn.Module):
    """Two players: one tells real points from fakes, one makes the fakes.

    Goodfellow et al. (2014), with the non-saturating loss of section 3.
    """

    betas = (0.0, 0.99)

    def __init__(self, latent_dim: int = 2):
        super().__init__()
        self.latent_dim = latent_dim
        self.discriminator = perceptron(2, 1)
        self.generator = perceptron(latent_dim, 2)

    def players(self):
        """The discriminator moves first, then the generator."""
        return {
            "discriminator": list(self.discriminator.parameters()),
            "generator": list(self.generator.parameters()),
        }

    def loss(self, x, player, rng):
        """-E[log D(x)] - E[log(1 - D(G(z)))], or -E[log D(G(z))]."""
        if player == "generator":
            o = self.discriminator(self.sample(len(x), rng))
            return F.softplus(-o).mean()
        with torch.no_grad():
            fake = self.sample(len(x), rng)
        real_logits = self.discriminator(x)
        fake_logits = self.discriminator(fake)
        return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()

    def sample(self, n, rng):
        """One pass of the generator."""
        z = torch.randn(n, self.latent_dim, generator=rng)
        return self.generator(z)


class ToyVAE(nn.Module):
    """q(z|x) = N(mu, diag sigma^2), p(z) = N(0, I), p(x|z) = N(decoder(z), s^2 I).

    Kingma and Welling (2014); ``log_s`` is one learned number.
    """

    betas = (0.9, 0.99)

    def __init__(self, latent_dim: int = 2):
        super().__init__()
        self.latent_dim = latent_dim
        self.encoder = perceptron(2, 2 * latent_dim)
        self.decoder = perceptron(latent_dim, 2)
        self.log_s = nn.Parameter(torch.zeros(()))

    def players(self):
        """Encoder and decoder pull in one direction."""
        return {"negative_elbo": list(self.parameters())}

    def encode(self, x):
        """Mean and log-variance (B, latent_dim) of q(z|x)."""
        return self.encoder(x).chunk(2, dim=1)  # (B, 2 * latent_dim) -> 2 of them

    def log_px_given_z(self, x, z):
        """Log N(x; decoder(z), s^2 I) in nats, shape of z without its last axis."""
        squares = (x - self.decoder(z)).square().sum(dim=-1)
        constant = math.log(2 * math.pi) + 2 * self.log_s
        return -0.5 * squares * torch.exp(-2 * self.log_s) - constant

    def elbo(self, x, rng):
        """E_q[log p(x|z)] - KL(q(z|x) || p(z)) in nats, shape (B,), one z each."""
        mu, logvar = self.encode(x)
        eps = torch.randn(mu.shape, generator=rng)
        z = mu + eps * torch.exp(0.5 * logvar)
        kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(dim=1)
        return self.log_px_given_z(x, z) - kl

    def loss(self, x, player, rng):
        """The negative evidence lower bound."""
        return -self.elbo(x, rng).mean()

    def sample(self, n, rng):
        """One pass of the decoder, then the noise that p(x|z) has."""
        z = torch.randn(n, self.latent_dim, generator=rng)
        return self.decoder(z) + self.log_s.exp() * torch.randn(n, 2, generator=rng)


class ToyAutoregressive(nn.Module):
    """p(x) = p(x_1) p(x_2 | x_1) with each coordinate cut into bins, as tokens.

    One network gives both: it reads "start" or the bin of x_1 and answers with logits
    of the next bin. Within a bin the density is uniform, so that log p(x) is exact.
    """

    betas = (0.9, 0.99)
    side = 3.0  # points lie in [-3, 3] x [-3, 3]

    def __init__(self, n_bins: int = 64, width: int = 64):
        super().__init__()
        self.n_bins, self.start = n_bins, n_bins  # one token more, to begin with
        self.bin_width = 2 * self.side / n_bins
        self.next_logits = nn.Sequential(
            nn.Embedding(n_bins + 1, width),
            nn.ReLU(),
            nn.Linear(width, width),
            nn.ReLU(),
            nn.Linear(width, n_bins),
        )

    def players(self):
        """One network, one loss."""
        return {"negative_log_likelihood": list(self.parameters())}

    def tokens(self, x):
        """Bins of points (B, 2), integers (B, 2)."""
        bins = torch.floor((x + self.side) / self.bin_width).long()
        return bins.clamp(0, self.n_bins - 1)

    def log_density(self, x):
        """Log p(x_1) + log p(x_2 | x_1) in nats, shape (B,); -inf outside."""
        t = self.tokens(x)  # (B, 2)
        begin = torch.full_like(t[:, :1], self.start)
        logits = self.next_logits(torch.cat([begin, t[:, :1]], dim=1))  # (B, 2, n_bins)
        log_p = F.log_softmax(logits, dim=2).gather(2, t[:, :, None])  # (B, 2, 1)
        inside = (x.abs() <= self.side).all(dim=1)
        total = log_p.sum(dim=(1, 2)) - 2 * math.log(self.bin_width)
        return torch.where(inside, total, -math.inf)

    def loss(self, x, player, rng):
        """The negative log-likelihood."""
        return -self.log_density(x).mean()

    def sample(self, n, rng):
        """One pass for each coordinate: draw a bin, then read it to draw the next."""
        token, x = torch.full((n,), self.start), []
        for _ in range(2):
            p = F.softmax(self.next_logits(token), dim=1)  # (n, n_bins)
            token = torch.multinomial(p, 1, generator=rng)[:, 0]
            inside = torch.rand(n, generator=rng)
            x.append((token + inside) * self.bin_width - self.side)
        return torch.stack(x, dim=1)  # (n, 2)


FAMILIES = {"gan": ToyGAN, "vae": ToyVAE, "autoregressive": ToyAutoregressive}
