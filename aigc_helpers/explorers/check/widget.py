"""The three types of self-check, and the widget that asks."""

from collections.abc import Mapping, Sequence

from aigc_helpers.explorers.base import Explorer
from aigc_helpers.explorers.check.page import static_html
from aigc_helpers.explorers.check.setting import (
    choice_config,
    number_config,
    order_config,
)
from aigc_helpers.explorers.check.words import WORDS


class SelfCheck(Explorer):
    """A question of one of three types; made by `choice`, `number` and `order`.

    Parameters
    ----------
    question : str
        The question, for ``repr``.
    config : dict
        What the module reads: "type", "id", "question" and what the type needs.
    """

    _kind = "check"
    _saved_words = WORDS["saved"]

    def __init__(self, question: str, config: dict):
        self._question, self._asked = question, config
        super().__init__(config, {})

    def __repr__(self) -> str:
        return f"SelfCheck({self._asked['type']!r}, {self._question!r})"

    def _static_html(self) -> str:
        return static_html(self._asked)


def choice(
    question: str,
    options: Mapping[str, str],
    *,
    right: str | Sequence[str],
    seed: int | None = 0,
) -> SelfCheck:
    """Choose one answer, or all the right ones.

    Parameters
    ----------
    question : str
        The question.
    options : mapping of str to str
        Each option and the explanation that its choice brings.
    right : str or sequence of str
        The right option; a sequence (of any length) asks for all that are right.
    seed : int, optional
        Order of the options; None keeps the order in which they are written.

    Raises
    ------
    ValueError
        If there are fewer than two options, or a right one is not among them.
    """
    return SelfCheck(question, choice_config(question, options, right, seed))


def number(
    question: str,
    *,
    answer: float,
    tolerance: float = 0.0,
    unit: str = "",
    hints: Mapping[float, str] | None = None,
    explanation: str = "",
) -> SelfCheck:
    """Write a number.

    Parameters
    ----------
    question : str
        The question.
    answer : float
        The right number.
    tolerance : float
        Largest distance from ``answer`` that is still right, in the same unit.
    unit : str
        Written behind the field; may be typed by the reader.
    hints : mapping of float to str, optional
        Wrong numbers that are likely, and what went wrong there.
    explanation : str
        Shown with the right answer.

    Raises
    ------
    ValueError
        If a number is not finite, or a hint is for a number that counts as right.
    """
    config = number_config(
        question,
        answer=answer,
        tolerance=tolerance,
        unit=unit,
        hints=hints,
        explanation=explanation,
    )
    return SelfCheck(question, config)


def order(
    question: str,
    steps: Sequence[str] | Mapping[str, str],
    *,
    explanation: str = "",
    seed: int = 0,
) -> SelfCheck:
    """Put steps in order.

    Parameters
    ----------
    question : str
        The question.
    steps : sequence of str, or mapping of str to str
        The steps in the right order; with a mapping, what is said when a step stands
        too early.
    explanation : str
        Shown with the right answer.
    seed : int
        Order at the start, which is never the right one.

    Raises
    ------
    ValueError
        If there are fewer than two steps, or one of them stands twice.
    """
    return SelfCheck(question, order_config(question, steps, explanation, seed))


TYPES = {"choice": choice, "number": number, "order": order}
