"""What tests of the site share: its pages, parsed once; a small book, built once."""

from pathlib import Path

import little_book
import pytest
from bs4 import BeautifulSoup

PUBLISHED = ("ch/a.ipynb", "page.md", "a.md", "glossary.md")


@pytest.fixture(scope="session")
def pages(site) -> dict[Path, BeautifulSoup]:
    """Every page of the site, parsed. Do not change them."""
    paths = [p for p in sorted(site.rglob("*.html")) if "_static" not in p.parts]
    return {p: BeautifulSoup(p.read_text("utf-8"), "html.parser") for p in paths}


@pytest.fixture(scope="session")
def texts(site) -> list[str]:
    """Addresses of all pages with text, without a slash in front."""
    found = [*site.glob("book/*.html"), *site.glob("notebooks/*.html")]
    return [path.relative_to(site).as_posix() for path in sorted(found)]


@pytest.fixture(scope="session")
def little_pages(request) -> dict:
    """What the modules of the tests that run want in the small book."""
    modules = {getattr(item, "module", None) for item in request.session.items}
    found = [getattr(module, "LITTLE_BOOK", {}) for module in modules]
    return {name: text for pages in found for name, text in pages.items()}


@pytest.fixture(scope="session")
def book(little_pages, tmp_path_factory) -> little_book.LittleBook:
    """The small book as a local build; some of its pages are broken on purpose."""
    return little_book.build(tmp_path_factory.mktemp("book"), little_pages)


@pytest.fixture(scope="session")
def published(little_pages, tmp_path_factory) -> little_book.LittleBook:
    """Some pages of the small book again, as the publication of a fork."""
    return little_book.build(
        tmp_path_factory.mktemp("published"),
        {name: little_pages[name] for name in PUBLISHED if name in little_pages},
        extensions=("aigc_book.launch", "aigc_book.terms"),
        AIGC_REPOSITORY=little_book.FORK.repository,
        AIGC_REF=little_book.FORK.commit,
    )
