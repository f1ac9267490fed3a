"""A table as HTML and as text, for objects that show themselves at the end of a cell.

A column of numbers is found by its cells. It stands at the right; what a number has in
brackets, 0.87（0.74–0.98）, is small and under it; a minus is a minus sign.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

NUMBER = r"[-−+]?\d[\d,]*(?:\.\d+)?(?:e[-−+]?\d+)?\s?%?"
CELL = re.compile(rf"({NUMBER})(?:（(.+)）|( ± .+))?")
NOTHING = {"", "–"}  # a cell without a figure
CLASSES = "dataframe aigc-table"
STYLE = (  # for Jupyter, whose own tables stand at the right and break anywhere
    "<style>.aigc-table.dataframe :is(th,td){padding:.35em .75em;text-align:left;"
    "vertical-align:top}.aigc-table.dataframe .num{text-align:right;"
    "white-space:nowrap;font-variant-numeric:tabular-nums}.aigc-table small"
    "{opacity:.72}.aigc-table th[scope=row]{white-space:nowrap}</style>"
)


class Table:
    """A table of texts, the last line of a cell; the first cell of a row is its head.

    Parameters
    ----------
    heads : sequence of str
        Of the columns, the first one mostly empty.
    rows : sequence of sequences of str
        Rows whose heads are 甲：一, 甲：二, … stand under 甲.
    caption : str
        What the table shows.
    """

    def __init__(
        self, heads: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str = ""
    ):
        self.heads, self.rows, self.caption = heads, rows, caption

    def __repr__(self) -> str:
        return as_text(self.heads, self.rows)

    def _repr_html_(self) -> str:
        return table(self.heads, self.rows, row_heads=True, caption=self.caption)


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    row_heads: bool = False,
    classes: str = "",
    caption: str = "",
) -> str:
    """The HTML of a table of texts, which are escaped.

    Parameters
    ----------
    heads : sequence of str
        Of the columns; an empty one is an empty cell.
    rows : iterable of sequences of str
    row_heads : bool
        The first cell of each row is its head.
    classes : str
        Of a table that has a look of its own.
    caption : str
        Left out if empty.
    """
    rows = [list(row) for row in rows]
    numeric = _numeric(heads, rows, int(row_heads))
    above = f"<caption>{escape(caption)}</caption>" if caption else ""
    head = "".join(_head("col", *cell) for cell in zip(heads, numeric, strict=True))
    body = "".join(_groups(rows, numeric, row_heads))
    return (
        f'{"" if classes else STYLE}<table class="{classes or CLASSES}">{above}'
        f"<thead><tr>{head}</tr></thead>{body}</table>"
    )


def as_text(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The lines of a table whose columns stand under each other."""
    rows = [list(row) for row in rows]
    columns = []
    for is_number, *cells in zip(_numeric(heads, rows, 0), heads, *rows, strict=True):
        texts = [_signed(text) for text in cells] if is_number else cells
        width = max(map(_places, texts))
        gaps = [" " * (width - _places(text)) for text in texts]
        pairs = zip(gaps, texts, strict=True)
        columns.append([g + t if is_number else t + g for g, t in pairs])
    return "\n".join("  ".join(line).rstrip() for line in zip(*columns, strict=True))


def _numeric(heads: Sequence[str], rows: list[list[str]], first: int) -> list[bool]:
    """For each column, are its cells numbers? Those before ``first`` are heads."""
    columns = [[row[i] for row in rows] for i in range(len(heads))]
    return [
        i >= first
        and not NOTHING.issuperset(column)
        and all(text in NOTHING or CELL.fullmatch(text) for text in column)
        for i, column in enumerate(columns)
    ]


def _groups(rows: list[list[str]], numeric: list[bool], has_heads: bool):
    """Bodies of a table: one, or one for each word before the colon of the heads."""
    words = [row[0].partition("：")[0] if has_heads else "" for row in rows]
    is_grouped = has_heads and all("：" in row[0] for row in rows)
    if not is_grouped or len(set(words)) == len(rows):
        yield f"<tbody>{''.join(_row(row, numeric, has_heads) for row in rows)}</tbody>"
        return
    for word, group in groupby(rows, key=lambda row: row[0].partition("：")[0]):
        span = f'<th scope="rowgroup" colspan="{len(numeric)}">{escape(word)}</th>'
        shorter = ([row[0].partition("：")[2], *row[1:]] for row in group)
        lines = "".join(_row(row, numeric, has_heads) for row in shorter)
        yield f"<tbody><tr>{span}</tr>{lines}</tbody>"


def _row(cells: list[str], numeric: list[bool], has_head: bool) -> str:
    first = [_head("row", cells[0], False)] if has_head else []
    rest = list(zip(cells, numeric, strict=True))[len(first) :]
    return f"<tr>{''.join([*first, *(_cell(*cell) for cell in rest)])}</tr>"


def _head(scope: str, text: str, is_number: bool) -> str:
    named = ' class="num"' if is_number else ""
    return f'<th scope="{scope}"{named}>{escape(text)}</th>' if text else "<td></td>"


def _cell(text: str, is_number: bool) -> str:
    """A cell; of a number, what stands in brackets is small and below."""
    found = CELL.fullmatch(text) if is_number else None
    if not found:
        named = ' class="num"' if is_number else ""
        return f"<td{named}>{escape(text)}</td>"
    value, bracket, spread = (escape(_signed(part or "")) for part in found.groups())
    below = f"<br><small>({bracket})</small>" if bracket else ""
    beside = f"<small>{spread}</small>" if spread else ""
    return f'<td class="num">{value}{below}{beside}</td>'


def _signed(text: str) -> str:
    """With minus signs, and −2 至 −1 where a dash would meet one."""
    text = re.sub(r"(?<![\w.])-(?=\d)", "−", text)
    return re.sub(r"(?<=[\d%])–(?=[−\d])", " 至 ", text) if "−" in text else text


def _places(text: str) -> int:
    """Columns of a terminal: two for a Chinese character."""
    return sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text)
