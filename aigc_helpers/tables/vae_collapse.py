"""Posterior collapse under a strong decoder, and five cures, from three seeds."""

import torch

from aigc_helpers import vae
from aigc_helpers.data import load_images
from aigc_helpers.pixels import one_hot
from aigc_helpers.runtime import set_seed
from aigc_helpers.tables.measuring import Table

STEPS = 400
N_IMAGES = 4000  # of the test set, made binary once
CURES = {  # reach of the decoder, and options of the loop
    "collapsed": (7, {}),
    "annealed": (7, {"beta": vae.anneal}),
    "low_beta": (7, {"beta": 0.25}),
    "free_bits": (7, {"free_bits": 0.5}),
    "short_reach": (3, {}),
    "no_neighbours": (None, {}),
}


def measure(variant: str, seed: int) -> dict[str, float | None]:
    """Train on binary pixels; bound, its parts, and what z still tells."""
    train, test = load_images("mnist"), load_images("mnist", "test")
    reach, options = CURES[variant]
    set_seed(seed)
    model = vae.VAE(depth=0) if reach is None else vae.CausalVAE(depth=0, reach=reach)
    model, _ = vae.train_vae(
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
        "telling_units": count_telling_units(mu, logvar),
        "class_accuracy": round(class_accuracy(mu, test.labels[:N_IMAGES]), 4),
    }


def count_telling_units(mu, logvar, *, threshold: float = 0.1) -> int:
    """How many latent numbers tell more than ``threshold`` nats of an image."""
    return int((vae.kl_per_dimension(mu, logvar).mean(dim=0) > threshold).sum())


def class_accuracy(mu, labels) -> float:
    """Share of digits that a linear map reads from codes (N, D); half are held out."""
    inputs = torch.cat([mu, torch.ones(len(mu), 1)], dim=1).double()
    half = len(mu) // 2
    wanted = one_hot(labels[:half]).double()
    weight = torch.linalg.lstsq(inputs[:half], wanted, driver="gelsd").solution
    found = (inputs[half:] @ weight).argmax(dim=1)
    return float((found == labels[half:]).double().mean())


TABLE = Table(
    name="vae_collapse",
    measure=measure,
    variants={
        "collapsed": "病人",
        "annealed": "KL 退火",
        "low_beta": "β = 0.25",
        "free_bits": "免费比特 0.5",
        "short_reach": "邻居 3×3",
        "no_neighbours": "没有邻居",
    },
    columns={
        "kl": ("KL（nats）", ".1f"),
        "active_units": ("活跃单元", ".0f"),
        "telling_units": ("KL > 0.1 的单元", ".0f"),
        "class_accuracy": ("由 z 认出数字", ".0%"),
        "negative_elbo": ("负下界（nats）", ".0f"),
    },
    seeds=(0, 1, 2),
    data="mnist",
)
