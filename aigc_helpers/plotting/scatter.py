"""Points in the plane."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from aigc_helpers.plotting.style import (
    BLUE,
    COLOURS,
    DPI,
    MARKERS,
    RING,
    STEPS,
    WIDTH,
    array,
    check_length,
    closed,
    house_style,
    plane,
    tidy,
)
from aigc_helpers.reader import Mistake


def scatter_2d(
    points,
    *,
    centres=None,
    title: str | None = None,
    limits: tuple[float, float] | None = None,
    classes=None,
    names: Sequence[str] | None = None,
) -> Figure:
    """Points in the plane, one panel or several side by side with equal axes.

    Parameters
    ----------
    points : (n, 2), or a mapping from panel title to (n, 2)
    centres : (k, 2)
        True centres, drawn as rings in every panel.
    title
        Text above the figure.
    limits
        Lowest and highest value of both axes, so that figures can be compared; points
        beyond stand as triangles at the edge. Without, all points fit.
    classes : (n,), or a mapping from panel title to (n,)
        Whole numbers from 0; each class has a colour and a marker.
    names
        Texts for the classes, as many as there are or more, else 0, 1, 2, …
    """
    given = points if isinstance(points, Mapping) else {None: points}
    if not given:
        raise Mistake("points has no panels", "没有给要画的点：points 是空的。")
    panels = {name: plane(values, "points") for name, values in given.items()}
    rings = None if centres is None else plane(centres, "centres")
    frame = (
        _square([*panels.values(), *([] if rings is None else [rings])])
        if limits is None
        else {"xlim": _ordered(limits), "ylim": tuple(limits)}
    )
    kinds = {
        name: _kinds(classes, name, len(values)) for name, values in panels.items()
    }
    _require_names(names, kinds.values())

    with house_style():
        side = min(3.4, WIDTH / DPI / len(panels))
        size = (side * len(panels), side + 0.5)
        fig, axes = plt.subplots(
            1, len(panels), figsize=size, layout="constrained", squeeze=False
        )
        for ax, (name, values) in zip(axes[0], panels.items(), strict=True):
            ax.set(**frame, aspect="equal")
            ax.set_title(name or "")
            for axis in (ax.xaxis, ax.yaxis):
                axis.set_major_locator(MaxNLocator(6, steps=STEPS))
            _draw_points(ax, values, kinds[name], names)
            if rings is not None:
                ax.scatter(*rings.T, **RING, label="真实中心")
            tidy(ax)
        if rings is not None or classes is not None:
            fig.legend(
                *_entries(axes[0]), loc="outside lower center", ncols=6, markerscale=1.3
            )
        if title:
            fig.suptitle(title, fontsize=11)
    return closed(fig)


def _kinds(classes, panel: str | None, n: int) -> np.ndarray | None:
    """The class of each point of a panel, whole numbers (n,) from 0."""
    if classes is None:
        return None
    if isinstance(classes, Mapping):
        if panel not in classes:
            raise Mistake(
                f"no classes of panel {panel!r}; there are {list(classes)}",
                f"classes 里没有 {panel!r} 这一格的类别，只有 {list(classes)}。",
            )
        classes = classes[panel]
    kinds = array(classes)
    if kinds.ndim != 1 or not _is_whole(kinds):
        raise Mistake(
            f"classes must be whole numbers from 0, of shape (n,), got {kinds}",
            "classes 应当是每个点一个类别编号，从 0 起的整数。",
        )
    check_length("classes", kinds, n)
    return kinds.astype(int)


def _is_whole(values: np.ndarray) -> bool:
    """Are they all whole numbers from 0?"""
    if values.dtype.kind not in "biuf" or not np.isfinite(values).all():
        return False
    return bool((values >= 0).all() and (values == np.round(values)).all())


def _require_names(names: Sequence[str] | None, kinds: Iterable) -> None:
    """Raise a Mistake unless there is a name for each class."""
    last = max((int(k.max()) for k in kinds if k is not None), default=-1)
    if names is not None and last >= len(names):
        raise Mistake(
            f"{len(names)} names, but the classes go up to {last}",
            f"names 只有 {len(names)} 个，类别却到 {last}：要有 {last + 1} 个。",
        )


def _draw_points(ax, points: np.ndarray, kinds, names: Sequence[str] | None) -> None:
    """Points by class; those beyond the axes as triangles at the edge."""
    for kind in [None] if kinds is None else np.unique(kinds):
        here = points if kind is None else points[kinds == kind]
        colour = BLUE if kind is None else COLOURS[kind % len(COLOURS)]
        label = "样本" if kind is None else f"{kind}" if names is None else names[kind]
        marker = "o" if kind is None else MARKERS[kind % len(MARKERS)]
        look = {"color": colour, "linewidths": 0}
        ax.scatter(*here.T, s=8, marker=marker, alpha=0.5, label=label, **look)
        for place, triangle in _beyond(here, (ax.get_xlim(), ax.get_ylim())):
            ax.scatter(*place.T, s=18, marker=triangle, clip_on=False, **look)


def _beyond(points: np.ndarray, limits: tuple):
    """Points outside of the axes, moved to their edge, and the triangle of the side."""
    edge = np.stack([points[:, i].clip(*limits[i]) for i in (0, 1)], axis=1)  # (n, 2)
    for i, triangles in enumerate(("<>", "v^")):
        for side, triangle in zip((-1, 1), triangles, strict=True):
            out = side * (points[:, i] - edge[:, i]) > 0
            if out.any():
                yield edge[out], triangle


def _entries(axes) -> tuple[list, list]:
    """Handles and texts of a legend, of all axes, each text once."""
    pairs = [zip(*ax.get_legend_handles_labels(), strict=True) for ax in axes]
    once = {text: handle for panel in pairs for handle, text in panel}
    return list(once.values()), list(once)


def _ordered(limits: tuple[float, float]) -> tuple[float, float]:
    low, high = limits
    if not low < high:
        raise Mistake(
            f"limits must rise, got {limits}",
            f"limits 写成了 {limits}，应当先小后大，例如 (-4, 4)。",
        )
    return low, high


def _square(clouds: list[np.ndarray]) -> dict[str, tuple[float, float]]:
    """Equal-sided axis limits around all points, with a tenth of air."""
    points = np.concatenate(clouds)
    low, high = points.min(axis=0), points.max(axis=0)
    middle, half = (low + high) / 2, 0.55 * max(*(high - low), 1e-6)
    return {
        name: (float(centre - half), float(centre + half))
        for name, centre in zip(("xlim", "ylim"), middle, strict=True)
    }
