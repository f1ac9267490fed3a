"""Conventions of self-checks, predictions and exercises; a rule lists problems."""

import ast
import re

from code_rules import IGNORE, code_cells, python, tags, where

from aigc_helpers.exercise import ASKED

CHECKS = 2  # at least
LIVE = 'data-explorer="check"'
COMPARED = "aigc-compare"
GUESS = re.compile(r"guess(_\w+)?")
QUESTION = "**练习 "
FOLD = re.compile(
    r"<details><summary>[^\n]+</summary>\n\n(.(?!</?details))*\s*</details>\s*",
    re.DOTALL,
)
THREADS_SET = "set_threads(2)"


def self_checks(notebook):
    """The cells that show a self-check."""
    return [
        cell
        for cell in code_cells(notebook)
        if any(LIVE in o.get("data", {}).get("text/html", "") for o in cell.outputs)
    ]


def self_checks_are_live(notebook):
    """At least two answer at once on the page."""
    n = len(self_checks(notebook))
    return [] if n >= CHECKS else [f"{n} self-checks with stored HTML, not {CHECKS}"]


def self_checks_hide_their_answers(notebook):
    """The source, with the answer in it, is shown on no page and in no notebook.

    Nor in what nbconvert makes of one, which nbviewer shows.
    """
    return [
        f"{where(cell)} needs the tag remove-input; store the notebook's text again"
        for cell in self_checks(notebook)
        if "remove-input" not in tags(cell)
        or not cell.metadata.get("jupyter", {}).get("source_hidden")
        or not cell.metadata.get("transient", {}).get("remove_source")
    ]


def self_checks_stay_compared(notebook):
    """What they show is the same in every run."""
    return [
        f"{where(cell)} carries {IGNORE}"
        for cell in self_checks(notebook)
        if IGNORE in tags(cell)
    ]


def predictions_are_the_reader_s(notebook):
    """`guess = ...`: no number stands there, so Jupyter and the page ask for one."""
    given = [
        f"{where(cell)} guesses: {ast.unparse(node)[:60]}"
        for cell in code_cells(notebook)
        for node in ast.walk(ast.parse(python(cell)))
        if isinstance(node, ast.Assign)
        and GUESS.fullmatch(ast.unparse(node.targets[0]))
        if ast.unparse(node.value) != "..."
    ]
    unasked = [
        f"{where(cell)} shows a number that was guessed, or is stored in an old form"
        for cell in code_cells(notebook)
        for output in cell.outputs
        if COMPARED in output.get("data", {}).get("text/html", "")
        and ASKED not in output.metadata
    ]
    return given + unasked


def answers_are_folded(notebook):
    """Between a solution's code and what follows, all Markdown is in `<details>`."""
    problems, asked, answering = [], False, False
    for cell in notebook.cells:
        prose = cell.cell_type == "markdown" and "works" not in tags(cell)
        if prose and cell.source.startswith(("#", QUESTION)):
            asked, answering = QUESTION in cell.source, False
        elif prose and answering and FOLD.sub("", cell.source):
            problems.append(f"{where(cell)} is open behind a solution")
        elif asked and "hide-cell" in tags(cell):
            answering = True
    return problems


def questions_stand_by_themselves(notebook):
    """A cell asks one question, and begins with it or with a heading."""
    return [
        f"{where(cell)} does not hold one question alone"
        for cell in notebook.cells
        if cell.cell_type == "markdown" and QUESTION in cell.source
        if cell.source.count(QUESTION) > 1 or cell.source[:1] not in "*#"
    ]


def threads_are_set_first(notebook):
    """The first code says how many threads have computed the numbers of the page."""
    first = code_cells(notebook)[:1]
    return [
        f"{where(c)} lacks {THREADS_SET}" for c in first if THREADS_SET not in c.source
    ]


RULES = [
    self_checks_are_live,
    self_checks_hide_their_answers,
    self_checks_stay_compared,
    predictions_are_the_reader_s,
    answers_are_folded,
    questions_stand_by_themselves,
    threads_are_set_first,
]
