"""From a recipe to weights with a card, and from weights to their metrics."""

import importlib
import pkgutil
import time
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

from aigc_helpers import weights
from aigc_helpers.recipes.recipe import Recipe, Subject
from aigc_helpers.runtime import describe_runtime, set_seed


@cache
def collected(name: str) -> dict:
    """What the modules of this folder define as ``name``, in one dictionary.

    Raises
    ------
    ValueError
        If two of them define the same key.
    """
    entries = {}
    for _, stem, _ in pkgutil.iter_modules([str(Path(__file__).parent)]):
        module = importlib.import_module(f"aigc_helpers.recipes.{stem}")
        mine = getattr(module, name, {})
        if twice := entries.keys() & mine.keys():
            raise ValueError(f"{stem} defines {sorted(twice)} of {name} once more")
        entries |= mine
    return entries


def training_order() -> list[str]:
    """Names of all recipes; a network that judges others comes before them."""
    judges = {
        name: find_subject(name, recipe.module).networks
        for name, recipe in collected("RECIPES").items()
    }
    return list(TopologicalSorter(judges).static_order())


def train_shipped(
    name: str, folder: Path, *, seed: int = 0, steps=None, checkpoint=None
) -> dict:
    """Train a network by its recipe, save it with its card; return the card.

    Parameters
    ----------
    name : str
        Of a recipe.
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
    Stopped
        If the reader interrupts; nothing but the checkpoint is written.
    """
    recipe = find_recipe(name)
    steps = steps or recipe.steps
    set_seed(seed)
    resumed = checkpoint is not None and Path(checkpoint).exists()
    started = time.process_time()
    train = find_subject(name, recipe.module).train
    network, _ = train(recipe, steps, seed, checkpoint)
    facts = {
        "title": recipe.title,
        "network": recipe.instructions,
        "data": recipe.data() if callable(recipe.data) else recipe.data,
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
    recipes = collected("RECIPES")
    if name not in recipes:
        raise ValueError(f"no recipe named {name!r}; there are {list(recipes)}")
    return recipes[name]


def find_subject(name: str, module: str) -> Subject:
    """What belongs to a recipe of its own, else to all of its module."""
    subjects = collected("SUBJECTS")
    return subjects.get(name) or subjects[module]


def _save_with_metrics(name: str, network, facts: dict, folder: Path) -> None:
    """Judge a trained network and write it, with what its explorer needs."""
    recipe = find_recipe(name)
    subject = find_subject(name, recipe.module)
    if recipe.half:
        network = network.half().float()  # what is stored is what is measured
    facts["metrics"] = subject.measure(network)
    _save(name, network, facts, folder)


def renew_explorer(name: str, folder: Path) -> dict:
    """What an explorer needs, made and stored anew beside weights that stay.

    For a recipe whose explorer shows something new; return the card.
    """
    facts = weights.card(name, folder)
    _save(name, weights.load(name, folder=folder), facts, folder)
    return weights.card(name, folder)


def _save(name: str, network, facts: dict, folder: Path) -> None:
    """Write a network whose metrics are known, with what its explorer needs."""
    recipe = find_recipe(name)
    subject = find_subject(name, recipe.module)
    if subject.explorer:
        facts["explorer"] = {**subject.explorer(network), **recipe.first}
    tensors = subject.tensors(network) if subject.tensors else None
    weights.save(name, network, facts, folder=folder, tensors=tensors, half=recipe.half)


def evaluate(name: str, folder: Path = weights.FOLDER) -> dict:
    """Metrics of saved weights, measured now."""
    network = weights.load(name, folder=folder)
    subject = find_subject(name, weights.card(name, folder)["network"]["module"])
    return subject.measure(network)
