"""A formula explorer without JavaScript: its first picture, formulas and numbers."""

import html
import math
from collections.abc import Sequence

import numpy as np

from aigc_helpers.explorers.formula.mathml import math_html, math_tree
from aigc_helpers.explorers.formula.setting import FormulaSetting, Plot
from aigc_helpers.explorers.formula.words import WORDS
from aigc_helpers.explorers.page import explorer_html

_WIDTH, _HEIGHT, _MARGIN = 480, 220, 24
_N_POINTS = 97
_PICTURE = (
    '<svg class="aigc-poster-chart" viewBox="0 0 {width} {height}" width="{width}" '
    'height="{height}" role="img" aria-label="{label}" fill="none" '
    'stroke="currentColor" style="max-width:100%;height:auto">{paths}</svg>'
)
_BOX = '<div class="aigc-formula-poster aigc-box">{picture}<dl>{rows}</dl></div>'


def static_html(setting: FormulaSetting, functions: dict, module: str) -> str:
    """Poster and state; the state carries the text of the module of formulas."""
    config = {**setting.config("page", module), "module": module}
    return explorer_html(
        "formula", config, setting.state(), poster=poster(setting, functions)
    )


def poster(setting: FormulaSetting, functions: dict) -> str:
    """HTML that stands on a page until the module runs, and if it never does."""
    values = [slider.start for slider in setting.sliders]
    rows = []
    for name, expr in setting.groups["curves"].items():
        rows.append(_row(name, math_html(math_tree(expr))))
    first = [0.0] if setting.plot else []
    for (name, _), function in zip(
        setting.groups["readouts"].items(), functions["readouts"], strict=True
    ):
        number = _number(float(function(*first, *values)))
        rows.append(_row(name, html.escape(f"{number} {setting.units[name]}".strip())))
    for slider in setting.sliders:
        rows.append(_row(setting.label(slider.symbol), _number(slider.start)))
    return _BOX.format(picture=_picture(setting, functions), rows="".join(rows))


def _row(name: str, value: str) -> str:
    return f"<div><dt>{html.escape(name)}</dt><dd>{value}</dd></div>"


def _number(value: float) -> str:
    if math.isnan(value):
        return "—"
    size = "∞" if math.isinf(value) else f"{abs(value):.4g}"
    return f"−{size}" if value < 0 else size


def _picture(setting: FormulaSetting, functions: dict) -> str:
    if setting.plot is None or not functions["curves"]:
        return ""
    values = [slider.start for slider in setting.sliders]
    x = _samples(setting.plot)
    curves = [function(x, *values) for function in functions["curves"]]
    low, high = setting.plot.y or _range(curves, "y" in setting.plot.log)
    across = _places(x, x[0], x[-1], "x" in setting.plot.log)
    heights = [1 - _places(y, low, high, "y" in setting.plot.log) for y in curves]
    paths = [_frame()]
    paths += [_path(across, up, i) for i, up in enumerate(heights)]
    names = WORDS["list"].join(setting.groups["curves"])
    label = html.escape(WORDS["curves"].format(names=names))
    return _PICTURE.format(
        width=_WIDTH, height=_HEIGHT, label=label, paths="".join(paths)
    )


def _samples(plot: Plot) -> np.ndarray:
    if "x" in plot.log:
        return np.geomspace(plot.low, plot.high, _N_POINTS)
    return np.linspace(plot.low, plot.high, _N_POINTS)


def _range(curves: Sequence[np.ndarray], log: bool) -> tuple[float, float]:
    """Smallest and largest finite value."""
    values = np.concatenate(curves)
    values = values[np.isfinite(values) & ((values > 0) | (not log))]
    if not len(values):
        return (0.1, 1.0) if log else (0.0, 1.0)
    low, high = float(values.min()), float(values.max())
    return (low, high) if low < high else (low, low + (abs(low) or 1.0))


def _places(values: np.ndarray, low: float, high: float, log: bool) -> np.ndarray:
    """Shares of the range, NaN where there is nothing to draw."""
    with np.errstate(all="ignore"):
        if log:
            return np.log(values / low) / np.log(high / low)
        return (values - low) / (high - low)


def _frame() -> str:
    foot = _HEIGHT - _MARGIN
    return f'<path d="M{_MARGIN} {foot}H{_WIDTH - _MARGIN}" stroke-opacity=".4"/>'


def _path(across: np.ndarray, up: np.ndarray, series: int) -> str:
    """One curve; it breaks where a value does not fit into the picture."""
    left = _MARGIN + across * (_WIDTH - 2 * _MARGIN)
    top = _MARGIN + up * (_HEIGHT - 2 * _MARGIN)
    parts, drawn = [], False
    for x, y, share in zip(left, top, up, strict=True):
        fits = bool(np.isfinite(share)) and -0.05 <= share <= 1.05
        if fits:
            parts.append(f"{'L' if drawn else 'M'}{x:.0f} {y:.1f}")
        drawn = fits
    classes = f'class="aigc-series-{series}" stroke-width="2"'
    return f'<g class="aigc-curves"><path {classes} d="{"".join(parts)}"/></g>'
