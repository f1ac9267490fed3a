"""How good is a VAE? The bound and its parts, and tighter bounds by more samples."""

import torch

from aigc_helpers.metrics import importance_weighted_bound, log_importance_weights
from aigc_helpers.pixels import in_chunks, to_unit
from aigc_helpers.reader import Mistake
from aigc_helpers.runtime import evaluation_mode
from aigc_helpers.vae.losses import kl_divergence, reconstruction_loss, reparameterize


@torch.no_grad()
def evaluate_elbo(model, images, y=None, *, seed: int = 0, batch_size: int = 500):
    """The parts of the negative ELBO in nats, two tensors (N,): reconstruction, KL.

    One z is drawn for each image, in float32; ``images`` are uint8, or float in [0, 1]
    (for binary ones see `binarise`). The sum of the two is the negative ELBO.
    """
    rng = torch.Generator().manual_seed(seed)

    def parts(pixels, *condition):
        x = to_unit(pixels)
        logits, mu, logvar = model(x, *condition, generator=rng)
        return reconstruction_loss(logits, x), kl_divergence(mu, logvar)

    with evaluation_mode(model):
        return in_chunks(parts, images, y, batch_size=batch_size)


@torch.no_grad()
def draw_log_weights(model, x, y=None, *, k: int, generator=None):
    """`log_importance_weights` of k draws of z from q(z|x) for each image, (B, k).

    ``x`` are float images (B, C, H, W); k decodings of each are made at once.
    """
    # each row k times: (B, latent_dim) -> (B * k, latent_dim)
    mu, logvar = (rows.repeat_interleave(k, dim=0) for rows in model.encode(x, y))
    z = reparameterize(mu, logvar, generator=generator)
    repeated = None if y is None else y.repeat_interleave(k, dim=0)  # as mu
    logits = model.decode(z, repeated)
    # of images (B * k, C, H, W), then (B * k,) -> (B, k)
    log_likelihood = -reconstruction_loss(logits, x.repeat_interleave(k, dim=0))
    return log_importance_weights(log_likelihood, z, mu, logvar).view(len(x), k)


@torch.no_grad()
def importance_weighted_nll(
    model, images, y=None, *, k: int = 500, seed: int = 0, decodings: int = 1000
):
    """-L_k in nats, (N,): an upper bound of -log p(x) that sinks as k grows.

    Burda et al. (2016), eq. 8. Images must be 0 or 1 for p(x) to be a probability, see
    `binarise`.

    Parameters
    ----------
    images : float tensor (N, C, H, W)
    y : tensor (N, n_classes), optional
        One-hot classes; the bound is then that of -log p(x|y).
    k : int
        Samples of q(z|x) for each image.
    decodings : int
        How many are made at once, of one image at a time if k is larger.

    Raises
    ------
    ValueError
        If k is less than 1, or a weight is no number.
    """
    if k < 1:
        raise Mistake(
            f"k is {k}; the bound needs 1 or more samples an image",
            f"k 写成了 {k}，每张图至少要 1 个样本。",
        )
    rng = torch.Generator().manual_seed(seed)

    def bound(x, *condition):
        log_weights = [
            draw_log_weights(model, x, *condition, k=part, generator=rng)
            for part in parts_of(k, decodings)
        ]
        return -importance_weighted_bound(torch.cat(log_weights, dim=1))  # of (B, k)

    with evaluation_mode(model):
        return in_chunks(bound, images, y, batch_size=max(1, decodings // k))


def parts_of(k: int, size: int) -> list[int]:
    """Split k into parts of at most ``size``: parts_of(5, 2) is [2, 2, 1]."""
    return [min(size, k - start) for start in range(0, k, size)]
