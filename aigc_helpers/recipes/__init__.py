"""How the shipped networks were made: one recipe each, run again by ``aigc train``.

A module of this folder that defines ``RECIPES`` is found by listing. It is named like
its subject, or begins with its name, and defines ``SUBJECTS`` too, by the name of a
recipe or of the subject, and ``FIGURES``, what readers call the figures that it
measures.
"""

from aigc_helpers.recipes.recipe import Recipe, Subject
from aigc_helpers.recipes.shipping import (
    collected,
    evaluate,
    find_recipe,
    renew_explorer,
    train_shipped,
    training_order,
)

COLLECTED = ("RECIPES", "SUBJECTS", "FIGURES")  # of all modules, on first use
__all__ = [
    *COLLECTED,
    "Recipe",
    "Subject",
    "evaluate",
    "find_recipe",
    "renew_explorer",
    "train_shipped",
    "training_order",
]


def __getattr__(name: str) -> dict:
    """One of ``COLLECTED``."""
    if name not in COLLECTED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return collected(name)
