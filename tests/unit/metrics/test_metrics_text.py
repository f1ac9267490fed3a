"""Form and copies of generated texts, against slow and certain ways."""

import random

import pytest

from aigc_helpers import metrics

WUJUE = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"
QIJUE = "两个黄鹂鸣翠柳，一行白鹭上青天。窗含西岭千秋雪，门泊东吴万里船。"


@pytest.mark.parametrize(
    ("text", "form"),
    [("画蛇添足", "idiom"), (WUJUE, "wujue"), (QIJUE, "qijue"), ("㐀㐁㐂㐃", "idiom")],
)
def test_a_text_that_has_the_form(text, form):
    assert metrics.form_kept(text, form)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("画蛇添", "idiom"),
        ("画蛇添足了", "idiom"),
        ("画蛇添□", "idiom"),
        ("画蛇ab", "idiom"),
        ("画蛇，足", "idiom"),
        ("", "idiom"),
        ("画蛇添足\n", "idiom"),
        (QIJUE, "wujue"),
        (WUJUE, "qijue"),
        (WUJUE[:-1], "wujue"),
        (WUJUE + "白", "wujue"),
        (WUJUE.replace("，", "。"), "wujue"),
        (WUJUE.replace("日", ""), "wujue"),
        ("⑤" + WUJUE, "wujue"),
        (WUJUE[:12], "wujue"),
    ],
)
def test_a_text_that_has_not(text, form):
    assert not metrics.form_kept(text, form)


def test_an_unknown_form_is_refused():
    with pytest.raises(ValueError, match="form must be one of.*wujue"):
        metrics.form_kept(WUJUE, "sonnet")


def slowly(text: str, training: list[str]) -> int:
    return max(
        end - start
        for start in range(len(text) + 1)
        for end in range(start, len(text) + 1)
        if any(text[start:end] in one for one in training)
    )


def test_the_longest_copied_run_is_the_longest():
    rng = random.Random(0)
    for _ in range(200):
        training = ["".join(rng.choices("abc", k=rng.randint(1, 30))) for _ in range(3)]
        text = "".join(rng.choices("abcd", k=rng.randint(0, 20)))
        run = metrics.TrainingText(training).longest_copied_run(text)
        assert len(run) == slowly(text, training)
        assert run in text and any(run in one for one in training)


def test_runs_do_not_reach_from_text_to_text():
    training = metrics.TrainingText(["abc", "def"])
    assert training.longest_copied_run("bcde") == "bc"
    assert training.longest_copied_run("xyz") == ""
    assert "cd" not in training and "ef" in training
    assert "\ue000" not in training


def test_without_training_texts_nothing_can_be_a_copy():
    with pytest.raises(ValueError, match="no training texts"):
        metrics.TrainingText([])
