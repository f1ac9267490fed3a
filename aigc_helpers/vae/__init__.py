"""Variational autoencoders: networks, the bound, the training loop, sampling.

The functions follow chapter 06 of the book in name and order. Images are (B, C, H, W)
with values in [0, 1]; likelihoods are those of Bernoulli pixels, in nats.
"""

from aigc_helpers.vae.evaluation import (
    count_telling_units,
    draw_log_weights,
    evaluate_elbo,
    importance_weighted_nll,
    read_digits,
    sharpness,
)
from aigc_helpers.vae.losses import (
    anneal,
    binarise,
    free_bits_kl,
    kl_divergence,
    kl_per_dimension,
    negative_elbo,
    reconstruction_loss,
    reparameterize,
)
from aigc_helpers.vae.networks import (
    VAE,
    CausalConv2d,
    CausalVAE,
    Decoder,
    Encoder,
    ResidualBlock,
)
from aigc_helpers.vae.sampling import (
    CodeMixture,
    PixelDecoder,
    count_active_units,
    draw_in_order,
    encode_images,
    fit_code_mixture,
    principal_directions,
    reconstruct,
    sample_images,
)
from aigc_helpers.vae.training import train_vae
