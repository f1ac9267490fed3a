"""Vectors and matrices, whose product is the matrix product."""

import math
from numbers import Number

import torch

from aigc_helpers.reader import Mistake


class Matrix:
    """A vector (n,) or a matrix (n, m) in double precision.

    ``*`` is the matrix product, or scaling by a number; ``.`` of elements is ``odot``.
    Numbers are added to each element, as in ``1 - h * h``.

    Parameters
    ----------
    values : tensor or nested lists
        Kept in the graph of autograd.
    """

    def __init__(self, values):
        made = values if torch.is_tensor(values) else torch.tensor(values)
        self.tensor = made.double() if made.dtype != torch.float64 else made

    def __repr__(self) -> str:
        return f"Matrix{tuple(self.tensor.shape)}"

    def __add__(self, other):
        return Matrix(self.tensor + plain(other))

    __radd__ = __add__

    def __neg__(self):
        return Matrix(-self.tensor)

    def __sub__(self, other):
        return Matrix(self.tensor - plain(other))

    def __rsub__(self, other):
        return Matrix(plain(other) - self.tensor)

    def __mul__(self, other):
        if isinstance(other, Matrix):
            return Matrix(_matmul(self.tensor, other.tensor))
        return Matrix(self.tensor * other)

    __rmul__ = __mul__

    def __truediv__(self, other):
        return Matrix(self.tensor / plain(other))

    def __pow__(self, exponent):
        return Matrix(_power(self.tensor, exponent))

    def odot(self, other):
        """Product of elements."""
        return Matrix(self.tensor * plain(other))

    def map(self, function):
        """The function of each element."""
        return Matrix(function(self.tensor))

    @property
    def transposed(self):
        """Rows as columns; a vector becomes one row."""
        tensor = self.tensor
        return Matrix(tensor[None] if tensor.ndim == 1 else tensor.mT)


def plain(value):
    """The tensor of a matrix; other values as they are."""
    return value.tensor if isinstance(value, Matrix) else value


def _matmul(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Product of matrices; a vector on the left of a row is a column."""
    if a.ndim == 1 and b.ndim == 2 and len(b) == 1:
        return a[:, None] @ b
    if a.ndim == 1 and b.ndim == 1:
        raise Mistake(
            "a product of two vectors: write odot, or transpose one",
            "两个向量相乘：逐个元素相乘写 odot，内积要把前一个转置。",
        )
    return a @ b


def _power(a: torch.Tensor, exponent) -> torch.Tensor:
    """Whole powers, and the principal square root."""
    if a.ndim != 2:
        raise Mistake(
            "powers are those of square matrices; for elements use odot",
            "只有方阵才有乘方；逐个元素的写 odot。",
        )
    if not isinstance(exponent, Number):
        raise Mistake(
            f"the power of a matrix must be a number, not {exponent!r}",
            f"矩阵的指数应当是数，不是 {exponent!r}。",
        )
    if exponent == int(exponent):
        return torch.linalg.matrix_power(a, int(exponent))
    if not math.isclose(exponent, 0.5):
        raise Mistake(
            f"no power {exponent} of a matrix here",
            f"这里不会算矩阵的 {exponent} 次方，只有整数次和 1/2 次。",
        )
    values, vectors = torch.linalg.eig(a)
    root = vectors @ torch.diag(values.sqrt()) @ torch.linalg.inv(vectors)
    return root.real
