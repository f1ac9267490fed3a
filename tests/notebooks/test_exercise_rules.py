"""Every chapter keeps the rules of self-checks and exercises; each is broken once."""

import exercise_rules
import nbformat
import pytest
from bs4 import BeautifulSoup
from making import code, notebook, prose, text
from nbconvert import HTMLExporter
from tools.run_notebooks import NOTEBOOKS, TEMPLATE

from aigc_helpers import exercise
from aigc_helpers.explorers import check

CHAPTERS = [TEMPLATE] + [p for p in NOTEBOOKS.glob("*.ipynb")]
RULES = {rule.__name__: rule for rule in exercise_rules.RULES}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_keeps_the_rule(path, rule):
    problems = rule(nbformat.read(path, as_version=4))
    assert not problems, "\n".join([f"{path.name}: {rule.__doc__}", *problems])


def self_check(answer):
    """A self-check as it is stored."""
    made = check.number(f"{answer} 是几？", answer=answer)
    shown = text(repr(made), **{"text/html": made._static_html()})
    cell = code("check.number()", shown, tags=["remove-input"])
    cell.metadata["jupyter"] = {"source_hidden": True}
    cell.metadata["transient"] = {"remove_source": True}
    return cell


def prediction(guess=..., written="..."):
    """A prediction as it is stored."""
    made = exercise.compare("数", guess, 1)
    shown = text(repr(made), **{"text/html": made._repr_html_()})
    shown.metadata = made._repr_mimebundle_()[1]
    return code(f"guess = {written}\nexercise.compare('数', guess, 1)", shown)


ANSWER = "<details><summary>答案</summary>\n\n甲。\n\n</details>"


def good(**changes):
    """A notebook that keeps every rule; ``changes`` are cells by name."""
    cells = {
        "first": code("set_threads(2)  # 两个线程"),
        "prediction": prediction(),
        "check": self_check(1),
        "other": self_check(2),
        "aside": code("draw()", tags=["hide-cell"]),
        "open": prose("甲。"),
        "question": prose("## 练习\n\n**练习 1.1** 甲？"),
        "solution": code("solve()", tags=["hide-cell"]),
        "caption": prose(ANSWER.replace("答案", "图 1")),
        "answer": prose(f"{ANSWER}\n\n{ANSWER}"),
        "next": prose("**练习 1.2** 乙？"),
        "again": code("solve()", tags=["hide-cell"]),
        "end": prose("## 参考文献\n\n一篇。"),
    }
    return notebook(*(cells | changes).values())


def altered(cell, **metadata):
    """A cell with other metadata."""
    cell.metadata.update(metadata)
    return cell


def test_the_good_notebook_keeps_every_rule():
    assert {name: rule(good()) for name, rule in RULES.items()} == dict.fromkeys(
        RULES, []
    )


BARE = text("SelfCheck('number', '一')")
IGNORED = ["remove-input", "nbval-ignore-output"]


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("self_checks_are_live", {"check": code("check.number()")}),
        ("self_checks_are_live", {"check": code("check.number()", BARE)}),
        ("self_checks_hide_their_answers", {"check": altered(self_check(1), tags=[])}),
        (
            "self_checks_hide_their_answers",
            {"check": altered(self_check(1), jupyter={})},
        ),
        (
            "self_checks_hide_their_answers",
            {"check": altered(self_check(1), transient={})},
        ),
        ("self_checks_stay_compared", {"check": altered(self_check(1), tags=IGNORED)}),
        ("predictions_are_the_reader_s", {"prediction": prediction(1, "1")}),
        ("predictions_are_the_reader_s", {"prediction": prediction(written="1.0")}),
        ("predictions_are_the_reader_s", {"prediction": prediction(1)}),
        ("answers_are_folded", {"answer": prose("甲。")}),
        ("answers_are_folded", {"answer": prose(f"{ANSWER}\n\n还有。")}),
        ("answers_are_folded", {"caption": prose("**图 1** 甲。")}),
        ("answers_are_folded", {"again": code("1"), "next": prose("完。")}),
        (
            "questions_stand_by_themselves",
            {"question": prose("甲。\n\n**练习 1.1** 甲？")},
        ),
        (
            "questions_stand_by_themselves",
            {"next": prose("**练习 1.2** 乙？\n\n**练习 1.3** 丙？")},
        ),
        ("threads_are_set_first", {"first": code("import torch")}),
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
