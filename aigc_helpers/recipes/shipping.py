"""From a recipe to weights with a card, and from weights to their metrics."""

import time
from pathlib import Path

from aigc_helpers import weights
from aigc_helpers.recipes import images, rnn, vae
from aigc_helpers.recipes.recipe import Recipe, Subject
from aigc_helpers.runtime import describe_runtime, set_seed

RECIPES = {**images.RECIPES, **vae.RECIPES, **rnn.RECIPES}
SUBJECTS = {  # by name of the recipe, or by `Recipe.module`
    "judge": images.CLASSIFIER,
    "gan": images.GENERATOR,
    "vae": vae.SUBJECT,
    **rnn.SUBJECTS,
}


def train_shipped(
    name: str, folder: Path, *, seed: int = 0, steps=None, checkpoint=None
) -> dict:
    """Train a network by its recipe, save it with its card; return the card.

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
        If the recipe's data are neither here nor to be had.
    InterruptedError
        If the reader stopped the run; nothing but the checkpoint is written.
    """
    recipe = find_recipe(name)
    steps = steps or recipe.steps
    set_seed(seed)
    resumed = checkpoint is not None and Path(checkpoint).exists()
    started = time.process_time()
    train = find_subject(name, recipe.module).train
    network, history = train(recipe, steps, seed, checkpoint)
    if any(len(values) < steps for values in history.values()):
        raise InterruptedError(
            f"{name} is not finished; run the same command again to go on"
        )
    facts = {
        "title": recipe.title,
        "network": recipe.instructions,
        "data": recipe.data,
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


def find_subject(name: str, module: str) -> Subject:
    """What belongs to a recipe of its own, else to all of its module."""
    return SUBJECTS.get(name) or SUBJECTS[module]


def _save_with_metrics(name: str, network, facts: dict, folder: Path) -> None:
    """Judge a trained network and write it, with what its explorer needs."""
    recipe = RECIPES[name]
    subject = find_subject(name, recipe.module)
    if recipe.half:
        network = network.half().float()  # what is stored is what is measured
    facts["metrics"] = subject.measure(network)
    if subject.explorer:
        facts["explorer"] = {**subject.explorer(network), **recipe.first}
    tensors = subject.tensors(network) if subject.tensors else None
    weights.save(name, network, facts, folder=folder, tensors=tensors, half=recipe.half)


def evaluate(name: str, folder: Path = weights.FOLDER) -> dict:
    """Metrics of saved weights, measured now."""
    network = weights.load(name, folder=folder)
    subject = find_subject(name, weights.card(name, folder)["network"]["module"])
    return subject.measure(network)
