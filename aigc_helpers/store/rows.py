"""The answer to a query, as text and as a table."""

from collections.abc import Sequence
from typing import Any

from aigc_helpers.plotting.markup import table


class Rows(list):
    """Rows of a query, a list of tuples, with the names of their ``columns``."""

    def __init__(self, columns: Sequence[str], rows: Sequence[tuple]):
        super().__init__(rows)
        self.columns = list(columns)

    def __repr__(self) -> str:
        lines = [self.columns, *self]
        return "\n".join("  ".join(_written(cell) for cell in line) for line in lines)

    def _repr_html_(self) -> str:
        rows = ([_written(cell) for cell in row] for row in self)
        return table(self.columns, rows, classes="dataframe aigc-rows")


def _written(cell: Any) -> str:
    """A value as text: four digits of a number, the first numbers of a vector."""
    if isinstance(cell, float):
        return f"{cell:.4g}"
    if isinstance(cell, list | tuple):
        shown = ", ".join(_written(value) for value in cell[:4])
        return f"[{shown}{', …' if len(cell) > 4 else ''}]"
    return "–" if cell is None else str(cell)
