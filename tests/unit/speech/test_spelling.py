"""Strings of digits become letters; anything else is refused with a sentence."""

import pytest
import torch

from aigc_helpers.reader import Mistake
from aigc_helpers.speech import spelling


def test_digits_become_words_between_spaces():
    assert spelling.spell(spelling.digits_of("019")) == " zero one nine "
    assert spelling.digits_of(" 7 0\u3000７ ") == [7, 0, 7]


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("1a", "“a”读不了"),
        ("一", "“一”读不了"),
        ("²½", "“½”|“⁄”"),
        ("-1", "“-”读不了"),
        ("", "写了 0 个"),
        ("  ", "写了 0 个"),
        ("01234567890", "写了 11 个"),
    ],
)
def test_what_is_no_string_of_digits_is_refused(text, chinese):
    with pytest.raises(Mistake) as caught:
        spelling.digits_of(text)
    assert any(part in caught.value.chinese for part in chinese.split("|"))


def test_each_symbol_has_a_number_of_its_own_and_padding_none():
    everything = spelling.encode(spelling.spell(range(10)))
    assert set(everything.tolist()) == set(range(1, spelling.N_SYMBOLS))
    assert set(spelling.SYMBOLS) == set(spelling.spell(range(10)))
    batch = spelling.encode_all([" one ", " three "])
    assert batch.shape == (2, 7) and batch.dtype == torch.int64
    assert (batch[0, 5:] == spelling.PADDING).all() and (batch[1] > 0).all()
    letters = [spelling.SYMBOLS[i - 1] for i in batch[1]]
    assert "".join(letters) == " three "
