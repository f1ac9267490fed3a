"""Questions as they are stored, and that none both trains and measures."""

import json
from collections import Counter
from itertools import pairwise

import pytest

from aigc_helpers.text.passages import load_passages
from aigc_helpers.text.questions import (
    HELD_OUT,
    Question,
    load_questions,
    training_questions,
)


def test_each_passage_has_questions_of_three_forms():
    asked = training_questions().answerable
    counts = Counter((key, q.form) for q in asked for key in q.passages)
    forms = ("plain", "paraphrase", "keywords")
    assert {q.form for q in asked} == set(forms)
    missing = [
        (passage.key, form)
        for passage in load_passages()
        for form in forms
        if not counts[passage.key, form]
    ]
    assert len(missing) <= 1, missing  # one was too like a held-out question


def test_training_questions_are_about_passages_that_exist():
    questions, keys = training_questions(), {p.key for p in load_passages()}
    for question in questions.answerable + questions.two:
        assert question.passages and set(question.passages) <= keys, question
        assert question.author in ("a", "b")
    assert all(len(set(question.passages)) == 2 for question in questions.two)
    assert all(question.passages == () for question in questions.unanswerable)
    assert len(questions.answerable) >= 900 and len(questions.unanswerable) >= 200
    assert all(one and other and one != other for one, other in questions.synonyms)


def test_no_question_is_asked_twice():
    questions = training_questions()
    asked = questions.answerable + questions.unanswerable + questions.two
    twice = [text for text, n in Counter(q.text for q in asked).items() if n > 1]
    assert twice == []


def pairs_of(text: str) -> set[str]:
    """Pairs of neighbouring characters."""
    return {a + b for a, b in pairwise(text.lower())}


def test_no_held_out_question_trains():
    held, known = load_questions(HELD_OUT), training_questions()
    trains = {q.text for q in known.answerable + known.unanswerable + known.two}
    kinds = (held.answerable, held.unanswerable, held.two, held.false_passage)
    assert [len(kind) for kind in kinds] == [100, 50, 30, 30]
    assert trains & {q.text for kind in kinds for q in kind} == set()
    pairs = [pairs_of(text) for text in trains]
    for question in (q for kind in kinds for q in kind):
        mine = pairs_of(question.text)
        shared = [len(mine & one) / len(mine | one) for one in pairs]
        assert max(shared) <= 0.6, f"too like one that trains: {question.text}"
    keys = {passage.key for passage in load_passages()}
    for kind in (held.answerable, held.two, held.false_passage):
        assert all(q.passages and set(q.passages) <= keys for q in kind)
    assert all(q.false_text for q in held.false_passage) and held.synonyms == ()


def test_questions_are_read_as_they_are_written(tmp_path):
    path = tmp_path / "questions.json"
    stored = {
        "answerable": [{"id": "a1", "question": "甲？", "passages": ["k/1"]}],
        "unanswerable": [{"id": "u1", "question": "乙？"}],
        "two": [{"id": "t1", "question": "丙？", "passages": ["k/1", "k/2"]}],
        "false_passage": [
            {"id": "f1", "question": "丁？", "passage": "k/1", "false_text": "假的。"}
        ],
    }
    path.write_text(json.dumps(stored), "utf-8")
    found = load_questions(path)
    assert found.answerable == (Question("甲？", ("k/1",)),)
    assert found.unanswerable == (Question("乙？"),)
    assert found.two[0].passages == ("k/1", "k/2")
    assert found.false_passage == (Question("丁？", ("k/1",), false_text="假的。"),)
    for text in ("", "[]", '{"answerable": [{"id": "a"}]}', '{"synonyms": ["abc"]}'):
        path.write_text(text)
        with pytest.raises(ValueError, match="holds no questions"):
            load_questions(path)
