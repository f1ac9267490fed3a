"""What a formula explorer shows: checked symbols, ranges, expressions and texts."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy as sp

from aigc_helpers.explorers.checks import number_list, options_of
from aigc_helpers.explorers.formula import code
from aigc_helpers.explorers.formula.mathml import math_tree
from aigc_helpers.explorers.formula.proof import Numbers, numbers, prove
from aigc_helpers.explorers.formula.stable import real_symbols, stable
from aigc_helpers.explorers.formula.words import WORDS
from aigc_helpers.reader import Mistake, wrong

MAX_SLIDERS, MAX_CURVES = 8, 6
RESERVED = {"preset", "name"}  # links and presets use these words
_NAME = re.compile(r"[^\W\d_]\w*")


@dataclass(frozen=True)
class Slider:
    """A symbol that the reader moves."""

    symbol: sp.Symbol
    low: float
    high: float
    start: float
    step: float

    @property
    def name(self) -> str:
        """The symbol's name: key of the state, of presets and of links."""
        return self.symbol.name


@dataclass(frozen=True)
class Plot:
    """The axes: a symbol and its range, a fixed or free y range, scales, labels."""

    symbol: sp.Symbol
    low: float
    high: float
    y: tuple[float, float] | None
    log: str
    labels: tuple[str, str]


@dataclass(frozen=True)
class FormulaSetting:
    """A checked setting; make it with `formula_setting`."""

    sliders: tuple[Slider, ...]
    plot: Plot | None
    groups: dict[str, dict[str, sp.Expr]]  # curves, readouts, markers by name
    units: dict[str, str]
    presets: tuple[dict, ...]
    labels: dict[sp.Symbol, str]
    title: str
    show_formulas: bool

    @property
    def box(self) -> dict[sp.Symbol, tuple[float, float]]:
        """Ranges in the order of the functions' arguments: x first, if there is one."""
        sliders = {s.symbol: (s.low, s.high) for s in self.sliders}
        if self.plot is None:
            return sliders
        return {self.plot.symbol: (self.plot.low, self.plot.high), **sliders}

    def forms(self) -> dict[str, list[sp.Expr]]:
        """The stable forms of all expressions, proved on the ranges."""
        box, starts = self.box, {s.symbol: s.start for s in self.sliders}
        forms = {}
        for group, named in self.groups.items():
            forms[group] = [stable(expr, box) for expr in named.values()]
            for (name, expr), form in zip(named.items(), forms[group], strict=True):
                code.javascript(form)  # names what JavaScript cannot do
                prove(name, expr, form, box, starts)
        return forms

    def functions(self, forms: dict[str, list[sp.Expr]]) -> dict[str, list[Numbers]]:
        """The forms in double precision, for Python."""
        symbols = list(real_symbols(self.box).values())
        return {g: [numbers(f, symbols) for f in group] for g, group in forms.items()}

    def config(self, source: str, module: str) -> dict:
        """The part of the explorer's state that never changes."""
        return {
            "source": source,
            "formulas": code.digest(module),
            "title": self.title,
            "sliders": [self._slider(slider) for slider in self.sliders],
            "plot": self._axes(),
            **{group: self._named(group) for group in code.GROUPS},
            "presets": list(self.presets),
        }

    def state(self) -> dict[str, float]:
        """The part that moves, at its start: a number for each slider."""
        return {slider.name: slider.start for slider in self.sliders}

    def _slider(self, s: Slider) -> dict:
        decimals = min(8, max(0, -math.floor(math.log10(s.step) + 1e-9)))
        if not math.isclose(round(s.step, decimals), s.step):
            decimals = min(8, decimals + 1)
        keys = {"low": s.low, "high": s.high, "step": s.step, "decimals": decimals}
        return {"name": s.name, "label": self.label(s.symbol), **keys}

    def _axes(self) -> dict | None:
        if self.plot is None:
            return None
        x, y = ("x" in self.plot.log, "y" in self.plot.log)
        low, high = self.plot.y or (None, None)
        across, up = self.plot.labels
        return {
            "x": {"low": self.plot.low, "high": self.plot.high, "log": x},
            "y": {"low": low, "high": high, "log": y},
            "labels": [across or self.label(self.plot.symbol), up],
        }

    def label(self, symbol: sp.Symbol) -> str:
        """What readers call a symbol."""
        return self.labels.get(symbol) or sp.pretty(symbol, use_unicode=True)

    def _named(self, group: str) -> list[dict]:
        shown = group != "markers" and self.show_formulas
        return [
            {
                "name": name,
                **({"unit": self.units[name]} if self.units.get(name) else {}),
                **({"whole": True} if expr.is_integer else {}),
                **({"math": math_tree(expr)} if shown else {}),
            }
            for name, expr in self.groups[group].items()
        ]


@dataclass(frozen=True)
class FormulaOptions:
    """What may be left out of a setting."""

    readouts: Mapping[str, Any] = field(default_factory=dict)
    markers: Mapping[str, sp.Expr] = field(default_factory=dict)
    presets: Mapping[str, Mapping] = field(default_factory=dict)
    labels: Mapping[sp.Symbol, str] = field(default_factory=dict)
    y: tuple[float, float] | None = None
    y_label: str = ""
    log: str = ""
    title: str = WORDS["title"]
    show_formulas: bool = True


def formula_setting(
    curves: Any, x: tuple | None, sliders: Any, **options: Any
) -> FormulaSetting:
    """Check everything and fill in what is left out; see `FormulaOptions`.

    Raises
    ------
    ValueError
        If a symbol, a range, an expression or a preset does not fit.
    """
    given = {key: value for key, value in options.items() if value is not None}
    asked = options_of(FormulaOptions, given)
    movable = check_sliders(sliders)
    numbers_, units = _with_units(asked.readouts)
    groups = {"curves": curves, "readouts": numbers_, "markers": asked.markers}
    groups = {name: check_expressions(name, named) for name, named in groups.items()}
    labels = ("", asked.y_label)
    plot = None
    if x is not None:
        plot = check_plot(x, y=asked.y, log=asked.log, labels=labels)
    _check_symbols(groups, plot.symbol if plot else None, [s.symbol for s in movable])
    return FormulaSetting(
        movable,
        plot,
        groups,
        units,
        check_presets(asked.presets, movable),
        dict(asked.labels),
        asked.title,
        asked.show_formulas,
    )


def _with_units(readouts: Any) -> tuple[dict, dict[str, str]]:
    """Expressions and units of {name: expression or (expression, unit)}."""
    if not isinstance(readouts, Mapping):
        text = f"readouts must be {{name: expression}}, not {readouts!r}"
        raise wrong(text, "readouts", readouts, " {名字: 式子}")
    expressions, units = {}, {}
    for name, given in readouts.items():
        pair = given if isinstance(given, tuple) else (given, "")
        if len(pair) != 2 or not isinstance(pair[1], str):
            raise Mistake(
                f"readout {name!r} must be (expression, unit): {given!r}",
                f"读数 {name!r} 应当是 (式子, 单位)，不是 {given!r}。",
            )
        expressions[name], units[name] = pair
    return expressions, units


def _check_symbols(groups: dict, x: sp.Symbol | None, sliders: list) -> None:
    """Every symbol is x or a slider, every slider moves something."""
    if len(groups["curves"]) > MAX_CURVES or (groups["curves"] and x is None):
        raise Mistake(
            f"curves need x, and there are at most {MAX_CURVES} of them",
            f"画曲线要给 x，最多 {MAX_CURVES} 条。",
        )
    if not groups["curves"] and not groups["readouts"]:
        raise Mistake(
            "there is nothing to show: give curves or readouts",
            "没有要画的：给 curves 或 readouts。",
        )
    if x in sliders:
        raise Mistake(
            f"{x} is the x axis and cannot be a slider",
            f"{x} 已经是横轴，不能再做滑块。",
        )
    used = set()
    for group, named in groups.items():
        allowed = {*sliders, x} if group == "curves" else set(sliders)
        for name, expr in named.items():
            used |= expr.free_symbols
            if unknown := expr.free_symbols - allowed:
                raise Mistake(
                    f"{group}: {name} has {sorted(map(str, unknown))}, not among "
                    f"{sorted(map(str, allowed - {None}))}; make them sliders or "
                    "substitute numbers",
                    f"{group} 的 {name} 里还有 {sorted(map(str, unknown))}：给它们各做"
                    "一个滑块，或者代入数。",
                )
    if idle := set(sliders) - used:
        raise Mistake(
            f"the sliders {sorted(map(str, idle))} move nothing",
            f"滑块 {sorted(map(str, idle))} 什么也不改变：去掉，或者写进式子里。",
        )


def check_sliders(sliders: Any) -> tuple[Slider, ...]:
    """Sliders from {symbol: (low, high, start[, step])}.

    Raises
    ------
    ValueError
        If a symbol, a name or a range does not fit.
    """
    if not isinstance(sliders, Mapping) or len(sliders) > MAX_SLIDERS:
        raise Mistake(
            f"sliders must be at most {MAX_SLIDERS}: {{symbol: (low, high, start)}}",
            f"滑块最多 {MAX_SLIDERS} 个，写成 {{符号: (最小, 最大, 开始)}}。",
        )
    movable = tuple(_slider(symbol, values) for symbol, values in sliders.items())
    names = [slider.name for slider in movable]
    if len(set(names)) < len(names):
        raise Mistake(f"two sliders have one name: {names}", f"两个滑块同名：{names}。")
    return movable


def _slider(symbol: Any, values: Any) -> Slider:
    _check_symbol(symbol)
    if not _NAME.fullmatch(symbol.name) or symbol.name in RESERVED:
        raise Mistake(
            f"{symbol.name!r} is no name for a slider: begin with a letter, go on with "
            f"letters, digits and _, and avoid {sorted(RESERVED)}",
            f"{symbol.name!r} 不能做滑块的名字：用字母开头，后面是字母、数字和 _。",
        )
    low, high, start, *step = number_list(f"slider {symbol}", values, 3, 4)
    if not low < high or not low <= start <= high:
        raise Mistake(
            f"slider {symbol}: low <= start <= high fails for {values}",
            f"滑块 {symbol} 写成了 {values}，应当是 (最小, 最大, 开始)，开始的"
            "值在中间。",
        )
    step = step[0] if step else _nice_step((high - low) / 100)
    if not 0 < step <= high - low:
        raise Mistake(
            f"slider {symbol}: step {step} is not in (0, high - low]",
            f"滑块 {symbol} 的步长 {step} 应当大于 0，不超过整个范围。",
        )
    return Slider(symbol, low, high, start, step)


def _nice_step(rough: float) -> float:
    size = 10.0 ** math.floor(math.log10(rough))
    return size * max(part for part in (1, 2, 5) if part * size <= rough * 1.0001)


def _check_symbol(symbol: Any) -> None:
    if not isinstance(symbol, sp.Symbol):
        raise Mistake(
            f"{symbol!r} is not a sympy.Symbol",
            f"{symbol!r} 不是符号：先写 sp.symbols。",
        )


def check_plot(
    x: Any, *, y: Any = None, log: str = "", labels: Sequence[str] = ("", "")
) -> Plot:
    """Axes from (symbol, low, high).

    Raises
    ------
    ValueError
        If a range is empty, or a logarithmic one not positive.
    """
    if not isinstance(x, Sequence) or len(x) != 3:
        text = f"x must be (symbol, low, high), not {x!r}"
        raise wrong(text, "x", x, " (符号, 左端, 右端)")
    _check_symbol(x[0])
    low, high = number_list("the range of x", x[1:], 2)
    if log not in ("", "x", "y", "xy"):
        text = f"log must be '', 'x', 'y' or 'xy', not {log!r}"
        raise wrong(text, "log", log, " x、y 或 xy")
    heights = None if y is None else tuple(number_list("y", y, 2))
    for name, ends in (("x", (low, high)), ("y", heights)):
        if ends and not ends[0] < ends[1]:
            raise Mistake(
                f"the range of {name} is empty: {ends}",
                f"{name} 的范围 {ends} 是空的：左端要小于右端。",
            )
        if ends and name in log and ends[0] <= 0:
            raise Mistake(
                f"a logarithmic {name} axis begins above 0, not {ends[0]}",
                f"对数的 {name} 轴要从正数开始，这里是 {ends[0]}。",
            )
    return Plot(x[0], low, high, heights, log, tuple(labels))


def check_expressions(group: str, named: Any) -> dict[str, sp.Expr]:
    """Expressions by name, each a SymPy expression and no text.

    Raises
    ------
    ValueError
        If one is not a real expression.
    """
    if isinstance(named, sp.Expr):
        named = {"f": named}
    if not isinstance(named, Mapping):
        text = f"{group} must be {{name: expression}}, not {named!r}"
        raise wrong(text, group, named, " {名字: 式子}")
    expressions = {}
    for name, expr in named.items():
        if not isinstance(name, str) or not name:
            raise Mistake(
                f"{group}: {name!r} is no name",
                f"{group} 里的名字 {name!r} 不行：要写文字。",
            )
        if isinstance(expr, str) or not isinstance(expr, sp.Expr | int | float):
            raise Mistake(
                f"{group}: {name} must be a SymPy expression, not {expr!r}",
                f"{group} 的 {name} 应当是 SymPy 的式子，不是 {expr!r}。",
            )
        expressions[name] = sp.sympify(expr)
    return expressions


def check_presets(presets: Any, sliders: Sequence[Slider]) -> tuple[dict, ...]:
    """Presets {name: {symbol or its name: value}} as the page keeps them.

    Raises
    ------
    ValueError
        If a preset names an unknown slider or leaves its range.
    """
    if not isinstance(presets, Mapping):
        raise Mistake(
            f"presets must be {{name: {{symbol: value}}}}: {presets!r}",
            f"presets 应当是 {{名字: {{符号: 值}}}}，不是 {presets!r}。",
        )
    movable, checked = {slider.name: slider for slider in sliders}, []
    for name, values in presets.items():
        if not isinstance(name, str) or not name or not isinstance(values, Mapping):
            raise Mistake(
                f"preset {name!r} must be {{symbol: value}}: {values!r}",
                f"预设 {name!r} 应当是 {{符号: 值}}，不是 {values!r}。",
            )
        preset = {"name": name}
        for key, value in values.items():
            slider = movable.get(getattr(key, "name", key))
            if slider is None:
                raise Mistake(
                    f"preset {name}: {key} is no slider of {list(movable)}",
                    f"预设 {name} 里的 {key} 不是滑块，有的是 {list(movable)}。",
                )
            (value,) = number_list(f"preset {name}, {key}", [value], 1)
            if not slider.low <= value <= slider.high:
                raise Mistake(
                    f"preset {name}: {key} = {value} leaves its range",
                    f"预设 {name} 里，{key} = {value} 超出了滑块的范围。",
                )
            preset[slider.name] = value
        checked.append(preset)
    return tuple(checked)
