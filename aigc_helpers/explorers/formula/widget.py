"""The formula explorer: curves and numbers of SymPy expressions, moved by sliders."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp
import traitlets

from aigc_helpers.explorers.base import Explorer
from aigc_helpers.explorers.formula.code import module_source
from aigc_helpers.explorers.formula.page import static_html
from aigc_helpers.explorers.formula.setting import formula_setting
from aigc_helpers.explorers.modules import module_text
from aigc_helpers.reader import Mistake


class FormulaExplorer(Explorer):
    """Curves, vertical marks and numbers that follow sliders, from SymPy expressions.

    The expressions are written into a module of JavaScript functions, in a form that
    stays finite in double precision; the browser computes them, live and on a page.

    Parameters
    ----------
    curves : Expr or dict of str to Expr
        At most six curves by name, functions of x and the sliders.
    x : tuple (symbol, low, high), optional
        The horizontal axis; without it there are read-outs only.
    sliders : dict of Symbol to (low, high, start[, step])
        What the reader moves.
    readouts : dict of str to Expr or (Expr, unit), optional
        Numbers that follow the sliders.
    markers : dict of str to Expr, optional
        Places on the x axis, functions of the sliders, each a vertical line with a
        dot on every curve.
    presets : dict of str to dict, optional
        Named states: {"name": {symbol: value}}; what is left out is at its start.
    labels : dict of Symbol to str, optional
        Names for readers, of sliders and of x.
    y : tuple (low, high), optional
        Fixed range of the vertical axis. By default it follows the curves: it widens
        at once and narrows when the slider rests.
    y_label : str
        Label of the vertical axis.
    log : {"", "x", "y", "xy"}
        Which axes are logarithmic.
    title : str
        What the explorer is called by a screen reader.
    show_formulas : bool
        Whether the expressions stand beside their names.

    Attributes
    ----------
    values : dict of str to float
        A number for each slider, by its symbol's name. Each is a trait of its own,
        too, where the name is free: ``explorer.mu``.

    Raises
    ------
    ValueError
        If arguments do not fit, a function has no counterpart in JavaScript, or double
        precision cannot follow an expression over the ranges.

    Examples
    --------
    >>> mu, sigma, x = sympy.symbols("mu sigma x")
    >>> FormulaExplorer(
    ...     {"N(μ, σ²)": density(x, mu, sigma)},
    ...     x=(x, -4, 4),
    ...     sliders={mu: (-2, 2, 1), sigma: (0.2, 2, 0.5)},
    ...     readouts={"KL": (kl(mu, sigma), "奈特")},
    ... )
    """

    _kind = "formula"
    values = traitlets.Dict()

    def __init__(
        self,
        curves: Mapping[str, sp.Expr] | sp.Expr,
        x: tuple | None = None,
        *,
        sliders: Mapping[sp.Symbol, tuple],
        **options: Any,
    ):
        setting = formula_setting(curves, x, sliders, **options)
        forms = setting.forms()
        self._setting, self._functions = setting, setting.functions(forms)
        self._module = module_source(forms, len(setting.box))
        super().__init__(
            setting.config("kernel", self._module),
            setting.state(),
            module=f"{module_text('formula')}\n{self._module}provide(plotted);\n",
            values=setting.state(),
        )
        self._make_traits()

    def __repr__(self) -> str:
        sliders = ", ".join(slider.name for slider in self._setting.sliders)
        curves = ", ".join(self._setting.groups["curves"])
        return f"FormulaExplorer(curves=[{curves}], sliders=[{sliders}])"

    def readout(self, name: str) -> float:
        """The number of that name at the present setting, in double precision."""
        names = list(self._setting.groups["readouts"])
        if name not in names:
            raise Mistake(
                f"{name!r} is not one of the read-outs {names}",
                f"没有叫 {name!r} 的读数，可以写：{names}。",
            )
        return float(self._call("readouts", names.index(name)))

    def curve(self, name: str, x: Any) -> np.ndarray:
        """Values of that curve at x, an array (n,), at the present setting."""
        names = list(self._setting.groups["curves"])
        if name not in names:
            raise Mistake(
                f"{name!r} is not one of the curves {names}",
                f"没有叫 {name!r} 的曲线，可以写：{names}。",
            )
        return self._call("curves", names.index(name), np.asarray(x, dtype=float))

    def _call(self, group: str, index: int, x: Any = 0.0) -> np.ndarray:
        first = [x] if self._setting.plot else []
        values = [self.values[slider.name] for slider in self._setting.sliders]
        return self._functions[group][index](*first, *values)

    def _static_html(self) -> str:
        return static_html(self._setting, self._functions, self._module)

    # -- traits --

    def _make_traits(self) -> None:
        """A trait for each slider whose name means nothing else to a widget."""
        free = [s for s in self._setting.sliders if not hasattr(self, s.name)]
        self.add_traits(**{s.name: traitlets.Float(s.start) for s in free})
        self._own = {s.name for s in free}
        if self._own:
            self.observe(self._follow_one, sorted(self._own))

    @traitlets.validate("values")
    def _in_range(self, proposal: Any) -> dict[str, float]:
        sliders = {s.name: s for s in self._setting.sliders}
        values = {getattr(key, "name", key): v for key, v in proposal["value"].items()}
        if unknown := set(values) - set(sliders):
            raise Mistake(
                f"{sorted(unknown)} are no sliders of {list(sliders)}",
                f"没有滑块 {sorted(unknown)}，有的是 {list(sliders)}。",
            )
        full = {
            **self._setting.state(),
            **self._trait_values.get("values", {}),
            **values,
        }
        for name, value in full.items():
            low, high = sliders[name].low, sliders[name].high
            if not isinstance(value, int | float) or not low <= value <= high:
                raise Mistake(
                    f"{name} = {value!r} is no number in {low}..{high}",
                    f"{name} 写成了 {value!r}，应当是 {low} 到 {high} 的数。",
                )
        return {name: float(full[name]) for name in sliders}

    def _follow_one(self, change: Any) -> None:
        if not self._follows:
            return
        try:
            self.values = {change.name: change.new}
        except ValueError:
            with self._one_change():
                setattr(self, change.name, change.old)
            raise

    @traitlets.observe("values", "_state")
    def _follow(self, change: Any) -> None:
        """Page, ``values`` and the traits of the sliders say the same."""
        if not self._follows:
            return
        with self._one_change():
            if change.name == "_state":
                self.values = dict(change.new)
            else:
                self._state = dict(self.values)
            for name in self._own:
                setattr(self, name, self.values[name])
