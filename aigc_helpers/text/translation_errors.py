"""How often a translation is right, what kind of error is left, where a network looked.

The rules of `numerals` say what is right, and which source character each target
character comes from.
"""

import re
from collections import Counter
from collections.abc import Sequence

import torch
from torch import nn

from aigc_helpers.text import numerals
from aigc_helpers.text.numeral_pairs import (
    TO_CHARACTERS,
    Pair,
    held_out_numbers,
    pair_of,
)
from aigc_helpers.text.translation import translate, translations

ERRORS = {
    "endless": "没有写完",
    "zeros": "丢了或多了零",
    "twos": "两和二混用",
    "units": "单位写错",
    "length": "长短不对",
    "digits": "数字写错",
}
_UNITS = "十百千万亿年月日-"


def is_right(model, pairs: Sequence[Pair]):
    """Whether each whole target is right, Booleans (N,).

    ``model`` is a network, or a function from sources to targets.
    """
    sources = [pair.source for pair in pairs]
    is_network = isinstance(model, nn.Module)
    written = translate(model, sources) if is_network else model(sources)
    right = [a == pair.target for a, pair in zip(written, pairs, strict=True)]
    return torch.tensor(right, dtype=torch.bool)


def right_by_length(model, direction: str, lengths: Sequence[int], n: int) -> dict:
    """`is_right` for up to n held-out numbers of each count of digits."""
    return {
        length: is_right(
            model, [pair_of(x, direction) for x in held_out_numbers(n, length)]
        )
        for length in lengths
    }


def error_kind(target: str, written: str) -> str | None:
    """A key of ``ERRORS``, the first that explains the difference, or None.

    "zeros": nothing but zeros is lost or added; "twos": 两 for 二 or the reverse;
    "units": all digits are there in their order, a unit or a mark is wrong; "length":
    one text is longer; "digits": equally long, some character is another.
    """
    if written == target:
        return None
    if written.endswith("…"):
        return "endless"
    for kind, without in (
        ("zeros", "[0零〇]"),
        ("twos", "[两二]"),
        ("units", f"[{_UNITS}]"),
    ):
        if re.sub(without, "", target) == re.sub(without, "", written):
            return kind
    return "length" if len(target) != len(written) else "digits"


def error_counts(model, pairs: Sequence[Pair]) -> Counter:
    """How many errors there are of each kind of ``ERRORS``."""
    written = translate(model, [pair.source for pair in pairs])
    kinds = [error_kind(p.target, w) for p, w in zip(pairs, written, strict=True)]
    return Counter(kind for kind in kinds if kind)


# ---- where it looked ------------------------------------------------------------


def counterparts(pair: Pair) -> list[int | None]:
    """For each target character of a number the source place that it comes from.

    A digit comes from the same digit, 十, 百 and 千 from the digit that stands there.
    Zeros, 万 and 亿 have no one place: None. Place 0 is the direction.
    """
    if pair.source[0] == TO_CHARACTERS:
        return _places_of_characters(pair.target, pair.source)
    places = _places_of_characters(pair.source[1:], pair.target)
    back = {place: i + 1 for i, place in reversed(list(enumerate(places)))}
    return [
        back.get(i) if digit != "0" else None for i, digit in enumerate(pair.target)
    ]


def _places_of_characters(text: str, digits: str) -> list[int | None]:
    """Which place of digits each character comes from; None of 零, 万 and 亿."""
    places: list[int | None] = []
    nonzero = [i for i, digit in enumerate(digits) if digit in "123456789"]
    opened = text.startswith("十")
    at = iter(nonzero)
    place = next(at) if opened else None
    for character in text:
        if character in numerals.DIGITS[1:] + "两":
            place = next(at)
            places.append(place)
        else:
            places.append(place if character in "十百千" else None)
    return places


def attention_offsets(model, numbers: Sequence[int], direction: str):
    """Peak of the attention minus `counterparts`, int64 (N,), of all target characters.

    Only of numbers that are translated rightly, and of characters that have a
    counterpart. 0 is the aligned place, 1 the place behind it.
    """
    pairs = [pair_of(number, direction) for number in numbers]
    right = is_right(model, pairs).tolist()
    pairs = [pair for pair, good in zip(pairs, right, strict=True) if good]
    offsets = [
        int(row.argmax()) - place
        for pair, found in zip(
            pairs, translations(model, [p.source for p in pairs]), strict=True
        )
        for row, place in zip(found.attention, counterparts(pair), strict=True)
        if place is not None
    ]
    return torch.tensor(offsets, dtype=torch.int64)
