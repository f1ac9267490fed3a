"""Self-checks: a question that answers at once, in Jupyter and on a page.

In a notebook cell, as its last expression::

    check.choice("哪个数更大？", {"2": "3 比它大。", "3": "对，3 > 2。"}, right="3")
    check.number("2 + 2 等于几？", answer=4, hints={22: "这是把数字接在一起。"})
    check.order("怎样泡茶？", ["烧水", "放茶叶", "倒水"])

Texts may hold `code` and $formulas$. No kernel is asked and nothing leaves the
browser: what was answered right is kept in its local storage alone.
"""

import hashlib
import math
import zlib
from collections.abc import Iterator, Mapping, Sequence

from aigc_helpers.explorers import page
from aigc_helpers.explorers.base import Explorer
from aigc_helpers.explorers.check.page import poster
from aigc_helpers.explorers.check.richtext import parse
from aigc_helpers.explorers.seeded import mulberry32

SLACK = 1e-9  # of rounding, relative; front/check.js has the same


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

    def __init__(self, question: str, config: dict):
        self._question = question
        super().__init__(config, {})

    def __repr__(self) -> str:
        return f"SelfCheck({self._config['type']!r}, {self._question!r})"

    def _static_html(self) -> str:
        return page.explorer_html(
            "check", self._config, {}, poster=poster(self._config)
        )


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
    many = not isinstance(right, str)
    wanted = set(right) if many else {right}
    if not isinstance(options, Mapping) or len(options) < 2:
        raise ValueError("options must map at least two answers to explanations")
    if not wanted or wanted - set(options):
        raise ValueError(f"right must be among {list(options)}, not {right!r}")
    listed = [
        {"text": parse(text), "why": parse(why), "right": text in wanted}
        for text, why in options.items()
    ]
    if seed is not None:
        listed = _shuffled(listed, _seed(question, seed))
    config = {**_about("choice", question), "many": many, "options": listed}
    return SelfCheck(question, config)


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
    hints = dict(hints or {})
    if not all(map(math.isfinite, [answer, tolerance, *hints])) or tolerance < 0:
        raise ValueError("answer, tolerance >= 0 and hints must be finite numbers")
    slack = tolerance + SLACK * max(1.0, abs(answer))
    if taken := [value for value in hints if abs(value - answer) <= slack]:
        raise ValueError(f"hints for numbers that count as right: {taken}")
    config = {
        **_about("number", question),
        "answer": float(answer),
        "tolerance": float(tolerance),
        "unit": unit,
        "hints": [{"value": float(v), "why": parse(why)} for v, why in hints.items()],
        "explanation": parse(explanation) if explanation else [],
    }
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
    hints = steps if isinstance(steps, Mapping) else {}
    if isinstance(steps, str) or len(steps) < 2 or len(set(steps)) < len(steps):
        raise ValueError(f"steps must be two or more different texts, not {steps!r}")
    listed = [
        {"text": parse(step), "why": parse(hints[step]) if step in hints else []}
        for step in steps
    ]
    right = list(range(len(listed)))
    start = _shuffled(right, _seed(question, seed))
    if start == right:
        start = start[1:] + start[:1]
    config = {
        **_about("order", question),
        "steps": listed,
        "start": start,
        "explanation": parse(explanation) if explanation else [],
    }
    return SelfCheck(question, config)


TYPES = {"choice": choice, "number": number, "order": order}


def _about(kind: str, question: str) -> dict:
    """What every type has; the id is the question's, so that records outlive edits."""
    name = hashlib.sha256(f"{kind} {question}".encode()).hexdigest()[:12]
    return {"source": "page", "type": kind, "id": name, "question": parse(question)}


def _seed(question: str, seed: int) -> int:
    """One number for each question and seed."""
    return zlib.crc32(f"{question} {seed}".encode())


def _shuffled(values: list, seed: int) -> list:
    """A permutation by Fisher and Yates, the same on every machine."""
    uniform: Iterator[float] = mulberry32(seed)
    values = list(values)
    for last in range(len(values) - 1, 0, -1):
        other = int(next(uniform) * (last + 1))
        values[last], values[other] = values[other], values[last]
    return values
