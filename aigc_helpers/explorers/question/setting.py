"""What a question explorer shows: a question, false passages to put in, presets.

What a card's ``explorer`` entry gives, beside ``"kind": "question"`` and the
``"decoder"`` that answers, is what `QuestionOptions` lists::

    {"kind": "question", "decoder": "ShownAnswers",
     "question": "什么是模式崩溃？",
     "strangers": [{"name": "学习率", "of": "05_gan/gan-054/1",
                    "text": "模式崩溃说的是……"}],
     "presets": [{"name": "书里没有的", "question": "ChatGPT 一个月多少钱？"},
                 {"name": "假段落", "planted": True, "which": 0}]}

A false passage pretends to be in the place of the book's passage ``of``, or, without
it, has no place.
"""

from dataclasses import dataclass, replace
from typing import Any, Protocol

import torch

from aigc_helpers.explorers.checks import (
    check_integer,
    check_sequence,
    check_text,
    options_of,
    preset_of,
)
from aigc_helpers.reader import Mistake

KEYS = ("question", "planted", "which", "own")
MOST_TYPED = 2000  # characters of a question that the field takes; 300 are answered
MOST_OWN = 400  # of a false passage
MOST_STRANGERS = 8
MOST_NAME = 40
NOWHERE = {"chapter": "", "number": "", "heading": "", "address": ""}


class Answers(Protocol):
    """Who answers; `aigc_helpers.text.ShownAnswers` says what each gives."""

    def explain(self, question: str, stranger: dict | None = None) -> dict:
        """What is told of a question, and why."""

    def passage(self, key: str) -> dict:
        """A passage of the book as plain data."""

    def tables(self) -> dict[str, torch.Tensor]:
        """Numbers from which a page's script answers."""

    def facts(self) -> dict:
        """What else it needs, as plain data."""

    def identity(self) -> str:
        """A checksum of all that."""


@dataclass(frozen=True)
class QuestionSetting:
    """A checked setting; make it with `question_setting`.

    ``strangers`` are false passages, each with a name beside what a passage has but its
    key. Number ``len(strangers)`` is the one that the reader writes, ``own``.
    """

    question: str
    strangers: tuple[dict, ...]
    planted: bool
    which: int
    own: str
    presets: tuple[dict, ...] = ()

    def config(self, **facts: Any) -> dict:
        """The part of the module's state that never changes."""
        strangers, presets = list(self.strangers), list(self.presets)
        return {"strangers": strangers, "presets": presets, **facts}

    def state(self) -> dict:
        """The part that moves, at its start."""
        return {key: getattr(self, key) for key in KEYS}

    def starts(self) -> list[dict]:
        """The first state, and those of presets."""
        own = [{k: v for k, v in one.items() if k != "name"} for one in self.presets]
        return [self.state(), *({**self.state(), **changes} for changes in own)]

    def checked(self, state: dict) -> dict:
        """A state, if question and false passage are such.

        Raises
        ------
        Mistake
            If one is not.
        """
        check_text("question", state["question"], MOST_TYPED)
        check_text("own", state["own"], MOST_OWN)
        check_integer("which", state["which"], 0, len(self.strangers))
        if not isinstance(state["planted"], bool):
            raise Mistake(
                f"planted must be True or False, not {state['planted']!r}",
                f"planted 写成了 {state['planted']!r}，应当是 True 或 False。",
            )
        return state

    def stranger(self, state: dict) -> dict | None:
        """The passage that is put into the index, without key and name, if any is."""
        if not state["planted"]:
            return None
        if state["which"] < len(self.strangers):
            chosen = self.strangers[state["which"]]
            return {key: value for key, value in chosen.items() if key != "name"}
        return {**NOWHERE, "text": state["own"]} if state["own"].strip() else None


@dataclass(frozen=True)
class QuestionOptions:
    """What a setting is made of, beside who answers."""

    question: Any = ""
    strangers: Any = ()
    planted: Any = False
    which: Any = 0
    own: Any = ""
    presets: Any = ()


@dataclass(frozen=True)
class _Stranger:
    name: Any
    text: Any
    of: Any = ""


def question_setting(answers: Answers, **options: Any) -> QuestionSetting:
    """Check everything; see `QuestionOptions` and the head of this module.

    Raises
    ------
    Mistake
        If the question, a false passage or a preset does not fit.
    WrongCall
        If there is no such option.
    """
    asked = options_of(QuestionOptions, options)
    check_sequence("strangers", asked.strangers)
    check_integer("len(strangers)", len(asked.strangers), 0, MOST_STRANGERS)
    strangers = tuple(_stranger(one, answers) for one in asked.strangers)
    state = {key: getattr(asked, key) for key in KEYS}
    setting = QuestionSetting(strangers=strangers, **state)
    setting.checked(state)
    check_sequence("presets", asked.presets)
    presets = tuple(preset_of(one, KEYS) for one in asked.presets)
    whole = replace(setting, presets=presets)
    for start in whole.starts():
        whole.checked(start)
    return whole


def _stranger(given: Any, answers: Answers) -> dict:
    """A false passage with the place that it pretends to have."""
    if not isinstance(given, dict) or not {"name", "text"} <= set(given):
        raise Mistake(
            f"a false passage has a name and a text: {given!r}",
            f"假段落 {given!r} 不对：要有名字 name 和文字 text。",
        )
    asked = options_of(_Stranger, given)
    check_text("name", asked.name, MOST_NAME)
    check_text("text", asked.text, MOST_OWN)
    place = _place(asked.of, answers) if asked.of else NOWHERE
    return {"name": asked.name, **place, "text": asked.text}


def _place(key: str, answers: Answers) -> dict:
    try:
        passage = answers.passage(key)
    except KeyError as error:
        raise Mistake(
            f"the book has no passage {key!r}", f"书里没有编号是 {key!r} 的段落。"
        ) from error
    return {name: passage[name] for name in NOWHERE}
