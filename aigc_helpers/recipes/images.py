"""The classifier that judges, and the generators of chapter 05."""

import torch

from aigc_helpers import data, gan, judge, metrics
from aigc_helpers.pixels import one_hot
from aigc_helpers.recipes import judging
from aigc_helpers.recipes.recipe import Recipe, Subject

RECIPES = {
    "mnist_classifier": Recipe(
        "judge",
        "DigitClassifier",
        "手写数字分类器",
        steps=2400,
        batch_size=128,
        arguments={"width": 32, "feature_dim": 64},
    ),
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


def train_classifier(recipe: Recipe, steps: int, seed: int, checkpoint):
    """Train a classifier by its recipe; return it with its history."""
    train = data.load_images("mnist")
    model = judge.DigitClassifier(**recipe.arguments)
    history = judge.train_classifier(
        model,
        train.images,
        train.labels,
        steps=steps,
        batch_size=recipe.batch_size,
        seed=seed,
        checkpoint=checkpoint,
    )
    judge.standardise_features(model, train.images)
    return model, history


def train_generator(recipe: Recipe, steps: int, seed: int, checkpoint):
    """Train a generator by its recipe; return it with its history."""
    train = data.load_images("mnist")
    conditional = recipe.network.startswith("Conditional")
    generator = getattr(gan, recipe.network)(**recipe.arguments)
    judge = gan.ConditionalDiscriminator() if conditional else gan.Discriminator()
    return gan.train_gan(
        generator,
        judge,
        train.images,
        train.labels if conditional else None,
        steps=steps,
        batch_size=recipe.batch_size,
        seed=seed,
        checkpoint=checkpoint,
        **recipe.options,
    )


def evaluate_classifier(model) -> dict:
    """Share of MNIST's test images that a classifier names right, with its interval."""
    test = data.load_images("mnist", "test")
    right = metrics.predict_classes(model, test.images / 255) == test.labels
    return judging.share_of("test_accuracy", right)


def evaluate_generator(generator, *, seed: int = 1) -> dict:
    """Metrics of a generator's samples, see `judging.judge_samples`."""
    rng = torch.Generator().manual_seed(seed)
    z = torch.randn(judging.N_SAMPLES, generator.latent_dim, generator=rng)
    if not hasattr(generator, "n_classes"):
        return judging.judge_samples(gan.sample_images(generator, z))
    labels = torch.arange(judging.N_SAMPLES) % 10
    samples = gan.sample_images(generator, z, one_hot(labels))
    return judging.judge_samples(samples, labels)


def explorer_facts(generator) -> dict:
    """What an explorer must know of a generator."""
    return {
        "decoder": gan.PixelDecoder.__name__,
        "latent_dim": generator.latent_dim,
        "n_classes": getattr(generator, "n_classes", 0),
        "image_shape": [28, 28],
    }


def explorer_tensors(generator) -> dict:
    """The directions (n, latent_dim) of an explorer's sliders."""
    return {"directions": gan.principal_directions(generator)}


CLASSIFIER = Subject(train_classifier, evaluate_classifier)
GENERATOR = Subject(
    train_generator, evaluate_generator, explorer_facts, explorer_tensors
)
