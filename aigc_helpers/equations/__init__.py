"""Equations that are computed from the LaTeX in which they are shown."""

from aigc_helpers.equations.distributions import (
    Conditional,
    Density,
    Finite,
    Gaussian,
    Samples,
)
from aigc_helpers.equations.equation import (
    KEY,
    Equation,
    EquationFails,
    Verdict,
    claim,
    equation,
    matrix,
)
from aigc_helpers.equations.evaluate import UnknownName
from aigc_helpers.equations.tokens import LatexError

__all__ = [
    "Conditional",
    "KEY",
    "Density",
    "Equation",
    "EquationFails",
    "Finite",
    "Gaussian",
    "LatexError",
    "Samples",
    "UnknownName",
    "Verdict",
    "claim",
    "equation",
    "matrix",
]
