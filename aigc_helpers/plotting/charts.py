"""Curves, bars and points."""

from collections.abc import Mapping, Sequence
from itertools import cycle

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from aigc_helpers.plotting.style import (
    BLUE,
    COLOURS,
    DPI,
    INK,
    VERMILLION,
    WIDTH,
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
RING = {"s": 110, "facecolors": "none", "edgecolors": VERMILLION, "linewidths": 1.2}
LABEL_BOX = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}


def loss_curves(
    history: Mapping[str, Sequence[float]],
    *,
    unit: str | None = "nats",
    labels: Mapping[str, str] | None = None,
    levels: Mapping[str, float] | None = None,
) -> Figure:
    """One line per key of ``history``, step by step.

    Long histories are drawn twice: every step faintly, and the mean over 2 % of the
    steps on top.

    Parameters
    ----------
    history
        Name to values, one a step.
    unit
        Unit of the losses, or None for a number without one.
    labels
        Name to text in the legend, for names that are not known here.
    levels
        Text to value, for values worth comparing with; drawn as dashed lines.
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
    names = {**SERIES, **(labels or {})}

    with house_style():
        fig, ax = plt.subplots(figsize=(5.6, 3.2), layout="constrained")
        for (name, values), colour in zip(
            history.items(), cycle(COLOURS), strict=False
        ):
            values = array(values)
            steps = np.arange(1, len(values) + 1)
            width = len(values) // 50
            if width > 1:
                ax.plot(steps, values, color=colour, alpha=0.2, linewidth=0.6)
                values = np.convolve(values, np.ones(width) / width, mode="valid")
                steps = steps[width - 1 :]
            ax.plot(steps, values, color=colour, label=names.get(name, name))
        for text, value in (levels or {}).items():
            ax.axhline(value, color=INK, linestyle="--", linewidth=1, label=text)
        ax.set(xlabel="步数", ylabel=f"损失（{unit}）" if unit else "损失")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.legend()
        tidy(ax)
    return closed(fig)


def metric_curve(
    x,
    ys,
    *,
    ylabel: str,
    xlabel: str = "步数",
    floor: float | Mapping[str, float] | None = None,
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
        The value that real images reach, or a mapping from a name to another value;
        drawn as a dashed line.
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
        if log and not (array(values) > 0).all():
            raise Mistake(
                f"a logarithmic axis needs positive values, got {values}",
                "对数轴上只能画正数，这里有 0 或负数：去掉 log=True，或者去掉那几"
                "个点。",
            )

    with house_style():
        fig, ax = plt.subplots(figsize=(5.6, 3.2), layout="constrained")
        for (name, values), colour, marker in zip(
            lines.items(), cycle(COLOURS), cycle("osD^vP*"), strict=False
        ):
            values = array(values)
            ax.plot(x, values, color=colour, marker=marker, markersize=4, label=name)
        for name, value in floors.items():
            ax.axhline(value, color=INK, linestyle="--", linewidth=1, label=name)
        ax.set(xlabel=xlabel, ylabel=ylabel, yscale="log" if log else "linear")
        ax.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        if floors or any(name is not None for name in lines):
            ax.legend()
        tidy(ax)
    return closed(fig)


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
        bars = ax.bar(classes, counts, width=0.75, color=BLUE)
        ax.bar_label(bars, fmt="{:.0f}", fontsize=9, padding=2, bbox=LABEL_BOX)
        ax.axhline(counts.mean(), color=VERMILLION, linestyle="--", label="各类一样多")
        ax.set_xticks(
            classes, names if names is not None else [str(c) for c in classes]
        )
        ax.set(xlabel="类别", ylabel="样本数", ylim=(0, 1.25 * max(counts.max(), 1)))
        ax.legend(loc="upper right", ncols=2)
        tidy(ax)
    return closed(fig)


def scatter_2d(points, *, centres=None, title: str | None = None) -> Figure:
    """Points in the plane, one panel or several side by side with equal axes.

    Parameters
    ----------
    points : (n, 2), or a mapping from panel title to (n, 2)
    centres : (k, 2)
        True centres, drawn as rings in every panel.
    title
        Text above the figure.
    """
    given = points if isinstance(points, Mapping) else {None: points}
    if not given:
        raise Mistake("points has no panels", "没有给要画的点：points 是空的。")
    panels = {name: _plane(values, "points") for name, values in given.items()}
    rings = None if centres is None else _plane(centres, "centres")
    limits = _square([*panels.values(), *([] if rings is None else [rings])])

    with house_style():
        side = min(3.4, WIDTH / DPI / len(panels))
        size = (side * len(panels), side + 0.5)
        fig, axes = plt.subplots(
            1, len(panels), figsize=size, layout="constrained", squeeze=False
        )
        for ax, (name, values) in zip(axes[0], panels.items(), strict=True):
            ax.scatter(
                *values.T, s=6, color=BLUE, alpha=0.5, linewidths=0, label="样本"
            )
            if rings is not None:
                ax.scatter(*rings.T, **RING, label="真实中心")
            ax.set(**limits, aspect="equal")
            ax.set_title(name or "")
            tidy(ax)
        if rings is not None:
            handles = axes[0][0].get_legend_handles_labels()
            fig.legend(*handles, loc="outside lower center", ncols=2)
        if title:
            fig.suptitle(title, fontsize=11)
    return closed(fig)


def _plane(points, name: str) -> np.ndarray:
    """Points as an array (n, 2)."""
    points = array(points)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise Mistake(
            f"expected {name} of shape (n, 2), got {points.shape}",
            f"{name} 应当是平面上的点，形状 (n, 2)，这里是 {points.shape}。",
        )
    return points


def _square(clouds: list[np.ndarray]) -> dict[str, tuple[float, float]]:
    """Equal-sided axis limits around all points, with a tenth of air."""
    points = np.concatenate(clouds)
    low, high = points.min(axis=0), points.max(axis=0)
    middle, half = (low + high) / 2, 0.55 * max(*(high - low), 1e-6)
    return {
        name: (float(centre - half), float(centre + half))
        for name, centre in zip(("xlim", "ylim"), middle, strict=True)
    }
