"""What a network reads: a line of characters, or the cells of a table.

Both turn what a reader wrote into source tokens with features, see
`language.transduction`, and know what each token is called and what its copy says.
What was written is a dict, a part of the explorer's state, with the keys ``keys``.
``source.js`` has the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

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
MOST_TEXT = 12  # characters of a free value


# ---- a line ----------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A line of characters; the feature of ``characters[i]`` is i + 1.

    Of a network that writes in several ``directions`` the source begins with the one
    that is wanted, which is one of the characters.
    """

    characters: tuple[str, ...]
    directions: tuple[str, ...] = ()

    keys: ClassVar = ("text", "to")

    def checked(self, written: dict) -> dict:
        """Text and direction, if the network can read them."""
        text, to = written["text"], written.get("to", "") or (*self.directions, "")[0]
        check_text("text", text, MOST_CHARACTERS)
        if not text:
            raise Mistake("text is empty", "text 是空的：至少写一个字。")
        if unknown := "".join(sorted(set(text) - set(self.characters))):
            raise Mistake(
                f"the network does not read these characters of text: {unknown!r}",
                f"text 里有网络不认得的字：{' '.join(unknown)}。",
            )
        if to not in (self.directions or ("",)):
            raise Mistake(
                f"to must be one of {list(self.directions)}, not {to!r}",
                f"to 写成了 {to!r}，可以写：{'、'.join(self.directions)}。",
            )
        return {"text": text, "to": to}

    def tokens(self, written: dict) -> torch.Tensor:
        """Source tokens int64 (1, S, 1)."""
        ids = [[self.characters.index(c) + 1] for c in self.names(written)]  # (S, 1)
        return torch.tensor([ids])  # (1, S, 1)

    def names(self, written: dict) -> list[str]:
        """What each source token is called: S texts."""
        return list(written["to"] + written["text"])

    copies = names

    def config(self) -> dict:
        """What the page needs to do the same."""
        return {
            "characters": list(self.characters),
            "directions": list(self.directions),
        }


def line_of(characters: Any, directions: Any = ()) -> Line:
    """A line of the network's characters and its directions, single characters all."""
    found = _single("source", characters)
    named = _single("directions", directions)
    if not set(named) <= set(found):
        raise Mistake(
            f"directions {named} must be characters of source",
            f"directions 里的 {'、'.join(named)} 应当也在 source 里。",
        )
    return Line(found, named)


def _single(name: str, characters: Any) -> tuple[str, ...]:
    if not isinstance(characters, str):
        check_sequence(name, characters)
    found = tuple(characters)
    if not all(isinstance(one, str) and len(one) == 1 for one in found):
        raise Mistake(
            f"{name} must be single characters: {characters!r}",
            f"{name} 应当是一个个的字，这里是 {characters!r}。",
        )
    if twice := sorted({one for one in found if found.count(one) > 1}):
        raise Mistake(
            f"twice in {name}: {twice}", f"{name} 里有重复的字：{' '.join(twice)}。"
        )
    return found


# ---- a table ---------------------------------------------------------------------


@dataclass(frozen=True)
class Field:
    """A row of the table: a choice of texts, a free text, or an integer with a unit.

    The features of a cell are ``id`` and that of its value: ``offset`` + index of the
    choice; ``offset`` alone of a ``free`` text, whose choices are proposals; or
    ``offset`` + the integer's bucket of ``step`` integers, counted from ``low``.
    Integers that lie within ``range`` but outside ``low`` … ``high`` fall into the
    first or the last bucket.
    """

    id: int
    name: str
    offset: int
    choices: Sequence[str] = ()
    free: bool = False
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
        name_tuple("choices", self.choices, len(self.choices))
        if self.choices or self.free:
            return
        check_integer("step", self.step, 1, MOST_VALUES)
        check_integer("low", self.low, -(10**9), 10**9)
        check_integer("high", self.high, self.low, self.low + MOST_VALUES * self.step)
        least, most = self.limits
        check_integer("range", least, -(10**9), 10**9)
        check_integer("range", most, least, 10**9)

    @property
    def limits(self) -> tuple[int, int]:
        """The integers between which a reader may choose."""
        least, most = self.range or (self.low, self.high)
        return least, most

    def checked(self, value: Any) -> str | int:
        """A value of this field."""
        if self.free:
            check_text(self.name, value, MOST_TEXT)
        elif not self.choices:
            check_integer(self.name, value, *self.limits)
        elif value not in self.choices:
            raise Mistake(
                f"{self.name} is none of {list(self.choices)}: {value!r}",
                f"{self.name} 写成了 {value!r}，可以写：{'、'.join(self.choices)}。",
            )
        return value

    def feature(self, value: str | int) -> int:
        """The value's feature."""
        if self.free:
            return self.offset
        if self.choices:
            return self.offset + list(self.choices).index(value)
        kept = min(max(value, self.low), self.high)
        return self.offset + (kept - self.low) // self.step

    def config(self) -> dict:
        """What the page needs to do the same."""
        facts = {"id": self.id, "name": self.name, "offset": self.offset}
        if self.choices or self.free:
            return {**facts, "choices": list(self.choices), "free": self.free}
        numbers = {key: getattr(self, key) for key in ("low", "high", "step", "unit")}
        return {**facts, **numbers, "range": list(self.limits)}


@dataclass(frozen=True)
class Table:
    """Rows that may be empty; a cell is a source token of features (field, value)."""

    fields: tuple[Field, ...]

    keys: ClassVar = ("table",)

    def checked(self, written: dict) -> dict:
        """The table in the order of the fields, without its empty rows."""
        table, names = written["table"], [field.name for field in self.fields]
        if not isinstance(table, dict) or not set(table) <= set(names):
            raise Mistake(
                f"table maps names of {names} to values; it is {table!r}",
                f"table 写成了 {table!r}，应当是字典，键取自：{'、'.join(names)}。",
            )
        full = {
            field.name: field.checked(table[field.name])
            for field in self.fields
            if table.get(field.name) not in (None, "")
        }
        if not full:
            raise Mistake("the table is empty", "表是空的：至少填一格。")
        return {"table": full}

    def tokens(self, written: dict) -> torch.Tensor:
        """Source tokens int64 (1, S, 2)."""
        table = written["table"]
        rows = [
            [field.id, field.feature(table[field.name])]
            for field in self.fields
            if field.name in table
        ]  # (S, 2)
        return torch.tensor([rows])  # (1, S, 2)

    def names(self, written: dict) -> list[str]:
        """What each source token is called: S texts."""
        return [field.name for field in self.fields if field.name in written["table"]]

    def copies(self, written: dict) -> list[str]:
        """What a copy of each source token says."""
        return [str(written["table"][name]) for name in self.names(written)]

    def config(self) -> dict:
        """What the page needs to do the same."""
        return {"fields": [field.config() for field in self.fields]}


def table_of(fields: Any) -> Table:
    """A table of these fields, given as dicts; see `Field`."""
    check_sequence("fields", fields)
    check_integer("the number of fields", len(fields), 1, MOST_FIELDS)
    found = tuple(options_of(Field, dict(one)) for one in fields)
    for key in ("id", "name"):
        if len({getattr(one, key) for one in found}) < len(found):
            raise Mistake(f"two fields have one {key}", f"两个字段的 {key} 相同。")
    return Table(found)
