"""Every chapter's self-checks are live; every rule is broken once."""

import exercise_rules
import nbformat
import pytest
from bs4 import BeautifulSoup
from making import code, notebook, text
from nbconvert import HTMLExporter
from tools.run_notebooks import NOTEBOOKS, TEMPLATE

from aigc_helpers.explorers import check

CHAPTERS = [TEMPLATE] + [p for p in NOTEBOOKS.glob("*.ipynb")]
RULES = {rule.__name__: rule for rule in exercise_rules.RULES}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_keeps_the_rule(path, rule):
    problems = rule(nbformat.read(path, as_version=4))
    assert not problems, "\n".join([f"{path.name}: {rule.__doc__}", *problems])


def good(**changes):
    """A notebook with two self-checks as they are stored."""
    cells = []
    for answer in (1, 2):
        made = check.number(f"{answer} 是几？", answer=answer)
        shown = text(repr(made), **{"text/html": made._static_html()})
        cell = code("check.number()", shown, tags=["remove-input"])
        cell.metadata["jupyter"] = {"source_hidden": True}
        cell.metadata["transient"] = {"remove_source": True}
        cells.append(cell)
    cells[0].metadata.update(changes.pop("metadata", {}))
    cells[0].update(changes)
    return notebook(*cells)


def test_the_good_notebook_keeps_every_rule():
    assert [rule(good()) for rule in RULES.values()] == [[], [], []]


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("self_checks_are_live", {"outputs": []}),
        ("self_checks_are_live", {"outputs": [text("SelfCheck('number', '一')")]}),
        ("self_checks_hide_their_answers", {"metadata": {"tags": []}}),
        ("self_checks_hide_their_answers", {"metadata": {"jupyter": {}}}),
        ("self_checks_hide_their_answers", {"metadata": {"transient": {}}}),
        (
            "self_checks_stay_compared",
            {"metadata": {"tags": ["remove-input", "nbval-ignore-output"]}},
        ),
    ],
)
def test_rule_finds_the_break_and_only_that_rule(name, changes):
    assert [rule for rule in RULES if RULES[rule](good(**changes))] == [name]


def test_a_converted_chapter_shows_questions_without_their_source():
    stored = nbformat.read(TEMPLATE, as_version=4)
    page = BeautifulSoup(HTMLExporter().from_notebook_node(stored)[0], "html.parser")
    cells = exercise_rules.self_checks(stored)
    shown = page.select('[data-explorer="check"]')
    assert len(shown) == len(cells)
    for cell, question in zip(cells, shown, strict=True):
        assert question.select_one(".aigc-check-poster > p").text
        assert not question.details.has_attr("open")
        area = question.find_parent(class_="jp-Cell")
        assert not area.select(".jp-InputArea-editor"), cell.id


def test_there_are_chapters():
    assert CHAPTERS
