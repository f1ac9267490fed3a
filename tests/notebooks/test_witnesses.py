"""Labelled equations of prose are computed, or name what computes them."""

import ast

import nbformat
import pytest
from aigc_book import witness
from aigc_book.witness import Computed, Named, labelled, witnesses
from nbformat.v4 import new_code_cell
from tools.run_notebooks import NOTEBOOKS

from aigc_helpers.equations import EquationFails

PATHS = [p for p in sorted(NOTEBOOKS.glob("*.ipynb")) if labelled(nbformat.read(p, 4))]
LEAST_CAUGHT = 0.95


@pytest.fixture(params=PATHS, ids=lambda path: path.stem, scope="module")
def chapter(request):
    """Notebook, and what vouches for its equations."""
    topic = request.param.stem.partition("_")[2]
    return nbformat.read(request.param, as_version=4), witnesses(topic)


def test_there_are_chapters_with_equations_in_their_prose():
    assert len(PATHS) >= 7


def test_every_equation_has_its_witness(chapter):
    notebook, known = chapter
    assert set(known) == set(labelled(notebook))


def test_what_is_computed_holds_and_its_mutants_do_not(chapter):
    notebook, known = chapter
    caught, survived = 0, []
    for label, latex in labelled(notebook).items():
        if isinstance(known[label], Computed):
            found = known[label].check(label, latex)
            assert found, f"nothing of {label} can be computed"
            caught += sum(len(one.caught) for one in found)
            survived += [label for one in found for _ in one.survived]
    assert caught >= LEAST_CAUGHT * (caught + len(survived))
    assert all(known[label].why for label in survived)


def test_what_is_named_is_there_and_asserts_what_it_found(chapter):
    notebook, known = chapter
    cells = {cell.id: cell for cell in notebook.cells if cell.cell_type == "code"}
    for label, named in known.items():
        if isinstance(named, Named):
            assert any([asserts(cells[cell_id]) for cell_id in named.cells]), label


def asserts(cell) -> bool:
    """Does the cell assert something?"""
    nodes = ast.walk(ast.parse(cell.source))
    return any(isinstance(node, ast.Assert) for node in nodes)


@pytest.mark.parametrize(
    ("source", "expected"), [("assert x", True), ("# assert x", False), ("x", False)]
)
def test_an_assertion_is_told_from_a_word(source, expected):
    assert asserts(new_code_cell(source)) is expected


def square(**changes):
    options = {"name": "平方", "by": "手算", "values": lambda: {"x": 3.0, "y": 9.0}}
    return Computed(**options | changes)


def test_a_wrong_formula_of_the_prose_is_found():
    assert square().check("eq-a", r"y = x^2 . \tag{3}")
    with pytest.raises(EquationFails):
        square().check("eq-a", r"y = x^3 . \tag{3}")


def test_what_is_read_otherwise_must_stand_there():
    with pytest.raises(ValueError, match="no z in"):
        square(read={"z": "x"}).check("eq-a", "y = x^2")


@pytest.mark.parametrize(
    ("shown", "read"),
    [
        (r"a = b,\qquad c = d. \tag{1}", ["a = b", "c = d"]),
        (r"a = \underbrace{b + c}_{\text{和}}", ["a = b + c"]),
        (r"a = \tfrac12 + \dfrac1n", [r"a = \frac{1}{2} + \frac{1}{n}"]),
        (r"a = b,\qquad b \sim p", ["a = b"]),
        (r"a = W^{\top}\!b", [r"a = W^\topb"]),
    ],
)
def test_equations_under_one_label_are_read_one_by_one(shown, read):
    assert witness.parts(shown, {}) == read
