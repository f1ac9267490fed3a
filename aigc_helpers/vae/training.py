"""The training loop of chapter 06."""

from collections.abc import Callable

import torch

from aigc_helpers.pixels import (
    one_hot,
    require_not_negative,
    require_training_set,
    to_unit,
)
from aigc_helpers.runtime import autocast
from aigc_helpers.training import Run
from aigc_helpers.vae.losses import (
    binarise,
    free_bits_kl,
    kl_divergence,
    reconstruction_loss,
)


def train_vae(
    model,
    data,
    labels=None,
    *,
    beta: float | Callable[[int, int], float] = 1.0,
    free_bits: float = 0.0,
    binary: bool = False,
    **options,
):
    """Minimise the negative ELBO, batch after batch.

    Parameters
    ----------
    model : VAE
        Changed in place.
    data : tensor
        Images (N, C, H, W), uint8 or float in [0, 1].
    labels : int64 tensor (N,), optional
        Classes, for a VAE with ``n_classes``.
    beta : float, or callable of (step, steps)
        Weight of the KL divergence; one that changes with the steps is `anneal`.
    free_bits : float
        Nats of each latent number that cost nothing, see `free_bits_kl`.
    binary : bool
        Binarise each batch anew by chance, instead of learning grey values.
    **options
        ``steps``, ``batch_size`` (64), ``lr`` (4e-3, of AdamW), ``decay`` (0.99, of
        the averaged model), ``seed``, ``watch``, ``checkpoint``: see `training.Run`.

    Returns
    -------
    model : VAE
        The averaged model, in evaluation mode.
    history : History
        ``reconstruction`` and ``kl`` in nats an image, one value a step; their sum is
        the negative ELBO, whatever ``beta`` is.

    Raises
    ------
    Mistake
        If data, labels or a number cannot be meant.
    DivergedError
        If a loss is no longer a number, or far from its first value.
    """
    require_training_set(data, labels, model, lowest=0)
    require_not_negative(beta=beta, free_bits=free_bits)
    optimizer = torch.optim.AdamW(
        model.parameters(), betas=(0.9, 0.99), weight_decay=0.0, fused=True
    )
    options = {"batch_size": 64, "lr": 4e-3, "decay": 0.99} | options
    run = Run(model, {"optimizer": optimizer}, **options)
    for step in run:
        weight = beta(step, run.steps) if callable(beta) else beta
        index = torch.randint(len(data), (run.batch_size,), generator=run.rng)
        pixels = data[index]
        x = binarise(pixels, generator=run.rng) if binary else to_unit(pixels)
        y = None if labels is None else one_hot(labels[index], model.n_classes)
        with autocast(x.device):
            logits, mu, logvar = model(x, y, generator=run.rng)

        reconstruction = reconstruction_loss(logits.float(), x).mean()
        kl = kl_divergence(mu, logvar).mean()
        cost = free_bits_kl(mu, logvar, free_bits) if free_bits else kl
        optimizer.zero_grad()
        (reconstruction + weight * cost).backward()
        optimizer.step()
        run.record(reconstruction=reconstruction, kl=kl)
    return run.average, run.history
