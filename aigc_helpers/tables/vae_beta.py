"""The VAE of chapter 06 at several weights of the KL divergence, from three seeds."""

import torch

from aigc_helpers import metrics, vae, weights
from aigc_helpers.data import load_images
from aigc_helpers.runtime import set_seed
from aigc_helpers.tables.measuring import Table

STEPS, LR = 600, 8e-3
N_SAMPLES = 5000  # on each side of the Frechet distances
N_COMPONENTS = 10  # Gaussians fitted to the codes
BETAS = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


def measure(variant: str, seed: int) -> dict[str, float | None]:
    """Train with beta = ``variant``; rate, distortion, and what its pictures are like.

    Distances are from 5,000 test images, of as many pictures of other images.
    """
    train, test = load_images("mnist"), load_images("mnist", "test")
    set_seed(seed)
    model, _ = vae.train_vae(
        vae.VAE(depth=0),
        train.images,
        steps=STEPS,
        lr=LR,
        beta=float(variant),
        seed=seed,
    )
    reconstruction, kl = vae.evaluate_elbo(model, test.images, seed=1)
    mu, _ = vae.encode_images(model, test.images)
    piles = draw_piles(model, train.images)
    distances = frechet_distances(piles, test.images)
    return {
        "distortion": round(float(reconstruction.double().mean()), 2),
        "rate": round(float(kl.double().mean()), 2),
        "negative_elbo": round(float((reconstruction + kl).double().mean()), 2),
        "active_units": vae.count_active_units(mu),
        "sharpness": round(vae.sharpness(piles["reconstructions"]), 4),
    } | {f"frechet_{name}": distance for name, distance in distances.items()}


def draw_piles(model, train_images) -> dict[str, torch.Tensor]:
    """Pictures of codes, of halfway points, of the prior, and of fitted codes."""
    mu, _ = vae.encode_images(model, train_images[:N_SAMPLES])
    codes = vae.encode_images(model, train_images[-2 * N_SAMPLES :])
    mixture = vae.fit_code_mixture(*codes, n_components=N_COMPONENTS)
    rng = set_seed(1)
    places = {
        "reconstructions": mu,
        "halfway": (mu + mu.roll(1, dims=0)) / 2,
        "prior": torch.randn(N_SAMPLES, model.latent_dim, generator=rng),
        "fitted": mixture.sample(N_SAMPLES, generator=rng),
    }
    return {name: vae.sample_images(model, z) for name, z in places.items()}


def frechet_distances(piles, test_images) -> dict[str, float]:
    """Of each pile of pictures from as many test images."""
    classifier = weights.load("mnist_classifier")
    chosen = torch.randperm(len(test_images), generator=set_seed(2))[:N_SAMPLES]
    real = metrics.extract_features(classifier, test_images[chosen] / 255)
    features = {
        name: metrics.extract_features(classifier, pile) for name, pile in piles.items()
    }
    return {
        name: round(metrics.frechet_distance(found, real), 2)
        for name, found in features.items()
    }


TABLE = Table(
    name="vae_beta",
    measure=measure,
    variants={f"{beta:g}": f"β = {beta:g}" for beta in BETAS},
    columns={
        "rate": ("率", ".0f"),
        "distortion": ("失真", ".0f"),
        "negative_elbo": ("两者之和", ".0f"),
        "active_units": ("活跃单元", ".0f"),
        "sharpness": ("锐度", ".2f"),
        "frechet_reconstructions": ("重建", ".1f"),
        "frechet_halfway": ("中点", ".1f"),
        "frechet_prior": ("先验", ".1f"),
        "frechet_fitted": ("拟合", ".1f"),
    },
    seeds=(0, 1, 2),
    data="mnist",
    networks=("mnist_classifier",),
)
