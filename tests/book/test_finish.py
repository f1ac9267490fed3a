"""The parts of the Sphinx extension together: what a finished page has been through."""

import re

import aigc_book
import pytest
from aigc_book import finding

LITTLE_BOOK = {
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


def test_its_labels_are_chinese(page, book):
    script = (book.static / "togglebutton.js").read_text("utf-8")
    assert "这一节的链接" in page and "Link to this heading" not in page
    assert "Toggle hidden content" not in script


def test_it_can_be_found_and_its_style_sheet_is_light(book):
    assert "公式" in (book.static / finding.INDEX).read_text("utf-8")
    sheet = book.static / "styles" / "pydata-sphinx-theme.css"
    assert sheet.stat().st_size < 200_000


def test_a_formula_that_cannot_be_read_stops_the_build(book):
    assert re.search(r"WARNING: formula .*Missing argument", book.log)
    assert book.status == 1
