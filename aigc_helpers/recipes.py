"""How the shipped networks were made: one recipe each, run again by ``aigc train``."""

import shlex
import time
from dataclasses import dataclass, field

import torch

from aigc_helpers import gan, metrics, vision, weights
from aigc_helpers.data import load_images
from aigc_helpers.runtime import describe_runtime, set_seed

N_SAMPLES = 10_000  # as many as MNIST has test images


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a shipped network."""

    module: str
    network: str
    title: str  # Chinese, shown to readers
    steps: int
    batch_size: int
    arguments: dict = field(default_factory=dict)


RECIPES = {
    "mnist_classifier": Recipe(
        "vision", "DigitClassifier", "手写数字分类器", steps=2400, batch_size=128
    ),
    "gan_mnist": Recipe(
        "gan", "Generator", "手写数字生成器", steps=6000, batch_size=64
    ),
    "gan_mnist_conditional": Recipe(
        "gan", "ConditionalGenerator", "按数字生成", steps=6000, batch_size=64
    ),
}


def train_shipped(name: str, *, seed: int = 0, steps=None, checkpoint=None) -> dict:
    """Train a network by its recipe on MNIST, save it with its card; return the card.

    Raises
    ------
    ValueError
        If there is no recipe of that name.
    DatasetUnavailable
        If MNIST is neither here nor to be had.
    """
    if name not in RECIPES:
        raise ValueError(f"no recipe named {name!r}; there are {list(RECIPES)}")
    recipe = RECIPES[name]
    steps = steps or recipe.steps
    set_seed(seed)
    train = _train_classifier if recipe.module == "vision" else _train_generator
    started = time.process_time()
    network, results = train(recipe, steps, seed, checkpoint)
    facts = {
        "title": recipe.title,
        "network": _build_instructions(recipe),
        "data": "MNIST, 60,000 training images (LeCun, Cortes, Burges)",
        "command": shlex.join(["aigc", "train", name, f"--seed={seed}"]),
        "seed": seed,
        "steps": steps,
        "cpu_seconds": round(time.process_time() - started),
        "runtime": describe_runtime(),
        "metrics": results,
        "licence": "Apache-2.0",
    }
    if recipe.module == "gan":
        facts["explorer"] = _explorer_facts(network)
        chosen = gan.principal_directions(network)
        weights.save(name, network, facts, directions=chosen)
    else:
        weights.save(name, network, facts)
    return weights.card(name)


def _build_instructions(recipe: Recipe) -> dict:
    return {
        "module": recipe.module,
        "class": recipe.network,
        "arguments": recipe.arguments,
    }


def _explorer_facts(generator) -> dict:
    return {
        "latent_dim": generator.latent_dim,
        "n_classes": getattr(generator, "n_classes", 0),
        "image_shape": [28, 28],
    }


def _train_classifier(recipe: Recipe, steps: int, seed: int, checkpoint):
    train, test = load_images("mnist"), load_images("mnist", "test")
    model = vision.DigitClassifier(**recipe.arguments)
    vision.train_classifier(
        model, train.images, train.labels, steps=steps, seed=seed, checkpoint=checkpoint
    )
    vision.standardise_features(model, train.images)
    right = metrics.predict_classes(model, test.images / 255) == test.labels
    return model, {"test_accuracy": round(float(right.float().mean()), 4)}


def _train_generator(recipe: Recipe, steps: int, seed: int, checkpoint):
    train = load_images("mnist")
    conditional = recipe.network.startswith("Conditional")
    generator = getattr(gan, recipe.network)(**recipe.arguments)
    judge = gan.ConditionalDiscriminator() if conditional else gan.Discriminator()
    averaged, _ = gan.train_gan(
        generator,
        judge,
        train.images,
        train.labels if conditional else None,
        steps=steps,
        batch_size=recipe.batch_size,
        decay=0.998,
        seed=seed,
        checkpoint=checkpoint,
    )
    return averaged, evaluate_generator(averaged)


def evaluate_generator(generator, *, seed: int = 1) -> dict:
    """Frechet distance, its floor and class coverage of a generator against MNIST.

    10,000 samples against the 10,000 test images; the floor puts the first 10,000
    training images in the place of the samples.
    """
    classifier = weights.load("mnist_classifier")
    test, train = load_images("mnist", "test"), load_images("mnist")
    rng = torch.Generator().manual_seed(seed)
    z = torch.randn(N_SAMPLES, generator.latent_dim, generator=rng)
    labels = torch.arange(N_SAMPLES) % 10
    y = gan.one_hot(labels) if hasattr(generator, "n_classes") else None
    samples = gan.sample_images(generator, z, y)
    real = metrics.extract_features(classifier, test.images / 255)
    other = metrics.extract_features(classifier, train.images[:N_SAMPLES] / 255)
    made = metrics.extract_features(classifier, samples)
    classes = metrics.predict_classes(classifier, samples)
    results = {
        "frechet_distance": round(metrics.frechet_distance(made, real), 3),
        "frechet_floor": round(metrics.frechet_distance(other, real), 3),
        "class_coverage": metrics.class_coverage(classes),
        "rarest_class_share": round(float(metrics.class_shares(classes).min()), 4),
    }
    if y is not None:
        results["label_accuracy"] = round(float((classes == labels).float().mean()), 4)
    return results
