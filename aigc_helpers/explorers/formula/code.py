"""Formulas as JavaScript: the text of a generated ES module, and its files on a site.

A module holds arithmetic only. That is written here and checked again before a site
serves it, so that a notebook's output cannot bring other code onto a page.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import sympy as sp
from sympy.printing.jscode import JavascriptCodePrinter

# Functions of special.js that a module may call, by their names in SymPy
HELPERS = {
    "lse": "lse",
    "timeslog": "timeslog",
    "erf": "erf",
    "erfc": "erfc",
    "gamma": "gamma",
    "loggamma": "loggamma",
}
# Functions of JavaScript's Math, by their names in SymPy
MATH = {
    "log1p": "Math.log1p",
    "expm1": "Math.expm1",
    "Abs": "Math.abs",
    "acos": "Math.acos",
    "acosh": "Math.acosh",
    "asin": "Math.asin",
    "asinh": "Math.asinh",
    "atan": "Math.atan",
    "atan2": "Math.atan2",
    "atanh": "Math.atanh",
    "ceiling": "Math.ceil",
    "cos": "Math.cos",
    "cosh": "Math.cosh",
    "exp": "Math.exp",
    "floor": "Math.floor",
    "log": "Math.log",
    "Max": "Math.max",
    "Min": "Math.min",
    "sign": "Math.sign",
    "sin": "Math.sin",
    "sinh": "Math.sinh",
    "tan": "Math.tan",
    "tanh": "Math.tanh",
}
_NODES = (
    sp.Add, sp.Mul, sp.Pow, sp.Symbol, sp.Rational, sp.Float, sp.Piecewise,
    sp.core.relational.Relational, sp.logic.boolalg.BooleanAtom, sp.And, sp.Or, sp.Not,
    sp.functions.elementary.piecewise.ExprCondPair, sp.NumberSymbol,
    sp.core.containers.Tuple,
)  # fmt: skip
_HEAD = "// Written by aigc_helpers from SymPy expressions.\n"
_OPEN = "export function plotted({{ {helpers} }}) {{\n  return {{\n"
_CLOSE = "  };\n}\n"
_LINE = re.compile(
    r"^    (\w+): \[$|^      (\(s0(?:, s\d+)*\)|\(\)) => (.*),$|^    \],$"
)
_PAGE_STATE = re.compile(
    r'<div class="aigc-explorer" data-explorer="formula".*?'
    r'<script type="application/json">(.*?)</script>',
    re.DOTALL,
)
GROUPS = ("curves", "readouts", "markers")


class _Printer(JavascriptCodePrinter):
    """JavaScript of the stable forms; constants that JavaScript lacks as numbers."""

    def __init__(self):
        super().__init__({"user_functions": {**MATH, **HELPERS}})

    def _print_NumberSymbol(self, expr):  # noqa: N802 - SymPy's own names
        return repr(float(expr))


def javascript(expr: sp.Expr) -> str:
    """One expression of JavaScript in ``s0, s1, ...``.

    Raises
    ------
    ValueError
        If a part of it has no counterpart there; the message names it.
    """
    for node in sp.preorder_traversal(expr):
        name = getattr(node.func, "__name__", str(node.func))
        if not isinstance(node, _NODES) and name not in {**MATH, **HELPERS}:
            raise ValueError(
                f"{name} in {expr} has no counterpart in JavaScript; use elementary "
                f"functions or {', '.join(sorted(HELPERS)[:4])}, or evaluate sums, "
                "integrals and derivatives first with .doit()"
            )
    return " ".join(_Printer().doprint(expr).split())


def module_source(groups: Mapping[str, Sequence[sp.Expr]], n_symbols: int) -> str:
    """Text of the module: for each group a list of functions of s0, s1, ..."""
    arguments = ", ".join(f"s{i}" for i in range(n_symbols))
    lines = [_HEAD, _OPEN.format(helpers=", ".join(HELPERS.values()))]
    for name, expressions in groups.items():
        lines.append(f"    {name}: [\n")
        lines += [f"      ({arguments}) => {javascript(e)},\n" for e in expressions]
        lines.append("    ],\n")
    text = "".join([*lines, _CLOSE])
    check_source(text)
    return text


@cache
def _arithmetic() -> re.Pattern:
    """A word or sign that a formula in JavaScript may have."""
    functions = [*MATH.values(), "Math.sqrt", "Math.pow", "Math.PI", "Math.E"]
    names = [*functions, *HELPERS.values(), "true", "false"]
    words = "|".join(re.escape(name) for name in sorted(names))
    return re.compile(
        rf"(?<![\w.])(?:{words}|s\d{{1,2}})(?![\w.])"
        r"|(?<![\w.])\d+(?:\.\d*)?(?:e[+-]?\d+)?(?![\w.])"
        r"|[<>=!]==?|&&|\|\||[-+*/%(),?:<>!]|\s+"
    )


def check_source(text: str) -> None:
    """Make sure that a module holds functions of arithmetic and nothing else.

    Raises
    ------
    ValueError
        If there is anything else in it.
    """
    head = _HEAD + _OPEN.format(helpers=", ".join(HELPERS.values()))
    if not text.startswith(head) or not text.endswith(_CLOSE):
        raise ValueError("this is no module of formulas")
    for line in text[len(head) : -len(_CLOSE)].splitlines():
        found = _LINE.match(line)
        strange = found and _arithmetic().sub("", found[3] or "")
        if not found or (found[1] and found[1] not in GROUPS) or strange:
            raise ValueError(f"a module of formulas holds arithmetic only: {line!r}")


def digest(text: str) -> str:
    """Name of a module's file, without its ending."""
    return hashlib.sha256(text.encode()).hexdigest()


def stage_formulas(page_html: str, static: Path) -> list[Path]:
    """Write the modules of a page's formula explorers to ``static/formulas``.

    Parameters
    ----------
    page_html : str
        A page, or a part of one.
    static : Path
        The site's folder ``_static``.

    Raises
    ------
    ValueError
        If a state is damaged or a module holds anything but arithmetic.
    """
    written = []
    for state in _PAGE_STATE.findall(page_html):
        config = json.loads(state)["_config"]
        text, name = config["module"], config["formulas"]
        check_source(text)
        if digest(text) != name:
            raise ValueError(f"the module of formulas {name} is damaged: run again")
        path = Path(static) / "formulas" / f"{name}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        written.append(path)
    return written
