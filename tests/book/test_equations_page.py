"""The directive {equations}: a page of all labelled equations and their checks."""

import pytest
from aigc_book import equations
from aigc_book.witness import Computed, Named
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    writes,
)

from aigc_helpers.equations import equation

PAGE = """# 页

$$a = b$$ (eq-half)

$$c = d$$ (eq-square)

```{equations}
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
    head = new_markdown_cell("# 09 一章\n")
    return new_notebook(cells=[head, cell(half), new_code_cell("1"), cell(square)])


def prose():
    """A notebook whose equations stand in its prose."""
    text = '<a id="eq-{0}"></a>\n$${1} \\tag{{1}}$$'
    texts = text.format("half", r"y = \frac{x}{2}."), text.format("square", "y = x^2")
    return new_notebook(cells=[new_markdown_cell(text) for text in texts])


KNOWN = {
    "eq-half": Computed("一半", "手算", lambda: {"x": 3.0, "y": 1.5}),
    "eq-square": Named("平方", "看图", cells=("a",)),
}


def test_equations_of_prose_are_computed_and_named(monkeypatch):
    monkeypatch.setattr(equations, "witnesses", lambda topic: KNOWN)
    half, square = equations.computed(prose(), "topic")
    assert half["latex"] == r"y = \frac{x}{2}." and half["caught"] > 2
    assert "手算：误差小于 10⁻¹²" in "".join(equations.entry(half))
    assert "✓ 看图，在正文的代码格里。" in equations.entry(square)
    assert "1 条由公式自己的 LaTeX 算出，1 条由正文" in equations.summary(
        [half, square]
    )


PLAIN = new_markdown_cell("# 10 另一章\n\n没有编号的公式。")
LITTLE_BOOK = {
    "notebooks/chapter.ipynb": lambda: writes(chapter()),
    "notebooks/prose.ipynb": lambda: writes(new_notebook(cells=[PLAIN])),
    "equations.md": PAGE,
}


@pytest.fixture(scope="module")
def records():
    """What that notebook stores about its equations."""
    return equations.records(chapter())


def test_records_are_those_of_the_equations_in_order(records):
    assert [record["label"] for record in records] == ["eq-half", "eq-square"]


def test_the_page_names_check_and_result_and_links_to_the_equation(book):
    first, second = book.page("equations").select(".book-equation")
    assert first.strong.text == "一半" and not first.select("mjx-container")
    assert "手算：误差小于 10⁻¹²，容差 10⁻¹⁰" in first.text
    assert "漏网" not in first.text
    assert first.a["href"].endswith("#equation-eq-half")
    assert "1 的几次方都是 1。" in second.text and "丢掉指数" in second.text
    assert len(second.select("mjx-container")) == 1 + 2
    assert book.complaints("equations.md") == ""


def test_the_summary_counts(records):
    caught = sum(record["caught"] for record in records)
    lost = sum(len(record["survived"]) for record in records)
    said = equations.summary(records)
    assert lost == 2 and caught > lost
    assert "一共 2 条公式：2 条由公式自己的 LaTeX 算出，0 条由正文" in said
    assert f"故意写错 {caught + lost} 种，{caught} 种通不过" in said


def test_all_notebooks_that_have_equations_are_listed(book):
    page = book.page("equations")
    assert [block.strong.text for block in page.select(".book-equation")] == [
        "一半",
        "平方",
    ]
    assert "09 一章" in page.text and "另一章" not in page.text
