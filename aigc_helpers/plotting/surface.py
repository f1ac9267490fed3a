"""Points over a surface: what a generator draws, and what a discriminator thinks."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from aigc_helpers.plotting.style import (
    BLUE,
    DPI,
    INK,
    ORANGE,
    RING,
    WIDTH,
    array,
    closed,
    house_style,
    plane,
    tidy,
)
from aigc_helpers.reader import Mistake, wrong

LEVELS = (0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1)


def points_on_surface(
    points: Mapping[str, Sequence],
    surfaces: Mapping[str, Sequence],
    *,
    half_side: float,
    centres=None,
) -> Figure:
    """Panels side by side, all of the square [-half_side, half_side]^2.

    Parameters
    ----------
    points
        Panel title to points (n, 2); those outside are counted in a corner.
    surfaces
        Panel title to values (m, m) in [0, 1], m of 2 or more, on a grid over the
        square, rows from below: the darker, the larger, with a line at one half.
    half_side
        Half of the side of the square, more than 0.
    centres : (k, 2)
        True centres, drawn as rings in every panel.

    Raises
    ------
    ValueError
        If there are no panels, the titles of both differ, or a shape or a range is
        another one.
    """
    _require_panels(points, surfaces, half_side)
    clouds = {title: plane(cloud, "points") for title, cloud in points.items()}
    tints = {title: _grid(values) for title, values in surfaces.items()}
    rings = None if centres is None else plane(centres, "centres")
    side = min(3.4, WIDTH / DPI / len(points))
    with house_style():
        fig, axes = plt.subplots(
            1,
            len(points),
            figsize=(side * len(points), side + 0.2),
            layout="constrained",
            squeeze=False,
        )
        for ax, (title, cloud) in zip(axes[0], clouds.items(), strict=True):
            _draw_surface(ax, tints[title], half_side)
            ax.scatter(*cloud.T, s=6, color=BLUE, alpha=0.6, linewidths=0)
            if rings is not None:
                ax.scatter(*rings.T, **RING)
            square = (-half_side, half_side)
            ax.set(xlim=square, ylim=square, aspect="equal", title=title)
            _tell_outside(ax, cloud, half_side)
            tidy(ax)
            ax.grid(visible=False)
    return closed(fig)


def _require_panels(points: Mapping, surfaces: Mapping, half_side: float) -> None:
    """Raise a Mistake unless there is what each panel needs, and a square."""
    if not points or points.keys() != surfaces.keys():
        raise Mistake(
            f"each panel needs points and a surface: {list(points)}, {list(surfaces)}",
            f"每一格都要有点和底色：点有 {list(points)}，底色有 {list(surfaces)}。",
        )
    if not half_side > 0:
        raise wrong(f"half_side is {half_side}", "half_side", half_side, "大于 0 的数")


def _grid(values) -> np.ndarray:
    """Values of a surface as an array (m, m)."""
    values = array(values)
    if values.ndim != 2 or len(values) < 2 or len(values) != values.shape[1]:
        raise Mistake(
            f"expected a surface of shape (m, m), m of 2 or more, got {values.shape}",
            f"底色应当是方格上的值，形状 (m, m)，m 至少是 2，这里是 {values.shape}。",
        )
    if not ((values >= 0) & (values <= 1)).all():
        raise Mistake(
            f"a surface must lie in [0, 1], not {values.min():g} to {values.max():g}",
            "底色的值应当在 0 和 1 之间，例如概率：先过一次 sigmoid。",
        )
    return values


def _draw_surface(ax, values: np.ndarray, half_side: float) -> None:
    """Tints from white to orange, and a line at one half."""
    along = np.linspace(-half_side, half_side, len(values))
    tints = LinearSegmentedColormap.from_list("tints", ["white", ORANGE])
    ax.contourf(along, along, values, LEVELS, cmap=tints, alpha=0.6, antialiased=False)
    if values.min() < 0.5 < values.max():
        ax.contour(along, along, values, [0.5], colors=INK, linewidths=0.6)


def _tell_outside(ax, points: np.ndarray, half_side: float) -> None:
    """In a corner: which share of the points is not in the picture."""
    outside = (~(np.abs(points) <= half_side).all(axis=1)).mean()  # NaN too
    if outside:
        text = f"图外 {outside:.0%}" if outside >= 0.005 else "图外不到 1%"
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
        ax.text(0.03, 0.03, text, fontsize=9, bbox=box, transform=ax.transAxes)
