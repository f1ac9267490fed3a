"""The variational autoencoders of chapter 06."""

import torch

from aigc_helpers import data, metrics, vae
from aigc_helpers.pixels import one_hot
from aigc_helpers.recipes import judging
from aigc_helpers.recipes.recipe import MNIST, Recipe, Subject

K = 500  # samples of the importance-weighted bound
EVERY = 5  # it is measured on every fifth test image
SIZES = {"width": 32, "hidden": 192, "depth": 2}

RECIPES = {
    "vae_mnist": Recipe(
        "vae",
        "VAE",
        "变分自编码器",
        steps=16_000,
        batch_size=64,
        arguments={"latent_dim": 24, **SIZES},
        options={"lr": 5e-3, "decay": 0.999, "binary": True},
        first={"seed": 5},
        data=f"{MNIST}; each batch binarised anew, grey value = probability",
    ),
    "vae_mnist_plane": Recipe(
        "vae",
        "VAE",
        "两个隐变量的变分自编码器",
        steps=8000,
        batch_size=64,
        arguments={"latent_dim": 2, **SIZES},
        options={"lr": 5e-3, "decay": 0.998},
    ),
    "vae_mnist_conditional": Recipe(
        "vae",
        "VAE",
        "按数字生成的变分自编码器",
        steps=5000,
        batch_size=64,
        arguments={"latent_dim": 16, **SIZES, "n_classes": 10},
        options={"lr": 6e-3, "decay": 0.998},
        first={"seed": 8, "label": 3},
    ),
}
FIGURES = {
    "negative_elbo": "负 ELBO（灰度像素，奈特）",
    "kl_divergence": "其中的 KL 散度（奈特）",
    "importance_weighted_nll": "负对数似然的上界（二值像素，重要性加权，奈特）",
    "bits_per_pixel": "同一上界，每个像素的比特数",
}


def train(recipe: Recipe, steps: int, seed: int, checkpoint):
    """Train a VAE by its recipe; return it with its history."""
    images = data.load_images("mnist")
    model = vae.VAE(**recipe.arguments)
    return vae.train_vae(
        model,
        images.images,
        images.labels if model.n_classes else None,
        steps=steps,
        batch_size=recipe.batch_size,
        seed=seed,
        checkpoint=checkpoint,
        **recipe.options,
    )


def evaluate(model, *, seed: int = 1) -> dict:
    """Bounds of the likelihood of MNIST's test images, and samples against them.

    ``negative_elbo`` and its part ``kl_divergence`` are those of grey values;
    ``importance_weighted_nll`` is that of binarised pixels, in nats, and
    ``bits_per_pixel`` the same in bits. Samples are of the prior. A conditional VAE
    is told the classes.
    """
    return {**_bounds(model, seed), **_samples(model, seed)}


def _bounds(model, seed: int) -> dict:
    """Mean bounds, each with its interval."""
    test = data.load_images("mnist", "test")
    y = one_hot(test.labels) if model.n_classes else None
    reconstruction, kl = vae.evaluate_elbo(model, test.images, y, seed=seed)
    rng = torch.Generator().manual_seed(seed)
    some = vae.binarise(test.images[::EVERY], generator=rng)
    condition = None if y is None else y[::EVERY]
    nll = vae.importance_weighted_nll(model, some, condition, k=K, seed=seed)
    bits = metrics.bits_per_dimension(nll, some[0].numel())
    return {
        **judging.mean_of("negative_elbo", reconstruction + kl, 2),
        **judging.mean_of("kl_divergence", kl, 2),
        **judging.mean_of("importance_weighted_nll", nll, 2),
        **judging.mean_of("bits_per_pixel", bits, 4),
    }


def _samples(model, seed: int) -> dict:
    """What `judging.judge_samples` says of samples of the prior."""
    samples = sample(model, judging.N_SAMPLES, seed)
    labels = judging.wanted_classes(len(samples), model.n_classes)
    return judging.judge_samples(samples, labels)


def sample(model, n: int, seed: int, *, label: int | None = None):
    """Images (n, 1, 28, 28) in [0, 1] of one class, or of each class in turn."""
    rng = torch.Generator().manual_seed(seed)
    z = torch.randn(n, model.latent_dim, generator=rng)
    labels = judging.wanted_classes(n, model.n_classes, label)
    y = None if labels is None else one_hot(labels, model.n_classes)
    return vae.sample_images(model, z, y)


def explorer_facts(model) -> dict:
    """What an explorer must know of a VAE: with two latent numbers it is a plane."""
    return {
        "kind": "plane" if model.latent_dim == 2 else "latent",
        "decoder": vae.PixelDecoder.__name__,
        "latent_dim": model.latent_dim,
        "n_classes": model.n_classes,
        "image_shape": judging.image_shape(),
    }


def explorer_tensors(model) -> dict:
    """Directions of the sliders; for a plane, the codes of 2,000 test images."""
    if model.latent_dim != 2:
        return {"directions": vae.principal_directions(model)}
    test = data.load_images("mnist", "test")
    mu, _ = vae.encode_images(model, test.images[::EVERY])
    return {"points": mu, "labels": test.labels[::EVERY].to(torch.uint8)}


SUBJECTS = {
    "vae": Subject(
        train,
        evaluate,
        explorer_facts,
        explorer_tensors,
        sample=sample,
        networks=judging.NETWORKS,
    )
}
