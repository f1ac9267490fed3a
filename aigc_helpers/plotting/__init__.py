"""Numbers in, closed matplotlib figures out: Chinese labels, one calm style.

A closed figure as the last line of a notebook cell is shown exactly once. The white
card behind a figure keeps it readable on a dark page.
"""

from aigc_helpers.plotting.charts import (
    class_histogram,
    loss_curves,
    metric_curve,
    scatter_2d,
)
from aigc_helpers.plotting.images import filmstrip, image_grid, neighbours_grid
from aigc_helpers.plotting.style import COLOURS, house_style

__all__ = [
    "COLOURS",
    "class_histogram",
    "filmstrip",
    "house_style",
    "image_grid",
    "loss_curves",
    "metric_curve",
    "neighbours_grid",
    "scatter_2d",
]
