r"""Equations that are shown and checked from one and the same LaTeX.

    equation(
        "eq-math-variance",
        "方差",
        r"\operatorname{Var}[x] = \mathbb{E}_{x\sim p}[x^2]",
        by="有限和",
        p=Finite([0.5, 0.5], [-1.0, 1.0]),
        x=torch.tensor([-1.0, 1.0]),
        Var=lambda x: x.var(correction=0),
    )

Values are named as a formula is read: ``mu`` for \mu, ``x_hat``, ``W_hh``, ``D_star``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp
import torch

from aigc_helpers.equations.evaluate import evaluator
from aigc_helpers.equations.matrix import Matrix, plain
from aigc_helpers.equations.mutants import Mutant, mutants
from aigc_helpers.equations.parser import Formula, parse
from aigc_helpers.equations.words import ROUNDING, failure, success
from aigc_helpers.reader import ForReader

RED_BAR = "border-left:4px solid #d9403a;padding-left:1em"  # on white and in the dark
KEY = "aigc_equation"  # of the record in the metadata of a stored output
NUMBERS: dict[str, int] = {}  # by label, in the order in which they were first shown


class EquationFails(ForReader, AssertionError):
    """The two sides of an equation differ by more than its tolerance."""


@dataclass(frozen=True)
class Verdict:
    """Whether a formula holds for the given values, and how closely.

    Attributes
    ----------
    error : float
        Largest distance of two sides; of an inequality, the largest violation, or the
        smallest distance from equality if that is larger. NaN counts as infinite.
    worst : dict
        The values at which the error is largest, and the two sides there.
    """

    latex: str
    error: float
    tolerance: float
    worst: dict[str, float]

    @property
    def holds(self) -> bool:
        """True if the error is at most the tolerance."""
        return self.error <= self.tolerance

    def __repr__(self) -> str:
        return f"Verdict({'holds' if self.holds else 'fails'})"

    def _repr_mimebundle_(self, **_: Any) -> dict:
        says = success(self, "") if self.holds else failure(self)
        shown = f"$$\n{self.latex}\n$$\n\n{says}"
        if not self.holds:
            shown = f'<div style="{RED_BAR}">\n\n{shown}\n\n</div>'
        return {"text/plain": repr(self), "text/markdown": shown}


def claim(latex: str, *, tolerance: float = 1e-10, **values: Any) -> Verdict:
    r"""Does the formula hold? Shows itself with the answer; it raises nothing.

    Parameters
    ----------
    latex : str
        Sides with =, \le or \ge between them.
    tolerance : float
        Largest error that counts as none.
    values
        What names stand for: numbers, tensors (n,) for n cases, matrices (n, m),
        distributions, functions, sequences for names with an index, ``over_x=(low,
        high, n)`` for an integral. With expressions of SymPy all is symbolic.
        ``cases`` may list further values, one dict for each case.

    Raises
    ------
    LatexError
        If the formula cannot be read.
    UnknownName
        If a name has no value.
    """
    return judge(parse(latex), tolerance, values)


def judge(formula: Formula, tolerance: float, values: Mapping[str, Any]) -> Verdict:
    """The verdict on a parsed formula."""
    sides = _sides(formula, values)
    pairs = list(zip(sides[:-1], formula.relations, sides[1:], strict=True))
    if any(isinstance(side, sp.Basic) for side in sides):
        error = max(_symbolic_error(a, b) for a, _, b in pairs)
        return Verdict(formula.latex, error, tolerance, {})
    found = [_distance(a, relation, b) for a, relation, b in pairs]
    error, place, a, b = max(found, key=lambda one: one[0])
    return Verdict(formula.latex, error, tolerance, _place(place, a, b, values))


def _sides(formula: Formula, values: Mapping[str, Any]) -> list:
    """The value of each side; with ``cases``, one after the other in one tensor."""
    cases = values.get("cases")
    if cases is None:
        compute = evaluator(values)
        return [compute(side) for side in formula.sides]
    shared = {name: value for name, value in values.items() if name != "cases"}
    found = [_sides(formula, {**shared, **case}) for case in cases]
    return [
        torch.cat([_flat(side) for side in side_of])
        for side_of in zip(*found, strict=True)
    ]


def _flat(side: Any) -> torch.Tensor:
    """A side's numbers in double precision, out of the graph."""
    return torch.as_tensor(plain(side), dtype=torch.float64).detach().reshape(-1)


def _symbolic_error(a: sp.Expr, b: sp.Expr) -> float:
    """0 if SymPy proves that both are equal, infinity if a number tells them apart."""
    difference = sp.sympify(a) - sp.sympify(b)
    symbols = sorted(difference.free_symbols, key=str)
    at = {s: sp.Rational(3 + 2 * i, 7 + i) for i, s in enumerate(symbols)}
    value = complex(difference.subs(at).evalf(30))
    if not abs(value) < 1e-20:
        return float("inf")
    proven = sp.simplify(sp.expand_log(difference, force=True)) == 0
    return 0.0 if proven else float("inf")


def _distance(a: Any, relation: str, b: Any) -> tuple[float, int, Any, Any]:
    """Error of one relation, the case where it is, and both sides."""
    a, b = torch.broadcast_tensors(_flat(a), _flat(b))
    gap = {"=": (a - b).abs(), "<=": a - b, ">=": b - a}[relation]
    gap = torch.where(gap.isnan(), torch.inf, gap)
    place = int(gap.argmax())
    error = gap[place].item()
    if relation != "=":
        error = max(error, gap.abs().min().item())
    return error, place, a[place].item(), b[place].item()


def _place(case: int, a: float, b: float, values: Mapping) -> dict[str, float]:
    """The numbers of that case by name, and the two sides."""
    numbers = {}
    values = {name: value for name, value in values.items() if name != "cases"}
    for name, value in values.items():
        value = evaluator({name: value}).values[name]
        if torch.is_tensor(value) and value.ndim == 1 and len(value) > case:
            if value.is_floating_point() and len(value) > 1:
                numbers[name] = value[case].item()
    return {**numbers, "左边": a, "右边": b}


@dataclass(frozen=True)
class Equation(Verdict):
    """A numbered equation that holds, and what became of its mutants."""

    label: str
    name: str
    by: str
    why: str
    caught: tuple[Mutant, ...]
    survived: tuple[Mutant, ...]

    def __repr__(self) -> str:
        n = len(self.caught) + len(self.survived)
        return f"Equation({self.label}: holds, {len(self.caught)} of {n} mutants fail)"

    @property
    def record(self) -> dict:
        """What the page of all equations shows, the same on every machine."""
        rounded = float(f"{self.error:.1e}") if self.error > ROUNDING else 0.0
        return {
            "label": self.label,
            "name": self.name,
            "latex": self.latex,
            "by": self.by,
            "symbolic": not self.worst,
            "error": rounded,
            "tolerance": self.tolerance,
            "caught": len(self.caught),
            "survived": [[m.what, m.latex] for m in self.survived],
            "why": self.why,
        }

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict, dict]:
        says = success(self, self.by, len(self.caught), len(self.survived))
        number = NUMBERS.setdefault(self.label, len(NUMBERS) + 1)
        formula = f"$$\n{self.latex} \\tag{{{number}}}\n$$"
        shown = f'<a id="{self.label}"></a>\n{formula}\n\n{says}'
        data = {"text/plain": repr(self), "text/markdown": shown}
        return data, {KEY: self.record}


def equation(
    label: str,
    name: str,
    latex: str,
    *,
    by: str,
    tolerance: float = 1e-10,
    why: str = "",
    **values: Any,
) -> Equation:
    """Check a numbered equation, and that each wrong writing of it would be noticed.

    Parameters
    ----------
    label : str
        The label of the equation, for ``{eq}``.
    name : str
        What readers call it.
    latex : str
        The formula, as it is shown and as it is computed.
    by : str
        How it is checked, in words for readers.
    tolerance : float
        Largest error that counts as none.
    why : str
        Why the wrong writings that no check can refuse are not wrong.
    values
        See `claim`.

    Returns
    -------
    Equation
        As the last expression of a cell it shows the formula and the result.

    Raises
    ------
    EquationFails
        If the error exceeds the tolerance.
    LatexError, UnknownName
        If it cannot be read or computed.
    """
    formula = parse(latex.strip())
    verdict = judge(formula, tolerance, values)
    if not verdict.holds:
        raise EquationFails(
            f"{label}: error {verdict.error:.3g} at {verdict.worst}",
            failure(verdict),
        )
    caught, survived = [], []
    for mutant in mutants(formula):
        fails = _fails(mutant, tolerance, values)
        if fails is not None:
            (caught if fails else survived).append(mutant)
    return Equation(
        formula.latex,
        verdict.error,
        tolerance,
        verdict.worst,
        label,
        name,
        by,
        why,
        tuple(caught),
        tuple(survived),
    )


def _fails(mutant: Mutant, tolerance: float, values: Mapping) -> bool | None:
    """Whether the check refuses the mutant; None if it has no value at all."""
    try:
        return not judge(parse(mutant.latex), tolerance, values).holds
    except (LookupError, TypeError, ValueError, RuntimeError, AttributeError):
        return None
    except ArithmeticError:  # 1/0: a value, and a wrong one
        return True


def matrix(values: Any) -> Matrix:
    """A vector or matrix whose products in formulas are matrix products."""
    return Matrix(values)
