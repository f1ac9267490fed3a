"""The sweep explorer: what a function gives for each value of one or two sliders."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import traitlets

from aigc_helpers.explorers.base import Explorer
from aigc_helpers.explorers.sprites import WEBP
from aigc_helpers.explorers.sweep.page import static_html
from aigc_helpers.explorers.sweep.records import Record, check_alike, checked_record
from aigc_helpers.explorers.sweep.setting import SweepSetting, sweep_setting
from aigc_helpers.explorers.sweep.stored import (
    fitting_sheets,
    stored_bytes,
    table_of,
)
from aigc_helpers.explorers.sweep.words import WORDS
from aigc_helpers.progress import progress
from aigc_helpers.reader import Mistake, Stopped


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
    charts : mapping, optional
        Title of a chart, and names of the numbers whose curves share it and its scale;
        by default each number has a chart of its own.
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
        **options: Any,
    ):
        setting = sweep_setting(values, name, **options)
        self._setting, self._compute = setting, compute
        self.results = _sweep(compute, setting)
        self._first = next(iter(self.results.values()))
        records = list(self.results.values())
        self._sheets = fitting_sheets(records, setting)
        self._table = table_of(records)
        self.n_bytes = stored_bytes(self._sheets, self._table)
        value = self._outside(setting.start)
        super().__init__(self._describe("kernel"), setting.state(), value=value)

    def __repr__(self) -> str:
        axes = ", ".join(f"{a.name}: {len(a.values)}" for a in self._setting.axes)
        kilobytes = self.n_bytes / 1024
        return f"SweepExplorer({axes}; {list(self._first)}; {kilobytes:.0f} KB stored)"

    def _describe(self, source: str) -> dict:
        """What never changes."""
        return self._setting.config(
            source=source, sheets=self._sheets, table=self._table
        )

    def _static_html(self) -> str:
        return static_html(self._describe("stored"), self._setting, self._sheets)

    def _nearest(self, value: Any) -> tuple[float, ...]:
        """What was computed, or the nearest stored values."""
        key = self._setting.numbers(value)
        if key in self.results:
            return next(stored for stored in self.results if stored == key)
        return self._setting.nearest(key)

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
        """What there is so far, or what ``compute`` gives for a new value."""
        if "compute" not in content:
            stored = set(self._setting.keys)
            fresh = [list(key) for key in self.results if key not in stored]
            return {"fresh": fresh}, [s.content for s in self._sheets.values()]
        if not self._setting.new_values:
            raise Mistake("this sweep has new_values=False", "这里的滑块不能算新的值。")
        pairs = zip(self._setting.axes, content["compute"], strict=True)
        key = tuple(axis.checked(value) for axis, value in pairs)
        if key not in self.results:
            record = _record(self._compute, self._setting, key)
            check_alike(record, self._first, self._setting.words(key))
            self.results[key] = record
        record = self.results[key]
        pictures = [WEBP.encode(record[name]) for name in self._sheets]
        return table_of([record]), pictures


def _record(compute: Callable, setting: SweepSetting, key: tuple) -> Record:
    return checked_record(compute(*key), setting.words(key))


def _sweep(compute: Callable, setting: SweepSetting) -> dict[tuple, Record]:
    """Records of all values, by value."""
    results: dict[tuple, Record] = {}
    words = {"label": WORDS["computing"], "unit": WORDS["unit"]}
    try:
        for key in progress(setting.keys, **words):
            results[key] = _record(compute, setting, key)
            first = next(iter(results.values()))
            check_alike(results[key], first, setting.words(key))
    except KeyboardInterrupt as interrupt:
        done, n = len(results), len(setting.keys)
        stopped = Stopped(
            f"stopped after {done} of {n} values",
            WORDS["stopped"].format(done=done, n=n),
        )
        stopped.kept = results
        raise stopped from interrupt
    return results
