"""The built site: whole, self-contained, Chinese, and readable without pictures."""

import re
from urllib.parse import unquote, urljoin, urlsplit

import pytest

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z]{3,}")
SPOKEN = ("title", "aria-label", "placeholder", "alt", "data-bs-title")
# What the themes write around the text of the book.
FURNITURE = (
    ".bd-header-article, .bd-sidebar-secondary, .prev-next-footer, .bd-footer-content, "
    ".skip-link, #pst-back-to-top, #pst-search-dialog, .search-button-field, "
    ".admonition-title, summary, figcaption, p.caption, label"
)
NAMES = re.compile(r"^\W*(Ctrl|K|\.(ipynb|md|pdf|py)|\W)+\W*$")
LOADED = ("script[src]", "link[href]", "img[src]", "source[src]", "iframe[src]")
OUTSIDE = re.compile(r"^(https?:)?//")
CSS_ADDRESS = re.compile(
    r"""@import\s+["']?([^"');]+)|url\(\s*["']?([^"')]+)["']?\s*\)""", re.I
)
SCRIPT_ADDRESS = re.compile(
    r"""(?:fetch|import|importScripts|new\s+Worker)\s*\(\s*["'`](https?:)?//"""
    r"""|from\s*["'](https?:)?//"""
)


def test_the_site_has_its_pages(site, pages):
    names = {p.relative_to(site).as_posix() for p in pages}
    expected = {"index", "book/index", "book/howto", "book/references", "search"}
    assert {f"{name}.html" for name in expected} <= names


def test_pages_say_that_they_are_chinese(pages):
    wrong = [p.name for p, soup in pages.items() if soup.html.get("lang") != "zh-CN"]
    assert not wrong


def test_nothing_is_loaded_from_another_host(pages):
    loaded = [
        (path.name, tag.get("src") or tag.get("href"))
        for path, soup in pages.items()
        for tag in soup.select(", ".join(LOADED))
    ]
    assert loaded
    assert not [pair for pair in loaded if OUTSIDE.match(pair[1])]


def test_inline_scripts_and_styles_name_no_other_host(pages):
    for path, soup in pages.items():
        for tag in soup.select("script:not([src]), style"):
            assert not re.search(r"https?://", tag.string or ""), (path.name, tag)


def test_stylesheets_load_nothing_from_another_host(site):
    sheets = list(site.rglob("*.css"))
    assert sheets
    for sheet in sheets:
        for match in CSS_ADDRESS.finditer(sheet.read_text("utf-8")):
            address = match[1] or match[2]
            assert not OUTSIDE.match(address), (sheet.name, address)


def test_our_scripts_load_nothing_from_another_host(site):
    scripts = list(site.rglob("*.js"))
    assert scripts
    for script in scripts:
        found = SCRIPT_ADDRESS.search(script.read_text("utf-8"))
        assert not found, (script.name, found)


def test_no_trace_of_thebe(site):
    for path in site.rglob("*.html"):
        assert "thebe" not in path.read_text("utf-8").lower(), path.name


def test_every_link_and_asset_leads_somewhere(site, pages):
    anchors = {p: {tag["id"] for tag in s.select("[id]")} for p, s in pages.items()}
    broken = [
        f"{path.relative_to(site)}: {address}"
        for path, soup in pages.items()
        for address in set(addresses(soup))
        if not leads_somewhere(site, path, address, anchors)
    ]
    assert not broken, "\n".join(broken)


def addresses(soup):
    """Links and sources that stay on the site."""
    for tag in soup.select("[href], [src]"):
        address = tag.get("href") or tag.get("src") or ""
        if address.startswith(("#explorer", "data:", "mailto:", "javascript:")):
            continue
        if not OUTSIDE.match(address) and address != "#":
            yield address


def leads_somewhere(site, page, address, anchors) -> bool:
    """Whether the file exists, and the fragment in it if it is a page."""
    here = page.relative_to(site).as_posix()
    target = urlsplit(urljoin(here, address))
    path = site / unquote(target.path or here)
    if path.is_dir():
        path = path / "index.html"
    if not path.is_file():
        return False
    return not target.fragment or unquote(target.fragment) in anchors.get(
        path, {unquote(target.fragment)}
    )


def test_every_picture_has_an_alternative_text(pages):
    for path, soup in pages.items():
        for image in soup.select("img"):
            text = image.get("alt", "")
            assert CHINESE.search(text), f"{path.name}: {str(image)[:120]}"


def test_labels_and_tooltips_are_chinese(pages):
    english = [
        f"{path.name}: {name}={value!r}"
        for path, soup in pages.items()
        for tag in soup.select("body *")
        for name in SPOKEN
        if (value := tag.get(name))
        and ENGLISH.search(value)
        and not CHINESE.search(value)
        and not is_citation(tag)
    ]
    assert not english, "\n".join(sorted(set(english)))


def test_what_the_theme_writes_is_chinese(pages):
    own = headings(pages)
    english = [
        f"{path.name}: {text!r}"
        for path, soup in pages.items()
        for tag in soup.select(FURNITURE)
        for text in tag.stripped_strings
        if ENGLISH.search(text)
        and not CHINESE.search(text)
        and not NAMES.match(text)
        and text not in own
        and not (tag.name == "summary" and CHINESE.search(tag.get_text()))
    ]
    assert not english, "\n".join(sorted(set(english)))


def is_citation(tag) -> bool:
    """A link to a work: its tooltip is the work's own title, in its language."""
    return tag.name == "a" and "references.html" in tag.get("href", "")


def headings(pages) -> set[str]:
    """Headings of the book's own text, which tables of contents repeat."""
    return {
        "".join(heading.find_all(string=True, recursive=False)).strip()
        for soup in pages.values()
        for heading in soup.select("article :is(h1, h2, h3, h4)")
    }


def test_the_first_page_holds_an_explorer(site, static, pages):
    explorer = pages[site / "book/index.html"].select_one(
        "article .aigc-explorer[data-network]"
    )
    assert explorer is not None
    network = f"networks/{explorer['data-network']}.onnx"
    assert (static / network).stat().st_size > 10_000
    assert explorer.select_one('script[type="application/json"]') is not None


@pytest.mark.parametrize("path", ["ort/ort.js", "ort/ort-wasm.bin"])
def test_vendored_parts_are_served_by_the_site(static, path):
    assert (static / "vendor" / path).stat().st_size > 10_000


def test_the_runtime_travels_compressed(site, static):
    packed = static / "vendor" / "ort" / "ort-wasm.bin"
    assert packed.read_bytes()[:2] == b"\x1f\x8b"
    assert packed.stat().st_size < 4_500_000
    assert not [*site.rglob("*.wasm"), *site.rglob("*.mjs")]
