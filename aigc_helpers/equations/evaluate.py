"""The value of a formula, given what its names stand for."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import sympy as sp
import torch

from aigc_helpers.equations.algebra import Numeric, Symbolic
from aigc_helpers.equations.matrix import Matrix, plain
from aigc_helpers.equations.parser import Node
from aigc_helpers.reader import ForReader


class UnknownName(ForReader, KeyError):
    """A name that no value was given for."""

    def __init__(self, name: str):
        super().__init__(
            f"{name} has no value", f"公式里的 {name} 没有给值：在后面写上 {name}=…。"
        )


def evaluator(values: Mapping[str, Any]) -> "Evaluator":
    """Values by name, symbolic if one of them is an expression of SymPy."""
    symbolic = any(isinstance(value, sp.Basic) for value in values.values())
    algebra = Symbolic if symbolic else Numeric
    known = {name: algebra.value(value) for name, value in values.items()}
    return Evaluator(known, algebra)


class Evaluator:
    """Computes nodes; every kind of node has one method."""

    def __init__(self, values: dict[str, Any], algebra: type, depth: int = 1):
        self.values, self.algebra, self.depth = values, algebra, depth

    def __call__(self, node: Node) -> Any:
        """The node's value."""
        return getattr(self, f"_{node.kind}")(node)

    def with_values(self, depth: int = 0, **values: Any) -> "Evaluator":
        """The same with more names known."""
        return Evaluator({**self.values, **values}, self.algebra, self.depth + depth)

    # -- names --

    def _number(self, node: Node) -> Any:
        return node.facts["value"]

    def _name(self, node: Node) -> Any:
        text, index = node.facts["text"], node.facts["index"]
        if text in self.values:
            return self.values[text]
        if text == "pi":
            return self.algebra.pi
        base = text.split("_")[0]
        if index is None or base not in self.values:
            raise UnknownName(text)
        sequence, at = self.values[base], self(index)
        if before := node.facts["before"]:
            last = at if before == "le" else at - 1
            return tuple(self.algebra.value(sequence[i]) for i in range(1, last + 1))
        return self.algebra.value(sequence[at])

    def _call(self, node: Node) -> Any:
        text, first = node.facts["text"], node.parts[0]
        if text in self.values and first.kind == "name" and not self.knows(first):
            return self.distribution(node, first.facts["text"])
        function = self.values.get(text) or self.algebra.function(text)
        if function is None:
            raise UnknownName(text)
        return function(*(self(part) for part in node.parts))

    def knows(self, node: Node) -> bool:
        """Whether a name has a value here; z in KL(q(z|x) || p(z)) has none."""
        names = (node.facts["text"], node.facts["text"].split("_")[0])
        return any(name in self.values for name in names)

    # -- arithmetic --

    def _group(self, node: Node) -> Any:
        return self(node.parts[0])

    def _sum(self, node: Node) -> Any:
        total = None
        for (sign, _), part in zip(node.facts["signs"], node.parts, strict=True):
            value = self(part)
            signed = -value if sign == "-" else value
            total = signed if total is None else total + signed
        return total

    def _product(self, node: Node) -> Any:
        result = self(node.parts[0])
        operators = node.facts["operators"][1:]
        for operator, part in zip(operators, node.parts[1:], strict=True):
            result = self.combine(operator, result, self(part))
        return result

    def combine(self, operator: str, a: Any, b: Any) -> Any:
        """A product, quotient, or product of elements."""
        if operator == "/":
            return self.algebra.divide(a, b)
        if operator == "odot" and isinstance(a, Matrix):
            return a.odot(b)
        return a * b

    def _power(self, node: Node) -> Any:
        return self.algebra.power(*map(self, node.parts))

    def _fraction(self, node: Node) -> Any:
        return self.algebra.divide(*map(self, node.parts))

    def _root(self, node: Node) -> Any:
        return self.algebra.function("sqrt")(self(node.parts[0]))

    def _transpose(self, node: Node) -> Any:
        return self(node.parts[0]).transposed

    def _norm(self, node: Node) -> Any:
        value = plain(self(node.parts[0]))
        if value.ndim == 2:
            return torch.linalg.matrix_norm(value, 2)[None]
        return value.norm()[None]

    # -- operators --

    def _big(self, node: Node) -> Any:
        low, high, body = node.parts
        variable, total = node.facts["variable"], None
        for i in range(self(low), self(high) + 1):
            value = self.with_values(**{variable: i})(body)
            if total is None:
                total = value
            else:
                total = total + value if node.facts["what"] == "sum" else total * value
        if total is None:
            return 0 if node.facts["what"] == "sum" else 1
        return total

    def _expectation(self, node: Node) -> Any:
        distribution, body = node.parts
        variable = node.facts["variable"]
        given = self.distribution(distribution, variable)
        return self.weighted(given.nodes(), variable, body)

    def distribution(self, node: Node, variable: str) -> Any:
        """What a variable is drawn from: ``p``, ``p(x)``, ``q(z|x)``, ``N(0, 1)``."""
        if node.kind == "call" and _is_name(node.parts[0], variable):
            rest = [self(part) for part in node.parts[1:]]
            given = self.values.get(node.facts["text"])
            if given is None:
                raise UnknownName(node.facts["text"])
            return given.given(*rest) if rest else given
        return self(node)

    def weighted(self, nodes: tuple, variable: str, body: Node) -> Any:
        """Sum over the first axis of points, which lies before all axes so far."""
        x, weights = (_to_axes(part, self.depth + 1) for part in nodes)
        inner = self.with_values(1, **{variable: x})
        value = inner(body)
        if not torch.is_tensor(value):
            value = torch.as_tensor(value, dtype=torch.float64)
        return (weights * _to_axes_of_values(value, self.depth + 1)).sum(dim=0)

    def _integral(self, node: Node) -> Any:
        variable = node.facts["variable"]
        if f"over_{variable}" not in self.values:
            raise UnknownName(f"over_{variable}")
        low, high, n = self.values[f"over_{variable}"]
        x, weights = _legendre(low, high, n)
        return self.weighted((x, weights), variable, node.parts[0])

    def _derivative(self, node: Node) -> Any:
        body, variable = node.parts
        x, inner = self(variable), self
        if self.algebra is Numeric and not plain(x).requires_grad:
            x = x.detach().requires_grad_()
            inner = self.with_values(**{variable.facts["text"]: x})
        return self.algebra.differentiate(inner(body), x)


def _is_name(node: Node, text: str) -> bool:
    return node.kind == "name" and node.facts["text"] == text


def _to_axes(values: torch.Tensor, n_axes: int) -> torch.Tensor:
    """Points first, cases last, ones between."""
    while values.ndim < n_axes:
        values = values.unsqueeze(1)
    return values


def _to_axes_of_values(value: torch.Tensor, n_axes: int) -> torch.Tensor:
    """Values of a body that may not know all axes: ones in front."""
    while value.ndim < n_axes:
        value = value.unsqueeze(0)
    return value


@cache
def _legendre(low: float, high: float, n: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Gauss-Legendre points (n, 1) and weights on [low, high]."""
    x, weights = np.polynomial.legendre.leggauss(n)
    half = (high - low) / 2
    return (
        torch.tensor(low + half * (x + 1))[:, None],
        torch.tensor(half * weights)[:, None],
    )
