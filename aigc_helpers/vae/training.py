"""The training loop of chapter 06."""

import torch

from aigc_helpers.runtime import autocast
from aigc_helpers.training import (
    History,
    MovingAverage,
    raise_if_not_finite,
    set_lr,
    training_steps,
    warmup_then_decay,
)
from aigc_helpers.vae.losses import (
    binarise,
    free_bits_kl,
    kl_divergence,
    one_hot,
    reconstruction_loss,
    to_unit,
)


def train_vae(
    model,
    data,
    labels=None,
    *,
    steps: int,
    batch_size: int = 64,
    lr: float = 4e-3,
    beta: float = 1.0,
    kl_warmup: float = 0.0,
    free_bits: float = 0.0,
    binary: bool = False,
    decay: float = 0.99,
    seed: int = 0,
    watch=None,
    checkpoint=None,
):
    """Minimise the negative ELBO for ``steps`` batches.

    Parameters
    ----------
    model : VAE
        Changed in place.
    data : tensor
        Images (N, 1, 28, 28), uint8 or float in [0, 1].
    labels : int64 tensor (N,), optional
        Classes, for a VAE with ``n_classes``.
    lr : float
        Of AdamW, after a warm-up; then linear down to zero.
    beta : float
        Weight of the KL divergence.
    kl_warmup : float
        Share of the steps in which that weight grows from 0 (Bowman et al., 2016).
    free_bits : float
        Nats of each latent number that cost nothing, see `free_bits_kl`.
    binary : bool
        Binarise each batch anew by chance, instead of learning grey values.
    decay : float
        Of the moving average of the weights; 0 keeps the newest ones.
    watch : callable, optional
        Called as ``watch(steps_done, averaged_model)`` after every step.
    checkpoint : path, optional
        File to resume from and to save to, see `training_steps`.

    Returns
    -------
    model : VAE
        The averaged model, in evaluation mode.
    history : History
        ``reconstruction`` and ``kl`` in nats an image, one value a step; their sum is
        the negative ELBO, whatever ``beta`` is.

    Raises
    ------
    DivergedError
        If a loss is no longer a number.
    """
    rng = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(
        model.parameters(), betas=(0.9, 0.99), weight_decay=0.0, fused=True
    )
    average = MovingAverage(model, decay)
    history = History("reconstruction", "kl")
    parts = {
        "model": model,
        "average": average.module,
        "optimizer": optimizer,
        "rng": rng,
        "history": history,
    }
    model.train()
    for step in training_steps(steps, parts, checkpoint):
        set_lr(optimizer, lr * warmup_then_decay(step, steps))
        weight = beta * min(1.0, (step + 1) / max(1.0, kl_warmup * steps))

        index = torch.randint(len(data), (batch_size,), generator=rng)
        x = binarise(data[index], generator=rng) if binary else to_unit(data[index])
        y = None if labels is None else one_hot(labels[index], model.n_classes)
        with autocast(x.device):
            logits, mu, logvar = model(x, y, generator=rng)

        reconstruction = reconstruction_loss(logits.float(), x).mean()
        kl = kl_divergence(mu, logvar).mean()
        raise_if_not_finite(step, reconstruction=reconstruction, kl=kl)
        cost = free_bits_kl(mu, logvar, free_bits) if free_bits else kl
        optimizer.zero_grad()
        (reconstruction + weight * cost).backward()
        optimizer.step()
        average.update(model, step)
        history.add(reconstruction=reconstruction, kl=kl)
        if watch:
            watch(step + 1, average.module)
    return average.module, history
