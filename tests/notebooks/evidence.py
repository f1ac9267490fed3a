"""Where a number of the prose comes from: outputs, tables, cards, code, arithmetic.

A chapter's list of sources, ``numbers/NN_topic.toml``, names for each number the
expression that gives it, for example::

    [gan-034]
    "2.73" = 'out("gan-033", "生成器（滑动平均）")'
    "0.87" = 'mean(table("gan_seeds", "conditional", "frechet_distance"))'
    "1.06" = 'card("gan_mnist", "metrics.frechet_distance")'
    "1.386" = '2 * log(2)'

``out`` reads a stored output: the one line in which a text stands, or the row of a
table and its column; numbers are counted from 0. ``code`` reads a setting out of a
cell's source, ``constant`` one of the package, ``cited`` trusts a work that the same
cell cites, ``said`` is the exception that gives its reason.
"""

import ast
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from statistics import mean, median

from bs4 import BeautifulSoup

import aigc_helpers
from aigc_helpers import tables
from aigc_helpers.exercise import ASKED

PACKAGE = Path(aigc_helpers.__file__).parent
SIGN = r"(?:(?<![\w)）%.])[-−+])?"  # a hyphen between two numbers is no sign
BEFORE = r"(?:(?<![A-Za-z0-9_.])|(?<=approx)|(?<=times)|(?<=cdot)|(?<=\\le)|(?<=\\ge))"
NUMBER = re.compile(
    rf"{BEFORE}({SIGN})(\d{{1,3}}(?:,\d{{3}})+|\d+)(\.\d+)?(?:e([-+]?\d+))?(\s?\\?%)?"
)
FUNCTIONS = {name: getattr(math, name) for name in ("exp", "log", "log2", "sqrt", "pi")}
FUNCTIONS |= {"mean": mean, "median": median, "min": min, "max": max, "abs": abs}


class NoEvidence(LookupError):
    """A source that is not there, or is not one."""


@dataclass(frozen=True)
class Figure:
    """A number as it is printed."""

    text: str
    value: float  # of 96.1%: 0.961
    digits: int  # behind the point of ``value``
    signed: bool
    place: tuple[int, int] = (0, 0)

    @property
    def is_measured(self) -> bool:
        """Has it decimals, or is it a share?"""
        return "." in self.text or "%" in self.text

    def is_rounded(self, value: float) -> bool:
        """Is it that value at the printed rounding? A sign counts if it is printed."""
        own = self.value
        if not self.signed:
            own, value = abs(own), abs(value)
        return abs(value - own) <= 0.5 * 10.0**-self.digits * (1 + 1e-9) + 1e-12


def figures_in(text: str) -> list[Figure]:
    """All numbers in a text, in order."""
    return [_figure(match) for match in NUMBER.finditer(text)]


def _figure(match: re.Match) -> Figure:
    sign, whole, decimals, power, percent = match.groups()
    value = float(whole.replace(",", "") + (decimals or "") + f"e{power or 0}")
    digits = len(decimals or ".") - 1 - int(power or 0)
    if percent:
        value, digits = value / 100, digits + 2
    negative = sign in ("-", "−")
    text = match[0].lstrip("+").replace(" ", "").replace("\\", "")
    return Figure(text, -value if negative else value, digits, negative, match.span())


@dataclass(frozen=True)
class Line:
    """A line of a stored output, or a row of a table with the heads of its columns."""

    cells: tuple[str, ...]
    heads: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return " | ".join(self.cells)

    def column(self, name: str) -> str:
        """The cell of that column."""
        if self.heads.count(name) != 1:
            raise NoEvidence(
                f"{self.heads.count(name)} columns {name!r} in {self.heads}"
            )
        return self.cells[self.heads.index(name)]


def lines_of(output) -> list[Line]:
    """A stored output line by line; a table row by row, its cells apart."""
    if asked := output.get("metadata", {}).get(ASKED):  # what a prediction is told
        return [Line((asked["name"], asked["shown"]), ("", "真实值"))]
    data = output.get("data", {})
    html = "".join(data.get("text/html", ""))
    if "data-explorer" in html:
        return []
    if "<table" in html:
        heads, *rows = map(_cells, BeautifulSoup(html, "html.parser").select("tr"))
        return list(_in_groups(heads, rows))
    text = "".join(output.get("text", data.get("text/plain", "")))
    return [Line((line,)) for line in text.splitlines() if line.strip()]


def _in_groups(heads, rows) -> Iterator[Line]:
    """Rows below one that is a heading are named with it: 八团点：GAN."""
    group = ""
    for cells in rows:
        if len(cells) == 1 < len(heads):
            group = f"{cells[0]}："
        else:
            yield Line((f"{group}{cells[0]}", *cells[1:]), heads)


def _cells(row) -> tuple[str, ...]:
    return tuple(cell.get_text(" ", strip=True) for cell in row.select("th, td"))


class Evidence:
    """What a chapter's numbers can come from."""

    def __init__(self, notebook):
        self.cells = {cell.id: cell for cell in notebook.cells}

    def value(self, expression: str, cell_id: str) -> float | None:
        """What a source gives; None where the number is trusted.

        Raises
        ------
        NoEvidence
            If the expression is none, or what it names is not there.
        """
        if NUMBER.fullmatch(expression.strip()):
            raise NoEvidence(f"{expression} repeats the number")
        own = {"said": said, "cited": lambda key: self.cited(key, cell_id)}
        known = FUNCTIONS | self.readers() | own
        try:
            return eval(expression, {"__builtins__": {}}, known)
        except NoEvidence:
            raise
        except Exception as error:
            raise NoEvidence(f"{expression}: {error}") from error

    def readers(self) -> dict:
        """What an expression reads with."""
        own = {"out": self.out, "code": self.code}
        return own | {"table": table, "card": card, "constant": constant}

    def out(self, cell_id: str, label: str, *which) -> float:
        """A number of a stored output: by its line, or by its row and column."""
        n = which[-1] if which and isinstance(which[-1], int) else 0
        line = self.line(cell_id, label)
        if which and isinstance(which[0], str):
            text = line.column(which[0])
        else:
            text = line.text.replace(label, " ", 1)
        numbers = figures_in(text)
        if n >= len(numbers):
            raise NoEvidence(f"{len(numbers)} numbers in {text!r} of {cell_id}")
        return numbers[n].value

    def line(self, cell_id: str, label: str) -> Line:
        """The one line of a cell's outputs with that text; or the row named so."""
        found = [line for line in self.lines(cell_id) if label in line.text]
        if len(found) > 1:
            found = [line for line in found if line.cells[0] == label] or found
        if len(found) != 1:
            raise NoEvidence(f"{len(found)} lines with {label!r} in {cell_id}")
        return found[0]

    def lines(self, cell_id: str) -> list[Line]:
        """All lines of a cell's stored outputs."""
        if cell_id not in self.cells:
            raise NoEvidence(f"no cell {cell_id}")
        outputs = self.cells[cell_id].get("outputs", [])
        return [line for output in outputs for line in lines_of(output)]

    def code(self, cell_id: str, literal: str) -> float:
        """A setting in the source of a cell: a number there, not in a text."""
        source = self.cells[cell_id].source if cell_id in self.cells else ""
        value = float(literal.rstrip("%")) / (100 if literal.endswith("%") else 1)
        if value not in settings_in(source):
            raise NoEvidence(f"no {literal} in the source of {cell_id}")
        return value

    def cited(self, key: str, cell_id: str) -> None:
        """A number of others, with its work cited in the same cell."""
        if f"#cite-{key}" not in self.cells[cell_id].source:
            raise NoEvidence(f"{cell_id} does not cite {key}")


def settings_in(source: str) -> set[float]:
    """Numbers that stand in code, without those in its texts."""
    lines = (line for line in source.splitlines() if not line.startswith(("%", "!")))
    try:
        nodes = list(ast.walk(ast.parse("\n".join(lines))))
    except SyntaxError:
        return set()
    values = (n.value for n in nodes if isinstance(n, ast.Constant))
    return {float(v) for v in values if type(v) in (int, float)}


def table(name: str, variant: str, column: str) -> list[float]:
    """One figure of a stored table, seed by seed."""
    return tables.load(name).values(variant, column)


def card(name: str, path: str):
    """A figure on the card of shipped weights."""
    found = json.loads((PACKAGE / "weights" / f"{name}.json").read_text("utf-8"))
    for key in path.split("."):
        found = found[int(key) if key.isdigit() else key]
    return found


def constant(module: str, name: str) -> float:
    """A constant of the package."""
    found = getattr(import_module(f"{aigc_helpers.__name__}.{module}"), name)
    if type(found) not in (int, float):
        raise NoEvidence(f"{name} of {module} is no number")
    return found


def said(reason: str) -> None:
    """A number that is no measurement, and why."""
    if not reason.strip():
        raise NoEvidence("an exception needs its reason")
