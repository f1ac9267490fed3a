"""The networks of chapter 09: what finds the passages that answer a question."""

from functools import cache

import torch

from aigc_helpers.recipes import judging
from aigc_helpers.recipes.recipe import Recipe, Subject
from aigc_helpers.text import answer_evaluation, answer_fitting, answering, retrieval
from aigc_helpers.text import retriever_training as training
from aigc_helpers.text.answer_evaluation import Figure
from aigc_helpers.text.passages import load_passages
from aigc_helpers.text.questions import held_out_questions, training_questions

RECIPES = {
    "text_retriever": Recipe(
        "text",
        "Retriever",
        "找段落的网络",
        steps=400,
        batch_size=64,
        arguments={"n_buckets": 8192, "dim": 64, "hidden": 64},
        options={"lr": 4e-3},
        data="320 passages of this book; 960 questions with an answer, 276 without, 80 "
        "that need two passages, and pairs of synonyms, written for this book",
        half=True,
    ),
}
OUT_OF_FOLD = {
    "recall_1": "答案在第一段的比例",
    "bm25_recall_1": "BM25：答案在第一段的比例",
    "recall_gain": "比 BM25 高出的比例",
    "false_refusals": "答得了却拒绝的比例",
    "refusals": "答不了而拒绝的比例",
}
HELD_OUT = {
    **OUT_OF_FOLD,
    "both_in_5": "要两段的问题：两段都在前五",
    "bm25_both_in_5": "BM25：要两段的问题，两段都在前五",
    "both_cited": "要两段的问题：恰好引用这两段",
    "needless": "一段就够的问题：多引了一段",
    "false_first": "假段落排在第一",
    "believed": "不核对时，把假段落当作书里的",
    "asserted": "把假段落当作书里的",
    "named": "指出假段落不是书里的",
    "true_cited": "有假段落时，引用了真的那段",
}
FIGURES = OUT_OF_FOLD


def train_retriever(recipe: Recipe, steps: int, seed: int, checkpoint):
    """Train on all questions; what it refuses is fitted out of fold."""
    passages, questions = load_passages(), training_questions()
    options = {"steps": steps, "batch_size": recipe.batch_size, "seed": seed}
    options |= recipe.options
    network, history = training.train_retriever(
        retrieval.Retriever(**recipe.arguments),
        passages,
        questions.answerable,
        checkpoint=checkpoint,
        **options,
    )
    answer_fitting.fit_doubt(network, questions)
    answer_fitting.fit_answering(network, told_out_of_fold(steps, seed))
    return network, history


@cache
def told_out_of_fold(steps: int, seed: int) -> dict:
    """What networks of this recipe tell of questions that did not train them."""
    recipe = RECIPES["text_retriever"]
    return answer_fitting.out_of_fold(
        recipe.arguments,
        load_passages(),
        training_questions(),
        **{"steps": steps, "batch_size": recipe.batch_size, "seed": seed},
        **recipe.options,
    )


def measure_out_of_fold(network) -> dict:
    """Figures of training questions, each by networks that others trained.

    Of the recipe, not of this very network; see `measure_held_out`.
    """
    passages, steps = load_passages(), RECIPES["text_retriever"].steps
    found = told_out_of_fold(steps, 0)
    single = found["answerable"]
    yes, no = answer_fitting.crossed(found)
    threshold = answer_fitting.refusal_threshold(yes, single)
    bm25 = retrieval.Lexicon(passages).bm25
    asked = [told.question for told in single]
    places = {
        "bm25": answer_evaluation.places(
            lambda question: torch.tensor(bm25.scores(question)), passages, asked
        ),
        "both": [min(map(told.ranked.index, told.right)) + 1 for told in single],
    }
    ranking = answer_evaluation.figures_of_places(places, asked)
    return {
        **_ranking(ranking),
        **_shown("false_refusals", answer_evaluation.share((yes < threshold).tolist())),
        **_shown("refusals", answer_evaluation.share((no < threshold).tolist())),
    }


def measure_held_out(network) -> dict:
    """All figures, of questions that nothing was trained or fitted on."""
    passages, questions = load_passages(), held_out_questions()
    answerer = answering.Answerer(passages, network)
    index, single = answerer.index, questions.answerable
    refusals = answer_evaluation.evaluate_refusals(
        answerer, single, questions.unanswerable
    )
    two = answer_evaluation.evaluate_two(answerer, questions.two, single)
    false = answer_evaluation.evaluate_false(network, passages, questions.false_passage)
    others = {**refusals, **two, **false}
    results = _ranking(answer_evaluation.evaluate_ranking(index, single))
    for name in HELD_OUT:
        if name in others:
            results |= _shown(name, others[name])
    return results


def _ranking(found: dict[str, dict[str, Figure]]) -> dict:
    return {
        **_shown("recall_1", found["both"]["recall_1"]),
        **_shown("bm25_recall_1", found["bm25"]["recall_1"]),
        **_shown("recall_gain", found["both"]["gain"]),
    }


def _shown(name: str, figure: Figure) -> dict:
    ends = figure.low, figure.high
    return judging.with_interval(name, figure.value, ends, 4)


SUBJECTS = {"text_retriever": Subject(train_retriever, measure_out_of_fold)}
