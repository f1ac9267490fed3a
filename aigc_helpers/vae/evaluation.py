"""How good is a VAE? The bound and its parts, and tighter bounds by more samples."""

import torch

from aigc_helpers.metrics import importance_weighted_bound, log_normal
from aigc_helpers.pixels import in_chunks, one_hot, to_unit
from aigc_helpers.reader import Mistake
from aigc_helpers.runtime import evaluation_mode
from aigc_helpers.vae.losses import (
    kl_divergence,
    kl_per_dimension,
    reconstruction_loss,
    reparameterize,
)


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
    """Weights log p(x|z) + log p(z) - log q(z|x) of k draws from q(z|x), nats, (B, k).

    ``x`` are float images (B, C, H, W); k decodings of each are made at once.
    """
    # each row k times: (B, latent_dim) -> (B * k, latent_dim)
    mu, logvar = (rows.repeat_interleave(k, dim=0) for rows in model.encode(x, y))
    z = reparameterize(mu, logvar, generator=generator)
    repeated = None if y is None else y.repeat_interleave(k, dim=0)  # as mu
    logits = model.decode(z, repeated)
    # of images (B * k, C, H, W), then (B * k,) -> (B, k)
    log_likelihood = -reconstruction_loss(logits, x.repeat_interleave(k, dim=0))
    log_prior = log_normal(z, torch.zeros_like(mu), torch.zeros_like(logvar))
    log_q = log_normal(z, mu, logvar)
    return (log_likelihood + log_prior - log_q).view(len(x), k)


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


def sharpness(images) -> float:
    """Squared differences of neighbouring pixels over squared pixels, mean of images.

    Of floats (N, 1, H, W) in [0, 1]; a blurred image has less, one of scattered dots
    more. Black images are left out.
    """
    images = images[images.sum(dim=(1, 2, 3)) > 0]
    across = (images[..., 1:] - images[..., :-1]).square().sum(dim=(1, 2, 3))
    down = (images[..., 1:, :] - images[..., :-1, :]).square().sum(dim=(1, 2, 3))
    return ((across + down) / images.square().sum(dim=(1, 2, 3))).mean().item()


def count_telling_units(mu, logvar, *, threshold: float = 0.1) -> int:
    """How many latent numbers tell more than ``threshold`` nats of an image.

    ``mu`` and ``logvar`` are (N, D): means and log-variances of q(z|x).
    """
    return int((kl_per_dimension(mu, logvar).mean(dim=0) > threshold).sum())


def read_digits(mu, labels) -> float:
    """Share of labels that a linear map reads from codes (N, D).

    ``labels`` are int64 (N,), 0–9. The map is fitted to the first half and judged by
    the second.
    """
    inputs = torch.cat([mu, torch.ones(len(mu), 1)], dim=1).double()
    half = len(mu) // 2
    wanted = one_hot(labels[:half]).double()
    weight = torch.linalg.lstsq(inputs[:half], wanted, driver="gelsd").solution
    found = (inputs[half:] @ weight).argmax(dim=1)
    return float((found == labels[half:]).double().mean())
