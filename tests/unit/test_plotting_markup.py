"""The one table that shows itself: whole HTML, nothing unescaped."""

import subprocess
import sys

import pytest
from bs4 import BeautifulSoup

from aigc_helpers import exercise, tables
from aigc_helpers.plotting.markup import Table, table
from aigc_helpers.store import Rows


def test_the_html_is_exactly_this():
    assert table(["a", "b"], [["1", "2"]]) == (
        '<table><thead><tr><th scope="col">a</th><th scope="col">b</th></tr></thead>'
        "<tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
    )
    assert table(["", "b"], [["x", "2"]], row_heads=True, classes="c", caption="d") == (
        '<table class="c"><caption>d</caption><thead><tr><td></td>'
        '<th scope="col">b</th></tr></thead>'
        '<tbody><tr><th scope="row">x</th><td>2</td></tr></tbody></table>'
    )


def test_every_text_is_escaped():
    wild = "<b>&\"'"
    html = table(["", wild], [[wild, wild]], row_heads=True, caption=wild)
    assert "<b>" not in html
    found = BeautifulSoup(html, "html.parser").select("th, td, caption")
    assert [cell.text for cell in found] == [wild, "", wild, wild, wild]


@pytest.mark.parametrize(
    ("shown", "classes"),
    [
        (exercise.compare("x", 1, 2), ["dataframe", "aigc-compare"]),
        (Rows(["a", "b"], [(1, None), ("x", 2.5)]), ["dataframe", "aigc-rows"]),
        (tables.load("gan_seeds"), None),
    ],
)
def test_every_row_has_a_cell_for_every_head(shown, classes):
    page = BeautifulSoup(shown._repr_html_(), "html.parser")
    assert page.table.get("class") == classes
    [n] = {len(row.select("th, td")) for row in page.select("tr")}
    assert n >= 2


def test_it_needs_neither_torch_nor_matplotlib():
    script = (
        "import sys; from aigc_helpers import exercise; from aigc_helpers.plotting "
        "import markup; assert not {'torch', 'matplotlib', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_table_shows_itself_as_text_and_as_html():
    made = Table(["", "一"], [["甲", "1 < 2"], ["乙", "3"]], caption="两行")
    assert repr(made) == "  一\n甲  1 < 2\n乙  3"
    assert made._repr_html_() == table(
        made.heads, made.rows, row_heads=True, caption="两行"
    )
    assert '<th scope="row">甲</th><td>1 &lt; 2</td>' in made._repr_html_()
