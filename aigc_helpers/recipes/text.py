"""The networks of chapter 09: what finds the passages that answer a question."""

from aigc_helpers.recipes.recipe import Recipe, Subject
from aigc_helpers.text import answer_fitting, retrieval, retriever_training
from aigc_helpers.text.passages import load_passages
from aigc_helpers.text.questions import training_questions

RECIPES = {
    "text_retriever": Recipe(
        "text",
        "Retriever",
        "找段落的网络",
        steps=400,
        batch_size=64,
        arguments={"n_buckets": 8192, "dim": 64, "hidden": 64},
        options={"lr": 4e-3},
        data="320 passages of this book and 960 questions with an answer, 240 without, "
        "80 that need two passages, written for this book",
        half=True,
    ),
}
FIGURES = {}


def train_retriever(recipe: Recipe, steps: int, seed: int, checkpoint):
    """Train on all questions; what it refuses is fitted out of fold."""
    passages, questions = load_passages(), training_questions()
    training = {"steps": steps, "batch_size": recipe.batch_size, "seed": seed}
    training |= recipe.options
    network, history = retriever_training.train_retriever(
        retrieval.Retriever(**recipe.arguments),
        passages,
        questions.answerable,
        checkpoint=checkpoint,
        **training,
    )
    answer_fitting.fit_doubt(network, questions)
    found = answer_fitting.out_of_fold(
        recipe.arguments, passages, questions, **training
    )
    answer_fitting.fit_answering(network, found)
    return network, history


def measure_retriever(network) -> dict:
    """Figures of the card."""
    return {}


SUBJECTS = {"text_retriever": Subject(train_retriever, measure_retriever)}
