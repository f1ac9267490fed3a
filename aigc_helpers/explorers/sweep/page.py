"""A sweep explorer on a page: sheets of pictures and a table until its module runs."""

import base64
import html
from collections.abc import Sequence

from aigc_helpers.explorers import page
from aigc_helpers.explorers.sprites import TYPE, Sheet
from aigc_helpers.explorers.sweep.records import Axis, written

_ORDER = "{name}：从左到右、从上到下，依次是 {axis} = {values}"
_GRID = "{name}：从左到右 {axis} = {values}；从上到下 {axis2} = {values2}"
_FIGURE = '<figure class="aigc-sheet">{image}<figcaption>{words}</figcaption></figure>'
_TABLE = (
    '<div class="aigc-sheet-table" role="region" tabindex="0" aria-label="{title}">'
    "<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
)
_TITLE = "{names}随{axes}的变化"
_NONE = {"NaN": "不是数", "Infinity": "∞", "-Infinity": "−∞"}


def static_html(
    config: dict, state: dict, axes: Sequence[Axis], sheets: dict[str, Sheet]
) -> str:
    """Poster and state: every sheet with its caption, and a table of the rest."""
    figures = [_figure(name, sheet, axes) for name, sheet in sheets.items()]
    poster = "".join(figures) + _table(config, axes)
    return page.explorer_html("sweep", config, state, poster=poster)


def _figure(name: str, sheet: Sheet, axes: Sequence[Axis]) -> str:
    height, width = sheet.tile
    address = base64.b64encode(sheet.content).decode("ascii")
    values = [_listed(axis) for axis in axes]
    words = _ORDER.format(name=name, axis=axes[0].name, values=values[0])
    if len(axes) == 2:
        words = _GRID.format(
            name=name,
            axis=axes[0].name,
            values=values[0],
            axis2=axes[1].name,
            values2=values[1],
        )
    image = page.poster_image(
        f"data:{TYPE};base64,{address}",
        words,
        width=sheet.columns * width,
        height=sheet.rows * height,
    )
    return _FIGURE.format(image=image, words=html.escape(words))


def _listed(axis: Axis) -> str:
    return "、".join(written(value) for value in axis.values)


def _table(config: dict, axes: Sequence[Axis]) -> str:
    """Numbers and texts, one row for each value; empty if there are none."""
    columns = config["numbers"] + config["texts"]
    if not columns:
        return ""
    names = [column["name"] for column in columns]
    keys = [(v,) for v in axes[0].values]
    if len(axes) == 2:
        keys = [(a, b) for b in axes[1].values for a in axes[0].values]
    head = "".join(_cell("th", n) for n in [*(axis.name for axis in axes), *names])
    rows = (
        [written(v) for v in key] + [_written(c["values"][i]) for c in columns]
        for i, key in enumerate(keys)
    )
    body = "".join(f"<tr>{''.join(_cell('td', t) for t in row)}</tr>" for row in rows)
    title = _TITLE.format(
        names="、".join(names), axes="、".join(axis.name for axis in axes)
    )
    return _TABLE.format(title=html.escape(title), head=head, rows=body)


def _written(value: float | str) -> str:
    return _NONE.get(value, value) if isinstance(value, str) else f"{value:.5g}"


def _cell(tag: str, text: str) -> str:
    return f"<{tag}>{html.escape(text)}</{tag}>"
