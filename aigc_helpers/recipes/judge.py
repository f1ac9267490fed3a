"""The classifier that judges samples."""

from aigc_helpers import data, judge, metrics
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
}
FIGURES = {"test_accuracy": "测试集正确率"}


def train(recipe: Recipe, steps: int, seed: int, checkpoint):
    """Train a classifier by its recipe; return it with its history."""
    images = data.load_images("mnist")
    model = judge.DigitClassifier(**recipe.arguments)
    history = judge.train_classifier(
        model,
        images.images,
        images.labels,
        steps=steps,
        batch_size=recipe.batch_size,
        seed=seed,
        checkpoint=checkpoint,
    )
    judge.standardise_features(model, images.images)
    return model, history


def evaluate(model) -> dict:
    """Share of MNIST's test images that a classifier names right, with its interval."""
    test = data.load_images("mnist", "test")
    right = metrics.predict_classes(model, test.images / 255) == test.labels
    return judging.share_of("test_accuracy", right)


SUBJECTS = {"judge": Subject(train, evaluate)}
