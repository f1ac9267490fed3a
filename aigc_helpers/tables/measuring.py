"""Measure a table, run by run; what was measured by the same code is kept."""

import datetime
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from aigc_helpers import weights
from aigc_helpers.data import load
from aigc_helpers.runtime import describe_runtime
from aigc_helpers.tables.dependencies import code_hash
from aigc_helpers.tables.stored import StoredTable, path_of, read, write

THREADS = 1  # of every run: CPU seconds mean the same, and sums have one order
COMMAND = "make results TABLES={name}"


@dataclass(frozen=True)
class Table:
    """What is to be measured.

    Attributes
    ----------
    name : str
    measure : callable
        Maps a variant and a seed to a number for each column. It is defined in the
        table's module and uses the package alone.
    variants : dict
        Name of each variant, and what readers call it.
    columns : dict
        Name of each figure, what readers call it, and its format (``".2f"``).
    seeds : tuple of int
    data : str, optional
        The data set, a name of the catalogue; None if everything is synthetic.
    networks : tuple of str
        Shipped networks that `measure` loads; their weights belong to the code.
    times : tuple of str
        Columns that are times, which no run gives again to the last digit.
    """

    name: str
    measure: Callable[[str, int], dict[str, float | None]]
    variants: dict[str, str]
    columns: dict[str, tuple[str, str]]
    seeds: tuple[int, ...]
    data: str | None
    networks: tuple[str, ...] = ()
    times: tuple[str, ...] = ()


def find(name: str) -> Table:
    """The table that a module of this package defines."""
    return importlib.import_module(f"aigc_helpers.tables.{name}").TABLE


def hash_of(table: Table) -> str:
    """Hash of the code that measures, and of the data and networks it loads."""
    others = []
    if table.data is not None:
        others.append(code_hash(f"aigc_helpers.data.sets.{table.data}", "DATASET"))
    for name in table.networks:
        card = weights.card(name)
        module, network = card["network"]["module"], card["network"]["class"]
        others += [card["sha256"], code_hash(f"aigc_helpers.{module}", network)]
    start = table.measure
    return code_hash(start.__module__, start.__name__, *others)


def complete(table: Table, path: Path | None = None) -> Iterator[dict]:
    """Measure what is missing and store it; yield each new row when it is stored.

    Rows of the same code stay. A table that another machine or another torch began is
    measured anew, so that one table has one runtime.

    Raises
    ------
    DatasetUnavailable
        If the data are neither here nor to be had.
    """
    path = path or path_of(table.name)
    with _conditions(table):
        stored = _begun(table, path)
        for variant in table.variants:
            for seed in table.seeds:
                if stored.row(variant, seed) is None:
                    figures = table.measure(variant, seed)
                    row = {"variant": variant, "seed": seed, **figures}
                    stored.rows.append(row)
                    write(stored, path)
                    yield row


def restamp(
    table: Table, path: Path | None = None, *, earlier: Callable | None = None
) -> list[str]:
    """Give a complete table the hash of today's code if that measures the same.

    The first seed of each variant is measured again and compared with the stored row,
    to the last digit, but for the times. The file changes only if all are equal.

    Parameters
    ----------
    earlier : callable, optional
        ``earlier(variant, seed)`` gives the row that the code of the stored table
        measures now, to compare with instead: another processor rounds otherwise.

    Returns
    -------
    list of str
        A line for each figure that differs; empty if the table bears today's hash.

    Raises
    ------
    ValueError
        If there is no such file, or it is not a whole table of these variants, seeds
        and columns: then it has to be measured.
    DatasetUnavailable
        If the data are neither here nor to be had.
    """
    path = path or path_of(table.name)
    if not path.is_file():
        raise ValueError(f"{table.name} has not been measured; run `make results`")
    stored, code = read(path), hash_of(table)
    if stored.code == code:
        return []
    if not _is_whole(stored, table):
        raise ValueError(
            f"{table.name} has other variants, seeds, columns or data, or rows are "
            "missing; run `make results`"
        )
    differences = []
    with _conditions(table):
        for variant in table.variants:
            row = stored.row(variant, table.seeds[0])
            if earlier:
                row = row | earlier(variant, table.seeds[0])
            differences += _differences(table, row)
    if not differences:
        write(replace(stored, code=code), path)
    return differences


def _is_whole(stored: StoredTable, table: Table) -> bool:
    """Has it a row for each variant and seed of the table, and the same figures?"""
    return (
        stored.is_complete
        and list(stored.variants) == list(table.variants)
        and stored.seeds == list(table.seeds)
        and list(stored.columns) == list(table.columns)
        and stored.data == table.data
    )


def _differences(table: Table, row: dict) -> list[str]:
    """What a run of today gives otherwise than the stored row."""
    variant, seed = row["variant"], row["seed"]
    again = table.measure(variant, seed)
    return [
        f"{variant}, seed {seed}: {column} is {again[column]!r}, was {row[column]!r}"
        for column in table.columns
        if column not in table.times and again[column] != row[column]
    ]


@contextmanager
def _conditions(table: Table) -> Iterator[None]:
    """The data at hand, else an error before anything is changed; one thread."""
    if table.data is not None:
        load(table.data)
    before = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _begun(table: Table, path: Path) -> StoredTable:
    """An empty table with the facts of now, and the rows that may stay."""
    code, runtime = hash_of(table), describe_runtime()
    fresh = StoredTable(
        name=table.name,
        variants=dict(table.variants),
        columns={name: list(facts) for name, facts in table.columns.items()},
        seeds=list(table.seeds),
        code=code,
        command=COMMAND.format(name=table.name),
        data=table.data,
        runtime=runtime,
        date=datetime.date.today().isoformat(),
    )
    stored = _readable(path)
    if stored is None or (stored.code, stored.data) != (code, table.data):
        return fresh
    if list(stored.columns) != list(table.columns):
        return fresh
    runs = [(v, seed) for v in table.variants for seed in table.seeds]
    rows = [row for row in stored.rows if (row["variant"], row["seed"]) in runs]
    if len(rows) < len(runs) and stored.runtime != runtime:
        return fresh
    fresh.rows, fresh.runtime, fresh.date = rows, stored.runtime, stored.date
    return fresh


def _readable(path: Path) -> StoredTable | None:
    """The stored table, None if there is none that can be read."""
    try:
        return read(path)
    except (FileNotFoundError, ValueError):
        return None
