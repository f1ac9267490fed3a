"""A sweep explorer on a page: sheets of pictures and a table until its module runs."""

import html
from collections.abc import Sequence

from aigc_helpers.explorers.page import explorer_html, poster_image
from aigc_helpers.explorers.sprites import Sheet
from aigc_helpers.explorers.sweep.setting import Axis, SweepSetting, written
from aigc_helpers.explorers.sweep.words import WORDS

_FIGURE = '<figure class="aigc-sheet">{image}<figcaption>{words}</figcaption></figure>'
_TABLE = (
    '<div class="aigc-sheet-table" role="region" tabindex="0" aria-label="{title}">'
    "<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
)


def static_html(config: dict, setting: SweepSetting, sheets: dict[str, Sheet]) -> str:
    """Poster and state: every sheet with its caption, and a table of the rest."""
    figures = [_figure(name, sheet, setting.axes) for name, sheet in sheets.items()]
    poster = "".join(figures) + _table(config, setting)
    return explorer_html("sweep", config, setting.state(), poster=poster)


def _figure(name: str, sheet: Sheet, axes: Sequence[Axis]) -> str:
    text = WORDS["sheet"] if len(axes) == 1 else WORDS["sheet_of_two"]
    words = text.format(
        name=name,
        axis=axes[0].name,
        values=_listed(axes[0]),
        axis2=axes[-1].name,
        values2=_listed(axes[-1]),
    )
    image = poster_image(sheet, words)
    return _FIGURE.format(image=image, words=html.escape(words))


def _listed(axis: Axis) -> str:
    return WORDS["list"].join(written(value) for value in axis.values)


def _table(config: dict, setting: SweepSetting) -> str:
    """Numbers and texts, one row for each value; empty if there are none."""
    columns = config["numbers"] + config["texts"]
    if not columns:
        return ""
    names = [column["name"] for column in columns]
    head = "".join(
        _cell("th", n) for n in [*(axis.name for axis in setting.axes), *names]
    )
    rows = (
        [written(v) for v in key] + [_written(c["values"][i]) for c in columns]
        for i, key in enumerate(setting.keys)
    )
    body = "".join(f"<tr>{''.join(_cell('td', t) for t in row)}</tr>" for row in rows)
    title = WORDS["table"].format(
        names=WORDS["list"].join(names),
        axes=WORDS["list"].join(axis.name for axis in setting.axes),
    )
    return _TABLE.format(title=html.escape(title), head=head, rows=body)


def _written(value: float | str) -> str:
    if isinstance(value, str):
        return WORDS["numbers"].get(value, value)
    return f"{value:.5g}"


def _cell(tag: str, text: str) -> str:
    return f"<{tag}>{html.escape(text)}</{tag}>"
