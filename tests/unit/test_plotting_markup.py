"""The one table that shows itself: whole HTML, nothing unescaped."""

import subprocess
import sys

import pytest
from bs4 import BeautifulSoup

from aigc_helpers import exercise, tables
from aigc_helpers.plotting.markup import STYLE, Table, table
from aigc_helpers.store import Rows


def test_the_html_is_exactly_this():
    assert table(["a", "b"], [["x", "2"]]) == (
        f'{STYLE}<table class="dataframe aigc-table"><thead><tr>'
        '<th scope="col">a</th><th scope="col" class="num">b</th></tr></thead>'
        '<tbody><tr><td>x</td><td class="num">2</td></tr></tbody></table>'
    )
    assert table(["", "b"], [["x", "y"]], row_heads=True, classes="c", caption="d") == (
        '<table class="c"><caption>d</caption><thead><tr><td></td>'
        '<th scope="col">b</th></tr></thead>'
        '<tbody><tr><th scope="row">x</th><td>y</td></tr></tbody></table>'
    )


def cells(*texts):
    """The inner HTML of the cells of a column."""
    page = BeautifulSoup(table(["一"], [[text] for text in texts]), "html.parser")
    return [(cell.decode_contents(), cell.get("class")) for cell in page.select("td")]


def test_a_range_is_small_and_under_its_number_and_a_minus_is_a_minus():
    number = ["num"]
    assert cells("-0.37（-0.38–-0.36）", "8.0", "–", "1.5%（-1%–2%）", "0.1 ± 0.2") == [
        ("−0.37<br/><small>(−0.38 至 −0.36)</small>", number),
        ("8.0", number),
        ("–", number),
        ("1.5%<br/><small>(−1% 至 2%)</small>", number),
        ("0.1<small> ± 0.2</small>", number),
    ]
    assert cells("1,000（1–2）", "1e-05")[0][0] == "1,000<br/><small>(1–2)</small>"


def test_a_column_with_a_word_is_text_and_keeps_its_signs():
    assert cells("-1", "a-1") == [("-1", None), ("a-1", None)]
    assert cells("–", "") == [("–", None), ("", None)]


def test_rows_are_grouped_by_the_word_before_the_colon_of_their_heads():
    rows = [["环：甲", "1"], ["环：乙", "2"], ["线：甲", "3"]]
    page = BeautifulSoup(table(["", "数"], rows, row_heads=True), "html.parser")
    heads = [[h.text for h in body.select("th")] for body in page.select("tbody")]
    assert heads == [["环", "甲", "乙"], ["线", "甲"]]
    assert [h["colspan"] for h in page.select("[scope=rowgroup]")] == ["2", "2"]
    for other in ([["环：甲", "1"], ["线：乙", "2"]], [["环：甲", "1"], ["环", "2"]]):
        assert "rowgroup" not in table(["", "数"], other, row_heads=True)


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
        (Rows(["a", "b"], [(1, None), ("x", 2.5)]), ["dataframe", "aigc-table"]),
        (tables.load("gan_seeds"), ["dataframe", "aigc-table"]),
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
    assert repr(made) == "    一\n甲  1 < 2\n乙  3"
    assert made._repr_html_() == table(
        made.heads, made.rows, row_heads=True, caption="两行"
    )
    assert '<th scope="row">甲</th><td>1 &lt; 2</td>' in made._repr_html_()
