"""Generative adversarial networks: networks, losses, one training step, sampling.

The functions follow chapter 05 of the book in name and order.
"""

import torch
import torch.nn.functional as F
from torch import nn

from aigc_helpers.pixels import (
    in_chunks,
    one_hot,
    require_class,
    require_not_negative,
    require_shape,
    require_training_set,
    strongest_directions,
    to_signed,
)
from aigc_helpers.runtime import autocast, evaluation_mode
from aigc_helpers.training import Run, require_counts


class Generator(nn.Module):
    """Noise (B, latent_dim) to images (B, 1, 28, 28) in [-1, 1].

    All convolutions run at 7x7 and 14x14; `PixelShuffle` (Shi et al., 2016) trades
    channels for the last doubling, so that no layer pays for 28x28 positions.

    Parameters
    ----------
    latent_dim : int
        Size of the noise vector z, drawn from N(0, I).
    width : int
        Channels at 7x7.
    """

    def __init__(self, latent_dim: int = 16, width: int = 48):
        super().__init__()
        self.latent_dim = latent_dim
        self.project = nn.Sequential(
            nn.Linear(latent_dim, width * 7 * 7, bias=False),
            nn.Unflatten(1, (width, 7, 7)),
            nn.BatchNorm2d(width),
            nn.ReLU(),
        )
        self.upsample = nn.Sequential(
            nn.Conv2d(width, 4 * 32, 3, padding=1, bias=False),
            nn.PixelShuffle(2),  # (B, 32, 14, 14)
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.Conv2d(32, 32, 3, padding=1, bias=False),
            nn.BatchNorm2d(32),
            nn.ReLU(),
        )
        self.to_image = nn.Sequential(
            nn.Conv2d(32, 4, 3, padding=1),
            nn.PixelShuffle(2),  # (B, 1, 28, 28)
            nn.Tanh(),
        )

    def forward(self, z):
        require_shape("z", z, self.latent_dim)
        h = self.project(z)  # (B, width, 7, 7)
        return self.to_image(self.upsample(h))


class Discriminator(nn.Module):
    """Images (B, 1, 28, 28) in [-1, 1] to logits (B,): large means "looks real".

    The last feature is the spread of the batch (minibatch standard deviation, Karras
    et al., 2018): a generator that repeats itself gives itself away.
    """

    def __init__(self, width: int = 24):
        super().__init__()
        self.trunk = nn.Sequential(
            nn.PixelUnshuffle(2),  # (B, 4, 14, 14)
            nn.Conv2d(4, width, 3, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 3, stride=2, padding=1),  # (B, 2w, 7, 7)
            nn.LeakyReLU(0.2),
            nn.Conv2d(2 * width, 4 * width, 3, stride=2, padding=1),  # (B, 4w, 4, 4)
            nn.LeakyReLU(0.2),
            nn.Flatten(),
        )
        self.to_logit = nn.Linear(4 * width * 16 + 1, 1)

    def forward(self, x):
        h = self.trunk(x)  # (B, 64 * width)
        return self.to_logit(append_spread(h))[:, 0]  # (B, 1) -> (B,)


def append_spread(h):
    """Append the mean standard deviation over the batch: (B, F) -> (B, F + 1)."""
    centred = (h - h.mean(dim=0)).float()
    spread = centred.square().mean(dim=0).add(1e-8).sqrt().mean()
    # one number a batch, the same in each row: () -> (B, 1)
    return torch.cat([h, spread.expand(len(h), 1).to(h.dtype)], dim=1)


class ConditionalGenerator(Generator):
    """Noise (B, latent_dim) and one-hot classes (B, n_classes) to images."""

    def __init__(self, latent_dim: int = 16, width: int = 48, n_classes: int = 10):
        super().__init__(latent_dim + n_classes, width)
        self.latent_dim, self.n_classes = latent_dim, n_classes

    def forward(self, z, y):
        require_shape("z", z, self.latent_dim)
        require_shape("y", y, self.n_classes)
        h = self.project(torch.cat([z, y], dim=1))  # of (B, latent_dim + n_classes)
        return self.to_image(self.upsample(h))


class ConditionalDiscriminator(Discriminator):
    """Adds the projection <V y, h(x)> to the logit (Miyato and Koyama, 2018, eq. 3)."""

    def __init__(self, width: int = 24, n_classes: int = 10):
        super().__init__(width)
        self.embed = nn.Linear(n_classes, 4 * width * 16, bias=False)

    def forward(self, x, y):
        h = self.trunk(x)  # (B, 64 * width)
        match = (self.embed(y) * h).sum(dim=1)  # (B,)
        return self.to_logit(append_spread(h))[:, 0] + match


def discriminator_loss(real_logits, fake_logits):
    """-E[log D(x)] - E[log(1 - D(G(z)))] in nats, D = sigmoid(logit).

    Goodfellow et al. (2014), eq. 1, as a loss: ``-log sigmoid(o) = softplus(-o)``.
    """
    return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()


def generator_loss(fake_logits):
    """-E[log D(G(z))] in nats: the non-saturating loss, Goodfellow et al. (2014), 3."""
    return F.softplus(-fake_logits).mean()


def r1_penalty(discriminator, x, *y):
    """E[ ||grad_x logit(x)||^2 ] on real data; Mescheder et al. (2018), eq. 9.

    Returned without the factor gamma / 2.
    """
    x = x.detach().requires_grad_(True)
    logits = discriminator(x, *y)
    (gradient,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
    return gradient.flatten(1).square().sum(dim=1).mean()  # (B, ...) -> (B,) -> ()


def discriminator_step(discriminator, optimizer, real, fake, *y, gamma: float = 0.0):
    """One update that tells ``real`` from ``fake``; return the loss in nats.

    ``gamma`` weighs the R1 penalty; ``y`` is the one-hot class, if there are classes.
    """
    with autocast(real.device):
        real_logits = discriminator(real, *y)
        fake_logits = discriminator(fake.detach(), *y)
    loss = discriminator_loss(real_logits.float(), fake_logits.float())
    penalty = gamma / 2 * r1_penalty(discriminator, real, *y) if gamma else 0.0
    optimizer.zero_grad()
    (loss + penalty).backward()
    optimizer.step()
    return loss.detach()


def generator_step(discriminator, optimizer, fake, *y):
    """One update that makes ``fake`` look more real; return the loss in nats."""
    discriminator.requires_grad_(False)
    with autocast(fake.device):
        fake_logits = discriminator(fake, *y)
    loss = generator_loss(fake_logits.float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    discriminator.requires_grad_(True)
    return loss.detach()


def train_gan(
    generator,
    discriminator,
    data,
    labels=None,
    *,
    betas: tuple[float, float] = (0.0, 0.99),
    gamma: float = 0.0,
    **options,
):
    """Play the game, round after round.

    Parameters
    ----------
    generator, discriminator : nn.Module
        Changed in place. With ``labels`` both take the one-hot class as well, and the
        generator has ``n_classes``.
    data : tensor
        uint8 images (N, C, H, W), floats in [-1, 1], or rows (N, ...) of floats.
    labels : int64 tensor (N,), optional
        Classes for conditional networks.
    betas : (float, float)
        Of AdamW, for both networks; beta_1 = 0 because in a game old gradients point
        at an old opponent.
    gamma : float
        Weight of the R1 penalty; 0 leaves it out.
    **options
        ``every`` (1: the discriminator moves in every ``every``-th round only),
        ``steps`` (rounds), ``batch_size`` (32), ``lr`` (3e-3, of both networks),
        ``decay`` (0.99, of the averaged generator), ``seed``, ``watch``,
        ``checkpoint``: see `training.Run`.

    Returns
    -------
    generator : nn.Module
        The averaged generator, in evaluation mode.
    history : History
        ``loss_d`` and ``loss_g`` in nats, one value a step.

    Raises
    ------
    Mistake
        If data, labels or a number cannot be meant.
    DivergedError
        If a loss is no longer a number, or far from its first value.
    """
    require_training_set(data, labels, generator, lowest=-1)
    require_not_negative(gamma=gamma)
    every = options.pop("every", 1)
    require_counts(every=every)
    optimizer_g, optimizer_d = (
        torch.optim.AdamW(network.parameters(), betas=betas, fused=True)
        for network in (generator, discriminator)
    )
    run = Run(
        generator,
        {
            "discriminator": discriminator,
            "optimizer_g": optimizer_g,
            "optimizer_d": optimizer_d,
        },
        **{"batch_size": 32, "lr": 3e-3, "decay": 0.99} | options,
    )
    for step in run:
        index = torch.randint(len(data), (run.batch_size,), generator=run.rng)
        real = to_signed(data[index])
        y = () if labels is None else (one_hot(labels[index], generator.n_classes),)
        z = torch.randn(run.batch_size, generator.latent_dim, generator=run.rng)
        with autocast(real.device):
            fake = generator(z.to(real.device), *y)

        if step % every:  # its turn to rest: the loss of its last move
            loss_d = torch.tensor(run.history["loss_d"][-1])
        else:
            loss_d = discriminator_step(
                discriminator, optimizer_d, real, fake, *y, gamma=gamma
            )
        loss_g = generator_step(discriminator, optimizer_g, fake, *y)
        run.record(loss_d=loss_d, loss_g=loss_g)
    return run.average, run.history


@torch.no_grad()
def sample_images(generator, z, y=None, *, batch_size: int = 500):
    """Images (B, C, H, W) in [0, 1] from noise (B, latent_dim), one-hot classes.

    Runs in evaluation mode and leaves the generator in the mode it was in.
    """
    require_class(y, getattr(generator, "n_classes", 0))
    with evaluation_mode(generator):
        return in_chunks(PixelDecoder(generator), z, y, batch_size=batch_size)


class PixelDecoder(nn.Module):
    """A generator in evaluation mode whose images are in [0, 1] instead of [-1, 1]."""

    def __init__(self, generator: nn.Module):
        super().__init__()
        self.generator = generator.eval()

    def forward(self, z, *y):
        return (self.generator(z, *y) + 1) / 2


@torch.no_grad()
def principal_directions(generator, n_directions: int = 6):
    """Unit directions in latent space that change the first activations most.

    GANSpace (Haerkoenen et al., 2020) takes the principal components of the first
    activations. Before their ReLU these are linear in z, so that no sampling is needed,
    see `strongest_directions`. Classes enter through the constant alone and change
    nothing.

    Returns
    -------
    tensor (n_directions, latent_dim)
        Strongest first; one step is one standard deviation of z.
    """
    linear, _, norm, _ = generator.project
    scale = norm.weight / (norm.running_var + norm.eps).sqrt()  # (width,)
    n_places = len(linear.weight) // len(scale)  # 7 * 7
    scale = scale.repeat_interleave(n_places)[:, None]  # (width * 7 * 7, 1)
    first = scale * linear.weight[:, : generator.latent_dim]
    return strongest_directions(first, n_directions)


class ToyGenerator(nn.Module):
    """Noise (B, latent_dim) to points (B, 2): three layers, for data one can see."""

    def __init__(self, latent_dim: int = 2, width: int = 64):
        super().__init__()
        self.latent_dim = latent_dim
        self.layers = nn.Sequential(
            nn.Linear(latent_dim, width),
            nn.ReLU(),
            nn.Linear(width, width),
            nn.ReLU(),
            nn.Linear(width, 2),
        )

    def forward(self, z):
        with full_precision(z):
            return self.layers(z)


class ToyDiscriminator(nn.Module):
    """Points (B, 2) to logits (B,); with ``spread`` it sees the whole batch as well."""

    def __init__(self, width: int = 64, *, spread: bool = False):
        super().__init__()
        self.spread = spread
        self.trunk = nn.Sequential(
            nn.Linear(2, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU()
        )
        self.to_logit = nn.Linear(width + spread, 1)

    def forward(self, x):
        with full_precision(x):
            h = self.trunk(x)  # (B, width)
            h = append_spread(h) if self.spread else h
            return self.to_logit(h)[:, 0]  # (B, 1) -> (B,)


def full_precision(x):
    """Context without bfloat16: its 8 bits are coarser than a mode of width 0.02."""
    return torch.autocast(x.device.type, enabled=False)
