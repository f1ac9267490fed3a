"""The directive {equations}: a page of all checked equations, from stored outputs."""

import pytest
from aigc_book import equations
from nbformat.v4 import new_code_cell, new_notebook, new_output, writes

from aigc_helpers.equations import equation

PAGE = """# 页

$$a = b$$ (eq-half)

$$c = d$$ (eq-square)

```{equations} chapter
```
"""


def cell(made):
    """A code cell as a run leaves it whose last expression is ``made``."""
    data, metadata = made._repr_mimebundle_()
    output = new_output("execute_result", data, metadata=metadata, execution_count=1)
    return new_code_cell("equation(...)", outputs=[output])


def chapter():
    """A notebook with two equations; the check of the second is weak."""
    half = equation("eq-half", "一半", r"y = \frac{x}{2}", by="手算", x=3.0, y=1.5)
    square = equation(
        "eq-square",
        "平方",
        "y = x^2",
        by="手算",
        why="1 的几次方都是 1。",
        x=1.0,
        y=1.0,
    )
    return new_notebook(cells=[cell(half), new_code_cell("1"), cell(square)])


LITTLE_BOOK = {
    "notebooks/chapter.ipynb": lambda: writes(chapter()),
    "equations.md": PAGE,
    "equations-none.md": "# 页\n\n```{equations} nothing\n```\n",
}


@pytest.fixture(scope="module")
def records():
    """What that notebook stores about its equations."""
    return equations.records(chapter())


def test_records_are_those_of_the_equations_in_order(records):
    assert [record["label"] for record in records] == ["eq-half", "eq-square"]


def test_the_page_names_formula_check_and_result_and_links_to_the_equation(book):
    first, second = book.page("equations").select(".book-equation")
    assert first.strong.text == "一半" and first.select_one("mjx-container mfrac")
    assert "手算：误差小于 10⁻¹²，容差 10⁻¹⁰" in first.text
    assert "漏网" not in first.text
    assert first.a["href"].endswith("#equation-eq-half")
    assert "1 的几次方都是 1。" in second.text and "丢掉指数" in second.text
    assert book.complaints("equations.md") == ""


def test_the_summary_counts(records):
    caught = sum(record["caught"] for record in records)
    lost = sum(len(record["survived"]) for record in records)
    said = equations.summary(records)
    assert lost == 2 and caught > lost
    assert f"一共 2 条公式，全部通过检验。故意写错 {caught + lost} 种" in said


def test_a_missing_notebook_is_told(book):
    assert "there is no notebook nothing" in book.complaints("equations-none.md")
