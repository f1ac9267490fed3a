"""How the shipped networks were made: one recipe each, run again by ``aigc train``."""

from aigc_helpers.recipes.images import evaluate_classifier, evaluate_generator
from aigc_helpers.recipes.recipe import Recipe, Subject
from aigc_helpers.recipes.shipping import (
    RECIPES,
    SUBJECTS,
    evaluate,
    find_recipe,
    train_shipped,
)

__all__ = [
    "RECIPES",
    "SUBJECTS",
    "Recipe",
    "Subject",
    "evaluate",
    "evaluate_classifier",
    "evaluate_generator",
    "find_recipe",
    "train_shipped",
]
