"""Answers: what is quoted, what is refused, and what is never given as the book's."""

from dataclasses import replace
from functools import cache

import pytest
import torch

from aigc_helpers import weights
from aigc_helpers.text import answer_evaluation, answering
from aigc_helpers.text.answer_signals import (
    KnownUnanswered,
    bag,
    mark,
    seconds,
    signals,
    stood_in,
)
from aigc_helpers.text.answering import (
    ANSWERED,
    REFUSED,
    TWO,
    UNREADABLE,
    Answerer,
    by_score,
)
from aigc_helpers.text.passages import load_passages
from aigc_helpers.text.questions import training_questions
from aigc_helpers.text.ranking import features
from aigc_helpers.text.retrieval import PassageIndex, Retriever

EVERY = 4  # of the passages are in the index of these tests


@cache
def passages():
    return load_passages()[::EVERY]


@cache
def network() -> Retriever:
    return weights.load("text_retriever").requires_grad_(False)


@cache
def answerer() -> Answerer:
    return Answerer(passages(), network())


@cache
def answerable():
    """Training questions about the passages that are here."""
    keys = {passage.key for passage in passages()}
    asked = training_questions().answerable
    return [question for question in asked if keys & set(question.passages)]


def with_thresholds(*values) -> Answerer:
    """The same passages, with a network that has other thresholds."""
    other = Retriever(**weights.card("text_retriever")["network"]["arguments"])
    other.load_state_dict(network().state_dict())
    other.thresholds.copy_(torch.tensor(values))
    return Answerer(passages(), other.requires_grad_(False), unanswered=())


# ---- what is told ------------------------------------------------------------------


@pytest.mark.parametrize(
    "question, said",
    [
        ("", "还没有写问题"),
        (" \n", "还没有写问题"),
        ("梯" * 5000, "5,000 个字符，太长了：最多 300 个"),
        ("🙂🙂", "没有认得的字"),
        ("？！", "没有认得的字"),
    ],
)
def test_what_cannot_be_read_is_told_in_chinese(question, said):
    answer = answerer().answer(question)
    assert answer.kind == UNREADABLE and said in answer.words
    assert answer.citations == () and answer.nearest is None


def test_every_answer_cites_the_book_and_marks_a_sentence():
    kinds = set()
    book = {passage.key: passage for passage in load_passages()}
    for question in answerable()[::8]:
        answer = answerer().answer(question.text)
        kinds.add(answer.kind)
        assert len(answer.citations) == {ANSWERED: 1, TWO: 2, REFUSED: 0}[answer.kind]
        for one in answer.citations:
            assert one.passage == book[one.passage.key]
            assert one.passage.address.startswith(("notebooks/", "book/"))
            assert one.sentence and one.sentence in one.passage.text
            assert one.passage.text in str(answer)
    assert ANSWERED in kinds


def test_words_that_only_ask_or_are_unknown_are_refused():
    for question in ("为什么", "今天股票涨了吗", "qwertz"):
        answer = answerer().answer(question)
        assert answer.kind == REFUSED and answer.citations == ()
        assert answer.nearest is not None


def test_the_marked_sentence_is_the_one_with_the_words():
    match = answerer().index.match("梯度消失")
    text = "第一句说别的。梯度消失在这里。最后一句。"
    low, high = mark(match, text)
    assert text[low:high] == "梯度消失在这里。"
    assert mark(match, "xyz") == (0, 3)


# ---- refusals ----------------------------------------------------------------------


def test_a_higher_threshold_refuses_all_that_a_lower_one_does_and_more():
    refused = []
    for threshold in (0.0, 0.4, 0.9, 1.1):
        these = with_thresholds(threshold, 0.5)
        answers = [these.answer(question.text) for question in answerable()[::12]]
        refused.append({i for i, one in enumerate(answers) if one.kind == REFUSED})
    assert refused[0] == set() and len(refused[-1]) == len(answerable()[::12])
    assert refused[0] <= refused[1] <= refused[2] <= refused[3]
    assert refused[1] < refused[2]


def test_a_question_known_to_be_unanswered_makes_doubt():
    index, question = answerer().index, answerable()[0].text
    known = KnownUnanswered(index, [question])
    assert known.nearness(bag(index, index.match(question))) == pytest.approx(1)
    assert known.nearness(bag(index, index.match("qwertz"))) == 0
    assert KnownUnanswered(index, ()).nearness({"a": 1.0}) == 0
    doubtful = Answerer(passages(), network(), unanswered=[question])
    plain = with_thresholds(0.5, 0.5)
    assert (
        doubtful.answer(question).confidence < plain.answer(question).confidence - 0.1
    )


def test_a_word_is_covered_where_one_that_means_the_same_is_there():
    assert stood_in("EMA 有什么用", set(features("另存一份滑动平均"))) == {"ema"}
    assert stood_in("EMA 有什么用", set(features("滑动，平均"))) == set()
    assert stood_in("schema 有什么用", set(features("另存一份滑动平均"))) == set()
    word = [passage for passage in load_passages() if "滑动平均" in passage.text]
    index = PassageIndex([*word[:2], *passages()[:20]], network())
    known, question = KnownUnanswered(index, ()), "EMA 有什么用"
    match = index.match(question)
    for i in range(22):
        covers = signals(index, known, question, match, i)[0]
        assert (covers > 0.5) == (i < 2)


# ---- two passages ------------------------------------------------------------------


def test_two_passages_are_cited_where_a_second_is_needed():
    one, two = passages()[3], passages()[40]
    question = f"{one.text[:20]}，{two.text[:20]}？"
    always, never = with_thresholds(0.0, 0.0), with_thresholds(0.0, 1.1)
    cited = {one.passage.key for one in always.answer(question).citations}
    assert cited == {one.key, two.key}
    assert always.answer(question).kind == TWO
    assert never.answer(question).kind == ANSWERED


def test_the_second_passage_is_worth_what_the_first_does_not_give():
    index = answerer().index
    question = answerable()[5].text
    match = index.match(question)
    found, more = seconds(index, question, match, by_score(match))
    first = by_score(match)[0]
    assert first not in [one.passage for one in found]
    for one in found:
        score, new, cosine, _ = one.choice
        assert new <= score + 1e-6 and abs(cosine) <= 1 + 1e-5
        assert score * 10 == pytest.approx(float(match.lexical[one.passage]), abs=1e-3)
    assert len(more) == 4


# ---- what is not the book's --------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda p: {"text": p.text.replace("的", "得", 1)},
        lambda p: {"text": p.text + " "},
        lambda p: {"address": p.address + "-1"},
        lambda p: {"heading": p.heading + "！"},
        lambda p: {"key": p.key + "0"},
    ],
)
def test_a_passage_that_differs_in_one_character_is_not_the_book_s(change):
    true = next(passage for passage in passages() if "的" in passage.text)
    assert answering.is_the_books(true)
    assert not answering.is_the_books(replace(true, **change(true)))


def test_a_false_passage_is_named_and_the_true_one_is_given():
    asked = answerable()[0]
    true = next(p for p in passages() if p.key in asked.passages)
    false = replace(true, text=f"{asked.text}{true.text[:-1]}，这是错的。")
    these = Answerer([*passages(), false], network(), unanswered=())
    blind = these.believing().answer(asked.text)
    assert blind.citations[0].passage == false  # the attractive failure
    answer = these.answer(asked.text)
    assert false in answer.strangers
    assert [one.passage for one in answer.citations][:1] == [true]


def test_an_index_of_strangers_answers_nothing():
    strangers = [replace(passage, text=passage.text + "。") for passage in passages()]
    answer = Answerer(strangers, network(), unanswered=()).answer(answerable()[0].text)
    assert answer.kind == REFUSED and answer.citations == () and answer.nearest is None
    assert len(answer.strangers) == len(strangers)


# ---- how it is measured ------------------------------------------------------------


def test_places_and_gains_are_counted_by_hand():
    asked = answerable()[:4]
    found = answer_evaluation.figures_of_places(
        {"bm25": [1, 2, 4, 1], "both": [1, 1, 2, 1]}, asked_of_four(asked)
    )
    assert found["bm25"]["recall_1"].value == 0.5
    assert found["both"]["recall_1"].value == 0.75
    assert found["both"]["recall_3"].value == 1.0
    assert found["bm25"]["reciprocal_rank"].value == pytest.approx(2.75 / 4)
    assert found["both"]["gain"].value == 0.25
    assert found["bm25"]["gain"].value == found["bm25"]["gain"].low == 0.0
    assert found["both"]["recall_1"].low < 0.75 < found["both"]["recall_1"].high


def asked_of_four(asked):
    """The same questions, each about another passage."""
    return [replace(q, passages=(f"{i}",)) for i, q in enumerate(asked)]


def test_the_rivals_are_what_their_names_say():
    index: PassageIndex = answerer().index
    rivals = answer_evaluation.scorers(index)
    assert list(rivals) == list(answer_evaluation.RIVALS)
    plain, words = "梯度会怎样", "EMA 是什么"
    assert rivals["bm25"](plain).tolist() == pytest.approx(
        index.lexicon.bm25.scores(plain)
    )
    assert (rivals["bm25_synonyms"](words) >= rivals["bm25"](words)).all()
    assert (rivals["bm25_synonyms"](words) > rivals["bm25"](words)).any()
    match = index.match(words)
    torch.testing.assert_close(
        rivals["both"](words),
        rivals["words"](words) + network().cosine.exp() * rivals["vectors"](words),
    )
    torch.testing.assert_close(match.scores, rivals["both"](words))


def test_four_abilities_are_measured():
    asked = answerable()[:6]
    refusals = answer_evaluation.evaluate_refusals(
        answerer(), asked, training_questions().unanswerable[:5]
    )
    assert refusals["refusals"].value == 1.0 and refusals["refusals"].n == 5
    two = answer_evaluation.evaluate_two(
        answerer(), [replace(q, passages=q.passages[:1]) for q in asked], asked
    )
    places = [two[f"both_in_{k}"].value for k in answer_evaluation.DEPTHS]
    assert places == sorted(places)
    false = [replace(q, false_text=f"{q.text}不是这样。") for q in asked]
    found = answer_evaluation.evaluate_false(network(), passages(), false)
    assert found["asserted"].value == 0.0
    assert found["believed"].value > 0 and found["false_first"].value > 0
    assert found["named"].value >= found["false_first"].value
