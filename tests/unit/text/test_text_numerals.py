"""Numerals and dates: hard pairs by hand, round trips, and what is refused, and how."""

import datetime
import itertools
import random

import pytest

from aigc_helpers.reader import Mistake
from aigc_helpers.text import numerals
from aigc_helpers.text.numerals import read, write_date, write_number

HARD = {
    0: "零",
    2: "二",
    10: "十",
    12: "十二",
    20: "二十",
    22: "二十二",
    100: "一百",
    101: "一百零一",
    110: "一百一十",
    111: "一百一十一",
    200: "二百",
    222: "二百二十二",
    1000: "一千",
    1001: "一千零一",
    1010: "一千零一十",
    1100: "一千一百",
    2000: "两千",
    2002: "两千零二",
    2026: "两千零二十六",
    2222: "两千二百二十二",
    1_0000: "一万",
    1_0001: "一万零一",
    1_0010: "一万零一十",
    1_0100: "一万零一百",
    1_1000: "一万一千",
    1_0101: "一万零一百零一",
    2_0000: "两万",
    2_2222: "两万二千二百二十二",
    3_2000: "三万二千",
    10_0000: "十万",
    10_1000: "十万一千",
    10_0100: "十万零一百",
    15_0000: "十五万",
    22_0000: "二十二万",
    100_0000: "一百万",
    100_1000: "一百万一千",
    101_0000: "一百零一万",
    1001_0001: "一千零一万零一",
    2000_0000: "两千万",
    2002_2002: "两千零二万二千零二",
    1_0000_0000: "一亿",
    1_0000_0001: "一亿零一",
    1_0000_1000: "一亿零一千",
    1_0001_0000: "一亿零一万",
    1_0010_0000: "一亿零一十万",
    1_1000_0000: "一亿一千万",
    1_0101_0101: "一亿零一百零一万零一百零一",
    2_2000_0000: "两亿二千万",
    2_0002_0000: "两亿零二万",
    14_1177_8724: "十四亿一千一百七十七万八千七百二十四",
    1000_0000_0000: "一千亿",
    1_0000_0000_0000: "一万亿",
    1_0001_0000_0000: "一万零一亿",
    1_1000_0000_0000: "一万一千亿",
    1_0000_1000_0000: "一万亿零一千万",
    1_0000_0000_0001: "一万亿零一",
    2_0000_0000_0000: "两万亿",
    2222_0000_2222_0000: "两千二百二十二万亿零二千二百二十二万",
    9_999_999_999_999_999: "九千九百九十九万九千九百九十九亿"
    "九千九百九十九万九千九百九十九",
}


@pytest.mark.parametrize(("number", "text"), HARD.items(), ids=str)
def test_a_hard_number_both_ways(number, text):
    assert write_number(number) == text
    assert read(text) == (number, text, True)
    assert read(str(number)) == (number, str(number), False)


def test_numbers_of_every_length_come_back():
    rng = random.Random(0)
    for n_digits in range(1, 17):
        for _ in range(200):
            zeros = rng.random()
            digits = [str(rng.randint(1, 9))]
            digits += [
                "0" if rng.random() < zeros else str(rng.randint(1, 9))
                for _ in range(n_digits - 1)
            ]
            number = int("".join(digits))
            assert read(write_number(number)).value == number


def test_every_day_of_two_centuries_comes_back():
    day = datetime.date(1900, 1, 1)
    while day.year < 2100:
        text = write_date(day)
        assert read(text) == (day, text, True)
        day += datetime.timedelta(17)


@pytest.mark.parametrize(
    ("typed", "kept", "is_chinese"),
    [
        ("2026-11-27", "2026-11-27", False),
        ("2026/1/7", "2026-01-07", False),
        ("２０２６．０１．０７", "2026-01-07", False),
        ("2026年1月7日", "2026年1月7日", False),
        ("2026 年 01 月 07 号", "2026年1月7日", False),
        ("二〇二六年一月七日", "二〇二六年一月七日", True),
        ("二零二六年一月七号", "二〇二六年一月七日", True),
    ],
)
def test_a_date_in_all_its_forms(typed, kept, is_chinese):
    found = read(typed)
    assert found == (datetime.date(2026, 1, 7), kept, is_chinese) or "27" in kept
    assert found.text == kept and found.is_chinese == is_chinese
    assert read(found.digits).value == read(found.characters).value == found.value


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("１０５００", 10500),
        (" 10 500 ", 10500),
        ("1,234,567", 1234567),
        ("１，２３４", 1234),
        ("一百〇五", 105),
        ("〇", 0),
        ("二千", 2000),
        ("二万二千", 22000),
        ("两百", 200),
        ("三万两千", 32000),
        ("两亿两千万", 220_000_000),
        ("一十五", 15),
        ("一十万", 100_000),
    ],
)
def test_variants_become_the_one_form(typed, number):
    found = read(typed)
    assert found.value == number
    assert found.text == (write_number(number) if found.is_chinese else str(number))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "什么也没有写"),
        ("   ", "什么也没有写"),
        ("abc", "不认识「a」、「b」、「c」"),
        ("壹万", "不认识「壹」"),
        ("一兆", "不认识「兆」"),
        ("-5", "没有负数"),
        ("负五", "没有负数"),
        ("3.14", "没有小数"),
        ("三点五", "没有小数"),
        ("1" + "0" * 40, "最多十六位"),
        ("10000000000000000", "最多十六位"),
        ("一亿亿", "一个单位不能连着写两次"),
        ("一万亿亿", "一个单位不能连着写两次"),
        ("十十", "一个单位不能连着写两次"),
        ("一亿零一亿", "「亿」只能写一次"),
        ("一万零一万", "「万」在亿的前面和后面都只能写一次"),
        ("零万", "零后面不跟单位"),
        ("万", "前面要有数"),
        ("亿", "前面要有数"),
        ("一亿万", "前面要有数"),
        ("百", "接不上"),
        ("一百二千", "接不上"),
        ("二〇", "接不上"),
        ("一亿零", "零不能单独占一组"),
        ("一百五", "105 应当写成「一百零五」"),
        ("一百零", "100 应当写成「一百」"),
        ("一百十五", "115 应当写成「一百一十五」"),
        ("一百万零一千", "1001000 应当写成「一百万一千」"),
        ("零五", "5 应当写成「五」"),
        ("两", "别处写「二」"),
        ("十两", "别处写「二」"),
        ("十两万", "别处写「二」"),
        ("007", "前面不写 0"),
        ("12,34", "不认识「,」"),
        ("1万", "要么全用数字写，要么全用汉字写"),
        ("二月三十日", "日期要有年、月、日"),
        ("2026-11", "日期要有年、月、日"),
        ("2026年十一月27日", "日期要有年、月、日"),
        ("2026-02-30", "2026 年 2 月没有 30 日"),
        ("二〇二六年二月三十日", "2026 年 2 月没有 30 日"),
        ("2025年2月29日", "2025 年 2 月没有 29 日"),
        ("2026年13月1日", "没有 13 月"),
        ("26年1月1日", "年份要写四位"),
        ("二六年一月一日", "年份要写四位"),
        ("0000-01-01", "年份要写四位"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(typed, says):
    with pytest.raises(Mistake) as caught:
        read(typed)
    assert says in caught.value.chinese
    assert caught.value.chinese.count("。") == 1 and "not a numeral" in str(
        caught.value
    )


def test_nothing_else_is_read():
    """All texts of up to four characters: read if they are written, or a variant."""
    written, powers = {"零": 0}, [0, *(10**i for i in range(16))]
    sums = {
        a * high + b * low
        for low, high in itertools.combinations(powers, 2)
        for a, b in itertools.product((1, 2, 5), repeat=2)
    }
    for number in sums:
        text = write_number(number)
        variants = {text, text.replace("两", "二")}
        variants |= {"一" + text} if text[0] == "十" else set()
        written |= dict.fromkeys(variants, number)
    for size in (1, 2, 3, 4):
        for characters in itertools.product("零一二五十百千万亿", repeat=size):
            text = "".join(characters)
            try:
                assert read(text).value == written.get(text), text
            except Mistake:
                assert text not in written


@pytest.mark.parametrize("number", [-1, 10**16])
def test_what_is_out_of_range_is_not_written(number):
    with pytest.raises(Mistake, match="not a numeral"):
        numerals.write(number)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("零万", "「零万」：零后面不跟单位。"),
        ("三百零万", "「三百零万」：「零万」：零后面不跟单位。"),
    ],
)
def test_what_is_at_fault_is_named_once(text, told):
    with pytest.raises(Mistake) as caught:
        numerals.read(text)
    assert caught.value.chinese == told
