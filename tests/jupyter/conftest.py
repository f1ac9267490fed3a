"""Jupyter itself: a server for all tests, and pages that show its notebooks."""

import shutil
from pathlib import Path

import chapters
import pytest
from jupyter_page import FRONTS, NotebookPage
from jupyter_process import ROOT, jupyter_server
from playwright.sync_api import expect
from running import keep

KEPT = ROOT / "build" / "jupyter"  # what failed tests saw
DRAWING = (
    "requestIdleCallback",
    "cancelIdleCallback",
    "requestAnimationFrame",
    "cancelAnimationFrame",
)
VIEWPORT = {"width": 1280, "height": 900}
OPEN = pytest.StashKey[list]()  # pages, with the log of their server


def pytest_configure(config):
    """Declare the marker; no page is open yet; what is awaited may take its time."""
    expect.set_options(timeout=30_000)
    config.addinivalue_line("markers", "every_chapter: for `make jupyter` alone")
    config.stash[OPEN] = []


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Jupyter's kernels compute on all cores: see tests/running.py."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.alone)
    if not config.getoption("every_chapter"):
        keep(items, lambda item: not item.get_closest_marker("every_chapter"), config)


def pytest_exception_interact(node):
    """Of a test that failed, keep what its pages show and the server's log."""
    pages = node.config.stash[OPEN]
    if not pages:
        return
    folder = KEPT / node.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for number, (page, log) in enumerate(pages):
        page.screenshot(path=folder / f"page-{number}.png")
        shutil.copy(log, folder)
    print(f"what the browser showed, and the server's log: {folder}")


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory):
    """A server that shows an empty folder."""
    home = tmp_path_factory.mktemp("home")
    folder = tmp_path_factory.mktemp("notebooks")
    with jupyter_server(folder, home) as server:
        yield server


@pytest.fixture(scope="module", params=FRONTS)
def front(request) -> str:
    """JupyterLab, then Notebook 7."""
    return request.param


@pytest.fixture(scope="module")
def path(request, jupyter, front) -> Path:
    """The chapter that a file of tests names, as it is stored, anew for each front."""
    return chapters.copied(request.module.NAME, jupyter.folder)


def install_clock(page) -> None:
    """A clock that tests may move forward; Jupyter draws by the browser's own."""
    page.add_init_script(f"window.native = {{ {', '.join(DRAWING)} }}")
    page.clock.install()
    page.add_init_script("Object.assign(window, window.native)")


@pytest.fixture(scope="module")
def open_notebook(request, browser, jupyter, front):
    """Open a notebook of the server's folder: open_notebook("a.ipynb").

    One page a front and file of tests; a notebook that is opened replaces the last.
    """
    context = browser.new_context(viewport=VIEWPORT, locale="zh-CN")
    page = context.new_page()
    install_clock(page)
    request.config.stash[OPEN].append((page, jupyter.log))

    def open_(name: str) -> NotebookPage:
        page.goto("about:blank")
        jupyter.stop_kernels()
        return NotebookPage(page, jupyter, front, name)

    yield open_
    request.config.stash[OPEN].clear()
    context.close()
    jupyter.stop_kernels()
