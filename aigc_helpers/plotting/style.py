"""What all figures share: font, colours, sizes, and how an argument is checked."""

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
DPI = 100
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


def check_length(name: str, values, expected: int) -> None:
    """Raise ValueError unless ``values`` is None or has the expected length."""
    if values is not None and len(values) != expected:
        raise Mistake(
            f"expected {expected} {name}, got {len(values)}",
            f"{name} 应当有 {expected} 个，这里有 {len(values)} 个。",
        )
