"""Fixtures that tests of the built site share: its files, a server, a browser."""

from pathlib import Path

import pytest
from browsers import launch
from playwright.sync_api import sync_playwright
from serve import serving
from tabs import Tabs

pytest_plugins = ["running", "costs"]
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def site() -> Path:
    """Folder of the built HTML."""
    folder = ROOT / "_build" / "html"
    if not (folder / "index.html").is_file():
        pytest.fail("the site is not built: run `make book` first")
    return folder


@pytest.fixture(scope="session")
def server(site):
    """Address (no trailing slash) under which the built site is served."""
    with serving(site) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    """A headless browser, one for all tests of a process."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def tabs(browser) -> Tabs:
    """The tabs of the browser, which tests use one after the other."""
    return Tabs(browser)


@pytest.fixture
def open_page(request, tabs, server):
    """Open pages of the site; fail on outside requests, errors and missing files.

    Call with a path ("index.html") and options of ``browser.new_context``
    (``viewport=…``, ``color_scheme="dark"``, ``has_touch=True``).
    """
    taken, problems = [], []
    failed = request.session.testsfailed

    def open_(path: str | None = None, **options):
        tab = tabs.take(server, options)
        taken.append(tab)
        tab.problems = problems
        if path is not None:
            tab.page.goto(f"{server}/{path}")
        return tab.page

    open_.problems = problems
    open_.server = server
    yield open_
    for tab in taken:
        tabs.give_back(tab, usable=request.session.testsfailed == failed)
    assert not problems, "\n".join(problems)


@pytest.fixture
def page(open_page):
    """One empty guarded page, 1280×900: ``page.goto(f"{server}/index.html")``."""
    return open_page(viewport={"width": 1280, "height": 900})
