"""A table as HTML, for objects that show themselves at the end of a cell."""

from collections.abc import Iterable, Sequence
from html import escape


class Table:
    """A table of texts, the last line of a cell; the first cell of a row is its head.

    Parameters
    ----------
    heads : sequence of str
        Of the columns, the first one mostly empty.
    rows : sequence of sequences of str
    caption : str
        What the table shows.
    """

    def __init__(
        self, heads: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str = ""
    ):
        self.heads, self.rows, self.caption = heads, rows, caption

    def __repr__(self) -> str:
        return "\n".join("  ".join(row) for row in (self.heads, *self.rows))

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
    classes, caption : str
        Of the table, left out if empty.
    """
    named = f' class="{classes}"' if classes else ""
    above = f"<caption>{escape(caption)}</caption>" if caption else ""
    head = "".join(_head("col", text) if text else "<td></td>" for text in heads)
    body = "".join(f"<tr>{_row(row, row_heads)}</tr>" for row in rows)
    return (
        f"<table{named}>{above}<thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _row(cells: Sequence[str], has_head: bool) -> str:
    first = [_head("row", cells[0])] if has_head else []
    rest = cells[1:] if has_head else cells
    return "".join([*first, *(f"<td>{escape(text)}</td>" for text in rest)])


def _head(scope: str, text: str) -> str:
    return f'<th scope="{scope}">{escape(text)}</th>'
