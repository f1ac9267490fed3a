"""Every numbered equation is checked, and every wrong writing of it turns this red.

The notebook is run once in this process. At each cell that shows an equation, the LaTeX
in the cell's own source is replaced by each of its mutants, and the cell is run: it has
to raise. What does not raise must be known, and be no mistake.
"""

import ast
import re

import matplotlib
import nbformat
import pytest
import torch
from aigc_book.equations import records
from aigc_book.plain import to_myst
from tools.run_notebooks import NOTEBOOKS

from aigc_helpers.equations import EquationFails
from aigc_helpers.equations.mutants import mutants
from aigc_helpers.equations.parser import parse

NAMES = [
    path.stem
    for path in sorted(NOTEBOOKS.glob("*.ipynb"))
    if records(nbformat.read(path, as_version=4))
]
LEAST_CAUGHT = 0.95
LABEL = re.compile(r"\$\$ *\((eq-math-[\w-]+)\)")


def stored(name: str):
    """The notebook of that name."""
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)


@pytest.fixture(params=NAMES, scope="module")
def chapter(request):
    """A notebook with checked equations."""
    return stored(request.param)


def test_there_is_a_chapter_of_equations():
    assert "04_math" in NAMES


def test_every_equation_holds_within_its_tolerance(chapter):
    found = records(chapter)
    assert len(found) >= 30
    assert all(record["error"] <= record["tolerance"] for record in found)
    assert len({record["label"] for record in found}) == len(found)


def test_a_survivor_is_explained(chapter):
    for record in records(chapter):
        assert bool(record["survived"]) == bool(record["why"]), record["label"]


def test_no_equation_is_numbered_without_a_check(chapter):
    cells = to_myst(chapter).cells
    prose = [c.source for c in cells if c.cell_type == "markdown"]
    assert not LABEL.findall("\n".join(prose))


def test_the_wrong_formulas_are_shown_to_fail():
    plain = [
        output.data["text/plain"]
        for cell in stored("04_math").cells
        for output in cell.get("outputs", ())
        if "text/markdown" in output.get("data", ())
    ]
    assert plain.count("Verdict(fails)") >= 4


@pytest.fixture
def torch_defaults():
    """Give back what the notebook sets for the whole process."""
    kind, backend = torch.get_default_dtype(), matplotlib.get_backend()
    matplotlib.use("Agg")
    yield
    torch.set_default_dtype(kind)
    matplotlib.use(backend)


def rewritten(source: str, before: str, after: str) -> ast.Module:
    """The cell with one text constant replaced."""
    tree, hits = ast.parse(source), 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value == before:
            node.value, hits = after, hits + 1
    assert hits == 1, f"the formula stands {hits} times in the cell:\n{source}"
    return tree


def raises(tree: ast.Module, names: dict) -> Exception | None:
    """What running the code raises; the names of the notebook stay as they are."""
    try:
        exec(compile(tree, "cell", "exec"), dict(names))
    except Exception as error:
        return error
    return None


def test_every_mutant_turns_its_cell_red(chapter, torch_defaults):
    names, wrong, refused, survived = {}, 0, 0, []
    for cell in (c for c in chapter.cells if c.cell_type == "code"):
        for record in records(nbformat.from_dict({"cells": [cell]})):
            for mutant in mutants(parse(record["latex"])):
                tree = rewritten(cell.source, record["latex"], mutant.latex)
                error = raises(tree, names)
                refused += error is not None and not isinstance(error, EquationFails)
                wrong += isinstance(error, EquationFails)
                survived += [mutant.latex] if error is None else []
        exec(compile(cell.source, "cell", "exec"), names)
    known = [m for r in records(chapter) for _, m in r["survived"]]
    caught = wrong / (wrong + len(survived))
    print(f"mutants: {wrong} wrong, {refused} without a value, {len(survived)} survive")
    assert survived == known
    assert caught >= LEAST_CAUGHT
