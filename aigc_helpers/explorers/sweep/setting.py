"""What a sweep was asked for: its sliders, where they stop, presets, the budget."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from aigc_helpers.explorers.checks import check_sequence, options_of, preset_of
from aigc_helpers.explorers.sprites import Sheet
from aigc_helpers.explorers.sweep.words import WORDS
from aigc_helpers.reader import Mistake

MOST_STATES = 200
MAX_BYTES = 400 * 1024  # of the pictures as base64 text, and of numbers and texts


@dataclass(frozen=True)
class Axis:
    """One slider: its name, and its values in rising order."""

    name: str
    values: tuple[float, ...]

    @property
    def log(self) -> bool:
        """Whether the values are told apart on a logarithmic scale."""
        low, high = self.values[0], self.values[-1]
        return low > 0 and high / low >= 30

    @property
    def whole(self) -> bool:
        """Whether all values are ints, so that new ones are whole numbers too."""
        return all(isinstance(value, int) for value in self.values)

    @property
    def full(self) -> bool:
        """Whether no value lies between those that there are."""
        low, high = self.values[0], self.values[-1]
        return self.whole and len(self.values) == high - low + 1

    def config(self) -> dict:
        """What the module must know of the slider."""
        facts = {"name": self.name, "values": list(self.values)}
        return {**facts, "log": self.log, "whole": self.whole}

    def nearest(self, value: float) -> float:
        """The stored value that is nearest on the axis's scale."""
        return min(self.values, key=lambda stored: self._gap(stored, value))

    def _gap(self, a: float, b: float) -> float:
        if self.log:
            return abs(math.log(a / b)) if b > 0 else a
        return abs(a - b)

    def words(self, value: float) -> str:
        """The value with its name, for errors and captions."""
        return WORDS["value"].format(name=self.name, value=written(value))

    def checked(self, value: Any) -> float:
        """A number between the ends, an int where all values are.

        Raises
        ------
        ValueError
            If it is none, or lies outside.
        """
        low, high = self.values[0], self.values[-1]
        if not isinstance(value, int | float):
            raise Mistake(
                f"{self.name} is a number, not {value!r}",
                f"{self.name} 应当是一个数，这里是 {value!r}。",
            )
        if not low <= value <= high:
            raise Mistake(
                f"{self.words(value)} is not between {low} and {high}",
                f"{self.words(value)} 超出了范围，应当在 {low} 和 {high} 之间。",
            )
        if self.whole and value != int(value):
            raise Mistake(
                f"{self.name} takes whole numbers, not {value}",
                f"{self.name} 要写整数，这里是 {value}。",
            )
        return int(value) if self.whole else float(value)


def written(value: float) -> str:
    """A slider's value as readers write it."""
    return str(value) if isinstance(value, int) else f"{value:g}"


def make_axis(name: Any, values: Any) -> Axis:
    """Check one slider's name and values; they are put in rising order.

    Raises
    ------
    ValueError
        If the name is no text, or the values are not two or more finite numbers.
    """
    if not isinstance(name, str) or not name:
        raise Mistake(
            f"name must be a text for each slider, not {name!r}",
            f"每个滑块要有一个名字，这里是 {name!r}。",
        )
    array = np.asarray(values)
    good = array.ndim == 1 and array.size > 1 and array.dtype.kind in "iuf"
    if (
        not good
        or not np.isfinite(array).all()
        or len(set(array.tolist())) < array.size
    ):
        raise Mistake(
            f"values of {name!r} must be two or more different finite numbers, not "
            f"{values!r}",
            f"{name} 要有两个以上不同的数，这里是 {values!r}。",
        )
    return Axis(name, tuple(sorted(array.tolist())))


@dataclass(frozen=True)
class SweepSetting:
    """A checked setting; make it with `sweep_setting`."""

    axes: tuple[Axis, ...]
    presets: tuple[dict, ...]
    start: tuple[float, ...]
    new_values: bool
    max_bytes: int
    charts: tuple[tuple[str, tuple[str, ...]], ...] = ()  # title, and whose curves

    @property
    def keys(self) -> list[tuple[float, ...]]:
        """All values, the first slider's running fastest."""
        return [
            key[::-1] for key in product(*(axis.values for axis in self.axes[::-1]))
        ]

    def words(self, key: Sequence[float]) -> str:
        """A value with its name, or two."""
        pairs = zip(self.axes, key, strict=True)
        return WORDS["values"].join(axis.words(value) for axis, value in pairs)

    def config(self, *, source: str, sheets: dict[str, Sheet], table: dict) -> dict:
        """The part of the module's state that never changes."""
        return {
            "source": source,
            "new_values": self.new_values,
            "axes": [axis.config() for axis in self.axes],
            "pictures": [
                {"name": name, "tile": list(sheet.tile), "columns": sheet.columns}
                for name, sheet in sheets.items()
            ],
            **table,
            "charts": self.drawn([number["name"] for number in table["numbers"]]),
            "presets": list(self.presets),
        }

    def drawn(self, numbers: Sequence[str]) -> list[dict]:
        """Charts, each with places in the list of numbers; one of its own by default.

        Raises
        ------
        ValueError
            If a chart names what is no number.
        """
        together = {name: title for title, names in self.charts for name in names}
        if unknown := [name for name in together if name not in numbers]:
            raise Mistake(
                f"charts names {unknown}, which are no numbers of {list(numbers)}",
                f"charts 里写了 {unknown}，可是数只有：{list(numbers)}。",
            )
        titles = dict.fromkeys(together.get(name, name) for name in numbers)
        return [
            {
                "name": title,
                "numbers": [
                    i for i, n in enumerate(numbers) if together.get(n, n) == title
                ],
            }
            for title in titles
        ]

    def state(self) -> dict:
        """The part that moves, at its start."""
        return {"value": list(self.start)}

    def nearest(self, value: Any) -> tuple[float, ...]:
        """The stored value that is nearest to a number, or to a list of two."""
        key = self.numbers(value)
        return tuple(axis.nearest(v) for axis, v in zip(self.axes, key, strict=True))

    def numbers(self, value: Any) -> tuple[float, ...]:
        """One number for each slider, stored or not."""
        numbers = np.atleast_1d(np.asarray(value, dtype=np.float64))
        if numbers.shape != (len(self.axes),) or not np.isfinite(numbers).all():
            raise Mistake(
                f"value must be {len(self.axes)} finite number(s), not {value!r}",
                f"value 应当是 {len(self.axes)} 个数，这里是 {value!r}。",
            )
        return tuple(numbers.tolist())


@dataclass(frozen=True)
class SweepOptions:
    """What may be left out of a setting."""

    start: Any = None
    presets: Sequence[dict] | None = None
    new_values: bool = True
    max_bytes: int = MAX_BYTES
    charts: Mapping[str, Sequence[str]] | None = None


def sweep_setting(
    values: Sequence, name: str | Sequence[str], **options: Any
) -> SweepSetting:
    """Check everything and fill in what is left out; see `SweepOptions`.

    Raises
    ------
    ValueError
        If values, names, presets or the start do not fit.
    """
    asked = options_of(SweepOptions, options)
    axes = _axes(values, name)
    lowest = tuple(axis.values[0] for axis in axes)
    new_values = asked.new_values and not all(axis.full for axis in axes)
    setting = SweepSetting(
        axes,
        _presets(asked.presets, axes),
        lowest,
        new_values,
        asked.max_bytes,
        tuple((title, tuple(names)) for title, names in (asked.charts or {}).items()),
    )
    if asked.start is None:
        return setting
    return replace(setting, start=setting.nearest(asked.start))


def _axes(values: Sequence, name: str | Sequence[str]) -> tuple[Axis, ...]:
    if isinstance(name, str):
        name, values = [name], [values]
    if len(name) not in (1, 2) or len(values) != len(name):
        raise Mistake(
            f"{len(name)} names and {len(values)} sequences of values; a sweep has one "
            "or two sliders, each with a name and its values",
            f"有 {len(name)} 个名字、{len(values)} 组值：一个或两个滑块，各要"
            "一个名字和一组值。",
        )
    axes = tuple(make_axis(*pair) for pair in zip(name, values, strict=True))
    n_states = math.prod(len(axis.values) for axis in axes)
    if n_states > MOST_STATES:
        raise Mistake(
            f"{n_states} states; take fewer values, {MOST_STATES} at most",
            f"一共 {n_states} 种取值，太多了：最多 {MOST_STATES} 种。",
        )
    return axes


def _presets(presets: Sequence[dict] | None, axes: Sequence[Axis]) -> tuple[dict, ...]:
    """Named values; by default the lowest and the highest of one slider."""
    if presets is None:
        only = axes[0] if len(axes) == 1 else None
        ends = [only.values[0], only.values[-1]] if only else []
        presets = [{"name": only.words(end), "value": end} for end in ends]
    check_sequence("presets", presets)
    return tuple(_preset(preset, axes) for preset in presets)


def _preset(preset: dict, axes: Sequence[Axis]) -> dict:
    full = preset_of(preset, ("value",), whole=True)
    key = np.atleast_1d(full["value"]).tolist()
    pairs = zip(axes, key, strict=False)
    if len(key) != len(axes) or not all(value in axis.values for axis, value in pairs):
        raise Mistake(
            f"the value of preset {preset!r} is not one of the stored",
            f"预设 {preset!r} 的值不在滑块的取值里。",
        )
    return {"name": full["name"], "value": key}
