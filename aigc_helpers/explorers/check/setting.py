"""What a self-check asks: its parts, checked, as the module reads them."""

import hashlib
import math
import zlib
from collections.abc import Iterator, Mapping, Sequence

from aigc_helpers.explorers.seeded import mulberry32
from aigc_helpers.reader import Mistake
from aigc_helpers.richtext import parse

SLACK = 1e-9  # of rounding, relative; check.js has the same


def choice_config(
    question: str,
    options: Mapping[str, str],
    right: str | Sequence[str],
    seed: int | None,
) -> dict:
    """A choice of one answer or of several; see `check.choice`."""
    many = not isinstance(right, str)
    wanted = set(right) if many else {right}
    if not isinstance(options, Mapping) or len(options) < 2:
        raise Mistake(
            "options must map at least two answers to explanations",
            "options 应当是字典，至少两个选项，各有一句解释。",
        )
    if not wanted or wanted - set(options):
        raise Mistake(
            f"right must be among {list(options)}, not {right!r}",
            f"right 写成了 {right!r}，应当是选项之一：{list(options)}。",
        )
    listed = [
        {"text": parse(text), "why": parse(why), "right": text in wanted}
        for text, why in options.items()
    ]
    if seed is not None:
        listed = _shuffled(listed, _seed(question, seed))
    return {**_about("choice", question), "many": many, "options": listed}


def number_config(
    question: str,
    *,
    answer: float,
    tolerance: float,
    unit: str,
    hints: Mapping[float, str] | None,
    explanation: str,
) -> dict:
    """A number to be written; see `check.number`."""
    hints = dict(hints or {})
    if not all(map(math.isfinite, [answer, tolerance, *hints])) or tolerance < 0:
        raise Mistake(
            "answer, tolerance >= 0 and hints must be finite numbers",
            "答案、误差和提示都应当是数，误差不能是负数。",
        )
    slack = tolerance + SLACK * max(1.0, abs(answer))
    if taken := [value for value in hints if abs(value - answer) <= slack]:
        raise Mistake(
            f"hints for numbers that count as right: {taken}",
            f"这些提示给了算对的数：{taken}。",
        )
    return {
        **_about("number", question),
        "answer": float(answer),
        "tolerance": float(tolerance),
        "unit": unit,
        "hints": [{"value": float(v), "why": parse(why)} for v, why in hints.items()],
        "explanation": parse(explanation) if explanation else [],
    }


def order_config(
    question: str,
    steps: Sequence[str] | Mapping[str, str],
    explanation: str,
    seed: int,
) -> dict:
    """Steps to be put in order; see `check.order`."""
    hints = steps if isinstance(steps, Mapping) else {}
    if isinstance(steps, str) or len(steps) < 2 or len(set(steps)) < len(steps):
        raise Mistake(
            f"steps must be two or more different texts, not {steps!r}",
            f"步骤应当是两条以上不同的文字，这里是 {steps!r}。",
        )
    listed = [
        {"text": parse(step), "why": parse(hints[step]) if step in hints else []}
        for step in steps
    ]
    right = list(range(len(listed)))
    start = _shuffled(right, _seed(question, seed))
    if start == right:
        start = start[1:] + start[:1]
    return {
        **_about("order", question),
        "steps": listed,
        "start": start,
        "explanation": parse(explanation) if explanation else [],
    }


def guess_config(
    name: str, *, truth: float, shown: str, tolerance: float, unit: str, why: str
) -> dict:
    """A prediction, of which `exercise.Comparison` gives the parts; any number will do.

    ``shown`` is the truth as it is written, with its unit.
    """
    return {
        **_about("guess", f"{name} {shown}"),  # names are short, and used again
        "question": parse(name),
        "answer": truth,
        "shown": shown,
        "tolerance": tolerance,
        "unit": unit,
        "explanation": parse(why) if why else [],
    }


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
