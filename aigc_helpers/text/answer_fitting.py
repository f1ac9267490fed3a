"""When to refuse, and when to quote two passages: fitted out of fold.

A retriever fits the questions that trained it better than any others. So a third of the
questions at a time is ranked by a retriever that the other two thirds trained, and on
what it tells of them two logistic regressions are fitted: does the first passage
answer, and is a second one needed?
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from aigc_helpers.text.answer_signals import (
    KnownUnanswered,
    Second,
    seconds,
    signals,
)
from aigc_helpers.text.passages import Passage
from aigc_helpers.text.questions import Question, Questions
from aigc_helpers.text.ranking import features
from aigc_helpers.text.retrieval import PassageIndex, Retriever, buckets
from aigc_helpers.text.retriever_training import train_retriever

N_FOLDS = 3
FALSE_REFUSALS = 0.07  # of paraphrases, out of fold; ten in a hundred may be
PARAPHRASE, COUNTS = "paraphrase", 2.0  # the hardest form, and how often it counts
FALSE_SECONDS = 0.10  # of questions that one passage answers
PENALTY = {"doubt": 0.03, "refusal": 0.3, "second": 0.3}  # inverse, on squared weights
CHOICE_PENALTY = 0.02


@dataclass(frozen=True)
class Told:
    """What a retriever tells of a question that did not train it.

    Attributes
    ----------
    question : Question
    ranked : list of int
        Numbers of the passages, the best first.
    signals : list of float
        Of the first passage, see `answer_signals.signals`.
    seconds : list of Second
    more : list of float
        What tells whether a second passage is needed.
    right : tuple of int
        Numbers of the passages that answer.
    """

    question: Question
    ranked: list[int]
    signals: list[float]
    seconds: list[Second]
    more: list[float]
    right: tuple[int, ...]


def folds(questions: Sequence[Question], n: int = N_FOLDS) -> list[int]:
    """Fold of each question; those of one passage fall into different folds."""
    seen: dict[tuple[str, ...], int] = {}
    found = []
    for i, question in enumerate(questions):
        place = seen.setdefault(question.passages, i) if question.passages else 0
        found.append((i + place // n) % n)
    return found


def split(questions: Questions, fold: int) -> tuple[Questions, Questions]:
    """Questions without those of a fold, and those of the fold."""
    kinds = ("answerable", "unanswerable", "two")
    parts = {name: ([], []) for name in kinds}
    for name in kinds:
        asked = getattr(questions, name)
        for question, place in zip(asked, folds(asked), strict=True):
            parts[name][place == fold].append(question)
    rest, held = (
        Questions(**{name: tuple(part[i]) for name, part in parts.items()})
        for i in (0, 1)
    )
    return rest, held


def out_of_fold(
    arguments: dict, passages: Sequence[Passage], questions: Questions, **training
) -> dict[str, list[Told]]:
    """What retrievers tell of questions that did not train them, by kind of question.

    Parameters
    ----------
    arguments : dict
        Of `Retriever`.
    passages : sequence of Passage
    questions : Questions
    training
        Of `train_retriever`.
    """
    found = {"answerable": [], "unanswerable": [], "two": []}
    for fold in range(N_FOLDS):
        rest, held = split(questions, fold)
        network, _ = train_retriever(
            Retriever(**arguments), passages, rest.answerable, **training
        )
        for name, told in told_by(network, passages, rest, held).items():
            found[name] += told
    return found


def told_by(
    network: Retriever, passages: Sequence[Passage], rest: Questions, held: Questions
) -> dict[str, list[Told]]:
    """What a network that some questions trained tells of those that were held out."""
    fit_doubt(network, rest)
    index = PassageIndex(passages, network)
    known = KnownUnanswered(index, [q.text for q in rest.unanswerable])
    return {
        name: [tell(index, known, question) for question in getattr(held, name)]
        for name in ("answerable", "unanswerable", "two")
    }


def tell(index: PassageIndex, known: KnownUnanswered, question: Question) -> Told:
    """All that is fitted on, for one question."""
    match = index.match(question.text)
    ranked = match.scores.argsort(descending=True, stable=True).tolist()
    found, more = seconds(index, question.text, match, ranked)
    numbers = {passage.key: i for i, passage in enumerate(index.passages)}
    return Told(
        question,
        ranked,
        signals(index, known, question.text, match, ranked[0]),
        found,
        more,
        tuple(numbers[key] for key in question.passages),
    )


def fit_doubt(network: Retriever, questions: Questions) -> None:
    """Fit how much each feature of a question speaks against there being an answer."""
    rows = [
        buckets(features(question.text))
        for question in questions.unanswerable + questions.answerable
    ]
    bags = torch.zeros(len(rows), len(network.doubt.weight))
    for bag, row in zip(bags, rows, strict=True):
        bag[row] = 1.0
    used = bags.any(0).nonzero()[:, 0]
    n = len(questions.unanswerable)
    model = _logistic(bags[:n, used], bags[n:, used], PENALTY["doubt"])
    with torch.no_grad():
        network.doubt.weight.zero_()
        network.doubt.weight[used, 0] = torch.from_numpy(model.coef_[0]).float()


def fit_answering(network: Retriever, found: dict[str, list[Told]]) -> None:
    """Fit when a network refuses, which passage it quotes second, and when.

    Parameters
    ----------
    network : Retriever
        Its buffers ``refusal``, ``choice``, ``second`` and ``thresholds`` are set.
    found : dict
        From `out_of_fold`.
    """
    single, two, no = (found[k] for k in ("answerable", "two", "unanswerable"))
    network.refusal.copy_(fit_refusal(single, no))
    network.choice.copy_(fit_choice(two))
    needed, enough = (
        [_second_signals(network, one) for one in kind] for kind in (two, single)
    )
    network.second.copy_(logistic(needed, enough, PENALTY["second"]))
    refused = refusal_threshold(values_of(network.refusal, single), single)
    doubled = _values(network.second, enough).quantile(1 - FALSE_SECONDS)
    network.thresholds.copy_(torch.sigmoid(torch.stack([refused, doubled])))


def fit_refusal(yes: Sequence[Told], no: Sequence[Told]) -> torch.Tensor:
    """Weights of the signals that a passage answers; paraphrases count twice."""
    counts = [COUNTS if one.question.form == PARAPHRASE else 1.0 for one in yes]
    return logistic(
        [one.signals for one in yes],
        [one.signals for one in no],
        PENALTY["refusal"],
        counts,
    )


def values_of(weights: torch.Tensor, told: Sequence[Told]) -> torch.Tensor:
    """Logits that a passage answers, one for each question."""
    return _values(weights, [one.signals for one in told])


def refusal_threshold(values: torch.Tensor, told: Sequence[Told]) -> torch.Tensor:
    """The logit below which ``FALSE_REFUSALS`` of the paraphrases lie."""
    paraphrases = [one.question.form == PARAPHRASE for one in told]
    return values[torch.tensor(paraphrases)].quantile(FALSE_REFUSALS)


def _second_signals(network: Retriever, told: Told) -> list[float]:
    values = torch.tensor([one.choice for one in told.seconds]) @ network.choice
    return told.seconds[int(values.argmax())].choice + told.more


def fit_choice(two: Sequence[Told]) -> torch.Tensor:
    """Weights with which the second passage is chosen, a softmax over the candidates.

    Fitted on the questions whose first passage is one of the two that are needed.
    """
    rows, targets = [], []
    for told in two:
        other = set(told.right) - {told.ranked[0]}
        where = [i for i, one in enumerate(told.seconds) if one.passage in other]
        if len(other) == 1 and where:
            rows.append([one.choice for one in told.seconds])
            targets.append(where[0])
    choices, wanted = torch.tensor(rows), torch.tensor(targets)  # (Q, C, 4), (Q,)
    weights = torch.zeros(choices.shape[2], requires_grad=True)
    scale = choices.flatten(0, 1).std(0)
    optimizer = torch.optim.LBFGS([weights], max_iter=100)

    def closure():
        optimizer.zero_grad()
        loss = F.cross_entropy(choices / scale @ weights, wanted)
        loss = loss + CHOICE_PENALTY * (weights**2).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return weights.detach() / scale


def logistic(
    yes: list[list[float]],
    no: list[list[float]],
    strength: float,
    counts: Sequence[float] | None = None,
) -> torch.Tensor:
    """Weights of a logistic regression, the last of them the constant.

    Both kinds count the same in all, however many there are; within ``yes`` each as
    much as ``counts`` says.
    """
    values = torch.tensor(yes + no, dtype=torch.float64)
    mean, scale = values.mean(0), values.std(0).clamp(min=1e-6)
    values = (values - mean) / scale
    model = _logistic(values[: len(yes)], values[len(yes) :], strength, counts)
    slopes = torch.from_numpy(model.coef_[0]) / scale
    constant = torch.from_numpy(model.intercept_) - slopes @ mean
    return torch.cat([slopes, constant]).float()


def _logistic(yes: torch.Tensor, no: torch.Tensor, strength: float, counts=None):
    from sklearn.linear_model import LogisticRegression  # slow to import

    counts = torch.tensor(counts or [1.0] * len(yes))
    counts = torch.cat([counts / counts.sum(), torch.full((len(no),), 1 / len(no))])
    model = LogisticRegression(C=strength, max_iter=1000)
    known = [1] * len(yes) + [0] * len(no)
    weights = counts * len(counts) / 2
    return model.fit(torch.cat([yes, no]), known, sample_weight=weights)


def _values(weights: torch.Tensor, rows: list[list[float]]) -> torch.Tensor:
    return torch.tensor(rows) @ weights[:-1] + weights[-1]


def crossed(
    found: dict[str, list[Told]], seed: int = 0
) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits that there is an answer, each fitted on other questions.

    Returns those of questions that have one, and of those that have none.
    """
    kinds, rng = (found["answerable"], found["unanswerable"]), random.Random(seed)
    where = [[rng.randrange(N_FOLDS) for _ in kind] for kind in kinds]
    logits = [torch.zeros(len(kind)) for kind in kinds]
    for fold in range(N_FOLDS):
        known = [
            [one for one, f in zip(kind, place, strict=True) if f != fold]
            for kind, place in zip(kinds, where, strict=True)
        ]
        weights = fit_refusal(*known)
        for values, kind, place in zip(logits, kinds, where, strict=True):
            mine = torch.tensor(place) == fold
            values[mine] = values_of(weights, kind)[mine]
    yes, no = logits
    return yes, no
