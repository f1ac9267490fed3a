"""Likelihoods of images: bounds by importance weighting, nats and bits."""

import math

import torch

from aigc_helpers.reader import Mistake


def bits_per_dimension(nats, n_dimensions: int):
    """A negative log-likelihood of a whole image, in nats, as bits for each pixel.

    ``n_dimensions`` are the pixels of an image, all channels counted. The bits are
    those of pixels that are 0 or 1, and of probabilities of them; densities of grey
    values need a correction (Theis et al., 2016, section 3.1) that this is not.
    """
    if n_dimensions < 1:
        raise Mistake(
            f"n_dimensions is {n_dimensions}; images have 1 or more",
            f"像素的个数写成了 {n_dimensions}，至少是 1，例如 784。",
        )
    return nats / (n_dimensions * math.log(2))


def log_normal(z, mu, logvar):
    """Log-density of N(mu, diag sigma^2) at each row of z (..., D), in nats, (...)."""
    squares = (z - mu) ** 2 / logvar.exp() + logvar + math.log(2 * math.pi)
    return -0.5 * squares.sum(dim=-1)


def log_importance_weights(log_likelihood, z, mu, logvar):
    """Weights log p(x|z) + log p(z) - log q(z|x), in nats, (...).

    Parameters
    ----------
    log_likelihood : tensor (...)
        Log p(x|z).
    z : tensor (..., D)
        Drawn from q(z|x) = N(mu, diag sigma^2); the prior is p(z) = N(0, I).
    mu, logvar : tensors that broadcast to z
    """
    log_prior, log_q = log_normal(z, 0 * mu, 0 * logvar), log_normal(z, mu, logvar)
    return log_likelihood + log_prior - log_q


def log_mean_exp(values, dim: int = -1):
    """log(mean(exp(values))) along ``dim``, without overflow."""
    return torch.logsumexp(values, dim=dim) - math.log(values.shape[dim])


def importance_weighted_bound(log_weights):
    r"""L_k = log( 1/k sum_i w_i ) of log-weights (B, k), in nats, shape (B,).

    ``w_i = p(x, z_i) / q(z_i | x)`` with z_i from q. Its mean is at most log p(x),
    grows with k, and tends to log p(x) (Burda et al., 2016, eq. 8 and theorem 1);
    k = 1 gives the ELBO.

    Raises
    ------
    ValueError
        If the weights are not (B, k), or one is NaN or plus infinity.
    """
    if log_weights.ndim != 2 or log_weights.shape[1] < 1:
        raise Mistake(
            f"log_weights have shape {tuple(log_weights.shape)}; expected (B, k), "
            "k weights for each image",
            f"log_weights 的形状是 {tuple(log_weights.shape)}，应当是 (B, k)："
            "每张图 k 个权重。",
        )
    if not (log_weights < math.inf).all():
        raise Mistake(
            "log_weights contain NaN or infinity; is the model trained?",
            "权重里有 NaN 或无穷大：模型训练过了吗？",
        )
    return log_mean_exp(log_weights, dim=1)
