"""What an attention explorer shows: what is read, the target's words, first input.

What a card's ``explorer`` entry gives, beside ``"kind": "attention"``, is what
`attention_setting` takes. Of a network that reads a line::

    {"source": "0123456789零一二三四五六七八九十百千万亿",  # i-th character: feature i + 1
     "target": "0123456789零一二三四五六七八九十百千万亿",  # i-th entry: token i + 1
     "text": "10500", "token": 1,                       # first line, token looked at
     "rules": "numerals", "learnt": 8,                  # numbers of up to 8 digits
     "presets": [{"name": "一个零", "text": "10500000", "token": 2}]}

Of one that reads a table (features: ``id``, and ``offset`` + index of the choice or
``offset`` + (integer − low) // step, cut to low…high)::

    {"fields": [{"id": 1, "name": "天气", "offset": 1, "choices": ["晴", "多云"]},
                {"id": 2, "name": "最高气温", "offset": 3, "low": -20, "high": 44,
                 "step": 5, "unit": "℃"}],
     "target": ["今天", "最高", "℃", "，", "。"],          # words, too
     "table": {"天气": "晴", "最高气温": 21},               # a row that is left out: empty
     "presets": [{"name": "少一格", "table": {"天气": "晴"}}]}

A row that is empty is no source token. Token V + s, V being one more than entries of
``target``, copies source token s: the character, the choice, or the integer's digits.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from aigc_helpers.explorers.attention.source import Line, Table, line_of, table_of
from aigc_helpers.explorers.checks import (
    check_integer,
    check_sequence,
    name_tuple,
    options_of,
    preset_of,
)
from aigc_helpers.reader import Mistake

RULES = ("", "numerals")  # whether the page knows what is right
MOST_TOKENS = 200  # of a target
_MOST_DIGITS = 40


@dataclass(frozen=True)
class AttentionSetting:
    """A checked setting; make it with `attention_setting`."""

    source: Line | Table
    target: tuple[str, ...]
    start: Any  # the first line or table
    token: int | None
    cell: int | None
    presets: tuple[dict, ...]
    max_length: int
    rules: str
    learnt: int

    @property
    def n_tokens(self) -> int:
        """Size V of the target vocabulary, the end included."""
        return len(self.target) + 1

    def config(self, **facts: Any) -> dict:
        """The part of the module's state that never changes."""
        return {
            **self.source.config(),
            "target": list(self.target),
            "rules": self.rules,
            "learnt": self.learnt,
            "max_length": self.max_length,
            "presets": list(self.presets),
            **facts,
        }

    def state(self) -> dict:
        """The part that moves, at its start."""
        return {self.source.key: self.start, "token": self.token, "cell": self.cell}

    def starts(self) -> list:
        """The first line or table, and those of the presets."""
        key = self.source.key
        return [self.start, *(one[key] for one in self.presets if key in one)]

    def sources(self) -> list[torch.Tensor]:
        """Their source tokens, int64 (1, S, F) each."""
        return [self.source.tokens(one) for one in self.starts()]

    def written(self, tokens: Sequence[int], start: Any) -> list[str]:
        """What target tokens say; those from V on copy from ``start``."""
        copies = self.source.copies(start)
        return [
            self.target[t - 1] if t < self.n_tokens else copies[t - self.n_tokens]
            for t in tokens
        ]


@dataclass(frozen=True)
class AttentionOptions:
    """What a setting is made of, beside the target's words."""

    source: Any = ""
    fields: Any = ()
    text: Any = None
    table: Any = None
    token: int | None = 0
    cell: int | None = None
    presets: Any = ()
    max_length: int = 64
    rules: str = ""
    learnt: int = 0


def attention_setting(target: Any, **options: Any) -> AttentionSetting:
    """Check everything; see `AttentionOptions` and the head of this module.

    Raises
    ------
    Mistake
        If the source, the words, the first input, a preset or a number do not fit.
    WrongCall
        If there is no such option.
    """
    asked = options_of(AttentionOptions, options)
    if bool(asked.source) == bool(asked.fields):
        raise Mistake(
            "give source (a line's characters) or fields (a table's rows)",
            "source（一行字里有哪些字）和 fields（表里有哪些行）要给一样，只给一样。",
        )
    source = table_of(asked.fields) if asked.fields else line_of(asked.source)
    target = tuple(target)
    check_integer("max_length", asked.max_length, 1, MOST_TOKENS)
    check_integer("learnt", asked.learnt, 0, _MOST_DIGITS)
    if asked.rules not in RULES:
        raise Mistake(f"rules are {RULES}", f"rules 可以写：{RULES}。")
    setting = AttentionSetting(
        source,
        name_tuple("target", target, len(target)),
        source.checked(getattr(asked, source.key)),
        *(place_of(name, getattr(asked, name)) for name in ("token", "cell")),
        (),
        asked.max_length,
        asked.rules,
        asked.learnt,
    )
    check_sequence("presets", asked.presets)
    return replace(
        setting, presets=tuple(_preset(one, source) for one in asked.presets)
    )


def place_of(name: str, place: Any) -> int | None:
    """A place among tokens, counted from 0, or None."""
    if place is not None:
        check_integer(name, place, 0, MOST_TOKENS)
    return place


def _preset(preset: Any, source: Line | Table) -> dict:
    full = preset_of(preset, (source.key, "token", "cell"))
    if source.key in full:
        full[source.key] = source.checked(full[source.key])
    for name in {"token", "cell"} & set(full):
        place_of(name, full[name])
    return full
