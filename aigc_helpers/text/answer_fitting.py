"""When to refuse, and when to quote two passages: fitted out of fold.

A retriever fits the questions that trained it better than any others. So a third of the
questions at a time is ranked by a retriever that the other two thirds trained, and on
these scores two logistic regressions are fitted: does the first passage answer, and is
a second one needed?
"""

from collections.abc import Sequence

import torch

from aigc_helpers.text.answering import second_passage, signals
from aigc_helpers.text.passages import Passage
from aigc_helpers.text.questions import Question, Questions
from aigc_helpers.text.retrieval import PassageIndex, Retriever
from aigc_helpers.text.retriever_training import train_retriever

N_FOLDS = 3
FALSE_REFUSALS = 0.07  # of answerable questions, out of fold; ten in a hundred may be
FALSE_SECONDS = 0.05  # of questions that one passage answers
STRENGTH = 1.0  # inverse of the penalty on weights


def folds(questions: Sequence[Question], n: int = N_FOLDS) -> list[int]:
    """Fold of each question; of those with the same passage, one after the other."""
    seen: dict[tuple[str, ...], int] = {}
    found = []
    for i, question in enumerate(questions):
        place = seen.setdefault(question.passages, i) if question.passages else 0
        found.append((i + place // n) % n)
    return found


def out_of_fold(
    arguments: dict, passages: Sequence[Passage], questions: Questions, **training
) -> dict[str, list]:
    """What retrievers tell of questions that did not train them.

    Returns, for each kind of questions, pairs of `answering.signals` and
    `answering.second_passage`, and the ranking of the passages.
    """
    kinds = {
        name: (getattr(questions, name), folds(getattr(questions, name)))
        for name in ("answerable", "unanswerable", "two")
    }
    found = {name: [None] * len(kind[0]) for name, kind in kinds.items()}
    for fold in range(N_FOLDS):
        known = [q for q, f in zip(*kinds["answerable"], strict=True) if f != fold]
        network, _ = train_retriever(
            Retriever(**arguments), passages, known, **training
        )
        index = PassageIndex(passages, network)
        for name, (asked, where) in kinds.items():
            for i in [i for i, f in enumerate(where) if f == fold]:
                found[name][i] = told(index, asked[i].text)
    return found


def told(index: PassageIndex, question: str):
    """Signals, signals of the second passage, and the ranking for a question."""
    match = index.match(question)
    ranked = match.scores.argsort(descending=True, stable=True).tolist()
    second, more = second_passage(index, match, ranked)
    return signals(index, match, ranked), more, ranked, second


def fit_answering(network: Retriever, found: dict[str, list]) -> None:
    """Fit, in the network, when it refuses and when it quotes a second passage.

    Parameters
    ----------
    network : Retriever
        Its buffers ``refusal``, ``second`` and ``thresholds`` are set.
    found : dict
        From `out_of_fold`.
    """
    yes = [one[0] for one in found["answerable"] + found["two"]]
    no = [one[0] for one in found["unanswerable"]]
    weights = logistic(yes, no)
    network.refusal.copy_(weights)
    single = _values(weights, [one[0] for one in found["answerable"]])
    refused = torch.sigmoid(single).quantile(FALSE_REFUSALS)
    ones = [one[1] for one in found["answerable"]]
    weights = logistic([one[1] for one in found["two"]], ones)
    network.second.copy_(weights)
    doubled = torch.sigmoid(_values(weights, ones)).quantile(1 - FALSE_SECONDS)
    network.thresholds.copy_(torch.stack([refused, doubled]))


def logistic(yes: list[list[float]], no: list[list[float]]) -> torch.Tensor:
    """Weights of a logistic regression, the last of them the constant.

    Both kinds count the same in all, however many there are.
    """
    from sklearn.linear_model import LogisticRegression

    values = torch.tensor(yes + no, dtype=torch.float64)
    mean, scale = values.mean(0), values.std(0).clamp(min=1e-6)
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=1000)
    model.fit((values - mean) / scale, [1] * len(yes) + [0] * len(no))
    slopes = torch.from_numpy(model.coef_[0]) / scale
    constant = torch.from_numpy(model.intercept_) - slopes @ mean
    return torch.cat([slopes, constant]).float()


def _values(weights: torch.Tensor, rows: list[list[float]]) -> torch.Tensor:
    return torch.tensor(rows) @ weights[:-1] + weights[-1]
