"""Drawings of networks: the way of a tensor through the parts, with its shapes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from aigc_helpers.plotting.route import Block, Route, Stage, network_route
from aigc_helpers.plotting.style import DPI, INK, closed, house_style, text_width
from aigc_helpers.reader import Mistake

SIZE = 11  # points of the letters: a phone shows LIMIT as 340 pixels
LINE = 18  # pixels from line to line
LIMIT, MARGIN, GAP = 480, 8, 20  # pixels: of a row, around all, between rows
FACE, SIDE, TOP, EDGE = "#CFE3F1", "#8DB8D8", "#EAF3F9", "#2F5F82"
TURN = "#AAAAAA"
LARGEST = 60  # pixels of the largest picture
ARROW = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.1, "shrinkA": 0}
Shapes = list[tuple[str, list[tuple[float, float]]]]  # colours and corners, in pixels


def network_drawing(
    network,
    *inputs,
    parts: Mapping[str, str | Sequence[str]],
    title: str = "",
    batch_axis: int = 0,
) -> Figure:
    """The parts of a network, and the shapes that they make of the inputs.

    Maps (C, H, W) are slabs: the face follows H and W, the depth C. Vectors are bars,
    sequences (T, H) strips. The batch is not shown. Several networks in one drawing:
    a `network_route` of each, and `route_drawing`.

    Parameters
    ----------
    network, *inputs, parts, title, batch_axis
        See `network_route`.

    Raises
    ------
    Mistake
        As `network_route`.
    """
    options = {"parts": parts, "title": title, "batch_axis": batch_axis}
    return route_drawing(network_route(network, *inputs, **options))


def route_drawing(*routes: Route) -> Figure:
    """Routes below each other, each with its title; a long one turns into a new row.

    Raises
    ------
    Mistake
        If there are no routes.
    """
    if not routes:
        raise Mistake("no routes to draw", "没有给要画的网络。")
    blocks = [b for route in routes for stage in route.stages for b in stage.blocks]
    largest = max((max(b.shape[-2:]) for b in blocks if len(b.shape) > 2), default=1)
    rows = [row for route in routes for row in _rows(route, largest)]
    width = max(max(row.width, _width(row.title)) for row in rows) + 2 * MARGIN
    height = sum(row.height for row in rows) + GAP * (len(rows) - 1) + 2 * MARGIN

    with house_style():
        fig = plt.figure(figsize=(width / DPI, height / DPI))
        ax = fig.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
        ax.set_axis_off()
        top, end = MARGIN, None
        for row in rows:
            y = top + row.above
            if not row.columns[0].is_first:
                _turn(ax, end, top - GAP / 2, y)
            _draw_row(ax, row, top, y)
            end = MARGIN + row.width, y
            top += row.height + GAP
    return closed(fig)


@dataclass(frozen=True)
class _Column:
    """A stage as it is drawn: an arrow with its text, then blocks on each other."""

    stage: Stage
    is_first: bool  # the inputs: nothing leads there
    pictures: tuple[Shapes, ...]

    @property
    def arrow(self) -> float:
        return 0 if self.is_first else max(34, _width(self.stage.label) + 10)

    @property
    def body(self) -> float:
        texts = [t for block in self.stage.blocks for t in (str(block), block.name)]
        pictures = [_size(picture)[0] for picture in self.pictures]
        return 6 + max(*pictures, *map(_width, texts))

    @property
    def heights(self) -> list[float]:
        """Pixels of each block with its name above and its shape below."""
        named = zip(self.stage.blocks, self.pictures, strict=True)
        return [LINE * (1 + bool(b.name)) + 6 + _size(p)[1] for b, p in named]

    @property
    def above(self) -> float:
        """Pixels above the line of the arrows: it meets the middle of one picture."""
        label = 6 + LINE * (self.stage.label.count("\n") + 1) if self.stage.label else 0
        if len(self.pictures) > 1:
            return max(label, sum(self.heights) / 2)
        name = LINE if self.stage.blocks[0].name else 0
        return max(label, name + _size(self.pictures[0])[1] / 2)

    @property
    def start(self) -> float:
        """Pixels above the line of the arrows where the blocks begin."""
        if len(self.pictures) > 1:
            return sum(self.heights) / 2
        name = LINE if self.stage.blocks[0].name else 0
        return name + _size(self.pictures[0])[1] / 2


@dataclass(frozen=True)
class _Row:
    """Columns side by side, with a title where a route begins."""

    title: str
    columns: tuple[_Column, ...]

    @property
    def width(self) -> float:
        return sum(column.arrow + column.body for column in self.columns)

    @property
    def above(self) -> float:
        title = LINE + 8 if self.title else 0
        return title + max(column.above for column in self.columns)

    @property
    def height(self) -> float:
        below = max(sum(column.heights) - column.start for column in self.columns)
        return self.above + below


def _rows(route: Route, largest: int) -> list[_Row]:
    """A route in as few rows as fit, of about the same length."""
    columns = [
        _Column(stage, i == 0, tuple(_picture(b, largest) for b in stage.blocks))
        for i, stage in enumerate(route.stages)
    ]
    fewest = len(_filled(columns, LIMIT))
    limit = next(w for w in range(40, LIMIT + 1) if len(_filled(columns, w)) <= fewest)
    filled = _filled(columns, limit)
    return [_Row("" if i else route.title, tuple(c)) for i, c in enumerate(filled)]


def _filled(columns: list[_Column], limit: float) -> list[list[_Column]]:
    """Columns in rows that are not wider than the limit, if one of them fits."""
    rows, room = [], 0.0
    for column in columns:
        room -= column.arrow + column.body
        if room < 0:
            rows.append([])
            room = limit - column.arrow - column.body
        rows[-1].append(column)
    return rows


def _draw_row(ax, row: _Row, top: float, y: float) -> None:
    """Draw a row whose arrows run along ``y``."""
    if row.title:
        ax.text(MARGIN, top, row.title, size=SIZE + 1, va="top")
    x = MARGIN
    for column in row.columns:
        if column.arrow:
            ends = (x + column.arrow - 1, y), (x + 3, y)
            ax.annotate("", *ends, arrowprops={**ARROW, "shrinkB": 0})
            middle = x + column.arrow / 2 - 2
            ax.text(middle, y - 5, column.stage.label, size=SIZE, ha="center")
        _draw_blocks(ax, column, x + column.arrow + column.body / 2, y - column.start)
        x += column.arrow + column.body


def _draw_blocks(ax, column: _Column, x: float, y: float) -> None:
    """Draw the blocks of a column below ``y``, centred at ``x``."""
    for block, picture in zip(column.stage.blocks, column.pictures, strict=True):
        if block.name:
            ax.text(x, y + LINE - 5, block.name, size=SIZE, ha="center")
            y += LINE
        width, height = _size(picture)
        for colour, corners in picture:
            points = [(x - width / 2 + right, y + down) for right, down in corners]
            ax.fill(*zip(*points, strict=True), fc=colour, ec=EDGE, linewidth=0.8)
        y += height + LINE + 6
        ax.text(x, y - 10, str(block), size=SIZE, ha="center")


def _turn(ax, end: tuple[float, float], between: float, y: float) -> None:
    """A line from the end of a row to the beginning of the next."""
    right = end[0] + 6
    corners = [end, (right, end[1]), (right, between), (3, between), (3, y)]
    xs, ys = zip(*corners, (MARGIN + 3, y), strict=True)
    ax.plot(xs, ys, color=TURN, linewidth=0.8)


def _picture(block: Block, largest: int) -> Shapes:
    """Polygons of a block; the origin is the upper left corner, y points down."""
    shape = block.shape
    if len(shape) > 2:
        return _slab(*shape[-3:], LARGEST / largest)
    if len(shape) == 2:
        return _strip(shape[0], min(8 + 3.5 * math.log2(shape[1] + 1), LARGEST))
    if block.is_index and shape:
        return _strip(shape[0], 12)
    length = 12 + 4.5 * math.log2(math.prod(shape) or 1)
    return [(FACE, _box(0, 0, 10, min(length, LARGEST)))]


def _slab(channels: int, height: int, width: int, scale: float) -> Shapes:
    """A block seen from the front: pictures one behind the other, left to right."""
    depth = 4 + 3.2 * math.log2(channels)
    height, width = max(12, height * scale), max(12, width * scale)
    right, up = 0.42 * width, 0.26 * width
    top = [(0, up), (right, 0), (right + depth, 0), (depth, up)]
    end = depth + right
    face = [(depth, up), (end, 0), (end, height), (depth, up + height)]
    return [(SIDE, _box(0, up, depth, height)), (TOP, top), (FACE, face)]


def _strip(steps: int, height: float) -> Shapes:
    """A cell for each step, at most eight."""
    side = 9 if steps <= 8 else 7
    return [(FACE, _box(side * i, 0, side, height)) for i in range(min(steps, 8))]


def _box(x: float, y: float, width: float, height: float) -> list[tuple[float, float]]:
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def _size(picture: Shapes) -> tuple[float, float]:
    """Width and height in pixels."""
    xs, ys = zip(*(corner for _, shape in picture for corner in shape), strict=True)
    return max(xs), max(ys)


def _width(text: str) -> float:
    """Pixels of the longest line of a text."""
    return DPI * text_width(text.split("\n"), SIZE)
