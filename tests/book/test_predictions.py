"""A prediction that nobody has made yet: the page asks for it."""

import json

import pytest
from aigc_book.predictions import without_reasons
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    writes,
)

from aigc_helpers import exercise

SOURCE = r"""guess = {}  # 改成你的预测
exercise.compare("损失", guess, loss, why=r"就是 $2\log 2$。")"""


def cell(guess, written):
    """A prediction as a run stores it."""
    made = exercise.compare("损失", guess, 1.3863, why=r"就是 $2\log 2$。")
    _, metadata = made._repr_mimebundle_()
    data = {"text/plain": repr(made), "text/html": made._repr_html_()}
    output = new_output("execute_result", data, metadata=metadata, execution_count=1)
    return new_code_cell(SOURCE.format(written), outputs=[output])


def chapter() -> str:
    title = new_markdown_cell("# 猜")
    cells = [title, cell(..., "..."), cell(1, "1")]
    python = {"name": "python", "pygments_lexer": "python3"}
    return writes(new_notebook(cells=cells, metadata={"language_info": python}))


LITTLE_BOOK = {"guess.ipynb": chapter}


def test_the_page_asks_and_shows_neither_truth_nor_reason(book):
    asking, _ = book.page("guess").select("div.cell")
    state = json.loads(
        asking.select_one("[data-explorer=check] script").extract().string
    )
    assert state["_config"]["type"] == "guess" and state["_config"]["answer"] == 1.386
    asking.details.extract()
    assert "1.386" not in asking.text and "2\\log" not in asking.text
    assert 'why="…"' in asking.pre.text and "还没有填" not in asking.text
    assert book.complaints("guess.ipynb") == ""


def test_a_number_that_was_given_is_compared_as_in_a_notebook(book):
    _, compared = book.page("guess").select("div.cell")
    assert "1.386" in compared.table.text and compared.select("math")
    assert not compared.select(".aigc-explorer") and "2\\log" in compared.pre.text


@pytest.mark.parametrize(
    "why",
    [
        '"一。"',
        'r"$x$。"',
        'f"是 {n}。"',
        '("一。")',
        '(\n        "一"\n        "二。"\n    )',
    ],
)
def test_a_reason_of_any_form_is_left_out(why):
    source = "guess = ...\nmade = compare('数', guess, n, why={}, unit='')"
    assert without_reasons(source.format(why), "a") == source.format('"…"')


def test_the_argument_is_cut_and_no_equal_text_elsewhere():
    source = 'n = max("一。", ("…"))  # “一。”\ncompare("一。", n, why="一。", unit="")'
    hidden = source.replace('why="一。"', 'why="…"')
    assert without_reasons(source, "a") == hidden


def test_each_of_several_reasons_is_cut():
    source = "compare(1, why={})\ncompare(2, why={}).f(g(why={}))"
    given = source.format('"甲"', 'f"乙{f(why=1)}"', '("丙"\n"丁")')
    assert without_reasons(given, "a") == source.format('"…"', '"…"', '"…"')


@pytest.mark.parametrize("why", ["REASON", "text('一')", '"一" + REASON', "None"])
def test_a_reason_that_stands_elsewhere_is_refused_with_its_cell(why):
    with pytest.raises(ValueError, match="cell five: why must be a text"):
        without_reasons(f"compare('数', guess, n, why={why})", "five")
