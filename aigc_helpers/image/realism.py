"""Enlarged pictures that look real: a critic takes part in the training."""

import torch
import torch.nn.functional as F
from torch import nn

from aigc_helpers.image.training import GRADIENT, shrink, varied_batch
from aigc_helpers.pixels import require_not_negative, require_training_set
from aigc_helpers.runtime import autocast
from aigc_helpers.training import Run


class Critic(nn.Module):
    """Pictures (B, 1, 64, 64) in [0, 1] to two logits (B,): large means "looks real".

    The first is the mean of what is thought of small patches (Isola et al., 2017),
    which sees grain and edges; the second looks at the whole picture.

    Parameters
    ----------
    width : int
        Channels at 32x32.
    """

    def __init__(self, width: int = 24):
        super().__init__()

        def layer(n_in, n_out, stride):
            conv = nn.Conv2d(n_in, n_out, 3, stride=stride, padding=1)
            return [conv, nn.LeakyReLU(0.2)]

        self.trunk = nn.Sequential(
            nn.PixelUnshuffle(2),  # (B, 4, 32, 32)
            *layer(4, width, 1),
            *layer(width, 2 * width, 2),  # (B, 2w, 16, 16)
        )
        self.of_patches = nn.Conv2d(2 * width, 1, 3, padding=1)
        self.of_whole = nn.Sequential(
            *layer(2 * width, 4 * width, 2),
            *layer(4 * width, 4 * width, 2),
            nn.Flatten(),  # (B, 64 * width)
            nn.Linear(64 * width, 1),
        )

    def forward(self, pictures):
        h = self.trunk(2 * pictures - 1)
        patches = self.of_patches(h).mean(dim=(1, 2, 3))  # (B,)
        return patches.float(), self.of_whole(h)[:, 0].float()


def looks_real_loss(logits):
    """``-log sigmoid`` of each logit, mean over pictures, in nats, summed."""
    return sum(F.softplus(-one).mean() for one in logits)


def looks_made_loss(logits):
    """``-log(1 - sigmoid)`` of each logit, mean over pictures, in nats, summed."""
    return sum(F.softplus(one).mean() for one in logits)


def train_realistic_upscaler(
    upscaler, critic, data, *, realism: float = 1e-3, **options
):
    """Go on training an upscaler, now against a critic; return average and history.

    Its loss is the squared error, plus that of its answer made small again, plus
    ``realism`` times what the critic thinks of it (the losses of chapter 05; Ledig et
    al., 2017, "Photo-Realistic Single Image Super-Resolution"). Start from an upscaler
    that has learnt the squared error alone.

    Parameters
    ----------
    upscaler : Restorer
        Of ``factor`` 4; changed in place.
    critic : Critic
        Changed in place.
    data : tensor
        Pictures (N, 1, 64, 64), uint8 or float in [0, 1].
    realism : float
        0 or more; with 0 the critic changes nothing.
    **options
        ``steps``, ``batch_size`` (16), ``lr`` (5e-4, of both networks), ``decay``
        (0.99), ``seed``, ``watch``, ``checkpoint``: see `training.Run`.

    Raises
    ------
    Mistake
        If data or a number cannot be meant.
    DivergedError
        If a loss is no longer a number, or far from its first value.
    """
    require_training_set(data, None, upscaler, lowest=0)
    require_not_negative(realism=realism)
    optimizer, optimizer_critic = (
        torch.optim.AdamW(
            network.parameters(), betas=(0.0, 0.99), weight_decay=0.0, fused=True
        )
        for network in (upscaler, critic)
    )
    run = Run(
        upscaler,
        {
            "critic": critic,
            "optimizer": optimizer,
            "optimizer_critic": optimizer_critic,
        },
        **{"batch_size": 16, "lr": 5e-4, "decay": 0.99} | options,
    )
    for _ in run:
        x, others = (varied_batch(data, run) for _ in range(2))
        with autocast(x.device):
            y = upscaler(shrink(x))
        y = y.float()
        loss_critic = _critic_step(critic, optimizer_critic, others, y.detach())
        error = F.mse_loss(y, x) + F.mse_loss(shrink(y), shrink(x))
        critic.requires_grad_(False)
        with autocast(x.device):
            thought = critic(y)
        loss = error + realism * looks_real_loss(thought)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(upscaler.parameters(), GRADIENT)
        optimizer.step()
        critic.requires_grad_(True)
        run.record(error=error, loss_critic=loss_critic)
    return run.average, run.history


def _critic_step(critic, optimizer, real, made):
    """One update that tells ``real`` from ``made``; return the loss in nats."""
    with autocast(real.device):
        loss = looks_real_loss(critic(real)) + looks_made_loss(critic(made))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()
