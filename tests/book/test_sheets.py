"""A page has the style of the explorers that it shows, and of no others."""

from aigc_book import sheets

from aigc_helpers.explorers import modules

LINK = '<link rel="stylesheet" href="../_static/explorers/explorers.css?v=1" />'
OTHER = '<link rel="stylesheet" href="../_static/book.css" />'


def page(*kinds: str) -> str:
    shown = "".join(f'<div data-explorer="{kind}"></div>' for kind in kinds)
    return f"<head>{OTHER}{LINK}</head>{shown}"


def test_the_sheet_of_a_page_is_that_of_its_kinds(tmp_path):
    html = sheets.link_own(page("sweep", "check", "sweep"), tmp_path)
    assert LINK not in html and OTHER in html
    assert 'href="../_static/explorers/styles/check-sweep.css"' in html
    (sheet,) = (tmp_path / "explorers").rglob("*.css")
    assert sheet.read_text("utf-8") == modules.style_text(["check", "sweep"])


def test_a_page_without_explorers_has_none(tmp_path):
    html = sheets.link_own(page(), tmp_path)
    assert LINK not in html and OTHER in html
    assert not list(tmp_path.iterdir())
