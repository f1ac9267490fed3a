"""Predictions beside what came out."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from bs4 import BeautifulSoup

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
    module = Path(exercise.__file__).parent / "explorers" / "check" / "numerals.js"
    ask = f"""
const texts = {json.dumps([*WRITTEN])};
console.log(JSON.stringify(texts.map((text) => parseNumber(text, "nats"))));"""
    node = shutil.which("node", path=str(Path(sys.executable).parent))
    answer = subprocess.run(
        [node, "--input-type=module", "-"],
        input=module.read_text("utf-8") + ask,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert dict(zip(WRITTEN, json.loads(answer.stdout), strict=True)) == WRITTEN


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
