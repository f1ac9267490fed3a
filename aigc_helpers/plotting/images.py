"""Grids of grey images."""

from collections.abc import Sequence

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from aigc_helpers.plotting.style import (
    DPI,
    HEIGHT,
    WIDTH,
    array,
    check_length,
    closed,
    house_style,
    text_width,
)
from aigc_helpers.reader import Mistake

GAP = 2  # pixels of an image between two images of a grid
SIDE = 140  # pixels of the figure for an image that has room
TITLE = 18  # pixels of the figure above an image with a title


def image_grid(
    images,
    *,
    columns: int,
    titles: Sequence[str] | None = None,
    row_labels: Sequence[str] | None = None,
) -> Figure:
    """Grey images in rows of ``columns``.

    Parameters
    ----------
    images : array or tensor (N, 1, H, W) or (N, H, W)
        uint8 in 0..255, or float in [0, 1], or float in [-1, 1] (assumed as soon as
        one value is negative).
    columns
        Images in a row; the last row may be shorter.
    titles
        One short text above each image.
    row_labels
        One text at the left of each row.

    Raises
    ------
    ValueError
        If a shape, a value range or a number of texts does not fit.
    """
    tiles = _grey(images)
    if columns < 1:
        raise Mistake(
            f"columns must be at least 1, got {columns}",
            f"columns 写成了 {columns}，至少是 1。",
        )
    n_rows = -(-len(tiles) // columns)
    check_length("titles", titles, len(tiles))
    check_length("row_labels", row_labels, n_rows)
    margin = _label_margin(row_labels or ())
    scale = _scale(tiles.shape[1:], n_rows, min(columns, len(tiles)), margin)
    headroom = 0 if titles is None else round(TITLE / scale)
    mosaic = _mosaic(tiles, columns, headroom)

    with house_style():
        fig, ax = _canvas(mosaic, scale, margin)
        step = tiles.shape[1] + headroom + GAP, tiles.shape[2] + GAP
        for i, title in enumerate(titles or ()):
            x = i % columns * step[1] + tiles.shape[2] / 2 - 0.5
            y = i // columns * step[0] + headroom / 2 - 0.5
            ax.text(x, y, title, ha="center", va="center_baseline", fontsize=9)
        for row, label in enumerate(row_labels or ()):
            y = row * step[0] + headroom + tiles.shape[1] / 2
            ax.text(-GAP - 0.5, y, label, ha="right", va="center", fontsize=9)
    return closed(fig)


def filmstrip(batches: Sequence, labels: Sequence) -> Figure:
    """Samples over training: one row for each batch of images, first step on top.

    Parameters
    ----------
    batches
        Image batches of equal shape, (n, 1, H, W) or (n, H, W) each.
    labels
        One for each batch: a text, or a step number.
    """
    if not len(batches):
        raise Mistake("no batches to show", "没有给要画的图。")
    check_length("labels", labels, len(batches))
    rows = [_grey(batch) for batch in batches]
    if len({row.shape for row in rows}) != 1:
        raise Mistake(
            f"batches differ in shape: {[row.shape for row in rows]}",
            f"各行图像的形状不同：{[row.shape for row in rows]}。每一行都要同"
            "样多、同样大。",
        )
    texts = [label if isinstance(label, str) else f"第 {label} 步" for label in labels]
    return image_grid(np.concatenate(rows), columns=len(rows[0]), row_labels=texts)


def neighbours_grid(samples, neighbours, distances) -> Figure:
    """Generated images above their nearest training images, with the distances.

    Parameters
    ----------
    samples : (N, 1, H, W) or (N, H, W)
    neighbours : of the same shape
        The nearest training image of each sample.
    distances : (N,)
        From each sample to its neighbour.
    """
    above, below = _grey(samples), _grey(neighbours)
    values = array(distances)
    if above.shape != below.shape or values.shape != above.shape[:1]:
        raise Mistake(
            "expected as many neighbours and distances as samples, got shapes "
            f"{above.shape}, {below.shape}, {values.shape}",
            f"样本、近邻、距离应当一样多，这里的形状是 {above.shape}、"
            f"{below.shape}、{values.shape}。",
        )
    return image_grid(
        np.concatenate([above, below]),
        columns=len(above),
        titles=[""] * len(above) + [f"{value:.2f}" for value in values],
        row_labels=["生成样本", "最近的\n训练图像"],
    )


def _grey(images) -> np.ndarray:
    """Images as float (N, H, W) in [0, 1], from the ranges of :func:`image_grid`."""
    is_uint8 = str(getattr(images, "dtype", "")).endswith("uint8")
    x = array(images)
    if x.ndim == 4 and x.shape[1] == 1:
        x = x[:, 0]
    if x.ndim != 3 or 0 in x.shape:
        raise Mistake(
            "expected grey images of shape (N, 1, H, W) or (N, H, W) with N > 0, "
            f"got {tuple(x.shape)}",
            "这里要灰度图，形状 (N, 1, H, W) 或 (N, H, W)，得到的是 "
            f"{tuple(x.shape)}。只有一张图，写 images[:1]。",
        )
    if is_uint8:
        return x / 255
    low, high = x.min(), x.max()
    if not (low >= -1.001 and high <= 1.001):  # also false for NaN
        raise Mistake(
            "expected float images in [0, 1] or [-1, 1] (or uint8), got values "
            f"from {low:.3g} to {high:.3g}",
            f"像素从 {low:.3g} 到 {high:.3g}，画不了：小数的图要在 0 到 1 或 -"
            "1 到 1 之间，0 到 255 的先除以 255，或者用 uint8。",
        )
    return (x + 1) / 2 if low < 0 else x


def _mosaic(tiles: np.ndarray, columns: int, headroom: int) -> np.ndarray:
    """One picture of all tiles; NaN between them and in the headroom above each."""
    n, height, width = tiles.shape
    rows = -(-n // columns)
    columns = min(n, columns)
    framed = np.full((rows * columns, height + headroom + GAP, width + GAP), np.nan)
    framed[:n, headroom : headroom + height, :width] = tiles
    grid = framed.reshape(rows, columns, *framed.shape[1:]).swapaxes(1, 2)
    return grid.reshape(rows * framed.shape[1], -1)[:-GAP, :-GAP]


def _scale(tile: tuple[int, int], rows: int, columns: int, margin: float) -> float:
    """Pixels of the figure for each pixel of an image; whole from two on."""
    height, width = tile[0] + GAP, tile[1] + GAP
    room = WIDTH - DPI * margin, HEIGHT
    scale = min(room[0] / columns / width, room[1] / rows / height, SIDE / tile[0])
    return int(scale) if scale >= 2 else max(scale, 0.1)


def _canvas(mosaic: np.ndarray, scale: float, margin: float):
    """Figure and axes showing ``mosaic``, ``margin`` inches free at the left."""
    height, width = (side * scale / DPI for side in mosaic.shape)
    total = margin + width
    fig = plt.figure(figsize=(total, height))
    ax = fig.add_axes((margin / total, 0, width / total, 1))
    ax.imshow(mosaic, vmin=0, vmax=1, cmap=plt.get_cmap("gray").with_extremes(bad="w"))
    ax.set_axis_off()
    return fig, ax


def _label_margin(texts: Sequence[str]) -> float:
    """Inches that labels at the left need."""
    lines = [line for text in texts for line in text.split("\n")]
    return text_width(lines, 9) + 0.12 if lines else 0.0
