"""A notebook that a reader saved, opened where no widget can live: posters stand."""

import json
from contextlib import contextmanager

import every_kind
import nbformat
import pytest
from making import notebook as notebook_of
from making import saved
from playwright.sync_api import expect

WORDS = "请运行这一格"
ENGLISH = ("Error displaying widget", "Loading widget", "javascript error")
# Run one cell, and wait for it.
RUN = """async (place) => {
  const { content } = jupyterapp.shell.currentWidget;
  content.activeCellIndex = place;
  await jupyterapp.commands.execute("notebook:run-cell");
}"""


@pytest.fixture
def name(jupyter) -> str:
    """A notebook with every kind of explorer; its last cell waits for nothing."""
    every_kind.write(jupyter.folder, "saved.ipynb")
    (jupyter.folder / "gate").touch()
    return "saved.ipynb"


@contextmanager
def unknown_to_jupyter(server, extension: str):
    """Let pages that are opened inside know nothing of an extension."""
    settings = server.log.parent / "config" / "labconfig" / "page_config.json"
    settings.write_text(json.dumps({"disabledExtensions": {extension: True}}))
    try:
        yield
    finally:
        settings.unlink()


def poster_stands(notebook, id: str) -> None:
    """A cell's poster with its words, no view, and nothing English."""
    output = notebook.output(id)
    expect(output.get_by_text(WORDS)).to_be_visible()
    expect(output.locator(".aigc-explorer")).to_be_visible()
    expect(output.locator(".aigc-view")).to_have_count(0)
    assert not [words for words in ENGLISH if words in output.inner_text()]


def posters_stand(notebook) -> None:
    for kind in every_kind.CELLS:
        poster_stands(notebook, kind)


def test_a_live_explorer_takes_the_place_of_its_poster(open_notebook, front, name):
    notebook = open_notebook(front, name)
    notebook.run_all()
    for kind in every_kind.CELLS:
        view, output = notebook.explorer(kind), notebook.output(kind)
        expect(output.locator("[data-aigc-poster]")).to_be_hidden()
        expect(output.get_by_text(WORDS)).to_be_hidden()
        area = output.locator(".jp-OutputArea-output:visible")
        expect(area).to_have_count(1)
        assert view.is_visible()


def test_a_saved_notebook_shows_posters(open_notebook, front, name):
    notebook = open_notebook(front, name)
    notebook.run_all()
    notebook.save()
    notebook.shut_down_and_reopen()
    posters_stand(notebook)


def test_the_same_explorer_alive_elsewhere_leaves_a_poster_standing(
    open_notebook, front, jupyter
):
    sources = {"imports": every_kind.IMPORTS} | dict.fromkeys(
        ("dead", "alive"), every_kind.CELLS["check"]
    )
    cells = [every_kind.named(id, source) for id, source in sources.items()]
    saved(notebook_of(*cells), jupyter.folder, "twice.ipynb")
    notebook = open_notebook(front, "twice.ipynb")
    notebook.run_all()
    notebook.save()
    notebook.shut_down_and_reopen()
    for place in (0, 2):
        notebook.page.evaluate(RUN, place)
    notebook.explorer("alive")
    expect(notebook.output("alive").locator("[data-aigc-poster]")).to_be_hidden()
    poster_stands(notebook, "dead")


def test_a_notebook_of_somebody_else_shows_posters(open_notebook, front, name):
    notebook = open_notebook(front, name)
    notebook.run_all()
    notebook.save()
    path = notebook.server.folder / name
    made = nbformat.read(path, as_version=4)
    made.cells[-1].source += "（不是我存的。）"
    nbformat.write(made, path)
    notebook.shut_down_and_reopen()
    posters_stand(notebook)


def test_posters_stand_in_a_jupyter_that_does_not_know_the_widgets(
    open_notebook, front, name, jupyter
):
    with unknown_to_jupyter(jupyter, "anywidget"):
        notebook = open_notebook(front, name)
        notebook.run_all()
        posters_stand(notebook)
