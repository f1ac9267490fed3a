"""The directive {equations}: a page of all checked equations, from stored outputs."""

import io

import pytest
from aigc_book import equations
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook, new_output, writes
from sphinx.application import Sphinx

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


@pytest.fixture
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


@pytest.fixture
def build(tmp_path, monkeypatch, chapter):
    """Build a page beside that notebook; give it, parsed, and the warnings."""

    def run(source: str):
        monkeypatch.setattr(equations, "NOTEBOOKS", tmp_path)
        (tmp_path / "chapter.ipynb").write_text(writes(chapter), "utf-8")
        (tmp_path / "index.md").write_text(source, "utf-8")
        warnings = io.StringIO()
        settings = {
            "extensions": ["myst_parser", "equations"],
            "myst_enable_extensions": ["dollarmath", "colon_fence"],
        }
        out, trees = tmp_path / "out", tmp_path / "trees"
        app = Sphinx(
            tmp_path, None, out, trees, "html", settings, status=None, warning=warnings
        )
        app.build()
        html = (out / "index.html").read_text("utf-8")
        return BeautifulSoup(html, "html.parser"), warnings.getvalue()

    return run


def test_records_are_those_of_the_equations_in_order(chapter):
    found = equations.records(chapter)
    assert [record["label"] for record in found] == ["eq-half", "eq-square"]


def test_the_page_names_formula_check_and_result_and_links_to_the_equation(build):
    page, warnings = build(PAGE)
    first, second = page.select(".book-equation")
    assert first.strong.text == "一半" and r"\frac{x}{2}" in first.text
    assert "手算：误差小于 10⁻¹²，容差 10⁻¹⁰" in first.text
    assert "漏网" not in first.text
    assert first.a["href"].endswith("#equation-eq-half")
    assert "1 的几次方都是 1。" in second.text and "丢掉指数" in second.text
    assert "equations" not in warnings


def test_the_summary_counts(chapter):
    found = equations.records(chapter)
    caught = sum(record["caught"] for record in found)
    lost = sum(len(record["survived"]) for record in found)
    said = equations.summary(found)
    assert lost == 2 and caught > lost
    assert f"一共 2 条公式，全部通过检验。故意写错 {caught + lost} 种" in said


def test_a_missing_notebook_is_told(build):
    _, warnings = build(PAGE.replace("} chapter", "} nothing"))
    assert "there is no notebook nothing" in warnings
