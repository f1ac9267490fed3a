"""Questions answered from passages, out of fold: chapter 09, three seeds.

Two kinds of folds. Of a passage's questions a third is held out, and the others train
(three folds); or all questions about half of the passages are, so that nothing was
asked about these before (two folds, and two authors). Which passages answer is told by
each ranking; what is refused, by the score of its first passage, and in the last row
by all signals.
"""

from functools import cache

import torch

from aigc_helpers.runtime import set_seed
from aigc_helpers.tables.measuring import Table
from aigc_helpers.text import answer_evaluation, answer_fitting
from aigc_helpers.text.passages import load_passages
from aigc_helpers.text.questions import Question, training_questions
from aigc_helpers.text.retrieval import PassageIndex, Retriever
from aigc_helpers.text.retriever_training import train_retriever

TRAINING = {"steps": 400, "batch_size": 64, "lr": 4e-3}
ANSWERING = "answering"
REFUSED = answer_fitting.FALSE_REFUSALS  # of what can be answered


def measure(variant: str, seed: int) -> dict[str, float]:
    """One ranking, on questions that did not train it."""
    name = "both" if variant == ANSWERING else variant
    known, new = places(name, seed, "questions"), places(name, seed, "passages")
    if variant == ANSWERING:
        yes, no = confidences(seed)
    else:
        yes, no = best_scores(name, seed)
    figures = {
        "recall_1": sum(place == 1 for place in known) / len(known),
        "recall_3": sum(place <= 3 for place in known) / len(known),
        "reciprocal_rank": sum(1 / place for place in known) / len(known),
        "new_recall_1": sum(place == 1 for place in new) / len(new),
        "refusals": float((no < yes.quantile(REFUSED)).double().mean()),
    }
    return {name: round(value, 4) for name, value in figures.items()}


def held_out(kind: str, fold: int) -> tuple[list[Question], list[Question]]:
    """Questions that train, and those that do not."""
    asked = training_questions().answerable
    if kind == "questions":
        where = answer_fitting.folds(asked)
    else:
        where = [int(question.author == "b") for question in asked]
    held = [q for q, place in zip(asked, where, strict=True) if place == fold]
    about = {key for question in held for key in question.passages}
    rest = [q for q, place in zip(asked, where, strict=True) if place != fold]
    if kind == "passages":
        rest = [q for q in rest if not about & set(q.passages)]
    return rest, held


@cache
def trained(kind: str, fold: int, seed: int) -> PassageIndex:
    """Passages, and a network that the questions of a fold did not train."""
    set_seed(seed)
    passages = load_passages()
    rest, _ = held_out(kind, fold)
    network, _ = train_retriever(Retriever(), passages, rest, seed=seed, **TRAINING)
    return PassageIndex(passages, network)


def places(name: str, seed: int, kind: str) -> list[int]:
    """Places of the passages that answer, of all questions."""
    found = []
    for fold in range(answer_fitting.N_FOLDS if kind == "questions" else 2):
        index, (_, held) = trained(kind, fold, seed), held_out(kind, fold)
        scores = answer_evaluation.scorers(index)[name]
        found += answer_evaluation.places(scores, index.passages, held)
    return found


def best_scores(name: str, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Scores of the first passage: of questions with an answer, and without."""
    asked, found = training_questions().unanswerable, ([], [])
    for fold in range(answer_fitting.N_FOLDS):
        index, (_, held) = (
            trained("questions", fold, seed),
            held_out("questions", fold),
        )
        scores = answer_evaluation.scorers(index)[name]
        other = asked[fold :: answer_fitting.N_FOLDS]
        for part, questions in zip(found, (held, other), strict=True):
            part += [float(max(scores(question.text))) for question in questions]
    yes, no = map(torch.tensor, found)
    return yes, no


def confidences(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """What a logistic regression of all signals says that other folds fitted."""
    set_seed(seed)
    told = answer_fitting.out_of_fold(
        {}, load_passages(), training_questions(), seed=seed, **TRAINING
    )
    return answer_fitting.crossed(told)


TABLE = Table(
    name="text_answers",
    measure=measure,
    variants={**answer_evaluation.RIVALS, ANSWERING: "词的权重与向量，加其他信号"},
    columns={
        "recall_1": ("第一段就对", ".1%"),
        "recall_3": ("前三段里有", ".1%"),
        "reciprocal_rank": ("名次倒数的平均", ".3f"),
        "new_recall_1": ("没问过的段落，第一段就对", ".1%"),
        "refusals": ("误拒 7% 时，拒掉答不了的", ".1%"),
    },
    seeds=(0, 1, 2),
    data=None,
)
