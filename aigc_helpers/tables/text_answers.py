"""Questions answered from passages, out of fold: chapter 09, three seeds.

Two kinds of folds. Of a passage's questions a third is held out, and the others train
(three folds); or all questions about half of the passages are, so that nothing was
asked about these before (two folds, and two authors). What is refused is told by the
score of the first passage, and in the last row by all signals, at a threshold that
refuses 7 % of the paraphrases.
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


def measure(variant: str, seed: int) -> dict[str, float]:
    """One ranking, on questions that did not train it."""
    name = "both" if variant == ANSWERING else variant
    known, new = places(name, seed, "questions"), places(name, seed, "passages")
    told = confidences(seed) if variant == ANSWERING else best_scores(name, seed)
    yes, no, paraphrases = told
    threshold = yes[paraphrases].quantile(answer_fitting.FALSE_REFUSALS)
    figures = {
        "recall_1": sum(place == 1 for place in known) / len(known),
        "recall_3": sum(place <= 3 for place in known) / len(known),
        "reciprocal_rank": sum(1 / place for place in known) / len(known),
        "new_recall_1": sum(place == 1 for place in new) / len(new),
        "refusals": float((no < threshold).double().mean()),
        "false_refusals": float((yes < threshold).double().mean()),
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
def untrained() -> PassageIndex:
    """Passages for rankings that learn nothing."""
    return PassageIndex(load_passages(), Retriever(dim=1, hidden=1))


def index_for(name: str, *run) -> PassageIndex:
    """Passages for a ranking; only where something is learnt, something trains."""
    return untrained() if name.startswith("bm25") else trained(*run)


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
        index, (_, held) = index_for(name, kind, fold, seed), held_out(kind, fold)
        scores = answer_evaluation.scorers(index)[name]
        found += answer_evaluation.places(scores, index.passages, held)
    return found


def best_scores(name: str, seed: int) -> tuple[torch.Tensor, ...]:
    """Scores of the first passage: of questions with an answer, and without.

    And which of the former are paraphrases.
    """
    asked, found, paraphrases = training_questions().unanswerable, ([], []), []
    for fold in range(answer_fitting.N_FOLDS):
        index = index_for(name, "questions", fold, seed)
        _, held = held_out("questions", fold)
        scores = answer_evaluation.scorers(index)[name]
        other = asked[fold :: answer_fitting.N_FOLDS]
        for part, questions in zip(found, (held, other), strict=True):
            part += [float(max(scores(question.text))) for question in questions]
        paraphrases += [question.form == answer_fitting.PARAPHRASE for question in held]
    return (*map(torch.tensor, found), torch.tensor(paraphrases))


def confidences(seed: int) -> tuple[torch.Tensor, ...]:
    """What a logistic regression of all signals says that other folds fitted."""
    questions, told = training_questions(), {"answerable": [], "unanswerable": []}
    for fold in range(answer_fitting.N_FOLDS):
        index = trained("questions", fold, seed)
        rest, held = answer_fitting.split(questions, fold)
        found = answer_fitting.told_by(index.network, index.passages, rest, held)
        for name in told:
            told[name] += found[name]
    forms = [one.question.form for one in told["answerable"]]
    paraphrases = [form == answer_fitting.PARAPHRASE for form in forms]
    return (*answer_fitting.crossed(told), torch.tensor(paraphrases))


TABLE = Table(
    name="text_answers",
    measure=measure,
    variants={**answer_evaluation.RIVALS, ANSWERING: "词的权重与向量，加其他信号"},
    columns={
        "recall_1": ("第一段就对", ".1%"),
        "recall_3": ("前三段里有", ".1%"),
        "reciprocal_rank": ("名次倒数的平均", ".3f"),
        "new_recall_1": ("没问过的段落，第一段就对", ".1%"),
        "refusals": ("拒掉答不了的", ".1%"),
        "false_refusals": ("误拒答得了的", ".1%"),
    },
    seeds=(0, 1, 2),
    data=None,
)
