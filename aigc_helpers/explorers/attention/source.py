"""What a network reads: a line of characters, or the cells of a table.

Both turn what a reader wrote into source tokens with features, see
`language.transduction`, and know what each token is called and what its copy says.
``source.js`` has the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from aigc_helpers.explorers.checks import (
    check_integer,
    check_sequence,
    check_text,
    name_tuple,
    options_of,
)
from aigc_helpers.reader import Mistake

MOST_CHARACTERS = 60  # of a line
MOST_FIELDS = 24
MOST_VALUES = 10_000  # of one field
MOST_UNIT = 8


@dataclass(frozen=True)
class Line:
    """A line of characters; the feature of ``characters[i]`` is i + 1."""

    characters: tuple[str, ...]

    key = "text"  # of the state

    def checked(self, text: Any) -> str:
        """The text, if the network can read it."""
        check_text("text", text, MOST_CHARACTERS)
        unknown = sorted(set(text) - set(self.characters))
        if unknown or not text:
            raise Mistake(
                f"text has characters that the network does not read: {unknown}"
                if unknown
                else "text is empty",
                f"text 里有网络不认得的字：{' '.join(unknown)}。"
                if unknown
                else "text 是空的：至少写一个字。",
            )
        return text

    def tokens(self, text: str) -> torch.Tensor:
        """Source tokens int64 (1, S, 1)."""
        ids = [[self.characters.index(one) + 1] for one in text]  # (S, 1)
        return torch.tensor([ids])  # (1, S, 1)

    def names(self, text: str) -> list[str]:
        """What each source token is called: S texts."""
        return list(text)

    copies = names

    def config(self) -> dict:
        """What the page needs to do the same."""
        return {"characters": list(self.characters)}


@dataclass(frozen=True)
class Field:
    """A row of the table: a choice of texts, or an integer with its unit.

    The features of a cell are ``id`` and that of its value: ``offset`` + index of the
    choice, or ``offset`` + the integer's bucket of ``step`` integers, counted from
    ``low``; integers outside ``low``…``high`` fall into the first or last bucket.
    """

    id: int
    name: str
    offset: int
    choices: Sequence[str] = ()
    low: int = 0
    high: int = 0
    step: int = 1
    unit: str = ""
    range: Sequence[int] = ()  # what a reader may write, by default low and high

    def __post_init__(self):
        name_tuple("name", [self.name], 1)
        check_integer("id", self.id, 1, MOST_VALUES)
        check_integer("offset", self.offset, 0, MOST_VALUES * MOST_FIELDS)
        check_text("unit", self.unit, MOST_UNIT)
        if self.choices:
            name_tuple("choices", self.choices, len(self.choices))
            return
        check_integer("step", self.step, 1, MOST_VALUES)
        for name, value in (("low", self.low), ("high", self.high)):
            check_integer(name, value, -(10**6), 10**6)
        least, most = self.limits
        check_integer("range", most, least, 10**9)

    @property
    def limits(self) -> tuple[int, int]:
        """The integers between which a reader may choose."""
        least, most = self.range or (self.low, self.high)
        return least, most

    def checked(self, value: Any) -> str | int:
        """A value of this field."""
        if not self.choices:
            check_integer(self.name, value, *self.limits)
        elif value not in self.choices:
            raise Mistake(
                f"{self.name} is none of {list(self.choices)}: {value!r}",
                f"{self.name} 写成了 {value!r}，可以写：{'、'.join(self.choices)}。",
            )
        return value

    def feature(self, value: str | int) -> int:
        """The value's feature."""
        if self.choices:
            return self.offset + list(self.choices).index(value)
        kept = min(max(value, self.low), self.high)
        return self.offset + (kept - self.low) // self.step

    def config(self) -> dict:
        """What the page needs to do the same."""
        facts = {"id": self.id, "name": self.name, "offset": self.offset}
        if self.choices:
            return {**facts, "choices": list(self.choices)}
        numbers = {key: getattr(self, key) for key in ("low", "high", "step", "unit")}
        return {**facts, **numbers, "range": list(self.limits)}


@dataclass(frozen=True)
class Table:
    """Rows that may be empty; a cell is a source token of features (field, value)."""

    fields: tuple[Field, ...]

    key = "table"

    def checked(self, table: Any) -> dict:
        """The table in the order of the fields, without its empty rows."""
        if not isinstance(table, dict) or not set(table) <= {
            f.name for f in self.fields
        }:
            raise Mistake(
                f"table maps {[f.name for f in self.fields]} to values, not {table!r}",
                f"table 写成了 {table!r}，应当是字典，键取自："
                f"{'、'.join(f.name for f in self.fields)}。",
            )
        full = {
            f.name: f.checked(table[f.name])
            for f in self.fields
            if table.get(f.name) is not None
        }
        if not full:
            raise Mistake("the table is empty", "表是空的：至少填一格。")
        return full

    def tokens(self, table: dict) -> torch.Tensor:
        """Source tokens int64 (1, S, 2)."""
        there = [f for f in self.fields if f.name in table]
        rows = [[f.id, f.feature(table[f.name])] for f in there]  # (S, 2)
        return torch.tensor([rows])  # (1, S, 2)

    def names(self, table: dict) -> list[str]:
        """What each source token is called: S texts."""
        return [f.name for f in self.fields if f.name in table]

    def copies(self, table: dict) -> list[str]:
        """What a copy of each source token says."""
        return [str(table[f.name]) for f in self.fields if f.name in table]

    def config(self) -> dict:
        """What the page needs to do the same."""
        return {"fields": [f.config() for f in self.fields]}


def line_of(characters: Any) -> Line:
    """A line of the network's characters, each one character."""
    if not isinstance(characters, str):
        check_sequence("source", characters)
    found = tuple(characters)
    if not all(isinstance(one, str) and len(one) == 1 for one in found):
        raise Mistake(
            f"source must be single characters: {characters!r}",
            f"source 应当是一个个的字，这里是 {characters!r}。",
        )
    if len(set(found)) < len(found):
        raise Mistake(
            "a character of source stands there twice", "source 里有重复的字。"
        )
    return Line(found)


def table_of(fields: Any) -> Table:
    """A table of these fields, given as dicts; see `Field`."""
    check_sequence("fields", fields)
    check_integer("the number of fields", len(fields), 1, MOST_FIELDS)
    found = tuple(options_of(Field, dict(one)) for one in fields)
    for key in ("id", "name"):
        if len({getattr(one, key) for one in found}) < len(found):
            raise Mistake(f"two fields have one {key}", f"两个字段的 {key} 相同。")
    return Table(found)
