"""Measure a table, run by run; what was measured by the same code is kept."""

import datetime
import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
    """

    name: str
    measure: Callable[[str, int], dict[str, float | None]]
    variants: dict[str, str]
    columns: dict[str, tuple[str, str]]
    seeds: tuple[int, ...]
    data: str | None
    networks: tuple[str, ...] = ()


def find(name: str) -> Table:
    """The table that a module of this package defines."""
    return importlib.import_module(f"aigc_helpers.tables.{name}").TABLE


def hash_of(table: Table) -> str:
    """Hash of the code that measures, and of the networks it loads."""
    others = []
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
    if table.data is not None:
        load(table.data)  # raises before anything is changed
    before = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    try:
        stored = _begun(table, path)
        for variant in table.variants:
            for seed in table.seeds:
                if stored.row(variant, seed) is None:
                    figures = table.measure(variant, seed)
                    row = {"variant": variant, "seed": seed, **figures}
                    stored.rows.append(row)
                    write(stored, path)
                    yield row
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
    wanted = [(v, seed) for v in table.variants for seed in table.seeds]
    rows = [row for row in stored.rows if (row["variant"], row["seed"]) in wanted]
    if len(rows) < len(wanted) and stored.runtime != runtime:
        return fresh
    fresh.rows, fresh.runtime, fresh.date = rows, stored.runtime, stored.date
    return fresh


def _readable(path: Path) -> StoredTable | None:
    """The stored table, None if there is none that can be read."""
    try:
        return read(path)
    except (FileNotFoundError, ValueError):
        return None
