"""What tests of the site share: its pages, parsed once; a small book, built once."""

import os
import pickle
from pathlib import Path

import little_book
import pytest
from aigc_book import versions
from bs4 import BeautifulSoup
from filelock import FileLock

PUBLISHED = ("ch/a.ipynb", "page.md", "a.md", "clone.md", "glossary.md")


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """Make something once for all processes of a run: ``once("name", make)``."""
    base = tmp_path_factory.getbasetemp()
    folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def make_once(name: str, make):
        file = folder / f"{name}.pickle"
        with FileLock(f"{file}.lock"):
            if not file.is_file():
                file.write_bytes(pickle.dumps(make()))
            return pickle.loads(file.read_bytes())

    return make_once


@pytest.fixture(scope="session")
def pages(site) -> dict[Path, BeautifulSoup]:
    """Every page of the site, parsed. Do not change them."""
    paths = [p for p in sorted(site.rglob("*.html")) if "_static" not in p.parts]
    return {p: BeautifulSoup(p.read_text("utf-8"), "html.parser") for p in paths}


@pytest.fixture(scope="session")
def static(site) -> Path:
    """Where what the pages of the site fetch lies."""
    return versions.folder(site)


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
def book(once, little_pages, tmp_path_factory) -> little_book.LittleBook:
    """The small book as a local build; some of its pages are broken on purpose."""

    def build():
        return little_book.build(tmp_path_factory.mktemp("book"), little_pages)

    return once("book", build)


@pytest.fixture(scope="session")
def published(once, little_pages, tmp_path_factory) -> little_book.LittleBook:
    """Some pages of the small book again, as the publication of a fork."""

    def build():
        return little_book.build(
            tmp_path_factory.mktemp("published"),
            {name: little_pages[name] for name in PUBLISHED if name in little_pages},
            extensions=("aigc_book.clone", "aigc_book.launch", "aigc_book.terms"),
            AIGC_REPOSITORY=little_book.FORK.repository,
            AIGC_REF=little_book.FORK.commit,
        )

    return once("published", build)
