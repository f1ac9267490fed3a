"""The parts of the Sphinx extension together: what a finished page has been through."""

import json
import re

import aigc_book
import pytest
from aigc_book import finding
from bs4 import BeautifulSoup
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    writes,
)

from aigc_helpers.explorers import check
from aigc_helpers.explorers.saved import VIEW

EXPLORER = check.number("2 + 2 等于几？", answer=4)


def chapter() -> str:
    """A notebook as it is stored, with an explorer."""
    data, _ = EXPLORER._repr_mimebundle_()
    del data[VIEW]
    output = new_output("display_data", data)
    cells = [new_markdown_cell("# 三页"), new_code_cell("EXPLORER", outputs=[output])]
    return writes(new_notebook(cells=cells))


LITTLE_BOOK = {
    "explorer.ipynb": chapter,
    "finished.md": "# 一页\n\n公式 $x^2$ 和[外面](https://example.org/)。\n",
    "unread.md": "# 二页\n\n公式 $\\frac{1}$。\n",
}


@pytest.fixture(scope="module")
def page(book):
    return (book.html / "finished.html").read_text("utf-8")


def test_every_module_with_a_setup_is_a_part():
    names = {name.rpartition(".")[2] for name in aigc_book.parts()}
    assert {"finish", "launch", "numbering", "terms", "typeset"} <= names
    assert not {"lean", "pristine", "node"} & names


def test_a_finished_page_has_formulas_icons_and_a_policy_and_nothing_inline(page):
    assert "<mjx-container" in page and "\\(" not in page
    assert 'class="book-icon' in page and "fontawesome.js" not in page
    assert page.count("Content-Security-Policy") == 1
    assert not re.search(r"<script>|\son\w+=", page)


def test_a_notebook_s_explorer_stands_on_its_page_once_and_bare(book):
    page = book.page("explorer")
    (found,) = page.select(".aigc-explorer")
    assert found == BeautifulSoup(EXPLORER._static_html(), "html.parser").div
    assert not page.select("[data-aigc-poster], .aigc-saved")
    assert "请运行这一格" not in page.text


def test_its_labels_are_chinese(page, book):
    script = (book.static / "togglebutton.js").read_text("utf-8")
    assert "这一节的链接" in page and "Link to this heading" not in page
    assert "Toggle hidden content" not in script


def test_it_can_be_found_and_its_style_sheet_is_light(book):
    index = json.loads((book.static / finding.INDEX).read_text("utf-8"))
    assert "一页" in [page["title"] for page in index]
    sheet = book.static / "styles" / "pydata-sphinx-theme.css"
    assert sheet.stat().st_size < 200_000


def test_a_formula_that_cannot_be_read_stops_the_build(book):
    assert re.search(r"WARNING: formula .*Missing argument", book.log)
    assert book.status == 1
