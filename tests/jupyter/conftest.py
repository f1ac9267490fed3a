"""Jupyter itself: a server for all tests, and a page that shows a notebook of it."""

import shutil
from pathlib import Path

import pytest
from jupyter_page import FRONTS, NotebookPage
from jupyter_process import ROOT, jupyter_server

KEPT = ROOT / "build" / "jupyter"  # what failed tests saw
VIEWPORT = {"width": 1280, "height": 900}


def pytest_collection_modifyitems(items):
    """Jupyter's kernels compute on all cores: see tests/running.py."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.alone)


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory):
    """A server that shows an empty folder."""
    home = tmp_path_factory.mktemp("home")
    folder = tmp_path_factory.mktemp("notebooks")
    with jupyter_server(folder, home) as server:
        yield server


@pytest.fixture
def open_notebook(request, browser, jupyter):
    """Open a notebook of the server's folder: open_notebook("lab", "a.ipynb").

    Where the test fails, what the page shows and the server's log are kept.
    """
    opened, failed = [], request.session.testsfailed

    def open_(front: str, name: str) -> NotebookPage:
        context = browser.new_context(viewport=VIEWPORT, locale="zh-CN")
        page = context.new_page()
        opened.append(page)
        return NotebookPage(page, jupyter, front, name)

    yield open_
    if request.session.testsfailed > failed:
        keep(request.node.name, opened, jupyter)
    for page in opened:
        page.context.close()
    jupyter.stop_kernels()


def keep(test: str, pages: list, server) -> None:
    """Screenshots and the server's log, in a folder that the report names."""
    folder = KEPT / test
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for number, page in enumerate(pages):
        page.screenshot(path=folder / f"page-{number}.png")
    shutil.copy(server.log, folder)
    print(f"what the browser showed, and the server's log: {folder}")


@pytest.fixture(params=FRONTS)
def front(request) -> str:
    """JupyterLab, then Notebook 7."""
    return request.param
