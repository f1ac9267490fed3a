"""A number of an output, a table or a card that changes turns the prose red."""

import ast
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from itertools import combinations

import nbformat
import pytest
from evidence import Evidence
from numbers_rule import SOURCES, keys_of, problems, prose_numbers, sources_of
from shown_tables import differing, shown_in
from tools.run_notebooks import NOTEBOOKS

from aigc_helpers import tables

NAMES = sorted(path.stem for path in SOURCES.glob("*.toml"))
CAUGHT = 0.95  # of the mutations
UNITS = 3  # of its last digit in the prose, by which a number is moved
TINY = 1e-6  # a change that shows how a source follows what it reads
READERS = ("out", "table", "card", "constant")


@cache
def read(name: str):
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)


def calls_in(expression: str, function: str) -> list[tuple]:
    """Arguments of the calls of a function in an expression."""
    nodes = ast.walk(ast.parse(expression.strip(), mode="eval"))
    calls = [n for n in nodes if isinstance(n, ast.Call) and n.func.id == function]
    return [tuple(ast.literal_eval(a) for a in call.args) for call in calls]


@cache
def quoting(name: str, function: str) -> list[tuple]:
    """Each call in a chapter's list, with cell, key, number and source it serves."""
    numbers, sources = prose_numbers(read(name)), sources_of(name)
    return [
        (call, (cell_id, key, figure, expression))
        for cell_id, figures in numbers.items()
        for key, figure in zip(keys_of(figures), figures, strict=True)
        for expression in filter(None, [sources.get(cell_id, {}).get(key)])
        for call in sorted(set(calls_in(expression, function)), key=str)
    ]


def assert_caught(mutants: list[tuple[str, bool]]) -> None:
    """Nearly all turn red; those that do not are told."""
    green = [what for what, red in mutants if not red]
    assert mutants, "there is nothing to change"
    assert len(green) <= (1 - CAUGHT) * len(mutants), "\n".join(green)


def chapters_with(function: str) -> list[str]:
    return [name for name in NAMES if quoting(name, function)]


class Changed(Evidence):
    """Evidence of which one call of a function reads something else."""

    def __init__(self, notebook, function: str, call: tuple, change: Callable):
        super().__init__(notebook)
        self.function, self.call, self.change = function, call, change

    def readers(self) -> dict:
        """The same, but for that function."""
        return super().readers() | {self.function: self.read}

    def read(self, *wanted):
        value = super().readers()[self.function](*wanted)
        return self.change(value) if wanted == self.call else value


def is_red(number: tuple, evidence: Evidence) -> bool:
    """Does the source give another number?"""
    cell_id, _, figure, expression = number
    return not figure.is_rounded(evidence.value(expression, cell_id))


def moved(by: float, value):
    """A number, or those of all seeds, a little different."""
    return [v + by for v in value] if isinstance(value, list) else value + by


def stretched(by: float, value):
    """Of all seeds one more beyond the others: what a range tells."""
    if not isinstance(value, list):
        return value
    return [*value, (max if by > 0 else min)(value) + by]


def slope(changed: Callable, number: tuple, change: Callable) -> float:
    """How much a source changes with what it reads; 0 where it does not at all."""
    cell_id, _, _, expression = number
    both = (changed(partial(change, by)).value(expression, cell_id) for by in (0, TINY))
    found = abs(next(both) - next(both)) / TINY
    return found if found > TINY else 0.0  # what is less comes from rounding


def mutants_of(name: str, function: str, call: tuple, number: tuple) -> dict[str, bool]:
    """What becomes of a number when what it quotes is another; is it red?"""
    changed = partial(Changed, read(name), function, call)
    slopes = {change: slope(changed, number, change) for change in (moved, stretched)}
    change = moved if slopes[moved] else stretched
    cell_id, key, figure, _ = number
    step = UNITS * 10.0**-figure.digits / (slopes[change] or 1.0)
    what = f"{cell_id}: {key} stays with {function}{call}"
    return {
        f"{what} {by:+g}": is_red(number, changed(partial(change, by)))
        for by in (step, -step)
    }


@pytest.mark.parametrize(
    ("function", "name"), [(f, n) for f in READERS for n in chapters_with(f)]
)
def test_a_number_that_reads_another_turns_red(function, name):
    found = [mutants_of(name, function, *pair) for pair in quoting(name, function)]
    blind = [next(iter(mutants)) for mutants in found if not any(mutants.values())]
    assert not blind, "\n".join(blind)
    assert_caught([mutant for mutants in found for mutant in mutants.items()])


@pytest.mark.parametrize("name", [n for n in NAMES if any(shown_in(read(n)))])
def test_swapped_rows_of_a_shown_table_turn_red(name, monkeypatch):
    notebook, load, red = read(name), cache(tables.load), []
    for table in {table.name: table for _, table in shown_in(notebook)}.values():
        for pair in combinations(table.variants, 2):
            other = partial(swapped, load, table.name, pair)
            monkeypatch.setattr(tables, "load", other)
            wrong = problems(notebook, sources_of(name)) or differing(notebook)
            red.append((f"{table.name}: {pair}", bool(wrong)))
            monkeypatch.undo()
    assert_caught(red)


def swapped(load: Callable, name: str, pair: tuple[str, str], wanted: str):
    """A table; in the one of that name two variants have each other's figures."""
    table, names = load(wanted), dict([pair, pair[::-1]]) if wanted == name else {}
    variants = [names.get(row["variant"], row["variant"]) for row in table.rows]
    rows = [row | {"variant": v} for row, v in zip(table.rows, variants, strict=True)]
    return replace(table, rows=rows, columns=dict(table.columns))


if __name__ == "__main__":
    for kind in READERS:
        print(kind, {name: len(quoting(name, kind)) for name in chapters_with(kind)})
