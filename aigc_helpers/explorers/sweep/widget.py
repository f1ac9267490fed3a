"""The sweep explorer: what a function gives for each value of one or two sliders."""

import base64
import json
import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np
import traitlets

from aigc_helpers.explorers.base import Explorer
from aigc_helpers.explorers.sprites import (
    LEVELS,
    Sheet,
    columns_for,
    encode,
    make_sheet,
)
from aigc_helpers.explorers.sweep.page import static_html
from aigc_helpers.explorers.sweep.records import (
    NUMBER,
    PICTURE,
    TEXT,
    Axis,
    Record,
    check_alike,
    checked_record,
    kinds_of,
    make_axis,
)
from aigc_helpers.progress import progress

MOST_STATES = 200
MAX_BYTES = 400 * 1024  # of the pictures as base64 text, and of numbers and texts
_PRESET_KEYS = {"name", "value"}


class SweepExplorer(Explorer):
    """Pictures, numbers and texts for each value of a slider, computed beforehand.

    Everything is computed when the explorer is made and travels with the notebook.
    Live, the reader may have values in between computed by the kernel.

    Parameters
    ----------
    compute : callable
        Maps a value, or two, to a dictionary (or named tuple) of named parts:
        pictures (H, W) or (H, W, 3) in [0, 1], matplotlib figures, numbers (shown as
        curves over the first slider too; NaN and infinity are allowed), texts. The
        same parts, and pictures of the same size, for each value.
    values : sequence of numbers, or two of them
        Where the slider, or each of two, stops; in all at most 200 states. Where all
        are ints, new values are whole numbers too.
    name : str, or two
        What the slider sets, like "β".
    start : number or two, optional
        First value, by default the lowest. What is not stored moves to the nearest.
    presets : sequence of dict, optional
        Named values: "name" and "value"; by default both ends.
    new_values : bool
        Whether the reader may, live, have values in between computed. False where
        ``compute`` only looks up what a training run has left.
    max_bytes : int
        Budget for what is stored. Pictures are stored without loss if they fit, else
        with 32, then 16 levels of each colour.

    Attributes
    ----------
    value : float, or list of two
        The present value. One that was not computed moves to the nearest.
    results : dict
        Records by value: uint8 pictures, floats, texts; also those that a reader had
        computed.
    n_bytes : int
        Size of what is stored.

    Raises
    ------
    ValueError
        If values, names or what ``compute`` returns do not fit, or exceed the budget.
    """

    _kind = "sweep"
    value = traitlets.Any()

    def __init__(
        self,
        compute: Callable[..., Any],
        values: Sequence,
        *,
        name: str | Sequence[str],
        start: Any = None,
        presets: Sequence[dict] | None = None,
        new_values: bool = True,
        max_bytes: int = MAX_BYTES,
    ):
        self._axes = _axes(values, name)
        self._compute = compute
        self._new_values = new_values
        self._presets = _presets(presets, self._axes)
        self.results = _sweep(compute, self._axes)
        self._first = next(iter(self.results.values()))
        records = list(self.results.values())
        self._sheets = _fitting_sheets(records, self._axes, max_bytes)
        self._table = _table(records)
        self.n_bytes = _stored_bytes(self._sheets, self._table)
        lowest = [axis.values[0] for axis in self._axes]
        first = self._nearest(lowest if start is None else start)
        self._start = first
        super().__init__(
            self._describe("kernel"), {"value": list(first)}, value=self._outside(first)
        )

    def __repr__(self) -> str:
        axes = ", ".join(f"{axis.name}: {len(axis.values)}" for axis in self._axes)
        kilobytes = self.n_bytes / 1024
        return f"SweepExplorer({axes}; {list(self._first)}; {kilobytes:.0f} KB stored)"

    def _describe(self, source: str) -> dict:
        """What never changes."""
        whole = [all(isinstance(v, int) for v in axis.values) for axis in self._axes]
        return {
            "source": source,
            "new_values": self._new_values,
            "axes": [
                {
                    "name": axis.name,
                    "values": list(axis.values),
                    "log": axis.log,
                    "whole": all_whole,
                }
                for axis, all_whole in zip(self._axes, whole, strict=True)
            ],
            "pictures": [
                {"name": name, "tile": list(sheet.tile), "columns": sheet.columns}
                for name, sheet in self._sheets.items()
            ],
            **self._table,
            "presets": self._presets,
        }

    def _static_html(self) -> str:
        state = {"value": list(self._start)}
        return static_html(self._describe("stored"), state, self._axes, self._sheets)

    def _nearest(self, value: Any) -> tuple[float, ...]:
        """What was computed, or the nearest stored values."""
        numbers = np.atleast_1d(np.asarray(value, dtype=np.float64))
        if numbers.shape != (len(self._axes),) or not np.isfinite(numbers).all():
            raise ValueError(
                f"value must be {len(self._axes)} finite number(s), not {value!r}"
            )
        key = tuple(numbers.tolist())
        if key in self.results:
            return next(known for known in self.results if known == key)
        return tuple(axis.nearest(v) for axis, v in zip(self._axes, key, strict=True))

    def _outside(self, key: tuple[float, ...]) -> Any:
        """A value as the reader writes it: a number, or a list of two."""
        return key[0] if len(key) == 1 else list(key)

    @traitlets.validate("value")
    def _known(self, proposal: Any) -> Any:
        return self._outside(self._nearest(proposal["value"]))

    @traitlets.observe("value", "_state")
    def _follow(self, change: Any) -> None:
        """Page and Python set the value for each other."""
        if not self._follows:
            return
        with self._one_change():
            if change.name == "_state":
                self.value = self._outside(tuple(change.new["value"]))
            else:
                value = np.atleast_1d(self.value).tolist()
                self._state = {**self._state, "value": value}

    def _answer(self, content: dict) -> tuple[dict, list[bytes]]:
        """The stored pictures, or what ``compute`` gives for a new value."""
        if "compute" not in content:
            return {}, [sheet.content for sheet in self._sheets.values()]
        if not self._new_values:
            raise ValueError("this sweep has new_values=False")
        pairs = zip(self._axes, content["compute"], strict=True)
        key = tuple(axis.checked(value) for axis, value in pairs)
        if key not in self.results:
            record = _record(self._compute, self._axes, key)
            check_alike(record, self._first, _words(self._axes, key))
            self.results[key] = record
        record = self.results[key]
        pictures = [encode(record[name]) for name in self._sheets]
        return _table([record]), pictures


def _axes(values: Sequence, name: str | Sequence[str]) -> tuple[Axis, ...]:
    if isinstance(name, str):
        name, values = [name], [values]
    if len(name) not in (1, 2) or len(values) != len(name):
        raise ValueError(
            f"{len(name)} names and {len(values)} sequences of values; a sweep has one "
            "or two sliders, each with a name and its values"
        )
    axes = tuple(make_axis(*pair) for pair in zip(name, values, strict=True))
    n_states = math.prod(len(axis.values) for axis in axes)
    if n_states > MOST_STATES:
        raise ValueError(f"{n_states} states; take fewer values, {MOST_STATES} at most")
    return axes


def _keys(axes: Sequence[Axis]) -> list[tuple[float, ...]]:
    """All values, the first slider's running fastest."""
    return [key[::-1] for key in product(*(axis.values for axis in axes[::-1]))]


def _words(axes: Sequence[Axis], key: Sequence[float]) -> str:
    return "，".join(axis.words(v) for axis, v in zip(axes, key, strict=True))


def _record(compute: Callable, axes: Sequence[Axis], key: tuple) -> Record:
    return checked_record(compute(*key), _words(axes, key))


def _sweep(compute: Callable, axes: Sequence[Axis]) -> dict[tuple, Record]:
    """Records of all values, by value."""
    results: dict[tuple, Record] = {}
    for key in progress(_keys(axes), label="计算", unit="个值"):
        results[key] = _record(compute, axes, key)
        first = next(iter(results.values()))
        check_alike(results[key], first, _words(axes, key))
    return results


def _fitting_sheets(
    records: list[Record], axes: Sequence[Axis], max_bytes: int
) -> dict[str, Sheet]:
    """Pictures by name, with as many levels as fit the budget."""
    names = [name for name, kind in kinds_of(records[0]).items() if kind == PICTURE]
    table = _table(records)
    for levels in LEVELS:
        sheets = {name: _sheet(records, name, axes, levels) for name in names}
        size = _stored_bytes(sheets, table)
        if size <= max_bytes:
            return sheets
    raise ValueError(
        f"{len(records)} states take {size / 1024:.0f} KB even with {levels} levels of "
        f"each colour; the budget is {max_bytes / 1024:.0f} KB. Take fewer values, "
        "smaller pictures or figures with a lower dpi, or raise max_bytes"
    )


def _sheet(
    records: list[Record], name: str, axes: Sequence[Axis], levels: int
) -> Sheet:
    pictures = np.stack([record[name] for record in records])
    alone = columns_for(len(records), *pictures.shape[1:3])
    columns = alone if len(axes) == 1 else len(axes[0].values)
    return make_sheet(pictures, columns, levels)


def _table(records: list[Record]) -> dict:
    """Numbers (six digits) and texts of all records, as the page reads them."""
    kinds = kinds_of(records[0])

    def column(kind: str, form: Callable) -> list[dict]:
        return [
            {"name": name, "values": [form(record[name]) for record in records]}
            for name in kinds
            if kinds[name] == kind
        ]

    return {"numbers": column(NUMBER, _short), "texts": column(TEXT, str)}


def _short(value: float) -> float | str:
    """Six digits; JSON has no NaN and no infinity, so they go as JavaScript's words."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return float(f"{value:.6g}")


def _stored_bytes(sheets: dict[str, Sheet], table: dict) -> int:
    pictures = sum(len(base64.b64encode(sheet.content)) for sheet in sheets.values())
    return pictures + len(json.dumps(table, ensure_ascii=False).encode())


def _presets(presets: Sequence[dict] | None, axes: Sequence[Axis]) -> list[dict]:
    """Named values; by default the lowest and the highest of one slider."""
    if presets is None:
        presets = []
        if len(axes) == 1:
            ends = axes[0].values[0], axes[0].values[-1]
            presets = [{"name": axes[0].words(v), "value": v} for v in ends]
    checked = []
    for preset in presets:
        if set(preset) != _PRESET_KEYS or not preset["name"]:
            raise ValueError(f"a preset has {sorted(_PRESET_KEYS)}: {preset}")
        key = np.atleast_1d(preset["value"]).tolist()
        pairs = zip(axes, key, strict=False)
        if len(key) != len(axes) or not all(v in axis.values for axis, v in pairs):
            raise ValueError(f"the value of preset {preset!r} is not one of the stored")
        checked.append({"name": str(preset["name"]), "value": key})
    return checked
