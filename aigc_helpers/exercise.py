"""Predict, then run: a reader's value beside the true one.

The last expression of a cell that runs as it stands::

    guess = 1.0  # 改成你的预测
    exercise.compare("判别器损失", guess, loss.item(), tolerance=0.05, unit="nats")

An answer that waits until it is asked for, also once the cell has run::

    exercise.reveal(f"网络画的是：{made}")
"""

import html
import math
from dataclasses import dataclass
from typing import Any

from aigc_helpers.plotting.markup import table

DIGITS = 4  # significant ones that are shown


@dataclass(frozen=True, repr=False)
class Comparison:
    """A prediction and what came out; shows itself as a small table.

    ``guess`` is None where nothing was written yet: then the truth stays hidden.
    """

    name: str
    guess: float | None
    truth: float
    tolerance: float
    unit: str

    @property
    def right(self) -> bool:
        """True if the prediction is at most ``tolerance`` away from the truth."""
        return self.guess is not None and _gap(self) <= self.tolerance

    def __repr__(self) -> str:
        (name, yours, true), verdict = self._cells(), self._verdict()
        return f"{name}：你的值 {yours}，真实值 {true}。{verdict}"

    def _repr_html_(self) -> str:
        both = table(
            ("", "你的值", "真实值"),
            [self._cells()],
            row_heads=True,
            classes="dataframe aigc-compare",
        )
        return f"{both}<p>{self._verdict()}</p>"

    def _cells(self) -> tuple[str, str, str]:
        if self.guess is None:
            return self.name, "还没有填", "先填再看"
        return (
            self.name,
            _written(self.guess, self.unit),
            _written(self.truth, self.unit),
        )

    def _verdict(self) -> str:
        if self.guess is None:
            return "写下你的预测，再运行这一格。"
        if self.right:
            return "✓ 猜对了。"
        side = "大" if self.guess > self.truth else "小"
        return f"✗ 猜{side}了，差 {_written(_gap(self), self.unit)}。"


def compare(
    name: str, guess: Any, truth: Any, *, tolerance: float = 0.0, unit: str = ""
) -> Comparison:
    """Put a prediction beside what came out.

    Parameters
    ----------
    name : str
        What was predicted.
    guess : number
        The reader's value; None or ``...`` if nothing was written yet.
    truth : number
        The computed value; a tensor or array of one element will do.
    tolerance : float
        Largest distance that counts as right, in ``unit``.
    unit : str
        Written behind both values.

    Returns
    -------
    Comparison
        As the last expression of a cell it shows itself.

    Raises
    ------
    ValueError
        If a value is not one finite number, or the tolerance is negative.
    """
    if not tolerance >= 0:
        raise ValueError(f"tolerance must be a number >= 0, not {tolerance!r}")
    prediction = None if guess is None or guess is ... else _number("guess", guess)
    return Comparison(name, prediction, _number("truth", truth), float(tolerance), unit)


@dataclass(frozen=True, repr=False)
class Answer:
    """A sentence that shows itself folded."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        shown = html.escape(self.text)
        return f"<details><summary>显示答案</summary><p>{shown}</p></details>"


def reveal(text: str) -> Answer:
    """An answer; as the last expression of a cell it shows itself folded."""
    return Answer(text)


def _number(role: str, value: Any) -> float:
    try:
        number = float(value.item() if hasattr(value, "item") else value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{role} must be one number, not {value!r}") from error
    if not math.isfinite(number):
        raise ValueError(f"{role} must be finite, not {number}")
    return number


def _gap(comparison: Comparison) -> float:
    """Distance, less the rounding of the sum: 0.3 is 0.1 away from 0.2."""
    gap = abs(comparison.guess - comparison.truth)
    slack = 1e-12 * max(abs(comparison.guess), abs(comparison.truth))
    return max(0.0, gap - slack)


def _written(value: float, unit: str) -> str:
    """A few digits with a minus sign, and the unit."""
    whole = 10**DIGITS <= abs(value) < 1e15
    text = f"{value:,.0f}" if whole else f"{value:.{DIGITS}g}"
    return f"{text} {unit}".strip().replace("-", "−")
