"""Answers as an explorer shows them: the same as `Answerer` gives, and why."""

import pytest
import torch
from tiny_retrievers import (
    ANSWERED,
    BROADCASTING,
    FALSE,
    REFUSED,
    TENSOR,
    TWO,
    answers,
)

from aigc_helpers.text.answering import Answerer, checksum
from aigc_helpers.text.questions import training_questions
from aigc_helpers.text.shown import STRANGER

SHOWN = answers()
PLACE = ("chapter", "number", "heading", "address")


def stranger(text: str = FALSE, of: str = TENSOR) -> dict:
    """A false passage that pretends to be in the place of another."""
    row = SHOWN.passage(of)
    return {**{name: row[name] for name in PLACE}, "text": text}


@pytest.mark.parametrize("question", [ANSWERED, REFUSED, TWO, "", "？", "问" * 301])
def test_what_is_told_is_what_the_answerer_answers(question):
    told = SHOWN.explain(question)["told"]
    answer = Answerer(SHOWN.passages, SHOWN.network).answer(question)
    assert (told["kind"], told["words"]) == (answer.kind, answer.words)
    assert told["confidence"] == answer.confidence
    found = [(one["key"], tuple(one["marked"])) for one in told["citations"]]
    assert found == [(one.passage.key, one.marked) for one in answer.citations]
    nearest = told["nearest"] and told["nearest"]["key"]
    assert nearest == (answer.nearest and answer.nearest.passage.key)


def test_the_questions_are_answered_refused_and_answered_from_two():
    kinds = [SHOWN.explain(one)["told"]["kind"] for one in (ANSWERED, REFUSED, TWO)]
    assert kinds == ["answered", "refused", "two"]
    keys = {one["key"] for one in SHOWN.explain(TWO)["told"]["citations"]}
    assert keys == {TENSOR, BROADCASTING}


def test_candidates_are_the_best_five_and_the_first_by_bm25():
    found = SHOWN.explain(ANSWERED)["candidates"]
    assert [one["rank"] for one in found] == [1, 2, 3, 4, 5]
    scores = [one["score"] for one in found]
    assert scores == sorted(scores, reverse=True)
    index = Answerer(SHOWN.passages, SHOWN.network).index
    best = index.lexicon.bm25.rank(ANSWERED, 24)
    ranks = {index.passages[i].key: place for place, (i, _) in enumerate(best, 1)}
    assert [one["bm25"] for one in found] == [ranks.get(one["key"]) for one in found]


def test_what_bm25_puts_first_is_shown_wherever_the_network_puts_it():
    other = answers()
    with torch.no_grad():
        other.network.cosine.fill_(8.0)  # vectors of random numbers decide
    found = other.explain(ANSWERED)["candidates"]
    assert len(found) == 6 and found[-1]["bm25"] == 1 and found[-1]["rank"] > 5
    assert found[-1]["key"] == TENSOR


def test_a_false_passage_is_found_and_not_cited_but_without_the_check_it_is():
    told = SHOWN.explain(ANSWERED, stranger())
    assert told["told"]["strangers"] == [STRANGER]
    assert [one["key"] for one in told["told"]["citations"]] == [TENSOR]
    assert [one["key"] for one in told["unchecked"]["citations"]] == [STRANGER]
    assert [one["genuine"] for one in told["candidates"][:2]] == [False, True]
    assert told["passages"][STRANGER]["text"] == FALSE
    again = SHOWN.explain(ANSWERED)
    assert again["unchecked"] is None and STRANGER not in again["passages"]


def test_a_passage_of_the_book_in_another_place_is_none_of_the_book():
    text = SHOWN.passage(TENSOR)["text"]
    told = SHOWN.explain(ANSWERED, stranger(text, of=BROADCASTING))
    found = {one["key"]: one["genuine"] for one in told["candidates"]}
    assert found[STRANGER] is False and found[TENSOR] is True
    assert [one["key"] for one in told["told"]["citations"]] == [TENSOR]


def test_every_passage_that_is_named_comes_with_its_text():
    for question in (ANSWERED, REFUSED, TWO):
        told = SHOWN.explain(question, stranger())
        named = [one["key"] for one in told["candidates"]]
        for answer in (told["told"], told["unchecked"]):
            named += [one["key"] for one in answer["citations"]] + answer["strangers"]
        assert set(named) <= set(told["passages"])
        assert all(row["text"] for row in told["passages"].values())


def test_a_page_gets_all_that_answers_come_from():
    tables, facts = SHOWN.tables(), SHOWN.facts()
    assert set(tables) == {*SHOWN.network.state_dict(), "frozen"}
    sums = [bytes(row.tolist()).hex() for row in tables["frozen"]]
    assert sums == [checksum(one) for one in SHOWN.passages]
    assert [one["key"] for one in facts["passages"]] == [p.key for p in SHOWN.passages]
    texts = [one.text for one in training_questions().unanswerable]
    assert facts["unanswered"] == texts
    assert dict(map(tuple, facts["synonyms"]))["gpu"] == ["显卡"]


def test_equal_answers_have_an_equal_identity_and_others_another():
    assert answers().identity() == SHOWN.identity()
    assert answers(seed=1).identity() != SHOWN.identity()
    assert answers(n_passages=23).identity() != SHOWN.identity()


def test_a_passage_that_the_book_has_not_is_a_key_error():
    assert SHOWN.passage(TENSOR)["heading"] == "张量：一批数和它的形状"
    with pytest.raises(KeyError):
        SHOWN.passage("05_gan/nothing/1")
