"""The theme's style sheets: what no page uses leaves them, and nothing else."""

import re

import pytest
from aigc_book import styles
from fontTools.ttLib import TTFont

PAGES = ['<p class="card wide">一</p>']
SCRIPTS = ["box.classList.add('open'); box.className = 'toggle-' + side;"]


@pytest.fixture
def classes():
    return styles.Classes(PAGES, SCRIPTS)


@pytest.mark.parametrize(
    "css",
    [
        "p{a:b}",
        ".card{a:b}",
        ".card.wide>p:hover::after{a:b}",
        ".open .card{a:b}",
        ".toggle-left{a:b}",  # which the script may make
        "p:not(.absent){a:b}",
        ".card:is(.absent,:not(.other)) p{a:b}",
        "@media print{.card{a:b}}",
        "@keyframes x{0%{a:b}to{a:c}}",
        '@font-face{src:url("../a.woff")}',
        ":root{--card:b}",
    ],
)
def test_what_a_page_may_use_stays(classes, css):
    assert styles.prune(f"/*!*/{css}", classes) == f"/*!*/{css}"


@pytest.mark.parametrize(
    ("css", "left"),
    [
        (".absent{a:b}", ""),
        (".absent,.card{a:b}", ".card{a:b}"),
        (".card .absent,p:not(.x,.y){a:b}", "p:not(.x,.y){a:b}"),
        (r".w\:absent{a:b}p{c:d}", "p{c:d}"),
        ("@media print{.absent{a:b}}p{c:d}", "p{c:d}"),
        ("@media print{.absent{a:b}p{c:d}}", "@media print{p{c:d}}"),
    ],
)
def test_what_no_page_uses_leaves(classes, css, left):
    assert styles.prune(f"/*!*/{css}", classes) == f"/*!*/{left}"


def test_every_icon_of_a_sheet_is_in_a_font_that_the_site_serves(static):
    sheets = [path.read_text("utf-8") for path in static.glob("styles/*.css")]
    shown = {icon for css in sheets for icon in styles.ICONS.findall(css)}
    fonts = list((static / styles.FONTS).glob("*.woff"))
    served = {code for font in fonts for code in TTFont(font).getBestCmap()}
    assert shown and styles.codes_of(shown) <= served
    for name in re.findall(r"webfonts/([\w.-]+)", "".join(sheets)):
        assert (static / styles.FONTS / name).stat().st_size < 5000, name
