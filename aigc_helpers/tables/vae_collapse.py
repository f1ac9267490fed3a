"""Posterior collapse under a strong decoder, and four cures, from three seeds."""

import torch

from aigc_helpers import vae
from aigc_helpers.data import load_images
from aigc_helpers.runtime import set_seed
from aigc_helpers.tables.measuring import Table

STEPS = 2000
MOMENTS = (100, 200, 300, 400, 600, 800, 1000, 1200, 1400, 1600, 1800, 2000)
WINDOW = 50  # steps up to a moment, whose KL divergences are averaged
N_IMAGES = 4000  # of the test set, made binary once
N_DRAWN = 500  # images of zeros and ones, z from the prior
CURES = {  # reach of the decoder, and options of the loop
    "collapsed": (7, {}),
    "annealed": (7, {"beta": vae.anneal}),
    "low_beta": (7, {"beta": 0.25}),
    "free_bits": (7, {"free_bits": 0.5}),
    "no_neighbours": (None, {}),
}


def measure(variant: str, seed: int) -> dict[str, float | None]:
    """Train on binary pixels; the KL over time, the bound, and what z still tells."""
    train, test = load_images("mnist"), load_images("mnist", "test")
    reach, options = CURES[variant]
    set_seed(seed)
    model = vae.VAE(depth=0) if reach is None else vae.CausalVAE(depth=0, reach=reach)
    model, history = vae.train_vae(
        model, train.images, steps=STEPS, binary=True, seed=seed, **options
    )
    rng = torch.Generator().manual_seed(0)
    images = vae.binarise(test.images[:N_IMAGES], generator=rng)
    reconstruction, kl = vae.evaluate_elbo(model, images, seed=1)
    mu, logvar = vae.encode_images(model, images)
    return {
        "kl": round(float(kl.double().mean()), 2),
        "negative_elbo": round(float((reconstruction + kl).double().mean()), 2),
        "active_units": vae.count_active_units(mu),
        "telling_units": vae.count_telling_units(mu, logvar),
        "digits_read": round(vae.read_digits(mu, test.labels[:N_IMAGES]), 4),
        "sharpness": round(vae.sharpness(draw_black_and_white(model)), 4),
    } | kl_over_time(history["kl"])


def kl_over_time(kl) -> dict[str, float]:
    """Mean KL divergence of the batches up to each moment."""
    return {
        f"kl_{moment}": round(sum(kl[moment - WINDOW : moment]) / WINDOW, 2)
        for moment in MOMENTS
    }


def draw_black_and_white(model):
    """Images of zeros and ones, (N_DRAWN, 1, 28, 28)."""
    rng = torch.Generator().manual_seed(1)
    z = torch.randn(N_DRAWN, model.latent_dim, generator=rng)
    if isinstance(model, vae.CausalVAE):
        return vae.draw_in_order(model, z, generator=rng)
    return vae.binarise(vae.sample_images(model, z), generator=rng)


TABLE = Table(
    name="vae_collapse",
    measure=measure,
    variants={
        "collapsed": "邻居 7×7",
        "annealed": "7×7，KL 退火",
        "low_beta": "7×7，β = 0.25",
        "free_bits": "7×7，免费比特 0.5",
        "no_neighbours": "不看邻居",
    },
    columns={
        "kl": ("KL", ".1f"),
        "active_units": ("活跃单元", ".0f"),
        "telling_units": ("KL > 0.1 的单元", ".0f"),
        "digits_read": ("由 z 认出数字", ".1%"),
        "negative_elbo": ("负的证据下界", ".1f"),
        "sharpness": ("锐度", ".2f"),
    }
    | {f"kl_{moment}": (f"第 {moment:,} 步的 KL", ".1f") for moment in MOMENTS},
    seeds=(0, 1, 2),
    data="mnist",
)
