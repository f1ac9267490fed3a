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
    """Train with beta = ``variant``; rate, distortion, and three Frechet distances."""
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
    return {
        "distortion": round(float(reconstruction.double().mean()), 2),
        "rate": round(float(kl.double().mean()), 2),
        "negative_elbo": round(float((reconstruction + kl).double().mean()), 2),
        "active_units": vae.count_active_units(mu),
    } | frechet_distances(model, train.images, test.images)


def frechet_distances(model, train_images, test_images) -> dict[str, float]:
    """Of reconstructions, of samples of the prior, of samples of the fitted codes."""
    classifier = weights.load("mnist_classifier")
    chosen = torch.randperm(len(test_images), generator=set_seed(2))[:N_SAMPLES]
    real = metrics.extract_features(classifier, test_images[chosen] / 255)
    others = train_images[:N_SAMPLES]
    codes = vae.encode_images(model, train_images[-2 * N_SAMPLES :])
    mixture = vae.fit_code_mixture(*codes, n_components=N_COMPONENTS)
    rng = set_seed(1)
    z = torch.randn(N_SAMPLES, model.latent_dim, generator=rng)
    piles = {
        "frechet_reconstructions": vae.reconstruct(model, others),
        "frechet_prior": vae.sample_images(model, z),
        "frechet_fitted": vae.sample_images(
            model, mixture.sample(N_SAMPLES, generator=rng)
        ),
    }
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
        "rate": ("率 KL（nats）", ".0f"),
        "distortion": ("失真（nats）", ".0f"),
        "negative_elbo": ("两者之和", ".0f"),
        "active_units": ("活跃单元", ".0f"),
        "frechet_reconstructions": ("FD：重建", ".1f"),
        "frechet_prior": ("FD：先验", ".1f"),
        "frechet_fitted": ("FD：拟合", ".1f"),
    },
    seeds=(0, 1, 2),
    data="mnist",
    networks=("mnist_classifier",),
)
