"""Numbers in, closed matplotlib figures out: Chinese labels, one calm style.

A closed figure as the last line of a notebook cell is shown exactly once. The white
card behind a figure keeps it readable on a dark page.

Importing this room in a notebook lets the reader's own figures fall back to the book's
font, so that ``plt.title("损失")`` can be read; `house_style` gives them the rest.
"""

import importlib

from aigc_helpers.reader import in_notebook

_HOMES = {
    "COLOURS": "style",
    "Table": "markup",
    "class_histogram": "charts",
    "filmstrip": "images",
    "graph": "graphs",
    "house_style": "style",
    "image_grid": "images",
    "loss_curves": "charts",
    "metric_curve": "charts",
    "neighbours_grid": "images",
    "network_drawing": "drawing",
    "network_route": "route",
    "points_on_surface": "surface",
    "route_drawing": "drawing",
    "scatter_2d": "scatter",
    "unrolled": "graphs",
}
__all__ = list(_HOMES)


def __getattr__(name: str):
    """Load a part on first use: a table in HTML needs no matplotlib."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])


def _write_chinese() -> None:
    """In a notebook, own figures too find Chinese characters; a program's do not."""
    if in_notebook():
        importlib.import_module(f"{__name__}.font").fall_back()


_write_chinese()
