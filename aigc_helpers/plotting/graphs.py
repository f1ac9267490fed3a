"""Graphs of computations: boxes where the caller puts them, arrows between them."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from aigc_helpers.plotting.style import (
    BLUE,
    DPI,
    INK,
    VERMILLION,
    closed,
    house_style,
    text_width,
)
from aigc_helpers.reader import Mistake

SIZE, LINE, MARGIN = 11, 18, 10  # points; pixels of a line, around all
APART = 6  # pixels from an arrow to its middle, where another runs back
BESIDE = 9  # pixels from an arrow to its label
ROUND = set("×+−÷·⊙⊕")  # operations, drawn in circles
KINDS = {"forward": INK, "backward": VERMILLION}

Node = tuple[float, float, str]  # x to the right, y upwards, text
Box = tuple[float, float, float, float]  # x, y of the middle, width, height; in pixels


class _Shape(NamedTuple):
    """A node that was drawn; arrows end at its frame."""

    box: Box
    frame: FancyBboxPatch

    @property
    def is_box(self) -> bool:
        return self.box[2] > 0


def graph(
    nodes: Mapping[str, Node],
    arrows: Sequence[tuple[str, ...]],
    *,
    under: Mapping[str, str] | None = None,
    unit: float | tuple[float, float] = 80,
    title: str = "",
) -> Figure:
    """Boxes with texts and arrows between them: a computational graph, a cell.

    Parameters
    ----------
    nodes
        Name to (x, y, text), y upwards. A single sign of an operation stands in a
        circle; a node without text is a bend, where arrows pass.
    arrows
        (from, to), (from, to, label) or (from, to, label, "backward"). Those that
        run backward are in another colour, beside the one that runs forward.
    under
        Name of a node to a text under it, in the colour of what runs backward: a
        gradient under its value.
    unit
        Pixels of one step of x and y, or of each.
    title
        Text above the graph.

    Raises
    ------
    Mistake
        If an arrow or a text belongs to a node that is not there, or an arrow is not
        written as above.
    """
    if not nodes:
        raise Mistake("no nodes to draw", "没有给要画的结点。")
    under = under or {}
    _require_arrows(arrows)
    named = [name for arrow in arrows for name in arrow[:2]]
    _require_known([*named, *under], nodes)
    across, up = unit if isinstance(unit, Sequence) else (unit, unit)
    boxes = {
        name: (x * across, y * up, *_extent(text))
        for name, (x, y, text) in nodes.items()
    }
    with house_style():
        fig, ax = _canvas(boxes, under, title)
        shapes = {name: _draw(ax, boxes[name], nodes[name][2]) for name in nodes}
        ways = {tuple(arrow[:2]) for arrow in arrows}
        for start, end, *rest in arrows:
            label, kind = [*rest, *("", "forward")[len(rest) :]]
            apart = APART if (end, start) in ways else 0
            _arrow(ax, (shapes[start], shapes[end]), label, kind, apart)
        for name, text in under.items():
            x, y, _, height = boxes[name]
            place = {"ha": "center", "va": "top", "color": VERMILLION}
            ax.text(x, y - height / 2 - 3, text, size=SIZE, **place)
    return closed(fig)


def unrolled(
    inputs: Sequence[str],
    outputs: Sequence[str] | None = None,
    *,
    layers: int = 1,
    gradient: bool = False,
    unit: float | tuple[float, float] = (90, 70),
    title: str = "",
) -> Figure:
    """A recurrent network unrolled: time to the right, layers upwards.

    Parameters
    ----------
    inputs
        Texts of what is read, one a step.
    outputs
        Texts above the last layer, one a step; an empty one is left out.
    layers
        How many states stand above each other.
    gradient
        Draw the ways back too, from the last output to the first input.
    unit, title
        As of `graph`.
    """
    n = len(inputs)
    if not n or layers < 1 or (outputs is not None and len(outputs) != n):
        raise Mistake(
            "needs at least one step and layer, and an output for each input",
            "至少一步、一层；outputs 要与 inputs 一样多。",
        )
    columns = [[f"x{t}", *(f"h{t}.{i}" for i in range(layers))] for t in range(n)]
    nodes = {}
    for t, column in enumerate(columns):
        texts = [inputs[t], *(_state(t + 1, i, layers) for i in range(layers))]
        for y, (name, text) in enumerate(zip(column, texts, strict=True)):
            nodes[name] = (t, y, text)
    arrows = [pair for column in columns for pair in pairwise(column)]
    arrows += [p for row in list(zip(*columns, strict=True))[1:] for p in pairwise(row)]
    for t, text in enumerate(outputs or ()):
        if text:
            nodes[f"y{t}"] = (t, layers + 1, text)
            arrows.append((columns[t][-1], f"y{t}"))
    if gradient:
        last = n - 1
        on_the_way = {"x0", f"y{last}", *(c for column in columns for c in column[1:])}
        arrows += [
            (end, start, "", "backward")
            for start, end in arrows
            if {start, end} <= on_the_way
        ]
    return graph(nodes, arrows, unit=unit, title=title)


def _state(step: int, layer: int, layers: int) -> str:
    above = f"^{{({layer + 1})}}" if layers > 1 else ""
    return f"$h_{{{step}}}{above}$"


def _require_arrows(arrows: Sequence[tuple[str, ...]]) -> None:
    for arrow in arrows:
        if not 2 <= len(arrow) <= 4:
            raise Mistake(
                f"an arrow is (from, to), a label and a kind, not {arrow!r}",
                f"箭头写成了 {arrow!r}，应当是 (从, 到)，后面可以再有标签和方向。",
            )
        if len(arrow) == 4 and arrow[3] not in KINDS:
            raise Mistake(
                f"no kind of arrow {arrow[3]!r}; there are {list(KINDS)}",
                f"箭头的方向写成了 {arrow[3]!r}，可以写：{list(KINDS)}。",
            )


def _require_known(names: list[str], nodes: Mapping) -> None:
    for name in names:
        if name not in nodes:
            raise Mistake(
                f"no node {name!r}; there are {list(nodes)}",
                f"没有 {name!r} 这个结点，可以写：{list(nodes)}。",
            )


def _extent(text: str) -> tuple[float, float]:
    """Width and height of a node in pixels."""
    if not text:
        return 0.0, 0.0
    lines = text.split("\n")
    height = LINE * len(lines) + 8.0
    return max(height, DPI * text_width(lines, SIZE) + 10), height


def _canvas(boxes: Mapping[str, Box], under: Mapping[str, str], title: str):
    """Figure and axes in pixels, as large as the boxes and the texts under them."""
    edges = []
    for name, (x, y, width, height) in boxes.items():
        lines = under[name].split("\n") if name in under else []
        width = max(width, DPI * text_width(lines, SIZE)) + 2 * MARGIN
        below = LINE * len(lines) + MARGIN
        top, bottom = y + height / 2 + MARGIN, y - height / 2 - below
        edges.append((x - width / 2, bottom, x + width / 2, top))
    lefts, bottoms, rights, tops = zip(*edges, strict=True)
    left, bottom, right, top = min(lefts), min(bottoms), max(rights), max(tops)
    if title:
        top += LINE + 6
        right = max(right, left + DPI * text_width([title], SIZE + 1) + 2 * MARGIN)
    fig = plt.figure(figsize=((right - left) / DPI, (top - bottom) / DPI))
    ax = fig.add_axes((0, 0, 1, 1), xlim=(left, right), ylim=(bottom, top))
    ax.set_axis_off()
    ax.text(left + MARGIN, top - 6, title, size=SIZE + 1, va="top")
    return fig, ax


def _draw(ax, box: Box, text: str) -> _Shape:
    """Draw a node."""
    x, y, width, height = box
    rounding = min(width, height) / 2 if text in ROUND else min(5, width / 2)
    frame = FancyBboxPatch(
        (x - width / 2, y - height / 2),
        width,
        height,
        boxstyle=f"round,pad=0,rounding_size={rounding}",
        facecolor="white" if text in ROUND else "#E4EFF7",
        edgecolor=BLUE,
        linewidth=1 if text else 0,
    )
    ax.add_patch(frame)
    ax.text(x, y, text, size=SIZE, ha="center", va="center")
    return _Shape(box, frame)


def _arrow(ax, ends: tuple[_Shape, _Shape], label: str, kind: str, apart: float):
    """An arrow between two nodes, ``apart`` pixels to its left, with its label."""
    start, end = ends
    across = _to_the_left(start.box, end.box)
    points = [
        (shape.box[0] + apart * across[0], shape.box[1] + apart * across[1])
        for shape in ends
    ]
    colour, style = KINDS[kind], "-|>" if end.is_box else "-"
    ends_at = {"patchA": start.frame} if start.is_box else {}
    ends_at |= {"patchB": end.frame} if end.is_box else {}
    look = {"arrowstyle": style, "color": colour, "linewidth": 1.2}
    ax.annotate(
        "",
        points[1],
        points[0],
        arrowprops=look | ends_at | {"shrinkA": 0, "shrinkB": 0},
    )
    if label:
        side = across if apart else (abs(across[0]), abs(across[1]))
        x, y = ((p + q) / 2 + BESIDE * c for p, q, c in zip(*points, side, strict=True))
        place = {"ha": _aligned(side[0], "left", "right")}
        place["va"] = _aligned(side[1], "bottom", "top")
        ax.text(x, y, label, size=SIZE, color=colour, **place)


def _to_the_left(start: Box, end: Box) -> tuple[float, float]:
    """One pixel across the way from start to end, to its left."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = max((dx**2 + dy**2) ** 0.5, 1e-9)
    return -dy / length, dx / length


def _aligned(offset: float, after: str, before: str) -> str:
    """How a text is aligned that stands off a line."""
    return "center" if abs(offset) < 0.5 else after if offset > 0 else before
