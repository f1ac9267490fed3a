"""Distributions that a formula can take expectations of: exactly, by sums over points.

A distribution is called for its density, and gives ``nodes()``: values and weights,
whose first axis counts points, so that an expectation is a weighted sum.
"""

import math
from collections.abc import Callable

import torch

from aigc_helpers.reader import Mistake

N_POINTS = 1601  # of a grid; the trapezoid rule is exact to rounding for smooth tails


def _tensor(values) -> torch.Tensor:
    return torch.as_tensor(values, dtype=torch.float64)


class Density:
    """A density on the line, integrated by the trapezoid rule over [low, high].

    Parameters
    ----------
    density : callable
        Maps x (tensor) to the density; it must vanish at both ends.
    low, high : float
        The range of the grid.
    """

    n_axes = 1  # of the parameters: cases, and points of outer expectations

    def __init__(self, density: Callable, low: float, high: float):
        self.density, self.low, self.high = density, low, high

    def __call__(self, x):
        return self.density(x)

    def nodes(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Points of the grid (n, 1, ...) and the density there times the step."""
        x = torch.linspace(self.low, self.high, N_POINTS, dtype=torch.float64)
        x = x.view(-1, *[1] * self.n_axes)
        step = (self.high - self.low) / (N_POINTS - 1)
        return x, self(x) * step

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -other

    def __add__(self, other):
        low, high = min(self.low, other.low), max(self.high, other.high)
        return Density(lambda x: self(x) + other(x), low, high)

    def __mul__(self, factor):
        return Density(lambda x: self(x) * factor, self.low, self.high)

    __rmul__ = __mul__

    def __truediv__(self, divisor):
        return self * (1 / divisor)


class Gaussian(Density):
    """N(mu, variance); both may be tensors, one distribution for each case.

    The grid does not move with ``mu``: a derivative of an expectation is that of the
    integral, and owes nothing to the reparameterisation that it is compared with.
    """

    def __init__(self, mu, variance):
        self.mu, self.variance = _tensor(mu), _tensor(variance)
        sigma = self.variance.detach().clamp_min(1e-30).sqrt()
        low = (self.mu.detach() - 13 * sigma).min().item()
        high = (self.mu.detach() + 13 * sigma).max().item()
        super().__init__(self.of, low, high)
        self.n_axes = max(1, self.mu.ndim, self.variance.ndim)

    def of(self, x):
        """The density at x."""
        distance = (_tensor(x) - self.mu) ** 2 / (2 * self.variance)
        return torch.exp(-distance) / torch.sqrt(2 * math.pi * self.variance)

    def torch(self) -> torch.distributions.Normal:
        """The same as PyTorch has it."""
        return torch.distributions.Normal(self.mu, self.variance.sqrt())


class Conditional:
    """A distribution for each x: ``q(z|x)`` is its density, ``given(x)`` itself.

    Parameters
    ----------
    given : callable
        Maps x, or whatever stands behind the bar, to a distribution.
    """

    def __init__(self, given: Callable):
        self.given = given

    def __call__(self, z, *x):
        return self.given(*x)(z)


class Finite:
    """Probabilities of the whole numbers 0 to n - 1, or of other values.

    Parameters
    ----------
    probabilities : (n,) or (n, cases)
    values : (n,), optional
    """

    def __init__(self, probabilities, values=None):
        probabilities = _tensor(probabilities)
        self.probabilities = (
            probabilities[:, None] if probabilities.ndim == 1 else probabilities
        )
        n = len(self.probabilities)
        self.values = _tensor(range(n) if values is None else values)[:, None]

    def __call__(self, x):
        if torch.is_tensor(x) and x.shape == self.values.shape:
            return self.probabilities
        matches = torch.as_tensor(x) == self.values
        return (matches * self.probabilities).sum(dim=0)

    def nodes(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Values (n, 1) and their probabilities (n, cases)."""
        return self.values, self.probabilities

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -other

    def __add__(self, other):
        return Finite(self.probabilities + other.probabilities, self.values[:, 0])

    def __mul__(self, factor):
        return Finite(self.probabilities * factor, self.values[:, 0])

    __rmul__ = __mul__

    def __truediv__(self, divisor):
        return self * (1 / divisor)


class Samples:
    """Monte Carlo: values drawn beforehand, each of the same weight.

    Parameters
    ----------
    values : (n,) or (n, cases)
    density : callable, optional
        The density that they were drawn from, where a formula needs it.
    """

    def __init__(self, values, density: Callable | None = None):
        values = _tensor(values)
        self.values = values[:, None] if values.ndim == 1 else values
        self.density = density

    def __call__(self, x):
        if self.density is None:
            raise Mistake(
                "these samples came without a density",
                "这些样本没有给密度：Samples(样本, 密度函数)。",
            )
        return self.density(x)

    def nodes(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Values (n, cases) and weights 1/n."""
        n = len(self.values)
        return self.values, torch.full((n, 1), 1 / n, dtype=torch.float64)
