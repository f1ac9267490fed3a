"""Chinese numerals and dates by exact rules, both ways: the teacher and the referee.

Numbers from 0 to 10^16 - 1. Digits stand in groups of four, from the right: none, 万,
亿, 万亿; so 10^12 is 一万亿 and what stands before 亿 is itself a number below 10^8.

- Zeros that end a group are not written. Any other run of zeros, and a run that fills
  whole groups, is one 零: 一百万一千, 一万零一百, 一亿零一千.
- An opening 一十 is 十: 十五万, but 一百一十五 and 一亿零一十万.
- An opening 2 right before 千, 万 or 亿 is 两, every other 2 is 二: 两万二千二百,
  二十二万, 三万二千. This is the form that is written, one of several in use.
- In a date the year is read digit by digit, with 〇: 二〇二六年十一月二十七日.

`read` accepts what is written here and, beside it, the variants that `normalise` and
`read_number` list; it refuses everything else in a sentence.
"""

import datetime
import re
from typing import NamedTuple

from aigc_helpers.reader import Mistake

DIGITS = "零一二三四五六七八九"
YEAR_DIGITS = "〇一二三四五六七八九"
UNITS = ("", "十", "百", "千")
MOST_DIGITS = 16
NUMBER_CHARACTERS = DIGITS + "十百千万亿两"
DATE_CHARACTERS = "年月日"
WIDE, NARROW = "０１２３４５６７８９－／．，", "0123456789-/.,"
DATE = re.compile(r"(\d+)-(\d+)-(\d+)|(\d+)年(\d+)月(\d+)[日号]")
CHINESE_DATE = re.compile(
    rf"([{YEAR_DIGITS}]+)年([{DIGITS}十]+)月([{DIGITS}十]+)[日号]"
)
ONE_TO_NINE = "[一二三四五六七八九]"
GROUP = re.compile(
    rf"零?(?:({ONE_TO_NINE})千)?零?(?:({ONE_TO_NINE})百)?"
    rf"零?(?:({ONE_TO_NINE}?)十)?零?({ONE_TO_NINE})?"
)


class Numeral(NamedTuple):
    """What somebody typed, understood.

    Attributes
    ----------
    value : int or datetime.date
    text : str
        In the one form that a network knows, see `normalise`.
    is_chinese : bool
        Is it written in characters? A date such as 2026年11月27日 is not.
    """

    value: int | datetime.date
    text: str
    is_chinese: bool

    @property
    def digits(self) -> str:
        """The value in digits: 20260, or 2026-11-27."""
        return str(self.value)

    @property
    def characters(self) -> str:
        """The value in Chinese characters."""
        return write(self.value)


# ---- writing --------------------------------------------------------------------


def write(value: int | datetime.date) -> str:
    """A number or a date in Chinese characters."""
    return write_number(value) if isinstance(value, int) else write_date(value)


def write_number(number: int) -> str:
    """A whole number from 0 to 10^16 - 1 in Chinese characters.

    Raises
    ------
    Mistake
        If it is negative or too large.
    """
    _require_range(number)
    if number == 0:
        return DIGITS[0]
    return _opened(_written(number))


def _written(number: int) -> str:
    """The characters of a number above 0, before the rules of its opening."""
    high, low = divmod(number, 10**8)
    parts = (_below_hundred_million(high) + "亿", _below_hundred_million(low))
    if not high:
        return parts[1]
    apart = low and (low < 10**7 or high % 10**4 == 0)
    return parts[0] + ("零" if apart else "") + parts[1]


def _below_hundred_million(number: int) -> str:
    high, low = divmod(number, 10**4)
    if not high:
        return _group(low)
    return _group(high) + "万" + ("零" if 0 < low < 1000 else "") + _group(low)


def _group(number: int) -> str:
    """Up to four digits, each with its unit; "" for 0."""
    text = ""
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            text += DIGITS[digit] + UNITS[place]
        elif text and number % 10**place and not text.endswith("零"):
            text += "零"
    return text


def _opened(text: str) -> str:
    """The rules of the opening: 一十 is 十, 二千 is 两千."""
    if text.startswith("一十"):
        return text[1:]
    return re.sub("^二(?=[千万亿])", "两", text)


def write_date(date: datetime.date) -> str:
    """A date in Chinese characters: 二〇二六年十一月二十七日."""
    year = "".join(YEAR_DIGITS[int(digit)] for digit in f"{date.year:04}")
    return f"{year}年{write_number(date.month)}月{write_number(date.day)}日"


def mixed_date(date: datetime.date) -> str:
    """A date as it is printed most often: 2026年11月27日."""
    return f"{date.year}年{date.month}月{date.day}日"


# ---- reading --------------------------------------------------------------------


def read(text: str) -> Numeral:
    """A number or a date, in digits or in characters.

    Raises
    ------
    Mistake
        If it is neither; the Chinese sentence says what is wrong.
    """
    text = normalise(text)
    _require_known(text)
    if _is_date(text):
        date, is_chinese = read_date(text), text[0] in YEAR_DIGITS
        forms = (date.isoformat(), mixed_date(date), write_date(date))
        kept = forms[2 if is_chinese else "年" in text]
        return Numeral(date, kept, is_chinese)
    number = read_number(text)
    is_chinese = not text[0].isdecimal()
    return Numeral(number, write(number) if is_chinese else str(number), is_chinese)


def normalise(text: str) -> str:
    """Without spaces; full-width digits and signs as half-width ones.

    ``/`` and ``.`` between the parts of a date become ``-``, commas between groups of
    three digits go, and 〇 and 零 become what is usual: 〇 in a year, 零 elsewhere.
    """
    text = re.sub(r"\s+", "", text.translate(str.maketrans(WIDE, NARROW)))
    if re.fullmatch(r"\d{1,3}(,\d{3})+", text):
        return text.replace(",", "")
    if re.fullmatch(r"\d{3,4}([/.])\d+\1\d+", text):
        return re.sub("[/.]", "-", text)
    year, mark, rest = text.rpartition("年")
    return year.replace("零", "〇") + mark + rest.replace("〇", "零")


def read_number(text: str) -> int:
    """The number that digits or Chinese characters (normalised) stand for.

    Beside what `write_number` gives, 一十 may open a number, and 两 and 二 may change
    places before 百, 千, 万 and 亿, but for 十两.

    Raises
    ------
    Mistake
        If no number is written like this.
    """
    if text.isdecimal() and text.isascii():
        if len(text) > 1 and text[0] == "0":
            raise _refused(text, "数的前面不写 0")
        if len(text) > MOST_DIGITS:
            raise _too_large(text)
        return int(text)
    if foreign := set(text) - set(NUMBER_CHARACTERS):
        mixed = "、".join(sorted(foreign))
        raise _refused(text, f"一个数要么全用数字写，要么全用汉字写，这里混着 {mixed}")
    _require_twos(text)
    plain = text.replace("两", "二")
    number = _value(plain, text)
    if number >= 10**MOST_DIGITS:
        raise _too_large(text)
    usual = write_number(number)
    if plain not in (usual.replace("两", "二"), _written(number) if number else "零"):
        raise _refused(text, f"{number} 应当写成「{usual}」")
    return number


def _value(plain: str, text: str) -> int:
    """What characters stand for if rules of 零 and of the opening are let go."""
    if plain == "零":
        return 0
    if twice := re.search("十十|百百|千千|万万|亿亿", plain):
        raise _refused(text, f"「{twice[0]}」：一个单位不能连着写两次")
    if nothing := re.search("零[十百千万亿]", plain):
        raise _refused(text, f"「{nothing[0]}」：零后面不跟单位")
    if plain.count("亿") > 1:
        raise _refused(text, "「亿」只能写一次：这里最大只到万亿")
    high, mark, low = plain.rpartition("亿")
    if mark:
        return 10**8 * _large_group(high, text) + _large_group(low, text, True)
    return _large_group(low, text)


def _large_group(plain: str, text: str, may_be_empty: bool = False) -> int:
    """A number below 10^8 that stands before 亿 or behind it."""
    high, mark, low = plain.rpartition("万")
    if "万" in high:
        raise _refused(text, "「万」在亿的前面和后面都只能写一次")
    if mark:
        return 10**4 * _small_group(high, text) + _small_group(low, text, True)
    return _small_group(low, text, may_be_empty)


def _small_group(plain: str, text: str, may_be_empty: bool = False) -> int:
    """A number below 10^4 with its units."""
    if not plain and not may_be_empty:
        raise _refused(text, "「万」和「亿」前面要有数")
    found = GROUP.fullmatch(plain)
    if not found:
        raise _refused(text, f"「{plain}」里的数字和单位接不上：从千、百、十到个位")
    thousands, hundreds, tens, ones = found.groups()
    tens = "一" if tens == "" else tens
    value = 0
    for digit in (thousands, hundreds, tens, ones):
        value = 10 * value + (DIGITS.index(digit) if digit else 0)
    if plain and not value:
        raise _refused(text, f"「{plain}」：零不能单独占一组")
    return value


def _require_twos(text: str) -> None:
    """两 stands right before 百, 千, 万 or 亿, and not behind 十."""
    if re.search("十两|两(?![百千万亿])", text):
        raise _refused(text, "「两」只用在百、千、万、亿的前面，别处写「二」")


def read_date(text: str) -> datetime.date:
    """The date that digits, characters or a mixture (normalised) stand for.

    2026-11-27, 2026年11月27日, 二〇二六年十一月二十七日; 号 for 日, and zeros before
    single digits, are let pass. Years have four digits.

    Raises
    ------
    Mistake
        If no date is written like this, or there is no such day.
    """
    if found := DATE.fullmatch(text):
        year, month, day = (part for part in found.groups() if part)
        numbers = [int(month), int(day)]
    elif found := CHINESE_DATE.fullmatch(text):
        year = "".join(str(YEAR_DIGITS.index(c)) for c in found[1])
        numbers = [read_number(part) for part in found.groups()[1:]]
    else:
        raise _refused(
            text,
            "日期要有年、月、日，写成 2026-11-27、2026年11月27日或"
            "二〇二六年十一月二十七日",
        )
    if len(year) != 4 or year == "0000":
        raise _refused(text, "年份要写四位，例如 2026")
    try:
        return datetime.date(int(year), *numbers)
    except (ValueError, OverflowError):
        month, day = numbers
        wrong = f"{year} 年 {month} 月没有 {day} 日" if 1 <= month <= 12 else ""
        raise _refused(text, wrong or f"没有 {month} 月") from None


def _is_date(text: str) -> bool:
    """Has it a mark of dates?"""
    return bool(re.search("[年月日号-]", text))


def _require_known(text: str) -> None:
    """Raise a Mistake for what belongs neither to numbers nor to dates."""
    if not text:
        raise _refused(text, "什么也没有写：写一个数，或者一个日期")
    if text[0] in "-负":
        raise _refused(text, "这里没有负数，最小是 0")
    if re.fullmatch(r"[\d,]+\.\d+|[^点]+点[^点]+", text):
        raise _refused(text, "这里没有小数，只有整数")
    known = f"0123456789-{NUMBER_CHARACTERS}〇{DATE_CHARACTERS}号"
    foreign = "、".join(f"「{c}」" for c in dict.fromkeys(text) if c not in known)
    if foreign:
        raise _refused(text, f"这里不认识{foreign}：只认得数字、汉字数字和日期")


def _require_range(number: int) -> None:
    if not 0 <= number < 10**MOST_DIGITS:
        raise _too_large(str(number))


def _too_large(text: str) -> Mistake:
    return _refused(text, "只认得 0 到 9999 9999 9999 9999 的整数，最多十六位")


def _refused(text: str, why: str) -> Mistake:
    """What is told of a text that is no numeral."""
    shown = text if len(text) <= 24 else text[:24] + "……"
    head = f"「{shown}」：" if shown else ""
    if why.startswith(head):  # the whole of it is at fault
        head = ""
    return Mistake(f"not a numeral: {text!r}", f"{head}{why}。")
