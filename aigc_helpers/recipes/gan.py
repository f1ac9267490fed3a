"""The generators of chapter 05."""

import torch

from aigc_helpers import data, gan
from aigc_helpers.pixels import one_hot
from aigc_helpers.recipes import judging
from aigc_helpers.recipes.recipe import Recipe, Subject

RECIPES = {
    "gan_mnist": Recipe(
        "gan",
        "Generator",
        "手写数字生成器",
        steps=6000,
        batch_size=64,
        arguments={"latent_dim": 16, "width": 48},
        options={"decay": 0.998},
        first={"seed": 33},
    ),
    "gan_mnist_conditional": Recipe(
        "gan",
        "ConditionalGenerator",
        "按数字生成",
        steps=6000,
        batch_size=64,
        arguments={"latent_dim": 16, "width": 48, "n_classes": 10},
        options={"decay": 0.998},
        first={"seed": 4, "label": 3},
    ),
}


def train(recipe: Recipe, steps: int, seed: int, checkpoint):
    """Train a generator by its recipe; return it with its history."""
    images = data.load_images("mnist")
    conditional = recipe.network.startswith("Conditional")
    generator = getattr(gan, recipe.network)(**recipe.arguments)
    judge = gan.ConditionalDiscriminator() if conditional else gan.Discriminator()
    return gan.train_gan(
        generator,
        judge,
        images.images,
        images.labels if conditional else None,
        steps=steps,
        batch_size=recipe.batch_size,
        seed=seed,
        checkpoint=checkpoint,
        **recipe.options,
    )


def evaluate(generator, *, seed: int = 1) -> dict:
    """Metrics of a generator's samples, see `judging.judge_samples`."""
    samples = sample(generator, judging.N_SAMPLES, seed)
    return judging.judge_samples(samples, _labels(generator, len(samples)))


def sample(generator, n: int, seed: int, *, label: int | None = None):
    """Images (n, 1, 28, 28) in [0, 1] of one class, or of each class in turn."""
    rng = torch.Generator().manual_seed(seed)
    z = torch.randn(n, generator.latent_dim, generator=rng)
    labels = _labels(generator, n, label)
    y = None if labels is None else one_hot(labels)
    return gan.sample_images(generator, z, y)


def _labels(generator, n: int, label: int | None = None):
    return judging.wanted_classes(n, getattr(generator, "n_classes", 0), label)


def explorer_facts(generator) -> dict:
    """What an explorer must know of a generator."""
    return {
        "kind": "latent",
        "decoder": gan.PixelDecoder.__name__,
        "latent_dim": generator.latent_dim,
        "n_classes": getattr(generator, "n_classes", 0),
        "image_shape": judging.image_shape(),
    }


def explorer_tensors(generator) -> dict:
    """The directions (n, latent_dim) of an explorer's sliders."""
    return {"directions": gan.principal_directions(generator)}


SUBJECTS = {
    "gan": Subject(
        train,
        evaluate,
        explorer_facts,
        explorer_tensors,
        sample=sample,
        networks=judging.NETWORKS,
    )
}
