"""Predictions beside what came out."""

import json

import numpy as np
import pytest
import scripts
import torch
from bs4 import BeautifulSoup
from IPython.core.formatters import DisplayFormatter

from aigc_helpers import exercise


def test_both_values_are_shown():
    made = exercise.compare("损失", 1.0, torch.tensor(1.3863), unit="nats")
    assert repr(made) == (
        "损失：你的值 1 nats，真实值 1.386 nats。✗ 猜小了，差 0.3863 nats。"
    )
    cells = BeautifulSoup(made._repr_html_(), "html.parser").select("tbody > tr > *")
    assert [cell.text for cell in cells] == ["损失", "1 nats", "1.386 nats"]


@pytest.mark.parametrize("guess", [..., None])
def test_without_a_prediction_the_truth_stays_hidden(guess):
    made = exercise.compare("损失", guess, 1.3863)
    for text in (repr(made), made._repr_html_()):
        assert "还没有填" in text and "1.386" not in text and "写下你的预测" in text
    assert not made.right


@pytest.mark.parametrize("guess", [1.386, 1, ...])
def test_what_explains_the_truth_waits_for_a_prediction(guess):
    made = exercise.compare("损失", guess, 1.386, why="这是 2 log 2。")
    for text in (repr(made), made._repr_html_()):
        assert ("这是 2 log 2。" in text) is (guess is not ...)


def test_what_the_site_asks_by_is_seen_in_no_notebook():
    made = exercise.compare(
        "损失", ..., 12345.678, tolerance=2, unit=" nats", why="甲。"
    )
    data, metadata = DisplayFormatter().format(made)
    assert set(data) == {"text/plain", "text/html"}
    assert not any("12,346" in shown or "甲" in shown for shown in data.values())
    assert metadata[exercise.ASKED] == {
        "name": "损失",
        "truth": 12346,
        "shown": "12,346 nats",
        "tolerance": 2,
        "unit": "nats",
        "why": "甲。",
    }
    for truth in (-2 / 3, 1e-7 / 3, 2e20):
        asked = exercise.compare("数", ..., truth)._repr_mimebundle_()[1]
        assert asked[exercise.ASKED]["truth"] == pytest.approx(truth, rel=1e-3)
    whole = exercise.compare("数", ..., -0.0, tolerance=1.0)._repr_mimebundle_()[1]
    kept = [json.dumps(whole[exercise.ASKED][key]) for key in ("truth", "tolerance")]
    assert kept == ["0", "1"]  # as Jupyter writes them when it saves
    assert exercise.compare("损失", 1, 2)._repr_mimebundle_() == ({}, {})


def test_formulas_are_set_in_what_explains_and_in_what_is_revealed():
    why = r"$D=\frac12$，`x < 1`。"
    explained = exercise.compare("损失", 1, 2, why=why)
    for made in (explained, exercise.reveal(why)):
        shown = BeautifulSoup(made._repr_html_(), "html.parser")
        assert shown.select("mfrac") and shown.code.text == "x < 1"
        assert "$" not in shown.text and why in repr(made)


@pytest.mark.parametrize(
    "make",
    [
        lambda text: exercise.reveal(text),
        lambda text: exercise.compare("数", ..., 1, why=text),
    ],
)
def test_a_formula_that_is_not_understood_is_refused_at_once(make):
    with pytest.raises(ValueError, match="not closed"):
        make("$x")


@pytest.mark.parametrize(
    ("guess", "truth", "tolerance", "verdict"),
    [
        (2, 2, 0, "猜对了"),
        (0.8, 0.7, 0.1, "猜对了"),  # 0.8 - 0.7 > 0.1 by rounding
        (1.1, 1.0, 0.05, "猜大了，差 0.1。"),
        (-1, 1, 1.5, "猜小了，差 2。"),
        (12345, 1234567, 0, "差 1,222,222。"),
        (np.array([1.5]), True, 0.5, "猜对了"),
    ],
)
def test_the_verdict_goes_by_the_tolerance(guess, truth, tolerance, verdict):
    made = exercise.compare("数", guess, truth, tolerance=tolerance)
    assert verdict in repr(made) and verdict in made._repr_html_()
    assert made.right == ("对" in verdict)


def test_a_minus_is_a_minus_and_a_name_is_escaped():
    made = exercise.compare("<b>", -2.5, 1)
    assert "−2.5" in repr(made) and "&lt;b&gt;" in made._repr_html_()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (("一", 1), "guess must be one finite number"),
        ((1, [1, 2]), "truth must be one finite number"),
        ((torch.ones(2), 1), "guess must be one finite number"),
        ((1, float("nan")), "truth must be one finite number"),
        ((float("inf"), 1), "guess must be one finite number"),
        ((1, None), "truth must be one finite number"),
    ],
)
def test_what_is_no_number_is_refused(values, message):
    with pytest.raises(ValueError, match=message):
        exercise.compare("数", *values)


WRITTEN = {
    "50%": 0.5,
    "５０％": 0.5,
    "−0.5": -0.5,
    "－０．５": -0.5,
    "0,5": 0.5,
    ".5": 0.5,
    "5e-1": 0.5,
    "1/2": 0.5,
    "1,000": 1000,
    "1,234,567.5": 1234567.5,
    "0,123": 0.123,
    "1_000": 1000,
    " 0.5 nats ": 0.5,
    "0.5nats": 0.5,
    **dict.fromkeys(["一半", "", "1/0", "1/2/3", "1.2.3", "0x10", "-", "1e999", "½"]),
}


def test_a_prediction_is_read_as_the_self_checks_read_it():
    for text, number in WRITTEN.items():
        if number is not None:
            made = exercise.compare("数", text, number, unit="nats")
            assert made.guess == number and made.right, text
        elif text:
            with pytest.raises(ValueError, match="guess must be one finite number"):
                exercise.compare("数", text, 1, unit="nats")
    assert exercise.compare("数", " ", 1).guess is None


def test_the_page_reads_the_same_numbers():
    """``numerals.js`` itself, asked by Node."""
    ask = """
import { parseNumber } from "check/numerals.js";
give(data.texts.map((text) => parseNumber(text, "nats")));"""
    numbers = scripts.run(ask, texts=[*WRITTEN])
    assert dict(zip(WRITTEN, numbers, strict=True)) == WRITTEN


@pytest.mark.parametrize("tolerance", [-1, float("nan")])
def test_a_tolerance_is_not_negative(tolerance):
    with pytest.raises(ValueError, match="tolerance"):
        exercise.compare("数", 1, 1, tolerance=tolerance)


def test_an_answer_is_folded_until_it_is_asked_for():
    made = exercise.reveal("编号 < 3")
    (details,) = BeautifulSoup(made._repr_html_(), "html.parser").select("details")
    assert not details.has_attr("open")
    assert details.summary.text == "显示答案" and details.p.text == "编号 < 3"
    assert repr(made) == "编号 < 3"
