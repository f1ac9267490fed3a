"""What signs mean: numbers in double precision, or SymPy's symbols."""

from collections.abc import Callable
from typing import Any

import sympy as sp
import torch

from aigc_helpers.equations.matrix import Matrix, plain


class Numeric:
    """Values are ints, tensors whose last axis counts cases, and matrices."""

    pi = torch.pi

    @staticmethod
    def value(given: Any) -> Any:
        """A value that a formula's name stands for."""
        if isinstance(given, bool | int):
            return given
        if isinstance(given, float):
            return torch.tensor([given], dtype=torch.float64)
        if isinstance(given, list) and given and isinstance(given[0], float):
            return torch.tensor(given, dtype=torch.float64)
        if torch.is_tensor(given) and given.ndim == 0 and given.is_floating_point():
            return given.double()[None]
        return given

    @staticmethod
    def divide(a: Any, b: Any) -> Any:
        """A fraction."""
        return a / b

    @staticmethod
    def power(a: Any, b: Any) -> Any:
        """A power; of an int too."""
        return a**b

    @staticmethod
    def differentiate(value: Any, variable: Any) -> Any:
        """Derivative by autograd; of vectors, the Jacobian (rows: ``value``)."""
        y, x = plain(value), plain(variable)
        if not (isinstance(value, Matrix) and y.ndim):
            (slope,) = torch.autograd.grad(y.sum(), x, create_graph=True)
            return Matrix(slope) if isinstance(variable, Matrix) else slope
        rows = [torch.autograd.grad(e, x, create_graph=True)[0] for e in y]
        return Matrix(torch.stack(rows))

    @classmethod
    def function(cls, name: str) -> Any:
        """The function of that name, or None."""
        return NUMERIC.get(name)


class Symbolic:
    """Values are SymPy expressions."""

    pi = sp.pi

    @staticmethod
    def value(given: Any) -> Any:
        """Numbers as exact ones."""
        return sp.nsimplify(given) if isinstance(given, float) else given

    @staticmethod
    def divide(a: Any, b: Any) -> Any:
        """An exact fraction."""
        return sp.sympify(a) / sp.sympify(b)

    @staticmethod
    def power(a: Any, b: Any) -> Any:
        """A power."""
        return sp.sympify(a) ** sp.sympify(b)

    @staticmethod
    def differentiate(value: Any, variable: Any) -> Any:
        """Derivative by SymPy."""
        return sp.diff(value, variable)

    @classmethod
    def function(cls, name: str) -> Any:
        """The function of that name, or None."""
        return SYMBOLIC.get(name)


class Each:
    """A function of numbers, tensors and the elements of matrices."""

    def __init__(self, function: Callable):
        self.function = function

    def __call__(self, value):
        if isinstance(value, Matrix):
            return value.map(self.function)
        return self.function(torch.as_tensor(value, dtype=torch.float64))


def _sigmoid(o: sp.Expr) -> sp.Expr:
    return 1 / (1 + sp.exp(-o))


def _trace(value: Matrix) -> torch.Tensor:
    return torch.trace(plain(value))[None]


def _diag(value: Matrix) -> Matrix:
    return Matrix(torch.diag(plain(value)))


def _largest_singular_value(value: Matrix) -> torch.Tensor:
    return torch.linalg.matrix_norm(plain(value), 2)[None]


def _spectral_radius(value: Matrix) -> torch.Tensor:
    return torch.linalg.eigvals(plain(value)).abs().max()[None]


NUMERIC = {
    "log": Each(torch.log),
    "log_2": Each(torch.log2),
    "exp": Each(torch.exp),
    "tanh": Each(torch.tanh),
    "sqrt": Each(torch.sqrt),
    "sigma": Each(torch.sigmoid),
    "tr": _trace,
    "diag": _diag,
    "sigma_max": _largest_singular_value,
    "rho": _spectral_radius,
}
SYMBOLIC = {
    "log": sp.log,
    "exp": sp.exp,
    "tanh": sp.tanh,
    "sqrt": sp.sqrt,
    "sigma": _sigmoid,
}
