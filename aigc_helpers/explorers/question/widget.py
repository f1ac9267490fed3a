"""The question explorer: a question about this book, its answer, and why."""

import warnings
from typing import Any

import traitlets

from aigc_helpers import weights
from aigc_helpers.explorers.base import Explorer
from aigc_helpers.explorers.question import page
from aigc_helpers.explorers.question.setting import KEYS, Answers, question_setting
from aigc_helpers.explorers.question.words import WORDS


class QuestionExplorer(Explorer):
    """Questions about this book, answered from its passages or refused.

    The reader writes a question; one passage or two are quoted, with their address, or
    none, and then what came nearest. A false passage can be put among those of the
    book. Live, the kernel answers with ``answers``; on a page its script does, from
    the tables of the shipped network.

    Parameters
    ----------
    answers : Answers
        `aigc_helpers.text.ShownAnswers` of a network.
    question : str
        The first question.
    shipped : str, optional
        Name of the shipped network from whose tables a page answers. If it is not the
        same as ``answers``, a warning says so and the page has the stored answers
        alone.
    strangers : sequence of dict, optional
        False passages, at most eight: "name", "text", and "of", the key of the passage
        whose place it pretends to have.
    planted : bool
        Whether a false passage stands in the index at first.
    which : int
        Which one, from 0; ``len(strangers)`` is the reader's own.
    own : str
        The reader's own false passage.
    presets : sequence of dict, optional
        "name" and any of "question", "planted", "which", "own".

    Attributes
    ----------
    question, planted, which, own
        The present ones; the reader's follow.
    answer : dict
        What is told, and why: see `aigc_helpers.text.ShownAnswers.explain`.

    Raises
    ------
    Mistake
        If the question, a false passage or a preset does not fit.
    """

    _kind = "question"
    question = traitlets.Unicode()
    planted = traitlets.Bool()
    which = traitlets.Int()
    own = traitlets.Unicode()

    def __init__(
        self,
        answers: Answers,
        question: str = "",
        *,
        shipped: str | None = None,
        **options: Any,
    ):
        setting = question_setting(answers, question=question, **options)
        self._setting, self._answers = setting, answers
        self._shipped = shipped if shipped and _is_same(shipped, answers) else ""
        state = setting.state()
        first = {"state": state, "answer": page.explained(setting, state, answers)}
        config = setting.config(source="kernel", samples=[first])
        super().__init__(config, state, **state)

    def __repr__(self) -> str:
        return f"QuestionExplorer(question={self.question!r}, planted={self.planted})"

    @property
    def answer(self) -> dict:
        """What is told of the present question, and why."""
        return page.explained(self._setting, self._state, self._answers)

    @traitlets.validate(*KEYS)
    def _fits(self, proposal: Any) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        return self._setting.checked({**self._state, name: value})[name]

    @traitlets.observe(*KEYS, "_state")
    def _follow(self, change: Any) -> None:
        """Page and Python set the state for each other."""
        if not self._follows:
            return
        with self._one_change():
            if change.name == "_state":
                for name in KEYS:
                    setattr(self, name, change.new[name])
            else:
                self._state = {name: getattr(self, name) for name in KEYS}

    def _static_html(self) -> str:
        state = {key: self._state[key] for key in KEYS}
        return page.static_html(
            self._setting, state, self._answers, shipped=self._shipped
        )

    def _answer(self, content: dict) -> tuple[dict, list[bytes]]:
        """What is told in the state that came with the question."""
        return {"answer": self.answer}, []


def _is_same(shipped: str, answers: Answers) -> bool:
    """Whether the shipped network answers from the same; warn if it does not."""
    theirs = page.shipped_answers(shipped, weights.card(shipped))
    if theirs.identity() == answers.identity():
        return True
    warnings.warn(WORDS["other"].format(name=shipped), stacklevel=3)
    return False
