"""What refuses, and what is quoted second, fitted on what did not train."""

import random

import pytest
import torch

from aigc_helpers.text import answer_fitting
from aigc_helpers.text.answer_fitting import Told
from aigc_helpers.text.answer_signals import Second
from aigc_helpers.text.questions import Question, Questions
from aigc_helpers.text.ranking import features
from aigc_helpers.text.retrieval import Retriever, buckets


def told(signals, form="plain", choices=((0.0,) * 4,) * 2, right=(0, 1)) -> Told:
    question = Question("问", tuple(map(str, right)), form=form)
    found = [Second(i, list(one)) for i, one in enumerate(choices, 1)]
    return Told(question, [0, *range(1, 9)], list(signals), found, [0.0] * 4, right)


def some(n: int, centre: float, seed: int, **more) -> list[Told]:
    rng = random.Random(seed)
    return [told([rng.gauss(centre, 1) for _ in range(10)], **more) for _ in range(n)]


def test_questions_about_one_passage_fall_into_different_folds():
    asked = [Question(f"{k}{i}", (k,)) for k in "abcd" for i in range(3)]
    where = answer_fitting.folds(asked)
    assert [sorted(where[i : i + 3]) for i in range(0, 12, 3)] == [[0, 1, 2]] * 4
    assert len({tuple(where[i : i + 3]) for i in range(0, 12, 3)}) == 3  # forms mix


def test_a_split_loses_nothing_and_holds_nothing_twice():
    kinds = {"answerable": "a", "unanswerable": "", "two": "ab"}
    questions = Questions(
        **{
            kind: tuple(Question(f"{kind}{i}", tuple(keys)) for i in range(7))
            for kind, keys in kinds.items()
        }
    )
    for kind in kinds:
        held = []
        for fold in range(3):
            rest, out = answer_fitting.split(questions, fold)
            assert not set(getattr(rest, kind)) & set(getattr(out, kind))
            assert len(getattr(rest, kind)) + len(getattr(out, kind)) == 7
            held += getattr(out, kind)
        assert sorted(q.text for q in held) == [f"{kind}{i}" for i in range(7)]


def test_weights_are_those_of_a_logistic_regression_on_plain_numbers():
    """The gradient of its loss, written out, is zero there."""
    yes, no = [[0.2, 3.0], [0.9, 1.0], [0.7, 2.5]], [[0.1, 1.0], [0.4, 0.0]]
    weights = answer_fitting.logistic(yes, no, 0.5).double()
    values = torch.tensor(yes + no, dtype=torch.float64)
    mean, scale = values.mean(0), values.std(0)
    slopes = (weights[:-1] * scale).requires_grad_()
    constant = (weights[-1] + weights[:-1] @ mean).detach().requires_grad_()
    logits = ((values - mean) / scale) @ slopes + constant
    counts = torch.tensor([5 / 6] * 3 + [5 / 4] * 2, dtype=torch.float64)
    known = torch.tensor([1.0, 1, 1, 0, 0], dtype=torch.float64)
    loss = counts * torch.nn.functional.softplus(logits) - counts * known * logits
    (loss.sum() + slopes @ slopes / (2 * 0.5)).backward()
    assert slopes.grad.abs().max() < 1e-3 and constant.grad.abs() < 1e-3


def test_paraphrases_count_twice_and_set_the_threshold():
    plain, hard = some(40, 1.0, 0), some(40, 0.2, 1, form="paraphrase")
    no = some(60, -0.5, 2)
    weights = answer_fitting.fit_refusal(plain + hard, no)
    values = answer_fitting.values_of(weights, plain + hard)
    threshold = answer_fitting.refusal_threshold(values, plain + hard)
    refused = (values < threshold).tolist()
    assert sum(refused[40:]) == 3  # 7 % of 40
    assert sum(refused[:40]) <= sum(refused[40:])
    once = answer_fitting.logistic(
        [one.signals for one in plain + hard], [one.signals for one in no], 0.3
    )
    assert not torch.allclose(weights, once, rtol=1e-2)


def test_logits_of_others_are_not_those_that_were_fitted_on():
    """Where nothing can be known, fitted ones tell both kinds apart all the same."""
    crossed, fitted = 0.0, 0.0
    for seed in range(6):
        found = {
            "answerable": some(60, 0, seed),
            "unanswerable": some(60, 0, seed + 100),
        }
        yes, no = answer_fitting.crossed(found)
        assert yes.shape == no.shape == (60,)
        crossed += float(yes.mean() - no.mean())
        weights = answer_fitting.fit_refusal(*found.values())
        yes, no = (answer_fitting.values_of(weights, kind) for kind in found.values())
        fitted += float(yes.mean() - no.mean())
    assert fitted > 1.2 and crossed < fitted / 3


def test_the_second_passage_is_chosen_by_what_told_it_before():
    rng = random.Random(0)
    two = []
    for _ in range(30):
        choices = [[rng.random() for _ in range(4)] for _ in range(5)]
        best = max(range(5), key=lambda i: choices[i][1])
        two.append(told([0.0] * 10, choices=choices, right=(0, best + 1)))
    weights = answer_fitting.fit_choice(two)
    assert weights[1] > 3 * weights[[0, 2, 3]].abs().max()


def test_doubts_are_raised_by_features_of_unanswered_questions():
    network = Retriever(n_buckets=8192, dim=4, hidden=4)
    asked = Questions(
        answerable=tuple(Question(f"梯度{c}") for c in "甲乙丙丁"),
        unanswerable=tuple(Question(f"多少钱{c}") for c in "甲乙丙丁"),
        two=(),
    )
    answer_fitting.fit_doubt(network, asked)

    def doubt(text):
        return network.doubt.weight[buckets(features(text))].sum().item()

    assert doubt("多少钱") > 0.05 > -0.05 > doubt("梯度")
    assert doubt("没见过") == 0 and network.doubt.weight[0].item() == 0


def test_fitting_sets_all_that_answers_need():
    network = Retriever(n_buckets=64, dim=4, hidden=4)
    rng = random.Random(0)

    def choices():
        return [[rng.random() for _ in range(4)] for _ in range(3)]

    found = {
        "answerable": [
            told([rng.random()] * 10, "paraphrase", choices()) for _ in range(30)
        ],
        "unanswerable": some(30, -1.0, 1),
        "two": [told([0.5] * 10, "", choices()) for _ in range(30)],
    }
    answer_fitting.fit_answering(network, found)
    for name in ("refusal", "choice", "second", "thresholds"):
        assert getattr(network, name).abs().max() > 0
    assert all(0 < value < 1 for value in network.thresholds.tolist())
    values = answer_fitting.values_of(network.refusal, found["answerable"])
    refused = (torch.sigmoid(values) < network.thresholds[0]).float().mean()
    assert refused.item() == pytest.approx(0.07, abs=0.035)
