"""The answer to a query, as text and as a table."""

from collections.abc import Sequence
from html import escape
from typing import Any


class Rows(list):
    """Rows of a query, a list of tuples, with the names of their ``columns``."""

    def __init__(self, columns: Sequence[str], rows: Sequence[tuple]):
        super().__init__(rows)
        self.columns = list(columns)

    def __repr__(self) -> str:
        lines = [self.columns, *self]
        return "\n".join("  ".join(_written(cell) for cell in line) for line in lines)

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in self.columns)
        body = "".join(
            f"<tr>{''.join(f'<td>{escape(_written(c))}</td>' for c in row)}</tr>"
            for row in self
        )
        return (
            f'<table class="dataframe aigc-rows"><thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table>"
        )


def _written(cell: Any) -> str:
    """A value as text: four digits of a number, the first numbers of a vector."""
    if isinstance(cell, float):
        return f"{cell:.4g}"
    if isinstance(cell, list | tuple):
        shown = ", ".join(_written(value) for value in cell[:4])
        return f"[{shown}{', …' if len(cell) > 4 else ''}]"
    return "–" if cell is None else str(cell)
