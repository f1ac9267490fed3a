"""The contents beside the text follow the reader, and chapters carry their numbers."""

import re

import pytest
from aigc_book.chapters import NOTEBOOKS

MARKED = "document.querySelector('#book-contents a[aria-current]')?.hash"
# Places (y) in the last third of long sections, each with the section read there.
PLACES = """() => {
  const links = [...document.querySelectorAll("#book-contents a")];
  const top = (link) => document
    .getElementById(decodeURIComponent(link.hash.slice(1)))
    .getBoundingClientRect().top + scrollY;
  return links.slice(0, -1).flatMap((link, i) => {
    const [start, end] = [top(link), top(links[i + 1])];
    const late = start + 2 * (end - start) / 3;
    return end - start > innerHeight ? [[link.hash, late]] : [];
  });
}"""
CHAPTERS = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))


def test_the_section_that_is_read_is_marked_upwards_too(open_page):
    page = open_page("notebooks/05_gan.html", viewport={"width": 1280, "height": 800})
    places = page.evaluate(PLACES)
    assert len(places) > 5
    for anchor, y in [*places, *reversed(places)]:
        page.evaluate("y => scrollTo({ top: y, behavior: 'instant' })", y)
        page.wait_for_function(f"anchor => {MARKED} === anchor", arg=anchor)
    assert page.locator("#book-contents [aria-current]").count() == 1
    entry = page.locator("#book-contents .toc-entry.active").first
    assert entry.locator("[aria-current]").count() == 1


def test_the_mark_is_seen_in_long_contents(open_page):
    page = open_page("notebooks/05_gan.html", viewport={"width": 1280, "height": 420})
    anchor, y = page.evaluate(PLACES)[-1]
    page.evaluate("y => scrollTo({ top: y, behavior: 'instant' })", y)
    page.wait_for_function(f"anchor => {MARKED} === anchor", arg=anchor)
    box = page.locator("#book-contents [aria-current]").bounding_box()
    assert 0 <= box["y"] and box["y"] + box["height"] <= 420


def test_a_short_last_section_is_marked_when_it_was_asked_for(open_page):
    page = open_page("notebooks/05_gan.html", viewport={"width": 1280, "height": 800})
    for link in page.locator("#book-contents > ul > li > a").all()[-3:]:
        link.click()
        anchor = link.evaluate("link => link.hash")
        page.wait_for_function(f"anchor => {MARKED} === anchor", arg=anchor)


def test_on_a_phone_too(open_page):
    page = open_page("notebooks/05_gan.html", viewport={"width": 360, "height": 740})
    page.locator("button.secondary-toggle").first.click()
    link = page.locator("dialog #book-contents a").nth(12)
    link.click()
    anchor = link.evaluate("link => link.hash")
    page.wait_for_function(f"anchor => {MARKED} === anchor", arg=anchor)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_is_called_by_its_number_everywhere(site, pages, chapter):
    page = pages[site / "notebooks" / f"{chapter}.html"]
    number = f"{chapter[:2]} "
    assert page.title.get_text().strip().startswith(number)
    assert page.h1.get_text().startswith(number)
    first = pages[site / "book" / "index.html"]
    named = [
        *first.select(f".bd-sidebar-primary a[href$='{chapter}.html']"),
        *first.select(f"article table a[href$='{chapter}.html']"),
    ]
    assert len(named) == 2
    assert all(link.get_text().strip().startswith(number) for link in named)


def test_the_way_on_and_back_names_the_number(site, pages):
    named = [
        (re.search(r"(\d\d)_", link["href"]), link.select_one(".prev-next-title"))
        for path in (site / "notebooks").glob("*.html")
        for link in pages[path].select(".prev-next-footer a")
    ]
    numbers = [(found[1], title.get_text().strip()) for found, title in named if found]
    assert len(numbers) >= 2 * (len(CHAPTERS) - 1)
    assert all(title.startswith(f"{number} ") for number, title in numbers), numbers
