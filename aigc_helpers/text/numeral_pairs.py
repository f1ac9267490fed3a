"""Endless exact pairs for translation: a source with its direction, and its target.

The first character of a source says what is wanted: 汉 Chinese characters, 数 digits.
What is held out never trains, see `is_new`.
"""

import datetime
from collections.abc import Sequence
from typing import NamedTuple

import torch

from aigc_helpers.data.splitting import is_held_out
from aigc_helpers.data.vocabulary import BOUNDARY, Vocabulary
from aigc_helpers.language.transduction import pad_sources
from aigc_helpers.text import numerals

TO_CHARACTERS, TO_DIGITS = "汉", "数"
DIRECTIONS = (TO_CHARACTERS, TO_DIGITS)
CHARACTERS = (
    BOUNDARY
    + TO_CHARACTERS
    + TO_DIGITS
    + "0123456789-"
    + numerals.DATE_CHARACTERS
    + "〇"
    + numerals.NUMBER_CHARACTERS
)
LONGEST = 13  # digits of the numbers that train
FIRST_DAY, LAST_DAY = datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)
FEW = 100  # numbers below it all train
DATE_SHARE = 0.25  # of the pairs that train
FEWEST_ZEROS, MOST_ZEROS = 0.1, 0.9  # share of zeros behind the first digit


class Pair(NamedTuple):
    """A source, which begins with its direction, and what it becomes."""

    source: str
    target: str


def vocabulary() -> Vocabulary:
    """The characters of sources and targets; 0 is padding, start and end."""
    return Vocabulary(CHARACTERS)


def draw_numbers(n: int, lengths: Sequence[int], rng: torch.Generator) -> list[int]:
    """Numbers whose count of digits is uniform over ``lengths``, with many zeros.

    Each number has its own share of zeros behind the first digit, uniform from 0.1 to
    0.9; its other digits are uniform. Of the numbers of one digit, 0 is one.
    """
    longest = max(lengths)
    which = torch.randint(len(lengths), (n,), generator=rng)
    size = torch.tensor(list(lengths))[which]  # (n,)
    digits = torch.randint(1, 10, (n, longest), generator=rng)
    share = FEWEST_ZEROS + (MOST_ZEROS - FEWEST_ZEROS) * torch.rand(n, 1, generator=rng)
    is_zero = torch.rand(n, longest, generator=rng) < share
    is_zero[:, 0] &= size == 1
    digits = digits.masked_fill(is_zero, 0)
    powers = 10 ** (size[:, None] - 1 - torch.arange(longest)).clamp(min=0)
    there = torch.arange(longest) < size[:, None]  # (n, longest)
    return (digits * powers * there).sum(dim=1).tolist()


def draw_dates(n: int, rng: torch.Generator) -> list[datetime.date]:
    """Days, uniform over 1900 to 2099."""
    span = (LAST_DAY - FIRST_DAY).days + 1
    days = torch.randint(span, (n,), generator=rng).tolist()
    return [FIRST_DAY + datetime.timedelta(day) for day in days]


def draw_pairs(n: int, rng: torch.Generator, *, longest: int = LONGEST) -> list[Pair]:
    """Pairs that train: numbers of up to ``longest`` digits, dates, both directions."""
    pairs: list[Pair] = []
    while len(pairs) < n:
        numbers = draw_numbers(n, range(1, longest + 1), rng)
        coins = torch.rand(n, 3, generator=rng).tolist()
        pairs += [
            pair_of(value, DIRECTIONS[to < 0.5], is_mixed=form < 0.5)
            for number, date, (kind, to, form) in zip(
                numbers, draw_dates(n, rng), coins, strict=True
            )
            for value in (date if kind < DATE_SHARE else number,)
            if not is_new(value)
        ]
    return pairs[:n]


def is_new(value: int | datetime.date) -> bool:
    """Is it held out, so that it never trains? One date in ten is, one number in ten.

    Of numbers below 100 none is: there are few, and each has a rule of its own.
    """
    is_short = isinstance(value, int) and value < FEW
    return not is_short and is_held_out(str(value))


def pair_of(
    value: int | datetime.date, direction: str, *, is_mixed: bool = False
) -> Pair:
    """The pair of a number or date in one direction.

    ``is_mixed``: the source of a date is printed 2026年11月27日, from where both
    directions lead elsewhere.
    """
    forms = str(value), numerals.write(value)
    source, target = forms if direction == TO_CHARACTERS else forms[::-1]
    if is_mixed and isinstance(value, datetime.date):
        source = numerals.mixed_date(value)
    return Pair(direction + source, target)


def held_out_numbers(n: int, n_digits: int, *, seed: int = 1) -> list[int]:
    """Up to n different numbers of so many digits that are new; none below 100."""
    rng, found = torch.Generator().manual_seed(seed), {}
    for _ in range(20):
        drawn = draw_numbers(4 * n, [n_digits], rng)
        found |= dict.fromkeys(x for x in drawn if is_new(x))
        if len(found) >= n:
            break
    return list(found)[:n]


def held_out_dates(n: int | None = None, *, seed: int = 1) -> list[datetime.date]:
    """All days of 1900 to 2099 that never train, or n of them, shuffled."""
    span = (LAST_DAY - FIRST_DAY).days + 1
    rng = torch.Generator().manual_seed(seed)
    days = [
        FIRST_DAY + datetime.timedelta(day)
        for day in torch.randperm(span, generator=rng).tolist()
    ]
    return [day for day in days if is_new(day)][:n]


def encode_sources(sources: Sequence[str]):
    """Sources as int64 (B, S, 1), 0 behind their ends."""
    characters = vocabulary()
    return pad_sources([[[i] for i in characters.encode(one)] for one in sources])
