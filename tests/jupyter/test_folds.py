"""Folded answers and predictions in Jupyter: closed, then read as on the site."""

import every_kind
import making
import pytest
from playwright.sync_api import expect

NAME = "folds.ipynb"
ANSWER = r"""<details><summary>答案</summary>

公式 $\frac12$、`x < 1` 和[链接](https://example.org/)。

$$\sum_i x_i$$

| 甲 | 乙 |
|---|---|
| 1 | $y$ |

</details>"""
COMPARE = r"""
from aigc_helpers import exercise
exercise.compare("损失", {}, 1.3863, why=r"就是 $\frac12$。")
"""
REVEAL = r"exercise.reveal(r'就是 $\frac12$。')"


@pytest.fixture(scope="module")
def path(jupyter, front):
    cells = [
        making.prose(ANSWER),
        every_kind.named("waits", COMPARE.format("...")),
        every_kind.named("told", COMPARE.format("1")),
        every_kind.named("revealed", REVEAL),
    ]
    cells[0].id = "answer"
    return making.saved(making.notebook(*cells), jupyter.folder, NAME)


@pytest.fixture(scope="module")
def notebook(path, open_notebook):
    return open_notebook(path.name)


def test_an_answer_is_closed_and_opens_with_all_its_markdown(notebook):
    notebook.output("answer")
    answer = notebook.page.locator('.jp-Cell[data-test-id="answer"] details')
    expect(answer.locator("p").first).to_be_hidden()
    answer.locator("summary").click()
    for part in ("mjx-container[display=true]", "td mjx-container", "p code", "p a"):
        expect(answer.locator(part)).to_be_visible()
    expect(answer).not_to_contain_text("$")


def test_a_run_tells_the_truth_after_a_guess_alone(notebook):
    notebook.run_all()
    waits, told = (notebook.output(id) for id in ("waits", "told"))
    expect(waits).to_contain_text("还没有填")
    expect(waits).not_to_contain_text("1.386")
    expect(waits.locator(".jp-OutputArea-output:visible")).to_have_count(1)
    expect(told).to_contain_text("✗ 猜小了")
    expect(told.locator("mfrac")).to_be_visible()


def test_what_is_revealed_waits_after_a_run_too(notebook):
    fraction = notebook.output("revealed").locator("mfrac")
    expect(fraction).to_be_hidden()
    notebook.output("revealed").locator("summary").click()
    expect(fraction).to_be_visible()
