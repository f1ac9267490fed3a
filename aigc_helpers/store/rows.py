"""The answer to a query, as text and as a table."""

import re
from collections.abc import Sequence
from typing import Any

from aigc_helpers.plotting.markup import as_text, table

DECIMAL = re.compile(r"-?\d+(\.\d+)?")


class Rows(list):
    """Rows of a query, a list of tuples, with the names of their ``columns``."""

    def __init__(self, columns: Sequence[str], rows: Sequence[tuple]):
        super().__init__(rows)
        self.columns = list(columns)

    def __repr__(self) -> str:
        return as_text(self.columns, self._texts())

    def _repr_html_(self) -> str:
        return table(self.columns, self._texts())

    def _texts(self) -> list[list[str]]:
        """Cells as texts; the numbers of a column have equally many decimals."""
        columns = [_column(cells) for cells in zip(*self, strict=True)]
        return [list(row) for row in zip(*columns, strict=True)]


def _column(cells: Sequence[Any]) -> list[str]:
    texts = [_written(cell) for cell in cells]
    figures = [t for t, cell in zip(texts, cells, strict=True) if type(cell) is float]
    if not all(DECIMAL.fullmatch(text) for text in figures):
        return texts
    n = max((len(text.partition(".")[2]) for text in figures), default=0)
    return [
        f"{cell:.{n}f}" if type(cell) is float else text
        for text, cell in zip(texts, cells, strict=True)
    ]


def _written(cell: Any) -> str:
    """A value as text: four digits of a number, the first numbers of a vector."""
    if isinstance(cell, float):
        return f"{cell:.4g}"
    if isinstance(cell, list | tuple):
        shown = ", ".join(_written(value) for value in cell[:4])
        return f"[{shown}{', …' if len(cell) > 4 else ''}]"
    return "–" if cell is None else str(cell)
