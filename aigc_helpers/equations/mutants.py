r"""Formulas that are wrong in one place, written from the one that is shown.

Each mutant is LaTeX again: a sign flipped, a factor, term, power or function dropped, a
number changed, a fraction upside down, arguments swapped, an inequality reversed. A
mutant that has no value (``h_{T+1}``, a vector plus a matrix) is none: it would be
caught for the wrong reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from aigc_helpers.equations.parser import Formula, Node, parse
from aigc_helpers.equations.tokens import LatexError

BUILT_IN = set("log log_2 exp tanh sigma tr diag".split())
REVERSED = {"<=": r"\ge ", ">=": r"\le "}


@dataclass(frozen=True)
class Mutant:
    """A formula with one place changed, and what was done there, in Chinese."""

    latex: str
    what: str


def mutants(formula: Formula) -> list[Mutant]:
    """All of them, each LaTeX once, none equal to the formula itself."""
    found: dict[str, Mutant] = {}
    for mutant in _all(formula):
        try:
            parse(mutant.latex)
        except LatexError:
            continue
        found.setdefault(_bare(mutant.latex), mutant)
    found.pop(_bare(formula.latex), None)
    return list(found.values())


def _bare(latex: str) -> str:
    return "".join(latex.split())


def _all(formula: Formula) -> Iterator[Mutant]:
    edit = _Editor(formula.latex)
    for relation, place in zip(formula.relations, formula.places, strict=True):
        if relation in REVERSED:
            yield edit.place(place, REVERSED[relation], "不等号反向")
    for side in formula.sides[1:]:
        if side.kind != "sum":
            yield edit.node(side, "-" + edit.text(side), "添一个负号")
    for side in formula.sides:
        for node in side.walk():
            yield from _of_node(edit, node)


class _Editor:
    """Writes the formula with one place replaced."""

    def __init__(self, latex: str):
        self.latex = latex

    def text(self, node: Node) -> str:
        return self.latex[node.start : node.end]

    def place(self, place: tuple[int, int], new: str, what: str) -> Mutant:
        start, end = place
        return Mutant(self.latex[:start] + new + self.latex[end:], what)

    def node(self, node: Node, new: str, what: str) -> Mutant:
        return self.place((node.start, node.end), new, what)


def _of_node(edit: _Editor, node: Node) -> Iterator[Mutant]:
    rules = {
        "sum": _sum,
        "product": _product,
        "fraction": _fraction,
        "power": _power,
        "number": _number,
        "call": _call,
        "root": _root,
        "transpose": _transpose,
    }
    if node.kind in rules:
        yield from rules[node.kind](edit, node)


def _sum(edit: _Editor, node: Node) -> Iterator[Mutant]:
    for (sign, place), part in zip(node.facts["signs"], node.parts, strict=True):
        if place is None:
            yield edit.node(part, "-" + edit.text(part), "改变符号")
        else:
            yield edit.place(place, "+" if sign == "-" else "-", "改变符号")
        if len(node.parts) > 1:
            yield edit.node(part, "0", "丢掉一项")


def _product(edit: _Editor, node: Node) -> Iterator[Mutant]:
    for part in node.parts:
        if edit.text(part) != "1":
            yield edit.node(part, "1", "丢掉一个因子")


def _fraction(edit: _Editor, node: Node) -> Iterator[Mutant]:
    top, bottom = node.parts
    above, below = edit.text(top), edit.text(bottom)
    yield edit.node(node, rf"\frac{{{below}}}{{{above}}}", "分式颠倒")
    if above != "1":
        yield edit.node(top, "1", "丢掉分子")
    yield edit.node(bottom, "1", "丢掉分母")


def _power(edit: _Editor, node: Node) -> Iterator[Mutant]:
    yield edit.node(node, edit.text(node.parts[0]), "丢掉指数")


def _number(edit: _Editor, node: Node) -> Iterator[Mutant]:
    yield edit.node(node, f"{node.facts['value'] + 1:g}", "改一个数")


def _call(edit: _Editor, node: Node) -> Iterator[Mutant]:
    marks, parts = node.facts["marks"], node.parts
    if len(parts) == 2 and marks[0] in (",", "Vert"):
        first, second = parts
        between = edit.latex[first.end : second.start]
        swapped = edit.text(second) + between + edit.text(first)
        yield edit.place((first.start, second.end), swapped, "交换两个参数")
    if node.facts["text"] in BUILT_IN and len(parts) == 1:
        yield edit.node(node, f"({edit.text(parts[0])})", "丢掉函数")


def _root(edit: _Editor, node: Node) -> Iterator[Mutant]:
    yield edit.node(node, f"({edit.text(node.parts[0])})", "丢掉根号")


def _transpose(edit: _Editor, node: Node) -> Iterator[Mutant]:
    yield edit.node(node, edit.text(node.parts[0]), "丢掉转置")
