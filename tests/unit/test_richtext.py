"""Short texts with code and formulas."""

import re

import pytest

from aigc_helpers.richtext import parse, to_html


def test_code_and_formulas_are_parts_of_a_text():
    assert parse("看 `x < 1`") == ["看 ", ["code", {}, ["x < 1"]]]
    (formula,) = parse("$x_1$")
    assert formula[0] == "math"
    assert to_html([formula]).count("<msub><mi>x</mi><mn>1</mn></msub>") == 1


def test_what_is_written_is_escaped():
    html = to_html(parse("<b>1 & 2</b> `<i>`"))
    assert html == "&lt;b&gt;1 &amp; 2&lt;/b&gt; <code>&lt;i&gt;</code>"


def test_names_of_functions_stand_clear():
    assert to_html(parse(r"$2\log 2$")).count("<mspace") == 2
    assert "<mspace" not in to_html(parse(r"$\log(2)$"))
    assert "<mspace" not in to_html(parse("$xy$"))


@pytest.mark.parametrize("text", ["", "  ", None, 3, "`x", "$x", r"$\frac{$"])
def test_a_text_that_is_not_whole_is_refused(text):
    words = "text is needed|not closed|not understood"
    with pytest.raises(ValueError, match=words) as caught:
        parse(text)
    assert re.search("要写一段文字|没有成对|读不懂", caught.value.chinese)


def test_an_unknown_command_is_named():
    with pytest.raises(ValueError, match=r"unknown \\nosuch") as caught:
        parse(r"$\nosuch{x}$")
    assert r"\nosuch 不认识" in caught.value.chinese
