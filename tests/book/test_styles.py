"""The theme's style sheets: what no page uses leaves them, and nothing else."""

import re

import pytest
from aigc_book import styles
from fontTools.ttLib import TTFont

from aigc_helpers.explorers import kinds

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


def test_the_book_s_own_files_leave_their_comments_at_home(tmp_path):
    own, served = tmp_path / "own", tmp_path / "static"
    (served / styles.EXPLORERS).mkdir(parents=True)
    own.mkdir()
    script = "// what it does\nconst a = 'http://b'; // why\n  // how\nf(a);\n"
    for name, text in (("a.js", script), ("a.css", "/* one\n */\np { a: b; }\n")):
        (own / name).write_text(text)
        (served / name).write_text(text)
        (served / f"their-{name}").write_text(text)
    sheet = served / styles.EXPLORERS / "front" / "b.css"
    sheet.parent.mkdir()
    sheet.write_text("q,\nr  s { a: b c; /* why */\n  c: calc(1px + 2px); }\n\nt { }")
    styles.shorten_own(served, own)
    assert (served / "a.js").read_text() == "const a = 'http://b'; // why\nf(a);\n"
    assert (served / "a.css").read_text() == " p{a: b;}"
    assert sheet.read_text() == "q, r s{a: b c;c: calc(1px + 2px);}t{}"
    assert (served / "their-a.js").read_text() == script


def test_no_own_script_has_a_template_that_a_comment_could_be_in():
    """There a line that begins with // would be text."""
    for path in [*styles.OWN.glob("*.js"), *kinds.FOLDER.rglob("*.js")]:
        for i, line in enumerate(lines := path.read_text("utf-8").splitlines()):
            if line.lstrip().startswith("//"):
                assert "\n".join(lines[:i]).count("`") % 2 == 0, (path.name, i + 1)


def test_every_icon_of_a_sheet_is_in_a_font_that_the_site_serves(static):
    sheets = [path.read_text("utf-8") for path in static.glob("styles/*.css")]
    shown = {icon for css in sheets for icon in styles.ICONS.findall(css)}
    fonts = list((static / styles.FONTS).glob("*.woff"))
    served = {code for font in fonts for code in TTFont(font).getBestCmap()}
    assert shown and styles.codes_of(shown) <= served
    for name in re.findall(r"webfonts/([\w.-]+)", "".join(sheets)):
        assert (static / styles.FONTS / name).stat().st_size < 5000, name
