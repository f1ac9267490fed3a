"""Pages without inline scripts and icon library; formulas set at build time."""

import base64
import io

import numpy as np
import pytest
from aigc_book import lean, pristine, typeset
from aigc_book.memory import Memory
from fontTools.ttLib import TTFont
from PIL import Image
from sphinx.errors import ExtensionError


@pytest.fixture
def lighten(tmp_path):
    return lambda html: lean.lighten(html, tmp_path, "../")


def test_an_icon_becomes_the_theme_s_own_drawing(lighten):
    html = lighten(
        '<i class="theme-switch fa-solid fa-moon fa-lg" data-mode="dark"></i>'
    )
    assert html.startswith('<svg class="book-icon theme-switch fa-solid fa-moon fa-lg"')
    assert 'data-mode="dark"' in html and 'viewBox="0 0 384 512"' in html
    assert 'aria-hidden="true"' in html and '<path fill="currentColor" d="M' in html


def test_what_is_no_icon_stays(lighten):
    for html in (
        '<i class="fabric"></i>',
        "<i>斜体</i>",
        '<span class="fact">1</span>',
    ):
        assert lighten(html) == html


def test_an_unknown_icon_is_an_error(lighten):
    with pytest.raises(ExtensionError, match="no-such-thing"):
        lighten('<i class="fa-solid fa-no-such-thing"></i>')


def test_inline_scripts_become_files_named_by_their_content(lighten, tmp_path):
    html = lighten("<script>let a = 1;</script>\n<script> let a = 1; </script>")
    (file,) = (tmp_path / "_static" / "inline").iterdir()
    assert file.read_text() == "let a = 1;\n"
    assert html.count(f'<script src="../_static/inline/{file.name}"></script>') == 2


def test_data_in_a_page_are_no_script(lighten):
    html = '<script type="application/json">{"a": 1}</script>'
    assert lighten(html) == html


def test_handlers_become_names_and_unknown_ones_are_an_error(lighten):
    html = lighten('<button onclick="window.print()" title="打印">')
    assert html == '<button data-action="print" title="打印">'
    with pytest.raises(ExtensionError, match="alert"):
        lighten('<button onclick="alert(1)">')


@pytest.mark.parametrize(
    "html",
    [
        '<script defer src="../_static/scripts/fontawesome.js?digest=1"></script>',
        '<script src="searchindex.js"></script>',
        '<script src="../_static/searchtools.js"></script>',
        "<script>DOCUMENTATION_OPTIONS.pagename = 'a';</script>",
        '<link rel="preload" as="script" href="../_static/scripts/bootstrap.js" />',
    ],
)
def test_what_serves_nothing_is_left_out(lighten, html):
    assert lighten(html) == ""


def test_every_page_gets_its_policy(lighten):
    assert "script-src 'self' 'wasm-unsafe-eval'" in lighten("<head>\n</head>")
    assert "unsafe-inline" not in lean.POLICY.split("script-src")[1].split(";")[0]
    assert "'unsafe-eval'" not in lean.POLICY


def test_pictures_wait_and_keep_their_place(tmp_path):
    Image.new("L", (30, 20)).save(tmp_path / "a.png")
    match = lean.PICTURE.search('<img alt="一" src="a.png" />')
    assert lean.lazy(match, tmp_path) == (
        '<img loading="lazy" decoding="async" width="30" height="20" '
        'alt="一" src="a.png" />'
    )
    assert not lean.PICTURE.search('<img src="data:image/png;base64,a.png">')
    assert not lean.PICTURE.search('<img loading="lazy" src="a.png">')


def test_a_page_that_sphinx_left_alone_is_finished_anew(tmp_path):
    out, kept = tmp_path / "html", tmp_path / "kept"
    page = out / "book" / "a.html"
    page.parent.mkdir(parents=True)
    for text in ("<head></head>1", "<head></head>2"):  # twice written by Sphinx
        page.write_text(text)
        for _ in range(2):  # the second time Sphinx leaves it alone
            assert pristine.as_written(out, kept) == {page: text}
            page.write_text(lean.lighten(text, out, "../"))
            assert page.read_text().count(pristine.MARK) == 1


def test_a_page_that_speaks_of_the_policy_is_not_taken_for_finished(tmp_path):
    page = tmp_path / "a.html"
    page.write_text("<head></head>" + " " * pristine.HEAD + pristine.MARK)
    assert not pristine.is_finished(page)


def test_templates_of_the_theme_are_no_pages(tmp_path):
    (tmp_path / "_static").mkdir()
    (tmp_path / "_static" / "macros.html").write_text("<head></head>")
    assert pristine.as_written(tmp_path, tmp_path / "kept") == {}


def test_a_slow_answer_is_computed_once_and_forgotten_with_its_question(tmp_path):
    asked = []

    def double(content: bytes) -> bytes:
        asked.append(content)
        return content * 2

    memory = Memory(tmp_path)
    assert [memory.recall(double, b"a") for _ in range(2)] == [b"aa", b"aa"]
    assert Memory(tmp_path).recall(double, b"a") == b"aa" and asked == [b"a"]
    assert memory.recall(double, b"b") == b"bb" and asked == [b"a", b"b"]
    assert not list(tmp_path.rglob("*.part"))


def test_formulas_become_html_with_mathml():
    page = (
        '<p><span class="math notranslate nohighlight">\\(a &lt; b\\)</span></p>'
        '<div class="math notranslate nohighlight" id="e"><span>(1)</span>\\[c\\]</div>'
    )
    assert typeset.sources_of(page) == {("a < b", False), ("c", True)}
    made = typeset.Formulas(typeset.sources_of(page))
    html = typeset.ELEMENT.sub(made.insert, page)
    assert html.count("<mjx-container") == html.count("<math") == 2
    assert (
        "\\(" not in html
        and '<div class="math notranslate nohighlight" id="e">' in html
    )
    assert "<mo>&lt;</mo>" in html and 'display="true"' in html
    assert "MathJax_Math-Italic" in made.css


def test_fonts_hold_the_characters_that_the_formulas_show(tmp_path):
    made = typeset.Formulas({(r"\alpha + \mathbb E", False)})
    codes = typeset.characters(made.css)
    assert {0x3B1, 0x2B, 0x45} <= codes and 0x3B2 not in codes
    typeset.write_style(made.css, tmp_path)
    italic = TTFont(tmp_path / "vendor/mathjax/MathJax_Math-Italic.woff").getBestCmap()
    assert 0x3B1 in italic and 0x3B2 not in italic
    small = sum(path.stat().st_size for path in tmp_path.rglob("*.woff"))
    assert small < 60_000
    assert typeset.characters(r'a {content: "\2B x"} b {content: "+"}') == {43, 120}


def test_a_formula_that_cannot_be_read_says_why():
    (made,) = typeset.run_mathjax([{"tex": r"\frac{1}", "display": False}])["html"]
    assert "Missing argument" in made["error"]


def test_text_in_code_is_no_formula():
    assert typeset.sources_of('<span class="pre">\\(a\\)</span>') == set()


def test_large_pictures_leave_the_page_and_keep_their_pixels(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (60, 60), dtype=np.uint8)
    drawn = io.BytesIO()
    Image.fromarray(noise).save(drawn, "png", compress_level=0)
    code = base64.b64encode(drawn.getvalue() + bytes(6000)).decode()
    page = f'<p><img alt="格" src="data:image/png;base64,{code}" width="60"></p>'
    lighter = lean.unpack_pictures(page, tmp_path, "../")
    (file,) = (tmp_path / "_images").iterdir()
    assert f'src="../_images/{file.name}"' in lighter and 'alt="格"' in lighter
    assert 'loading="lazy"' in lighter and "base64" not in lighter
    with Image.open(file) as kept:
        assert np.array_equal(np.asarray(kept.convert("L")), noise)
    small = '<img alt="点" src="data:image/png;base64,AAAA">'
    assert lean.unpack_pictures(small, tmp_path, "../") == small
