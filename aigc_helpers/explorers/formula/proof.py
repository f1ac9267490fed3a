"""Does double precision follow a formula everywhere its sliders lead?

The stable form is evaluated in double precision, as the browser does it, and the
formula as it was written by mpmath with many digits; they must agree on a grid.
"""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import mpmath
import numpy as np
import sympy as sp

from aigc_helpers.explorers.formula.stable import real_symbols
from aigc_helpers.reader import Mistake

RELATIVE = 1e-6  # coarse on purpose: the tests of the book ask for more
DIGITS = (60, 600, 3000)  # more where fewer disagree or find no value
MOST_POINTS = 500
_LARGEST = 1.7976931348623157e308
_NEAR = 1e-25  # so near to a point is the limit looked for
_SAME = 1e-15  # and so close are values that have one

Box = Mapping[sp.Symbol, tuple[float, float]]


def _lse(*terms: np.ndarray) -> np.ndarray:
    """As special.js: the largest exponent first, the others by log1p."""
    arrays = np.broadcast_arrays(*(np.asarray(term, dtype=float) for term in terms))
    c, u = np.stack(arrays[::2]), np.stack(arrays[1::2])
    top = np.argmax(np.where(c > 0, u, -np.inf), axis=0)[None]
    c_top, u_top = np.take_along_axis(c, top, 0), np.take_along_axis(u, top, 0)
    shares = np.where(c == 0, 0.0, c * np.exp(u - u_top))
    np.put_along_axis(shares, top, c_top - 1, 0)
    return u_top[0] + np.log1p(shares.sum(axis=0))


def _timeslog(a: np.ndarray, logarithm: np.ndarray) -> np.ndarray:
    return np.where(np.asarray(a) == 0, 0.0, a * logarithm)


def _pointwise(function: Callable) -> Callable:
    """A function of mpmath for arrays; NaN where it has no real value."""
    return np.vectorize(lambda x: _double(_value(function, [x])), otypes=[float])


@dataclass(frozen=True)
class Numbers:
    """A stable form in double precision; call with one array for each symbol."""

    call: Callable

    def __call__(self, *values: np.ndarray) -> np.ndarray:
        """Values, broadcast to the shape of the arguments."""
        values = [np.asarray(value, dtype=float) for value in values]
        with np.errstate(all="ignore"):
            result = np.asarray(self.call(*values), dtype=float)
        return np.broadcast_to(result, np.broadcast_shapes(*(v.shape for v in values)))


def numbers(form: sp.Expr, symbols: Sequence[sp.Symbol]) -> Numbers:
    """NumPy's function of a stable form, as the browser's Math computes it."""
    special = {
        "lse": _lse,
        "timeslog": _timeslog,
        "log1p": np.log1p,
        "expm1": np.expm1,
        "erf": _pointwise(mpmath.erf),
        "erfc": _pointwise(mpmath.erfc),
        "gamma": _pointwise(mpmath.gamma),
        "loggamma": _pointwise(mpmath.loggamma),
    }
    return Numbers(sp.lambdify(symbols, form, [special, "numpy"]))


def prove(name: str, expr: sp.Expr, form: sp.Expr, box: Box, starts: dict) -> None:
    """Compare a stable form with the formula itself, on a grid of the ranges.

    Parameters
    ----------
    name : str
        What the formula is called in an error.
    expr, form : Expr
        The formula in the symbols of ``box``; its stable form in s0, s1, ...
    box : mapping of Symbol to (low, high)
        Ranges, in the order of s0, s1, ...
    starts : mapping of Symbol to float
        Further values of interest.

    Raises
    ------
    ValueError
        If a value that exists is infinite, no number, or wrong; the message names the
        point and the formula.
    """
    used = [symbol for symbol in box if symbol in expr.free_symbols]
    points = grid({symbol: box[symbol] for symbol in used}, starts)
    columns = {symbol: points[:, i] for i, symbol in enumerate(used)}
    zero = np.zeros(len(points))
    symbols = list(real_symbols(box).values())
    found = numbers(form, symbols)(*(columns.get(s, zero) for s in box))
    exact = sp.lambdify(used, expr, "mpmath")
    middle = [sum(box[symbol]) / 2 for symbol in used]
    for point, value in zip(points, found, strict=True):
        for digits in DIGITS:
            with mpmath.workdps(digits):
                reason = _difference(value, _exact(exact, point, middle))
            if reason == ():
                break
        if reason:
            pairs = zip(used, point, strict=True)
            where = ", ".join(f"{symbol} = {float(x):.6g}" for symbol, x in pairs)
            english, chinese = reason
            raise Mistake(
                f"{name}: at {where or 'all settings'} {expr} {english}",
                f"{name} 在 {where} 处{chinese}" if where else f"{name} {chinese}",
            )


def grid(box: Box, starts: dict) -> np.ndarray:
    """Ends, middles, starts, 0 and 1 of all ranges combined, and points between.

    Returns (n, len(box)), n at most MOST_POINTS plus the corners.
    """
    generator = np.random.default_rng(0)
    axes = []
    for symbol, (low, high) in box.items():
        special = {low, high, (low + high) / 2, starts.get(symbol, low), 0.0, 1.0}
        axes.append(sorted(value for value in special if low <= value <= high))
    total = math.prod(len(axis) for axis in axes)
    if total <= MOST_POINTS // 2:
        combined = np.array(list(itertools.product(*axes)))
    else:
        picks = [generator.choice(axis, MOST_POINTS // 2) for axis in axes]
        combined = np.stack(picks, axis=1)
    if not axes:
        return np.zeros((1, 0))
    ends = np.array(list(box.values()))
    between = generator.uniform(*ends.T, (MOST_POINTS // 4, len(axes)))
    corners = np.array(list(itertools.islice(itertools.product(*ends), 256)))
    return np.concatenate([combined, corners, between])


def _value(function: Callable, point: Sequence) -> mpmath.mpf | None:
    """The real value at a point; None where there is none."""
    try:
        value = function(*point)
    except (ZeroDivisionError, ValueError, OverflowError, TypeError):
        return None
    if isinstance(value, mpmath.mpc) and value.imag == 0:
        value = value.real
    if isinstance(value, mpmath.mpc | complex) or not mpmath.isfinite(value):
        return None
    return mpmath.mpf(value)


def _exact(function: Callable, point: np.ndarray, middle: list) -> mpmath.mpf | None:
    """The value at a point, or the limit on the way from inside; None if neither."""
    point = [mpmath.mpf(float(x)) for x in point]
    if (value := _value(function, point)) is not None:
        return value
    ways = [(m if x != m else m + 1) - x for x, m in zip(point, middle, strict=True)]
    other = [way / (2 + i) for i, way in enumerate(ways)]
    near = [
        _value(function, [x + step * w for x, w in zip(point, way, strict=True)])
        for way, step in ((ways, _NEAR), (ways, _NEAR / 1000), (other, _NEAR))
    ]
    if None in near or max(near) - min(near) > _SAME:
        return None
    return near[1] if abs(near[1]) > _SAME else mpmath.mpf(0)


def _double(value: mpmath.mpf | None) -> float:
    return math.nan if value is None else float(value)


def _difference(value: float, expected: mpmath.mpf | None) -> tuple[str, ...] | None:
    """What is wrong with a value in double precision; empty if it is right.

    In English and in Chinese; None where no value exists.
    """
    if expected is None:
        return None
    if abs(expected) > _LARGEST:
        shown = mpmath.nstr(expected, 3)
        return (
            f"is {shown}, more than double precision holds (1.8e308); narrow the "
            "range or plot its logarithm",
            f"的值是 {shown}，双精度最大只到 1.8e308：把范围缩小，或者改画它的对数。",
        )
    allowed = RELATIVE * max(abs(expected), 1e-9)
    if math.isfinite(value) and abs(value - expected) <= allowed:
        return ()
    shown = mpmath.nstr(expected, 8)
    return (
        f"is {shown}, but double precision gives {float(value)}; write it so that "
        "nothing overflows, cancels or divides 0 by 0 (a limit can be a case of a "
        "Piecewise), or narrow the range",
        f"的值是 {shown}，双精度算出来却是 {float(value)}：换一种不溢出、不相消、不出现"
        " 0/0 的写法（极限可以写成 Piecewise 的一种情形），或者把范围缩小。",
    )
