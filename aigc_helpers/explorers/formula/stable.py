"""Formulas written so that double precision can follow them over the sliders' ranges.

``log(1 + exp(x))`` is infinite for a computer from x = 710 on, ``x log x`` is no number
at 0. The rules here replace such parts by functions that stay finite:

==========================  =====================================================
``log(sum c_i exp(u_i))``   ``lse(c_1, u_1, ...)``, the log-sum-exp with weights
``exp(v) / sum(...)``       ``exp(v - lse(...))``: sigmoid, softmax, p / (p + q)
``1 - softmax``             the softmax of the others
``a log b``                 ``timeslog(a, log b)``, which is 0 where a is 0
``log(1 + u), exp(u) - 1``  ``log1p(u)``, ``expm1(u)``
==========================  =====================================================
"""

from collections.abc import Mapping

import numpy as np
import sympy as sp


class lse(sp.Function):  # noqa: N801 - names as in the generated module
    """Logarithm of sum c_i exp(u_i), arguments c_1, u_1, c_2, u_2, ..."""

    is_real = True

    @property
    def terms(self) -> list[tuple[sp.Expr, sp.Expr]]:
        """Pairs (c_i, u_i)."""
        return list(zip(self.args[::2], self.args[1::2], strict=True))


class timeslog(sp.Function):  # noqa: N801
    """A product with a logarithm; 0 where the first factor is 0."""

    is_real = True


class log1p(sp.Function):  # noqa: N801
    """log(1 + u), exact for small u."""

    is_real = True


class expm1(sp.Function):  # noqa: N801
    """exp(u) - 1, exact for small u."""

    is_real = True


def real_symbols(box: Mapping[sp.Symbol, tuple[float, float]]) -> dict:
    """Symbols with what their ranges say: real, positive, not negative."""
    known = {}
    for i, (symbol, (low, _)) in enumerate(box.items()):
        sign = {"positive": True} if low > 0 else {"nonnegative": True}
        known[symbol] = sp.Symbol(f"s{i}", real=True, **(sign if low >= 0 else {}))
    return known


def stable(expr: sp.Expr, box: Mapping[sp.Symbol, tuple[float, float]]) -> sp.Expr:
    """The same formula in symbols ``s0, s1, ...`` of the box, made of stable parts.

    Parameters
    ----------
    expr : Expr
        Its free symbols are keys of ``box``.
    box : mapping of Symbol to (low, high)
        Ranges of the symbols; positive weights are recognised by them.
    """
    known = real_symbols(box)
    ranges = {known[symbol]: ends for symbol, ends in box.items()}
    return _Rules(ranges).apply(_plain(expr).xreplace(known))


def _plain(expr: sp.Expr) -> sp.Expr:
    """Without functions that have a form in simpler ones."""
    rules = {
        sp.Heaviside: lambda u, at_0: sp.Piecewise(
            (0, u < 0), (at_0, sp.Eq(u, 0)), (1, True)
        ),
        sp.sinc: lambda u: sp.Piecewise((1, sp.Eq(u, 0)), (sp.sin(u) / u, True)),
        sp.factorial: lambda n: sp.gamma(n + 1),
        sp.sec: lambda u: 1 / sp.cos(u),
        sp.csc: lambda u: 1 / sp.sin(u),
        sp.cot: lambda u: sp.cos(u) / sp.sin(u),
        sp.coth: lambda u: 1 / sp.tanh(u),
        sp.sech: lambda u: 1 / sp.cosh(u),
    }
    for function, rule in rules.items():
        expr = expr.replace(function, rule)
    return expr


class _Rules:
    """The rules from the leaves up; ``ranges`` tell which weights are positive."""

    def __init__(self, ranges: Mapping[sp.Symbol, tuple[float, float]]):
        self.ranges = ranges

    def apply(self, expr: sp.Basic) -> sp.Basic:
        """Rewrite arguments first, then the expression itself."""
        if not expr.args:
            return expr
        args = [self.apply(arg) for arg in expr.args]
        expr = expr.func(*args) if tuple(args) != expr.args else expr
        for kind, rule in (
            (sp.log, self.logarithm),
            (sp.Pow, self.product),
            (sp.Mul, self.product),
            (sp.Add, self.sum),
        ):
            if isinstance(expr, kind):
                return rule(expr)
        return expr

    # -- logarithms --

    def logarithm(self, expr: sp.Expr) -> sp.Expr:
        """Logarithm of a sum of exponentials, of c exp(u), of 1 + u."""
        inner = expr.args[0]
        coefficient, exponent = _exponential(inner)
        if exponent != 0 and self.is_weight(coefficient):
            rest = self.logarithm(sp.log(coefficient)) if coefficient != 1 else 0
            return _absorb(exponent + rest)
        if (found := self.exp_sum(inner)) is not None:
            return found
        if isinstance(inner, sp.Add) and sp.S.One in inner.args:
            return log1p(inner - 1)
        return sp.log(inner) if expr.func is sp.log else expr

    def exp_sum(self, expr: sp.Expr) -> lse | None:
        """The log-sum-exp of a sum with exponentials and positive weights."""
        terms = [_exponential(term) for term in sp.Add.make_args(expr)]
        if len(terms) < 2 or all(u == 0 for _, u in terms):
            return None
        if not all(self.is_weight(c) for c, _ in terms):
            return None
        return lse(*(part for term in terms for part in term))

    def is_weight(self, expr: sp.Expr) -> bool:
        """Whether it is nowhere negative: known, or on a grid of the ranges."""
        if expr.is_nonnegative is not None:
            return expr.is_nonnegative
        symbols = sorted(expr.free_symbols, key=str)
        if not set(symbols) <= set(self.ranges) or len(symbols) > 4:
            return False
        axes = [np.linspace(*self.ranges[symbol], 9) for symbol in symbols]
        grid = np.meshgrid(*axes)
        try:
            with np.errstate(all="ignore"):
                values = sp.lambdify(symbols, expr, "numpy")(*grid)
        except (TypeError, NameError):  # a function that NumPy does not know
            return False
        return bool(np.all(np.asarray(values) >= 0))

    # -- products --

    def product(self, expr: sp.Expr) -> sp.Expr:
        """exp(v) over a sum of exponentials; a product with a logarithm."""
        others, exponents, sums = [], [], []
        for factor in sp.Mul.make_args(expr):
            base, power = factor.as_base_exp()
            if isinstance(factor, sp.exp):
                exponents.append(factor.args[0])
            elif power.is_number and (found := self.exp_sum(base)) is not None:
                sums.append((found, power))
            else:
                others.append(factor)
        if any(power < 0 for _, power in sums) or (sums and exponents):
            exponents += [power * found for found, power in sums]
        elif len(exponents) < 2:
            return self.product_with_log(expr)
        else:
            others += [sp.exp(found) ** power for found, power in sums]
        return self.product_with_log(
            sp.Mul(sp.exp(_absorb(sp.Add(*exponents))), *others)
        )

    def product_with_log(self, expr: sp.Expr) -> sp.Expr:
        """Write a log b as timeslog(a, log b), if a may be zero."""
        factors = list(sp.Mul.make_args(expr))
        for factor in factors:
            if not isinstance(factor, sp.log | log1p):
                continue
            rest = sp.Mul(*(f for f in factors if f is not factor))
            if not rest.is_number and rest.is_zero is not False:
                return timeslog(rest, factor)
        return expr

    # -- sums --

    def sum(self, expr: sp.Expr) -> sp.Expr:
        """1 - softmax, and exp(u) - 1."""
        terms = list(expr.args)
        for one in (sp.S.One, sp.S.NegativeOne):
            if one not in terms:
                continue
            for term in terms:
                found = _rest_of_one(-one * term)
                if found is not None:
                    return expr - one - term + one * found
        return _absorb(expr)


def _absorb(expr: sp.Expr) -> sp.Expr:
    """u_k - lse(..., u_k, ...) as -lse(..., 0, ...): near 0 no digits are lost."""
    for sign in (1, -1):
        for part in sp.Add.make_args(expr):
            if not isinstance(whole := sign * part, lse):
                continue
            rest = sign * (expr - part)
            if any(sp.expand(u + rest) == 0 for _, u in whole.terms):
                return sign * lse(*(p for c, u in whole.terms for p in (c, u + rest)))
    return expr


def _exponential(expr: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """(c, u) with expr = c exp(u)."""
    exponents = [f.args[0] for f in sp.Mul.make_args(expr) if isinstance(f, sp.exp)]
    rest = [f for f in sp.Mul.make_args(expr) if not isinstance(f, sp.exp)]
    return sp.Mul(*rest), sp.Add(*exponents)


def _rest_of_one(term: sp.Expr) -> sp.Expr | None:
    """1 - term, where term is one share of a log-sum-exp, or an exponential."""
    coefficient, exponent = _exponential(term)
    for part in sp.Add.make_args(exponent):
        if not isinstance(-part, lse):
            continue
        share, whole = (coefficient, exponent - part), -part
        if share in whole.terms:
            others = list(whole.terms)
            others.remove(share)
            return sp.Add(*(c * sp.exp(u - whole) for c, u in others))
    if coefficient == 1 and exponent != 0 and not exponent.is_number:
        return -expm1(exponent)
    return None
