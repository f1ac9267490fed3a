"""Strings of digits as the letters of English words, which a synthesiser reads."""

import unicodedata

import torch
from torch import nn

from aigc_helpers.reader import Mistake

WORDS = "zero one two three four five six seven eight nine".split()
BREAK = " "  # stands between words, before the first and behind the last
SYMBOLS = " efghinorstuvwxz"  # symbol i has the number i + 1
PADDING = 0
N_SYMBOLS = 17  # with padding
MOST_DIGITS = 10


def digits_of(text: str) -> list[int]:
    """The digits that a text consists of, 1 to 10 of them; spaces do not count.

    Full-width digits, as Chinese keyboards give them, are digits too.

    Raises
    ------
    Mistake
        If there is another character, no digit, or an eleventh.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    strange = [c for c in plain if c not in "0123456789"]
    if strange:
        raise Mistake(
            f"{strange[0]!r} is no digit",
            f"“{strange[0]}”读不了：这个网络只学过十个数字的英文，只能写 0 到 9。",
        )
    if not 1 <= len(plain) <= MOST_DIGITS:
        raise Mistake(
            f"there are {len(plain)} digits; 1 to {MOST_DIGITS} can be spoken",
            f"写了 {len(plain)} 个数字，应当是 1 到 {MOST_DIGITS} 个。",
        )
    return [int(c) for c in plain]


def spell(digits) -> str:
    """The English words of digits, with a space before, between and behind them.

    ``spell([1, 9])`` is ``" one nine "``: at a space a voice is silent.
    """
    return BREAK + "".join(WORDS[digit] + BREAK for digit in digits)


def encode(letters: str) -> torch.Tensor:
    """Numbers of symbols, int64 (S,), each 1 or more."""
    return torch.tensor([1 + SYMBOLS.index(letter) for letter in letters])


def encode_all(texts) -> torch.Tensor:
    """Numbers of the symbols of several texts, int64 (B, S), 0 behind each end."""
    rows = [encode(text) for text in texts]
    return nn.utils.rnn.pad_sequence(rows, True, PADDING)  # (B, S)
