"""The Sphinx extension that writes the modules of formula explorers."""

from functools import cache

import sympy as sp

from aigc_helpers.explorers import FormulaExplorer


@cache
def explorer() -> FormulaExplorer:
    x, a = sp.symbols("x a")
    return FormulaExplorer({"f": a * x**2}, (x, 0, 1), sliders={a: (0, 2, 1)})


@cache
def other() -> FormulaExplorer:
    """One whose module no other page has."""
    x, a = sp.symbols("x a")
    return FormulaExplorer({"f": a * x**3}, (x, 0, 1), sliders={a: (0, 2, 1)})


def page(html: str) -> str:
    return f"# 页\n\n```{{raw}} html\n{html}\n```\n"


LITTLE_BOOK = {
    "formula.md": lambda: page(explorer()._static_html()),
    "formula-damaged.md": lambda: page(
        other()._static_html().replace("Math.pow", "eval")
    ),
}


def modules(book) -> dict[str, str]:
    """The modules that the book's pages import, by name."""
    folder = book.static / "formulas"
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


def test_a_page_gets_the_module_of_its_explorer(book):
    name = f"{explorer()._config['formulas']}.js"
    assert modules(book)[name] == explorer()._module
    assert book.complaints("formula.md") == ""


def test_a_damaged_module_fails_the_build_and_is_not_written(book):
    assert "arithmetic only" in book.complaints("formula-damaged.md")
    assert book.status == 1
    assert not [text for text in modules(book).values() if "eval" in text]
    assert f"{other()._config['formulas']}.js" not in modules(book)
