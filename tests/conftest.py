"""Fixtures that tests of the built site share: its files, a server, a browser."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browsers import launch
from playwright.sync_api import sync_playwright
from serve import serving

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


@pytest.fixture
def open_page(browser, server):
    """Open pages of the site; fail on outside requests, errors and missing files.

    Call with a path ("index.html") and options of ``browser.new_context``
    (``viewport=…``, ``color_scheme="dark"``, ``has_touch=True``).
    """
    contexts, problems = [], []

    def guard(route):
        url = urlsplit(route.request.url)
        if f"{url.scheme}://{url.netloc}" == server or url.scheme in ("data", "blob"):
            route.continue_()
        else:
            problems.append(f"outside request: {route.request.url}")
            route.abort()

    def open_(path: str | None = None, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        context.route("**/*", guard)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda m: m.type == "error" and problems.append(m.text))
        page.on("pageerror", lambda error: problems.append(f"uncaught: {error}"))
        page.on(
            "response",
            lambda r: r.status >= 400 and problems.append(f"{r.status}: {r.url}"),
        )
        if path is not None:
            page.goto(f"{server}/{path}")
        return page

    open_.problems = problems
    open_.server = server
    yield open_
    for context in contexts:
        context.close()
    assert not problems, "\n".join(problems)


@pytest.fixture
def page(open_page):
    """One empty guarded page, 1280×900: ``page.goto(f"{server}/index.html")``."""
    return open_page(viewport={"width": 1280, "height": 900})
