"""Predict, then run: a reader's value beside the true one.

The last expression of a cell that runs as it stands::

    guess = ...  # 改成你的预测
    exercise.compare("判别器损失", guess, loss.item(), tolerance=0.05, unit="奈特")

While ``guess = ...`` stands there, the true value stays hidden, ``why`` with it. On the
site, where no cell runs, the page asks for the number itself: what it needs travels in
the output's metadata, which no notebook shows.

An answer that waits until it is asked for, also once the cell has run::

    exercise.reveal(f"网络画的是：{made}")

``why`` and what is revealed may hold `code` and $formulas$.
"""

import math
import re
import unicodedata
from dataclasses import dataclass
from html import escape
from typing import Any

from aigc_helpers.plotting.markup import table
from aigc_helpers.reader import Mistake
from aigc_helpers.richtext import parse, to_html

ASKED = "aigc-guess"  # in an output's metadata: what the site needs to ask
DIGITS = 4  # significant ones that are shown
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?", re.ASCII)
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


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
    why: str = ""

    @property
    def right(self) -> bool:
        """True if the prediction is at most ``tolerance`` away from the truth."""
        return self.guess is not None and _gap(self) <= self.tolerance

    def __repr__(self) -> str:
        (name, yours, true), verdict = self._cells(), self._verdict()
        why = self.why if self._explained else ""
        return f"{name}：你的值 {yours}，真实值 {true}。{verdict}{why}"

    def _repr_html_(self) -> str:
        both = table(
            ("", "你的值", "真实值"),
            [self._cells()],
            row_heads=True,
            classes="dataframe aigc-compare",
        )
        why = to_html(parse(self.why)) if self._explained else ""
        return f"{both}<p>{escape(self._verdict())}{why}</p>"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        """No more to be seen; until something is guessed, what the site asks by."""
        return {}, {} if self.guess is not None else {ASKED: self._question()}

    def _question(self) -> dict:
        """For `explorers.check`; the truth has the digits that are shown."""
        return {
            "name": self.name,
            "truth": _stored(number_in(_written(self.truth, ""))),
            "shown": _written(self.truth, self.unit),
            "tolerance": _stored(self.tolerance),
            "unit": self.unit,
            "why": self.why,
        }

    @property
    def _explained(self) -> bool:
        return self.guess is not None and bool(self.why)

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
    name: str,
    guess: Any,
    truth: Any,
    *,
    tolerance: float = 0.0,
    unit: str = "",
    why: str = "",
) -> Comparison:
    """Put a prediction beside what came out.

    Parameters
    ----------
    name : str
        What was predicted.
    guess : number or str
        The reader's value; None or ``...`` if nothing was written yet. A text is read
        as a number in the way of the self-checks, see `number_in`.
    truth : number
        The computed value; a tensor or array of one element will do.
    tolerance : float
        Largest distance that counts as right, in ``unit``.
    unit : str
        Written behind both values.
    why : str
        What explains the true value, with `code` and $formulas$; shown once a
        prediction was made.

    Returns
    -------
    Comparison
        As the last expression of a cell it shows itself.

    Raises
    ------
    Mistake
        If a value is not one finite number, the tolerance is negative, or ``why`` has
        a formula that is not understood.
    """
    if not tolerance >= 0:
        raise Mistake(
            f"tolerance must be a number >= 0, not {tolerance!r}",
            f"tolerance 写成了 {tolerance!r}，应当是 0 或正数。",
        )
    unwritten = isinstance(guess, str) and not guess.strip()
    nothing = guess is None or guess is ... or unwritten
    prediction = None if nothing else _number("guess", guess, unit)
    value = _number("truth", truth)
    if why:
        parse(why)
    return Comparison(name, prediction, value, float(tolerance), unit.strip(), why)


@dataclass(frozen=True, repr=False)
class Answer:
    """A sentence that shows itself folded."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        shown = to_html(parse(self.text))
        return f"<details><summary>显示答案</summary><p>{shown}</p></details>"


def reveal(text: str) -> Answer:
    """An answer; as the last expression of a cell it shows itself folded.

    Raises
    ------
    Mistake
        If it is empty, or has a formula that is not understood.
    """
    parse(text)
    return Answer(text)


def number_in(text: str, unit: str = "") -> float:
    """The number that a reader wrote, as ``numerals.js`` reads it.

    Full-width signs, − for -, 0,5 for 0.5, 1,000, 1e-3, 1/3, 50%, the unit behind.

    Raises
    ------
    Mistake
        If it is none.
    """
    plain, behind = (
        re.sub(r"[\s_]", "", unicodedata.normalize("NFKC", part))
        for part in (text, unit)
    )
    plain = re.sub("[−–—]", "-", plain)
    plain = plain.removesuffix(behind) if behind else plain
    if plain.endswith("%"):
        return _decimal(plain[:-1]) / 100
    above, slash, below = plain.partition("/")
    divisor = _decimal(below) if slash else 1.0
    if divisor == 0:
        raise unread(text)
    return _decimal(above) / divisor


def _decimal(text: str) -> float:
    has_thousands = THOUSANDS.fullmatch(text)
    dotted = text.replace(",", "") if has_thousands else text.replace(",", ".", 1)
    if not NUMBER.fullmatch(dotted):
        raise unread(text)
    return float(dotted)


def unread(value: Any, role: str = "this") -> Mistake:
    """What is told of a value that is no number."""
    return Mistake(
        f"{role} must be one finite number, not {value!r}",
        f"没有读懂 {value!r}：写一个数，例如 0.5、1/3、50%。",
    )


def _number(role: str, value: Any, unit: str = "") -> float:
    try:
        if isinstance(value, str):
            number = number_in(value, unit)
        else:
            number = float(value.item() if hasattr(value, "item") else value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise unread(value, role) from error
    if not math.isfinite(number):
        raise unread(value, role)
    return number


def _gap(comparison: Comparison) -> float:
    """Distance, less the rounding of the sum: 0.3 is 0.1 away from 0.2."""
    gap = abs(comparison.guess - comparison.truth)
    slack = 1e-12 * max(abs(comparison.guess), abs(comparison.truth))
    return max(0.0, gap - slack)


def _stored(value: float) -> float:
    """A number as Jupyter saves it again: 0, not 0.0."""
    return int(value) if float(value).is_integer() else value


def _written(value: float, unit: str) -> str:
    """A few digits with a minus sign, and the unit."""
    whole = 10**DIGITS <= abs(value) < 1e15
    text = f"{value:,.0f}" if whole else f"{value:.{DIGITS}g}"
    return f"{text} {unit}".strip().replace("-", "−")
