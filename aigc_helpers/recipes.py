"""How the shipped networks were made: one recipe each, run again by ``aigc train``."""

import time
from dataclasses import dataclass, field
from pathlib import Path

import torch
import torch.nn.functional as F

from aigc_helpers import gan, metrics, vision, weights
from aigc_helpers.data import load_images
from aigc_helpers.runtime import describe_runtime, set_seed

N_SAMPLES = 10_000  # as many as MNIST has test images
N_RESAMPLES = 400  # of the intervals, all of 95 %


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a shipped network."""

    module: str
    network: str
    title: str  # Chinese, shown to readers
    steps: int
    batch_size: int
    decay: float = 0.998  # of the generator's moving average
    arguments: dict = field(default_factory=dict)
    first: dict = field(default_factory=dict)  # seed and label an explorer opens with


RECIPES = {
    "mnist_classifier": Recipe(
        "vision",
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
        first={"seed": 33},
    ),
    "gan_mnist_conditional": Recipe(
        "gan",
        "ConditionalGenerator",
        "按数字生成",
        steps=6000,
        batch_size=64,
        arguments={"latent_dim": 16, "width": 48, "n_classes": 10},
        first={"seed": 4, "label": 3},
    ),
}


def train_shipped(
    name: str, folder: Path, *, seed: int = 0, steps=None, checkpoint=None
) -> dict:
    """Train a network by its recipe on MNIST, save it with its card; return the card.

    Parameters
    ----------
    name : str
        One of `RECIPES`.
    folder : path
        Where the weights and the card go.
    steps : int, optional
        Instead of the recipe's.
    checkpoint : path, optional
        File to resume from and to save to; removed when the run is complete.

    Raises
    ------
    ValueError
        If there is no recipe of that name.
    DatasetUnavailable
        If MNIST is neither here nor to be had.
    InterruptedError
        If the reader stopped the run; nothing but the checkpoint is written.
    """
    recipe = find_recipe(name)
    steps = steps or recipe.steps
    set_seed(seed)
    train = _train_classifier if recipe.module == "vision" else _train_generator
    resumed = checkpoint is not None and Path(checkpoint).exists()
    started = time.process_time()
    network, history = train(recipe, steps, seed, checkpoint)
    if any(len(values) < steps for values in history.values()):
        raise InterruptedError(
            f"{name} is not finished; run the same command again to go on"
        )
    facts = {
        "title": recipe.title,
        "network": _build_instructions(recipe),
        "data": "MNIST, 60,000 training images (LeCun, Cortes, Burges)",
        "command": f"aigc train {name} --seed {seed} --steps {steps}",
        "seed": seed,
        "steps": steps,
        "cpu_seconds": None if resumed else round(time.process_time() - started),
        "runtime": describe_runtime(),
        "licence": "Apache-2.0",
    }
    _save_with_metrics(name, network, facts, Path(folder))
    if checkpoint:
        Path(checkpoint).unlink(missing_ok=True)
    return weights.card(name, folder)


def find_recipe(name: str) -> Recipe:
    """The recipe of that name, or a ValueError that lists those there are."""
    if name not in RECIPES:
        raise ValueError(f"no recipe named {name!r}; there are {list(RECIPES)}")
    return RECIPES[name]


def _save_with_metrics(name: str, network, facts: dict, folder: Path) -> None:
    """Judge a trained network and write it; a generator gets its explorer's facts."""
    recipe, directions = RECIPES[name], None
    facts["metrics"] = _measure(network, recipe.module)
    if recipe.module == "gan":
        facts["explorer"] = {**_explorer_facts(network), **recipe.first}
        directions = gan.principal_directions(network)
    weights.save(name, network, facts, folder=folder, directions=directions)


def evaluate(name: str, folder: Path = weights.FOLDER) -> dict:
    """Metrics of saved weights, measured now on MNIST."""
    network = weights.load(name, folder=folder)
    return _measure(network, weights.card(name, folder)["network"]["module"])


def _measure(network, module: str) -> dict:
    """The metrics that suit what a module's networks are for."""
    measure = {"vision": evaluate_classifier, "gan": evaluate_generator}[module]
    return measure(network)


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
    train = load_images("mnist")
    model = vision.DigitClassifier(**recipe.arguments)
    history = vision.train_classifier(
        model,
        train.images,
        train.labels,
        steps=steps,
        batch_size=recipe.batch_size,
        seed=seed,
        checkpoint=checkpoint,
    )
    vision.standardise_features(model, train.images)
    return model, history


def _train_generator(recipe: Recipe, steps: int, seed: int, checkpoint):
    train = load_images("mnist")
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
        decay=recipe.decay,
        seed=seed,
        checkpoint=checkpoint,
    )


def evaluate_classifier(model) -> dict:
    """Share of MNIST's test images that a classifier names right, with its interval."""
    test = load_images("mnist", "test")
    right = metrics.predict_classes(model, test.images / 255) == test.labels
    return _share_of("test_accuracy", right)


def evaluate_generator(generator, *, seed: int = 1) -> dict:
    """Metrics of a generator against MNIST, and what real images reach in its place.

    10,000 samples against the 10,000 test images; for the floors, the first 10,000
    training images stand in the place of the samples. ``NAME_interval`` is the interval
    of 95 % of the figure ``NAME``; see `aigc_helpers.metrics` for what each is.
    """
    classifier = weights.load("mnist_classifier")
    test, train = load_images("mnist", "test"), load_images("mnist")
    rng = torch.Generator().manual_seed(seed)
    z = torch.randn(N_SAMPLES, generator.latent_dim, generator=rng)
    labels = torch.arange(N_SAMPLES) % 10
    y = gan.one_hot(labels) if hasattr(generator, "n_classes") else None
    samples = gan.sample_images(generator, z, y)
    other = train.images[:N_SAMPLES] / 255
    classes = metrics.predict_classes(classifier, samples)
    results = {
        **_likeness(classifier, samples, other, test.images / 255),
        **_classes_there(classes),
        **_copying(samples, train.images, test.images),
    }
    if y is not None:
        results |= _share_of("label_accuracy", classes == labels)
    return results


def _likeness(classifier, samples, other, real) -> dict:
    """Frechet distance, its floor, precision and recall in a classifier's features."""
    made, floor, goal = (
        metrics.extract_features(classifier, images)
        for images in (samples, other, real)
    )
    found = metrics.precision_recall(goal, made, n_resamples=N_RESAMPLES)
    return {
        **_distance("frechet_distance", made, goal),
        **_distance("frechet_floor", floor, goal),
        **_with_interval("precision", found.precision, found.precision_interval, 4),
        **_with_interval("recall", found.recall, found.recall_interval, 4),
    }


def _distance(name: str, features, real) -> dict:
    """A Frechet distance and its interval."""
    interval = metrics.bootstrap_interval(
        metrics.frechet_distance,
        features,
        real,
        n_resamples=N_RESAMPLES,
        bounds=(0, torch.inf),
    )
    return _with_interval(name, metrics.frechet_distance(features, real), interval, 3)


def _classes_there(classes) -> dict:
    """How many classes are covered, and how rare the rarest is."""

    def rarest_share(classes):
        return float(metrics.class_shares(classes).min())

    interval = metrics.bootstrap_interval(
        rarest_share, classes, n_resamples=N_RESAMPLES, bounds=(0, 1)
    )
    rarest = _with_interval("rarest_class_share", rarest_share(classes), interval, 4)
    return {"class_coverage": metrics.class_coverage(classes), **rarest}


def _copying(samples, train, test) -> dict:
    """Copying test on pixels averaged in blocks of 2 x 2, and its floor.

    The blocks take a quarter of the time and let a copy be off by half a pixel. The
    floor is that of training images which are taken out: MNIST's test images come from
    other writers.
    """
    train, test = F.avg_pool2d(train / 255, 2), F.avg_pool2d(test / 255, 2)
    found = metrics.copying_test(F.avg_pool2d(samples, 2), train, test)
    floor = metrics.copying_test(train[:N_SAMPLES], train[N_SAMPLES:], test)
    return {
        **_with_interval("copying_excess", found.excess, found.interval, 3),
        "copying_p_value": round(found.p_value, 3),
        **_with_interval("copying_floor", floor.excess, floor.interval, 3),
    }


def _share_of(name: str, right) -> dict:
    """A share of right answers (N,) and its interval."""
    count = int(right.sum())
    interval = metrics.wilson_interval(count, len(right))
    return _with_interval(name, count / len(right), interval, 4)


def _with_interval(name: str, value: float, interval, digits: int) -> dict:
    """A figure and its interval as a card holds them."""
    ends = [round(end, digits) for end in interval]
    return {name: round(value, digits), f"{name}_interval": ends}
