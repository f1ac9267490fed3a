"""A rival of networks that translate numbers: a table of patterns that were seen."""

import re
from collections.abc import Iterable, Sequence

from aigc_helpers.text import numerals
from aigc_helpers.text.numeral_pairs import TO_CHARACTERS, Pair

_DIGIT = "[1-9一二三四五六七八九]"
_SLOT = "#"


class PatternTable:
    """Remembers patterns of whole numbers and fills their digits in.

    A pattern is a number with every digit but zeros left open, and the first character
    kept where rules may ask for it (1, 2 and their characters): 15600 is 1##00 and
    becomes 一万#千#百. That digits keep their order is built in; all else was seen.

    Parameters
    ----------
    pairs : iterable of Pair
        What it learns from; dates are passed over.
    """

    def __init__(self, pairs: Iterable[Pair]):
        self._targets = {
            pattern_of(source[1:], source[0]): pattern_of(target)
            for source, target in pairs
            if not re.search("[-年]", source + target)
        }

    def __len__(self) -> int:
        return len(self._targets)

    def __call__(self, sources: Sequence[str]) -> list[str]:
        """A target for each source; "" where its pattern was never seen."""
        return [self._filled(source) for source in sources]

    def _filled(self, source: str) -> str:
        pattern = self._targets.get(pattern_of(source[1:], source[0]), "")
        digits = re.findall(_DIGIT, source[2:])
        if source[1] not in "12一二两十":
            digits = re.findall(_DIGIT, source[1:])
        if pattern.count(_SLOT) != len(digits):
            return ""
        for digit in digits:
            pattern = pattern.replace(_SLOT, _translated(digit, source[0]), 1)
        return pattern


def pattern_of(text: str, direction: str = "") -> str:
    """A number with its digits open, but for 1 and 2 at the start."""
    kept = text[:1] if text[0] in "12一二两十" else ""
    return direction + kept + re.sub(_DIGIT, _SLOT, text[len(kept) :])


def _translated(digit: str, direction: str) -> str:
    """One digit in the other script."""
    if direction == TO_CHARACTERS:
        return numerals.DIGITS[int(digit)]
    return str(numerals.DIGITS.index(digit))
