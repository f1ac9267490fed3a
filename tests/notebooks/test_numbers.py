"""Measured numbers of the prose are those of outputs, tables and cards."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from numbers_rule import SOURCES, problems, prose_numbers, sources_of
from shown_tables import differing
from tools.run_notebooks import NOTEBOOKS

from aigc_helpers import tables
from aigc_helpers.exercise import ASKED

NAMES = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
EXCEPTIONS = 12  # numbers of a chapter that only a reason explains


def read(name):
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)


def test_each_chapter_has_its_list():
    assert NAMES == sorted(path.stem for path in SOURCES.glob("*.toml"))


@pytest.mark.parametrize("name", NAMES)
def test_numbers_agree_with_their_sources(name):
    found = problems(read(name), sources_of(name))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", NAMES)
def test_exceptions_are_few(name):
    listed = [e for cell in sources_of(name).values() for e in cell.values()]
    assert sum(e.startswith("said(") for e in listed) <= EXCEPTIONS


@pytest.mark.parametrize("name", NAMES)
def test_stored_tables_are_shown_as_they_are(name):
    assert not differing(read(name))


def chapter(prose: str, printed: str = "", html: str = ""):
    """A notebook of two cells: what was printed, and what is said of it."""
    outputs = [new_output("stream", text=printed)] if printed else []
    outputs += [new_output("display_data", {"text/html": html})] if html else []
    code = new_code_cell("lr = 0.25\nx", id="made", outputs=outputs)
    return new_notebook(cells=[code, new_markdown_cell(prose, id="said")])


PRINTED = "距离 2.731（2.55 至 2.95）  生成器\n距离 0.22  真图，占 8.2%\nk = 5：−3.5\n"
HTML = "<table><tr><th></th><th>甲</th><th>乙</th></tr>\
<tr><th>一</th><td>1.25 (1.0–1.5)</td><td>7</td></tr>\
<tr><th>一二</th><td>2.50</td><td>8</td></tr></table>"


@pytest.mark.parametrize(
    ("prose", "source"),
    [
        ("是 2.73", "out('made', '生成器')"),
        ("到 2.95", "out('made', '生成器', 2)"),
        ("占 8.2%", "out('made', '真图', 1)"),
        ("占 8%", "out('made', '真图', 1)"),
        ("是 −3.5", "out('made', 'k = 5')"),
        ("低 3.5", "out('made', 'k = 5')"),
        ("是 1.25", "out('made', '一', '甲')"),
        ("是 1.5", "out('made', '一', '甲', 2)"),
        ("是 2.5", "out('made', '一二', '甲')"),
        ("约 $2\\log 2=1.386$", "2 * log(2)"),
        ("取 0.25", "code('made', '0.25')"),
        ("[X](#cite-a2020b) 说 3.14", "cited('a2020b')"),
        ("版本 2.13", "said('a version')"),
        ("取 0.05", "constant('families.evaluation', 'BANDWIDTH')"),
        ("相差 2.51", "out('made', '生成器') - out('made', '真图')"),
    ],
)
def test_a_source_gives_its_number(prose, source):
    notebook = chapter(prose, PRINTED, HTML)
    ((_, (figure,)),) = prose_numbers(notebook).items()
    assert not problems(notebook, {"said": {figure.text: source}})


@pytest.mark.parametrize("shown", ["1.386", "1.389"])
def test_what_waits_for_a_prediction_is_a_source(shown):
    notebook = chapter("约 1.386")
    waiting = {"name": "损失", "shown": f"{shown} 奈特"}
    output = new_output("execute_result", {}, metadata={ASKED: waiting})
    notebook.cells[0].outputs = [output]
    found = problems(notebook, {"said": {"1.386": "out('made', '损失', '真实值')"}})
    assert [f"is {shown}" in problem for problem in found] == [True] * bool(found)
    assert bool(found) == (shown != "1.386")


@pytest.mark.parametrize(
    ("prose", "source", "old", "new"),
    [
        ("是 2.73", "out('made', '生成器')", "2.731", "2.761"),
        ("是 −3.5", "out('made', 'k = 5')", "−3.5", "−3.8"),
        ("是 1.5", "out('made', '一', '甲', 2)", "–1.5", "–1.8"),
        ("是 2.5", "out('made', '一二', '甲')", "2.50", "2.80"),
    ],
)
def test_an_output_that_changed_is_told(prose, source, old, new):
    notebook = chapter(prose, PRINTED.replace(old, new), HTML.replace(old, new))
    ((_, (figure,)),) = prose_numbers(notebook).items()
    (found,) = problems(notebook, {"said": {figure.text: source}})
    assert f"{figure.text} is {new.lstrip('–').replace('−', '-').rstrip('0')}" in found


@pytest.mark.parametrize(
    ("prose", "sources", "words"),
    [
        ("是 2.73", {}, "has no source"),
        ("是 2.74", {"2.74": "out('made', '生成器')"}, "is 2.731"),
        ("是 3.5", {"3.5": "out('made', '没有')"}, "0 lines"),
        ("是 0.22", {"0.22": "out('made', '距离')"}, "2 lines"),
        ("是 0.22", {"0.22": "out('made', '真图', 9)"}, "2 numbers"),
        ("是 0.22", {"0.22": "out('other', '真图')"}, "no cell other"),
        ("是 0.22", {"0.22": "out('made', '一', '丙')"}, "0 columns"),
        ("是 +3.5，−3.4", {"3.5": "7 / 2", "−3.4": "17 / 5"}, "−3.4 is 3.4"),
        ("是 0.5", {"0.5": "0.5"}, "repeats the number"),
        ("是 0.5", {"0.5": "code('made', '0.5')"}, "no 0.5"),
        ("是 0.5", {"0.5": "cited('a2020b')"}, "does not cite"),
        ("是 0.5", {"0.5": "said('')"}, "needs its reason"),
        ("是 0.5", {"0.5": "open('x')"}, "open"),
        ("是 0.5", {"0.5": "constant('families', 'NONE')"}, "NONE"),
        ("是 0.5", {"0.5": "constant('families', 'FAMILIES')"}, "no number"),
        ("没有数", {"0.5": "1 / 2"}, "has no number 0.5"),
        ("0.5 与 0.5", {"0.5": "1 / 2"}, "0.5#2 has no source"),
    ],
)
def test_what_disagrees_is_told(prose, sources, words):
    (found,) = problems(chapter(prose, PRINTED, HTML), {"said": sources})
    assert words in found


def test_what_is_no_measured_number_needs_no_source():
    prose = (
        "## 5.6 名字\n见 5.1、5.2 节和练习 5.3，`lr=0.5`，共 6,000 步。\n\n"
        "$$x = 0.5$$\n\n```python\n0.5\n```\n"
        '<a href="#explorer?1=2.5">拉到 2.5</a>，[名字](#x-0.5)'
    )
    assert not prose_numbers(chapter(prose))


def test_a_number_that_is_not_there_is_told():
    sources = {"said": {"0.5": "1 / 2", "0.5#2": "1 / 2", "0.5#3": "1 / 2"}}
    (found,) = problems(chapter("0.5 与 0.5"), sources)
    assert found == "said has no number 0.5#3"


def table_cell(html: str, ending: str = ""):
    """A notebook that loads a table in one cell and shows it in the next."""
    loads = new_code_cell('seeds = tables.load("gan_seeds")', id="loads")
    output = new_output("display_data", {"text/html": html})
    shows = new_code_cell(f"seeds{ending}", id="shows", outputs=[output])
    return new_notebook(cells=[loads, shows])


def test_a_shown_table_is_found_behind_its_cell():
    table = tables.load("gan_seeds")
    assert not differing(table_cell(table._repr_html_()))
    assert not differing(table_cell(table.medians()._repr_html_(), ".medians()"))


def test_a_shown_table_that_differs_is_told():
    table = tables.load("gan_seeds")
    html, title = table._repr_html_(), next(iter(table.variants.values()))
    assert "no such row" in differing(table_cell(html.replace(title, "别的")))[0]
    head = next(iter(table.columns.values()))[0]
    assert "别的" in differing(table_cell(html.replace(head, "别的")))[0]
    assert differing(table_cell("<p>没有表</p>")) == ["shows does not show gan_seeds"]
    assert differing(table_cell(html, ".medians()"))
