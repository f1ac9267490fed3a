"""Variational autoencoders: networks, the bound, the training loop, sampling.

The functions follow chapter 06 of the book in name and order. Images are (B, 1, 28, 28)
with values in [0, 1]; likelihoods are those of Bernoulli pixels, in nats.
"""

from aigc_helpers.vae.causal import CausalConv2d, CausalVAE
from aigc_helpers.vae.evaluation import (
    evaluate_elbo,
    importance_weighted_nll,
    log_importance_weights,
    log_normal,
)
from aigc_helpers.vae.losses import (
    binarise,
    free_bits_kl,
    kl_divergence,
    kl_per_dimension,
    negative_elbo,
    one_hot,
    reconstruction_loss,
    reparameterize,
    to_unit,
)
from aigc_helpers.vae.networks import VAE, Decoder, Encoder, ResidualBlock
from aigc_helpers.vae.sampling import (
    CodeMixture,
    PixelDecoder,
    count_active_units,
    encode_images,
    fit_code_mixture,
    linear_interpolation,
    principal_directions,
    reconstruct,
    sample_images,
)
from aigc_helpers.vae.training import train_vae

__all__ = [
    "VAE",
    "CausalConv2d",
    "CausalVAE",
    "CodeMixture",
    "Decoder",
    "Encoder",
    "PixelDecoder",
    "ResidualBlock",
    "binarise",
    "count_active_units",
    "encode_images",
    "evaluate_elbo",
    "fit_code_mixture",
    "free_bits_kl",
    "importance_weighted_nll",
    "kl_divergence",
    "kl_per_dimension",
    "linear_interpolation",
    "log_importance_weights",
    "log_normal",
    "negative_elbo",
    "one_hot",
    "principal_directions",
    "reconstruct",
    "reconstruction_loss",
    "reparameterize",
    "sample_images",
    "to_unit",
    "train_vae",
]
