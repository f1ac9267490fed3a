"""How well questions are answered: four abilities, each beside a rival.

Chen et al. (2024) ask of a system that answers from retrieved texts: does it find what
answers among much that does not, does it refuse what nothing answers, does it combine
two texts, and does it notice a false one? Here each is measured on questions that
nothing was fitted on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch

from aigc_helpers import metrics
from aigc_helpers.text.answering import REFUSED, TWO, Answerer, is_the_books
from aigc_helpers.text.passages import Passage
from aigc_helpers.text.questions import Question
from aigc_helpers.text.ranking import asked
from aigc_helpers.text.retrieval import PassageIndex, Retriever, synonyms

STAND_IN = 0.5  # what a word that means the same counts in the rival that knows them
RIVALS = {
    "bm25": "BM25",
    "bm25_synonyms": "BM25，加同义词表",
    "words": "词有学来的权重",
    "vectors": "只用向量",
    "both": "词的权重与向量",
}
FALSE = ("false_first", "believed", "asserted", "named", "true_cited")
DEPTHS = (2, 3, 5, 10)  # at which two passages are looked for
_Scores = Callable[[str], Sequence[float]]


@dataclass(frozen=True)
class Figure:
    """A share or a mean of n questions, with its interval of 95 %."""

    value: float
    low: float
    high: float
    n: int


def share(right: Sequence[bool]) -> Figure:
    """Share of questions; Wilson's interval."""
    count, n = sum(map(bool, right)), len(right)
    return Figure(count / n, *metrics.wilson_interval(count, n), n)


def mean(values: Sequence[float], groups: Sequence[str]) -> Figure:
    """Mean over questions; those about one passage are drawn together."""
    x = torch.tensor(values, dtype=torch.float64)
    ends = metrics.grouped_interval(lambda part: part.mean(), groups, x)
    return Figure(float(x.mean()), *ends, len(x))


def scorers(index: PassageIndex) -> dict[str, _Scores]:
    """Scores of all passages for a question, by each of the ``RIVALS``."""
    bm25, own = index.lexicon.bm25, torch.tensor

    def with_synonyms(question):
        more = own(bm25.scores_of(synonyms().features(question)))
        return own(bm25.scores_of(asked(question))) + STAND_IN * more

    return {
        "bm25": lambda question: own(bm25.scores(question)),
        "bm25_synonyms": with_synonyms,
        "words": lambda question: index.match(question).lexical,
        "vectors": lambda question: index.match(question).cosines,
        "both": lambda question: index.match(question).scores,
    }


def places(
    scores: _Scores, passages: Sequence[Passage], questions: Sequence[Question]
) -> list[int]:
    """Place, from 1, of the first passage that answers each question."""
    found = []
    for question in questions:
        ranked = torch.as_tensor(scores(question.text)).argsort(
            descending=True, stable=True
        )
        keys = [passages[i].key in question.passages for i in ranked.tolist()]
        found.append(keys.index(True) + 1)
    return found


def evaluate_ranking(
    index: PassageIndex, questions: Sequence[Question]
) -> dict[str, dict[str, Figure]]:
    """Where the passages that answer are ranked, by each of the ``RIVALS``.

    Parameters
    ----------
    index : PassageIndex
    questions : sequence of Question
        Each with one passage or more that answer it alone.

    Returns
    -------
    dict
        For each rival ``recall_1`` and ``recall_3``, shares; ``reciprocal_rank``, the
        mean of one over the place; and, ``gain``, how much more of recall_1 it has than
        BM25 on the same questions.
    """
    found = {
        name: places(score, index.passages, questions)
        for name, score in scorers(index).items()
    }
    return figures_of_places(found, questions)


def figures_of_places(
    found: dict[str, list[int]], questions: Sequence[Question]
) -> dict[str, dict[str, Figure]]:
    """Figures of the places that each rival gives; see `evaluate_ranking`."""
    groups = [question.passages[0] for question in questions]
    results = {}
    for name, where in found.items():
        pairs = zip(where, found["bm25"], strict=True)
        gains = [(a == 1) - (b == 1) for a, b in pairs]
        results[name] = {
            "recall_1": share([place == 1 for place in where]),
            "recall_3": share([place <= 3 for place in where]),
            "reciprocal_rank": mean([1 / place for place in where], groups),
            "gain": mean(gains, groups),
        }
    return results


def evaluate_refusals(
    answerer: Answerer, answerable: Sequence[Question], other: Sequence[Question]
) -> dict[str, Figure]:
    """Shares refused: of what can be answered, and of what cannot.

    ``right``: of the questions that can be answered, those whose first citation answers
    and which are not refused.
    """
    kept = [answerer.answer(question.text) for question in answerable]
    return {
        "false_refusals": share([one.kind == REFUSED for one in kept]),
        "refusals": share([answerer.answer(q.text).kind == REFUSED for q in other]),
        "right": share(
            [
                bool(one.citations) and one.citations[0].passage.key in q.passages
                for one, q in zip(kept, answerable, strict=True)
            ]
        ),
    }


def evaluate_two(
    answerer: Answerer, two: Sequence[Question], single: Sequence[Question]
) -> dict[str, Figure]:
    """How often both passages are found, and how often exactly both are cited.

    ``both_in_K`` and ``bm25_both_in_K``: among the first K; ``both_cited``: the two
    citations are the two passages; ``one_cited``: one of them is cited at least;
    ``needless``: of questions that one passage answers, those with two citations.
    """
    index, found = answerer.index, {}
    wanted = [set(question.passages) for question in two]
    for name, score in (("bm25_", "bm25"), ("", "both")):
        rank = scorers(index)[score]
        tops = [_top(rank(q.text), index.passages, max(DEPTHS)) for q in two]
        for k in DEPTHS:
            pairs = zip(wanted, tops, strict=True)
            found[f"{name}both_in_{k}"] = share([w <= set(t[:k]) for w, t in pairs])
    cited = [
        {one.passage.key for one in answerer.answer(question.text).citations}
        for question in two
    ]
    pairs = list(zip(wanted, cited, strict=True))
    found["both_cited"] = share([w == c for w, c in pairs])
    found["one_cited"] = share([bool(w & c) for w, c in pairs])
    kinds = [answerer.answer(question.text).kind for question in single]
    found["needless"] = share([kind == TWO for kind in kinds])
    return found


def _top(scores, passages: Sequence[Passage], k: int) -> list[str]:
    ranked = torch.as_tensor(scores).argsort(descending=True, stable=True)
    return [passages[i].key for i in ranked[:k].tolist()]


def with_false(
    passages: Sequence[Passage], questions: Sequence[Question]
) -> list[Passage]:
    """Passages, and behind them the false ones, each in the section of the true one."""
    true = {passage.key: passage for passage in passages}
    false = [
        replace(
            true[q.passages[0]], key=f"{q.passages[0]}-false-{i}", text=q.false_text
        )
        for i, q in enumerate(questions)
    ]
    return [*passages, *false]


def evaluate_false(
    network: Retriever, passages: Sequence[Passage], questions: Sequence[Question]
) -> dict[str, Figure]:
    """What becomes of false passages that stand in the index, all of them at once.

    ``false_first``: the false passage fits the question best; ``believed``: what is not
    the book's is cited where nothing is compared with the frozen table; ``asserted``:
    where it is; ``named``: the false passage is named as not the book's;
    ``true_cited``: the passage that answers is cited.
    """
    careful = Answerer(with_false(passages, questions), network)
    believing, found = careful.believing(), {name: [] for name in FALSE}
    for question in questions:
        answer = careful.answer(question.text)
        given = [one.passage for one in answer.citations]
        blind = [one.passage for one in believing.answer(question.text).citations]
        first = careful.index.rank(question.text, 1)[0][0]
        text = careful.index.passages[first].text
        strangers = [one.text for one in answer.strangers]
        found["false_first"].append(text == question.false_text)
        found["believed"].append(not all(map(is_the_books, blind)))
        found["asserted"].append(not all(map(is_the_books, given)))
        found["named"].append(question.false_text in strangers)
        found["true_cited"].append(question.passages[0] in [one.key for one in given])
    return {name: share(values) for name, values in found.items()}
