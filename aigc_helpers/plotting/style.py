"""What all figures share: font, colours, sizes, and how an argument is checked."""

import re
from collections.abc import Iterable
from contextlib import contextmanager

import numpy as np
from matplotlib import pyplot as plt
from matplotlib import rc_context
from matplotlib.figure import Figure

from aigc_helpers.plotting.font import FAMILY, register_font
from aigc_helpers.reader import Mistake

# Okabe and Ito (2008): told apart by colour-blind readers too.
BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
ORANGE, SKY, INK, FAINT = "#E69F00", "#56B4E9", "#333333", "#D9D9D9"
COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, INK)
STYLE = {
    "font.family": [FAMILY, "DejaVu Sans"],
    "font.size": 10,
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "axes.titlesize": 10.5,
    "axes.labelcolor": INK,
    "text.color": INK,
    "legend.frameon": False,
    "legend.fontsize": 9,
}
RING = {"s": 110, "facecolors": "none", "edgecolors": VERMILLION, "linewidths": 1.2}
MARKERS = "osD^vP*"
STEPS = [1, 2, 4, 5, 10]  # from tick to tick, times a power of ten
DPI = 100
FORMULA = re.compile(r"\$[^$]*\$")
WIDTH, HEIGHT = 720, 520  # pixels: the text column of a page, and a screenful


@contextmanager
def house_style():
    """Context in which new figures get the book's font, colours and sizes."""
    register_font()
    with rc_context(STYLE):
        yield


def tidy(ax) -> None:
    """Light axes. Tick labels are made when drawn, so they are told their font here."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(FAINT)
    ax.tick_params(color=FAINT, labelcolor=INK, labelsize=9, labelfontfamily=FAMILY)
    ax.grid(axis="y", color=FAINT, linewidth=0.5)
    ax.set_axisbelow(True)


def closed(fig: Figure) -> Figure:
    """Take the figure out of pyplot's list, so that a notebook shows it once."""
    plt.close(fig)
    return fig


def array(values) -> np.ndarray:
    """NumPy view of a list, an array, or a tensor on any device."""
    if hasattr(values, "detach"):
        values = values.detach().cpu().float().numpy()
    return np.asarray(values)


def text_width(lines: Iterable[str], size: float) -> float:
    """Inches that the longest line needs, an em for each Chinese character."""
    return size / 72 * max((_ems(line) for line in lines), default=0)


def _ems(line: str) -> float:
    """Width of a line; of a formula without commands and braces, and its signs thin."""
    formulas = "".join(FORMULA.findall(line))
    signs = re.sub(r"[${}_^\s]", "", re.sub(r"\\[a-z]+", "x", formulas))
    plain = FORMULA.sub("", line)
    return sum(1 if c > "\u2000" else 0.6 for c in plain) + 0.5 * len(signs)


def check_length(name: str, values, expected: int) -> None:
    """Raise ValueError unless ``values`` is None or has the expected length."""
    if values is not None and len(values) != expected:
        raise Mistake(
            f"expected {expected} {name}, got {len(values)}",
            f"{name} 应当有 {expected} 个，这里有 {len(values)} 个。",
        )


def plane(points, name: str) -> np.ndarray:
    """Points as an array (n, 2)."""
    points = array(points)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise Mistake(
            f"expected {name} of shape (n, 2), got {points.shape}",
            f"{name} 应当是平面上的点，形状 (n, 2)，这里是 {points.shape}。",
        )
    return points
