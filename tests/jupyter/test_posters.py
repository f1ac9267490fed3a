"""Where no view can live: a notebook of somebody else, a Jupyter without anywidget."""

import json
from contextlib import contextmanager

import every_kind
import making
import nbformat
import pytest
from playwright.sync_api import expect

NAME = "posters.ipynb"
CHECK = "check.number('2 + 2 是多少？', answer=4)"
SOURCES = {
    "imports": "from aigc_helpers.explorers import check",
    "first": CHECK,
    "second": CHECK,  # with the poster of the first
}
RUN = """async (place) => {
  jupyterapp.shell.currentWidget.content.activeCellIndex = place;
  await jupyterapp.commands.execute("notebook:run-cell");
}"""


@pytest.fixture(scope="module")
def path(jupyter, front):
    """A notebook that was never run; stored anew for each front."""
    cells = [every_kind.named(id, source) for id, source in SOURCES.items()]
    made = making.notebook(*cells)
    for cell in cells:
        cell.execution_count = None
    return making.saved(made, jupyter.folder, NAME)


@contextmanager
def without_widgets(server):
    """Let pages that are opened inside know nothing of anywidget."""
    settings = server.log.parent / "config" / "labconfig" / "page_config.json"
    settings.write_text(json.dumps({"disabledExtensions": {"anywidget": True}}))
    try:
        yield
    finally:
        settings.unlink()


def test_a_jupyter_that_does_not_know_anywidget_shows_posters(
    jupyter, path, open_notebook
):
    with without_widgets(jupyter):
        notebook = open_notebook(path.name)
        notebook.run_all()
        for id in ("first", "second"):
            notebook.output(id).locator(".jupyter-widgets-error-widget").wait_for(
                state="attached"
            )
            notebook.saved_explorer(id)


def test_a_view_hides_no_poster_above_a_dead_one(path, open_notebook):
    notebook = open_notebook(path.name)
    notebook.run_all()
    notebook.save()
    notebook.shut_down_and_reopen()
    for place in (0, 2):
        notebook.page.evaluate(RUN, place)
    notebook.box("second").wait_for()
    notebook.poster("second").wait_for(state="hidden")
    notebook.saved_explorer("first")


def test_a_notebook_of_somebody_else_shows_posters(path, open_notebook):
    made = nbformat.read(path, as_version=4)
    made.cells.append(making.prose("不是读者自己存的。"))
    nbformat.write(made, path)
    notebook = open_notebook(path.name)
    for id in ("first", "second"):
        notebook.saved_explorer(id)
        expect(notebook.output(id)).to_contain_text("2 + 2")
