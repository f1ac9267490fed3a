"""Curves and bars."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import (
    LogLocator,
    MaxNLocator,
    NullLocator,
    ScalarFormatter,
    StrMethodFormatter,
)

from aigc_helpers.plotting.style import (
    BLUE,
    COLOURS,
    INK,
    MARKERS,
    STEPS,
    VERMILLION,
    array,
    check_length,
    closed,
    house_style,
    tidy,
)
from aigc_helpers.reader import Mistake

SERIES = {
    "loss_d": "判别器",
    "loss_g": "生成器",
    "loss": "损失",
    "accuracy": "正确率",
}


def loss_curves(
    history: Mapping[str, Sequence[float]],
    *,
    unit: str | None = "奈特",
    labels: Mapping[str, str] | None = None,
    levels: Mapping[str, float] | None = None,
    log: bool = False,
) -> Figure:
    """One line per key of ``history``, step by step.

    Long histories are drawn twice: every step faintly, and the mean over 2 % of the
    steps on top; the legend says so.

    Parameters
    ----------
    history
        Name to values, one a step.
    unit
        Unit of the losses, or None for a number without one.
    labels
        Name to text in the legend, for names that are not known here.
    levels
        Text to value, for values worth comparing with; drawn as dashed lines whose
        text stands at their right end.
    log
        Logarithmic vertical axis, for losses that differ many times over; needs
        positive values.
    """
    if not isinstance(history, Mapping):
        raise Mistake(
            f"history must map names to lists, not {type(history).__name__}",
            "训练记录应当是字典，例如 {'损失': losses}。",
        )
    if not history or not all(len(values) for values in history.values()):
        raise Mistake(
            "history is empty: train for at least one step first",
            "训练记录是空的：先训练至少一步，再画。",
        )
    names, levels = {**SERIES, **(labels or {})}, levels or {}
    if log:
        _require_positive([*history.values(), *levels.values()])

    with house_style():
        fig, ax = plt.subplots(figsize=(5.6, 3.4), layout="constrained")
        widths = [
            _draw_history(ax, array(values), colour, names.get(name, name))
            for (name, values), colour in zip(
                history.items(), cycle(COLOURS), strict=False
            )
        ]
        ax.set(xlabel="步数", ylabel=f"损失（{unit}）" if unit else "损失")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        if log:
            _use_log(ax)
        _draw_levels(ax, levels)
        if max(widths) > 1:
            note = f"浅色是每一步，深色是最近 {max(widths)} 步的平均"
            ax.plot([], [], color=INK, alpha=0.35, linewidth=0.6, label=note)
        tidy(ax)
        _name_below(fig, ax)
    return closed(fig)


def _draw_history(ax, values: np.ndarray, colour: str, label: str) -> int:
    """Draw a line; a long one faintly, and its mean over that many steps on top."""
    steps, width = np.arange(1, len(values) + 1), len(values) // 50
    if width > 1:
        ax.plot(steps, values, color=colour, alpha=0.25, linewidth=0.6)
        values = np.convolve(values, np.ones(width) / width, mode="valid")
        steps = steps[width - 1 :]
    ax.plot(steps, values, color=colour, label=label)
    return width


def _require_positive(lines: Iterable) -> None:
    """Raise a Mistake if a value of a line, or a level, is zero or less."""
    for values in lines:
        if (array(values) <= 0).any():
            raise Mistake(
                f"a logarithmic axis needs positive values, got {values}",
                "对数轴上只能画正数，这里有 0 或负数：去掉 log=True，或者去掉那几"
                "个值。",
            )


def _use_log(ax) -> None:
    """A logarithmic vertical axis with plain numbers 1, 2, 5, 10, …"""
    ax.set_yscale("log")
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    ax.yaxis.set_minor_locator(NullLocator())


def _name_below(fig: Figure, ax) -> None:
    """The legend below the axes, in two columns if its names are long."""
    length = sum(map(len, ax.get_legend_handles_labels()[1]))
    fig.legend(loc="outside lower center", ncols=4 if length <= 36 else 2)


def _draw_levels(ax, levels: Mapping[str, float]) -> None:
    """Dashed lines, each with its text at the right of the axes, none on another."""
    for value in levels.values():
        ax.axhline(value, color=INK, linestyle="--", linewidth=1)
    ax.get_ylim()  # makes the limits those with the lines
    to_axes, place = ax.transData - ax.transAxes, -np.inf
    for text, value in sorted(levels.items(), key=lambda level: level[1]):
        place = max(to_axes.transform((0, value))[1], place + 0.07)
        ax.text(1.01, place, text, transform=ax.transAxes, va="center", fontsize=9)


def metric_curve(
    x,
    ys,
    *,
    ylabel: str,
    xlabel: str = "步数",
    floor: float | Mapping[str, float | Sequence[float]] | None = None,
    log: bool = False,
) -> Figure:
    """A metric against ``x``: one line, or one per key of ``ys``.

    Parameters
    ----------
    x : (n,)
    ys : (n,) or a mapping from name to (n,)
    ylabel, xlabel
        Axis texts, with units.
    floor
        The value that real images reach, or a mapping from a name to another value or
        to (n,) values; drawn dashed. Where one equals ``x``, the diagonal, the frame
        is a square of equal axes.
    log
        Logarithmic vertical axis; needs positive values.
    """
    lines = ys if isinstance(ys, Mapping) else {None: ys}
    is_named = floor is None or isinstance(floor, Mapping)
    floors = (floor or {}) if is_named else {"真实图像之间": floor}
    x = array(x)
    if not lines:
        raise Mistake("ys has no lines", "没有给要画的线：ys 是空的。")
    for name, values in lines.items():
        check_length(f"ys[{name!r}]" if name else "ys", values, len(x))
    for name, values in floors.items():
        if array(values).ndim:
            check_length(f"floor[{name!r}]", values, len(x))
    if log:
        _require_positive([*lines.values(), *floors.values()])

    with house_style():
        fig, ax = plt.subplots(figsize=(5.6, 3.4), layout="constrained")
        for (name, values), colour, marker in zip(
            lines.items(), cycle(COLOURS), cycle(MARKERS), strict=False
        ):
            values = array(values)
            ax.plot(x, values, color=colour, marker=marker, markersize=4, label=name)
        ax.set(xlabel=xlabel, ylabel=ylabel, yscale="log" if log else "linear")
        for name, value in floors.items():
            _draw_floor(ax, x, array(value), name)
        _tick(ax.xaxis, x, at_points=True)
        if not log:
            _tick(ax.yaxis, np.concatenate([array(line) for line in lines.values()]))
        tidy(ax)
        if len(lines) > 4:  # beside the right ends of the lines
            fig.set_figwidth(6.8)
            fig.legend(loc="outside right center")
        elif floors or any(name is not None for name in lines):
            _name_below(fig, ax)
    return closed(fig)


def _draw_floor(ax, x: np.ndarray, values: np.ndarray, name: str) -> None:
    """A dashed line: across, or through as many points as there are."""
    look = {"color": INK, "linestyle": "--", "linewidth": 1, "label": name}
    if not values.ndim:
        ax.axhline(float(values), **look)
        return
    ax.plot(x, values, **look)
    if np.allclose(values, x):
        both = [*ax.get_xlim(), *ax.get_ylim()]
        ax.set(xlim=(min(both), max(both)), ylim=(min(both), max(both)), aspect="equal")
        ax.figure.set_size_inches(4.2, 4.4)


def _tick(axis, values: np.ndarray, *, at_points: bool = False) -> None:
    """Ticks of equally many decimals, whole ones where only whole numbers occur.

    A few whole numbers, about evenly spread, have a tick each.
    """
    is_whole = bool((values == np.round(values)).all())
    axis.set_major_locator(MaxNLocator(6, integer=is_whole, steps=STEPS))
    axis.set_major_formatter(ScalarFormatter(useOffset=False))
    gaps = np.diff(np.unique(values))
    if at_points and is_whole and 0 < len(gaps) < 9 and gaps.min() > gaps.sum() / 15:
        axis.set_ticks(np.unique(values))


def class_histogram(counts, *, names: Sequence[str] | None = None) -> Figure:
    """How many samples fell into each class, beside an even spread (dashed).

    Parameters
    ----------
    counts : (n_classes,)
        Whole numbers; the class is the index.
    names
        Texts for the classes, else 0, 1, 2, …
    """
    counts = array(counts)
    if counts.ndim != 1 or not len(counts):
        raise Mistake(
            f"expected counts of shape (n_classes,), got {counts.shape}",
            f"counts 应当是每类一个数，形状 (n_classes,)，这里是 {counts.shape}。",
        )
    check_length("names", names, len(counts))
    classes = np.arange(len(counts))

    with house_style():
        fig, ax = plt.subplots(figsize=(5.6, 2.8), layout="constrained")
        ax.bar(classes, counts, width=0.75, color=BLUE)
        _label_bars(ax, counts)
        ax.axhline(counts.mean(), color=VERMILLION, linestyle="--", label="各类一样多")
        ax.set_xticks(
            classes, names if names is not None else [str(c) for c in classes]
        )
        ax.set(xlabel="类别", ylabel="样本数", ylim=(0, 1.1 * max(counts.max(), 1)))
        ax.yaxis.set_major_locator(MaxNLocator(6, integer=True))
        tidy(ax)
        fig.legend(loc="outside lower center")
    return closed(fig)


def _label_bars(ax, counts: np.ndarray) -> None:
    """Numbers at the foot of the bars, away from the line; of a low bar, above it."""
    low = 0.12 * max(counts.max(), 1)
    for x, count in enumerate(counts):
        y, colour = (0, "white") if count > low else (count, INK)
        look = {"ha": "center", "fontsize": 9, "color": colour}
        ax.annotate(f"{count:.0f}", (x, y), (0, 3), textcoords="offset points", **look)
