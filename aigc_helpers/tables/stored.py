"""What was measured, as a JSON file and as a table on a page."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from html import escape
from pathlib import Path
from statistics import fmean, median

from aigc_helpers.files import write_text
from aigc_helpers.plotting import markup
from aigc_helpers.reader import Mistake

FOLDER = Path(__file__).parent
SPEC = r"\.\d[f%]"  # how a figure may be formatted
SPREAD = "括号里是最小值和最大值（取整后相同的不写）"
_NO_TABLE = (  # what a damaged file raises
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    OverflowError,
    RecursionError,
)


@dataclass
class StoredTable:
    """Figures of several variants over several seeds.

    Attributes
    ----------
    name : str
    variants : dict
        Name of each variant, and what readers call it.
    columns : dict
        Name of each figure, what readers call it, and its format.
    seeds : list of int
    rows : list of dict
        ``variant``, ``seed``, and a number for each column; None where a figure has
        no meaning.
    code : str
        Hash of the code that measured, see `dependencies`.
    command, data, runtime, date
        How, on which data (None: synthetic), with what (torch, threads, number
        format), and when.
    """

    name: str
    variants: dict[str, str]
    columns: dict[str, list[str]]
    seeds: list[int]
    code: str
    command: str
    data: str | None
    runtime: dict
    date: str
    rows: list[dict] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Is there a row for every variant and seed?"""
        return all(self.row(v, seed) for v in self.variants for seed in self.seeds)

    def row(self, variant: str, seed: int) -> dict | None:
        """The figures of one run, None if it has not been measured."""
        for row in self.rows:
            if (row["variant"], row["seed"]) == (variant, seed):
                return row
        return None

    def values(self, variant: str, column: str) -> list[float]:
        """One figure of a variant, seed by seed; empty where it has no meaning.

        Raises
        ------
        ValueError
            If there is no such variant or column; lists those there are.
        """
        for kind, name, known in (
            ("variant", variant, self.variants),
            ("column", column, self.columns),
        ):
            if name not in known:
                raise Mistake(
                    f"no {kind} {name!r} in {self.name}: {list(known)}",
                    f"这张表里没有 {name!r}，可以写：{list(known)}。",
                )
        figures = [row[column] for row in self.rows if row["variant"] == variant]
        return [figure for figure in figures if figure is not None]

    def select(
        self, columns: Iterable[str], variants: Iterable[str] | None = None
    ) -> "StoredTable":
        """The part of the table with these columns, and with these variants alone.

        Raises
        ------
        ValueError
            If there is no such variant or column; lists those there are.
        """
        columns = list(columns)
        variants = list(self.variants if variants is None else variants)
        for variant in variants:
            for column in columns:
                self.values(variant, column)  # raises
        keys = {"variant", "seed", *columns}
        return replace(
            self,
            variants={name: self.variants[name] for name in variants},
            columns={name: self.columns[name] for name in columns},
            rows=[
                {key: row[key] for key in row if key in keys}
                for row in self.rows
                if row["variant"] in variants
            ],
        )

    def summary(self, middle: Callable = fmean) -> list[list[str]]:
        """Header and one line a variant: mean over the seeds, lowest and highest."""
        header = ["", *(title for title, _ in self.columns.values())]
        columns = list(self.columns)
        lines = [
            [title, *(self._spread(variant, column, middle) for column in columns)]
            for variant, title in self.variants.items()
        ]
        return [header, *lines]

    def _spread(self, variant: str, column: str, middle: Callable) -> str:
        values, spec = self.values(variant, column), self.columns[column][1]
        if not values:
            return "–"
        low, high = format(min(values), spec), format(max(values), spec)
        shown = format(middle(values), spec)
        return shown if low == high else f"{shown}（{low}–{high}）"

    def medians(self) -> markup.Table:
        """Median over the seeds, lowest and highest: one outlier does not move it."""
        header, *lines = self.summary(middle=median)
        caption = f"{len(self.seeds)} 个随机种子的中位数，{SPREAD}"
        return markup.Table(header, lines, caption=caption)

    def __repr__(self) -> str:
        header, *lines = self.summary()
        return markup.as_text(header, lines)

    def _repr_html_(self) -> str:
        header, *lines = self.summary()
        caption = f"{len(self.seeds)} 个随机种子的平均值，{SPREAD}"
        return markup.table(header, lines, row_heads=True, caption=caption)


def path_of(name: str) -> Path:
    """Where the table of that name is stored."""
    return FOLDER / f"{name}.json"


def read(path: Path) -> StoredTable:
    """The table in a JSON file.

    Raises
    ------
    ValueError
        If the file is not a table.
    """
    try:
        table = StoredTable(**json.loads(path.read_text(encoding="utf-8")))
        keys = {"variant", "seed", *table.columns}
        if any(set(row) != keys for row in table.rows):
            raise ValueError(f"a row has other columns than {sorted(keys)}")
        for name, (_, spec) in table.columns.items():
            if not re.fullmatch(SPEC, spec):
                raise ValueError(f"the format of {name} is {spec!r}")
        escape(repr(table))  # can it be shown?
        return table
    except _NO_TABLE as error:
        raise ValueError(
            f"{path} is not a table ({error}); delete it and run `make results`"
        ) from error


def write(table: StoredTable, path: Path) -> None:
    """Replace the file at ``path`` in one step."""
    text = json.dumps(asdict(table), ensure_ascii=False, indent=1) + "\n"
    write_text(path, text)
