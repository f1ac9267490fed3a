"""What an attention explorer shows: what is read, the target's words, first input.

What a card's ``explorer`` entry gives, beside ``"kind": "attention"``, is what
`attention_setting` takes. Of a network that reads a line::

    {"source": "汉数0123456789-年月日〇零一二三四五六七八九十百千万亿两",
     "target": "汉数0123456789-年月日〇零一二三四五六七八九十百千万亿两",
     "directions": "汉数",
     "text": "10500", "to": "汉", "token": 1,
     "rules": "numerals", "learnt": 9,
     "presets": [{"name": "连着三个零", "text": "10500000", "to": "汉", "token": 2}]}

Character i of ``source`` (from 0) has feature i + 1, entry i of ``target`` is token
i + 1. With ``directions`` a source begins with one of them, here 汉10500; by the rules
of numerals the first asks for characters, the second for digits. Numbers of up to
``learnt`` digits were learnt. ``token``, or ``cell`` of the source, is looked at first;
they are counted from 0, the direction among the cells.

Of one that reads a table, ``source.Field`` says what a row is::

    {"fields": [{"id": 1, "name": "城市", "offset": 0, "free": True,
                 "choices": ["北京", "上海"]},
                {"id": 2, "name": "天气", "offset": 2, "choices": ["晴", "多云"]},
                {"id": 3, "name": "最高气温", "offset": 9, "low": -25, "high": 42,
                 "unit": "℃"}],
     "target": ["今天", "最高", "℃", "，", "。"],
     "table": {"天气": "晴", "最高气温": 21},
     "presets": [{"name": "少一格", "table": {"天气": "晴"}}]}

A row that is empty is no source token. Token V + s, where V is one more than there are
entries of ``target``, copies source token s: the character, the text, or the integer's
digits.
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

RULES = ("", "numerals")  # by which the page knows what is right
MOST_TOKENS = 200  # of a target
PLACES = ("token", "cell")
_MOST_DIGITS = 40


@dataclass(frozen=True)
class AttentionSetting:
    """A checked setting; make it with `attention_setting`."""

    source: Line | Table
    target: tuple[str, ...]
    start: dict  # what is read first
    places: dict  # what is looked at first
    max_length: int
    rules: str
    learnt: int
    presets: tuple[dict, ...] = ()

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
        return {**self.start, **self.places}

    def starts(self) -> list[dict]:
        """What is read first, and what presets read."""
        presets = [{k: one[k] for k in self.start if k in one} for one in self.presets]
        return [self.start, *({**self.start, **one} for one in presets if one)]

    def sources(self) -> list[torch.Tensor]:
        """Source tokens of these, int64 (1, S, F) each."""
        return [self.source.tokens(one) for one in self.starts()]

    def words(self, tokens: Sequence[int], start: dict) -> list[str]:
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
    directions: Any = ()
    fields: Any = ()
    text: Any = None
    to: Any = ""
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
    source = _source_of(asked)
    check_integer("max_length", asked.max_length, 1, MOST_TOKENS)
    check_integer("learnt", asked.learnt, 0, _MOST_DIGITS)
    if asked.rules not in RULES:
        raise Mistake(
            f"rules are one of {RULES}, not {asked.rules!r}",
            f"rules 写成了 {asked.rules!r}，可以写：{RULES}。",
        )
    words = tuple(target)
    setting = AttentionSetting(
        source,
        name_tuple("target", words, len(words)),
        source.checked({key: getattr(asked, key) for key in source.keys}),
        {name: place_of(name, getattr(asked, name)) for name in PLACES},
        asked.max_length,
        asked.rules,
        asked.learnt,
    )
    check_sequence("presets", asked.presets)
    return replace(
        setting, presets=tuple(_preset(one, setting) for one in asked.presets)
    )


def _source_of(asked: AttentionOptions) -> Line | Table:
    if bool(asked.source) == bool(asked.fields):
        raise Mistake(
            "give source (a line's characters) or fields (a table's rows)",
            "source（一行字里有哪些字）和 fields（表里有哪些行）只给一样。",
        )
    if asked.fields:
        return table_of(asked.fields)
    return line_of(asked.source, asked.directions)


def place_of(name: str, place: Any) -> int | None:
    """A place among tokens, counted from 0, or None."""
    if place is not None:
        check_integer(name, place, 0, MOST_TOKENS)
    return place


def _preset(preset: Any, setting: AttentionSetting) -> dict:
    full = preset_of(preset, (*setting.start, *PLACES))
    if set(setting.start) & set(full):
        full |= setting.source.checked({**setting.start, **full})
    for name in set(PLACES) & set(full):
        place_of(name, full[name])
    return full
