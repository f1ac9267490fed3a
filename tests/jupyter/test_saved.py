"""Where no widget can live, beside explorers that live: posters stand."""

import json
from contextlib import contextmanager

import every_kind
import pytest
from making import notebook as notebook_of
from making import saved

# Run one cell, and wait for it.
RUN = """async (place) => {
  const { content } = jupyterapp.shell.currentWidget;
  content.activeCellIndex = place;
  await jupyterapp.commands.execute("notebook:run-cell");
}"""


@contextmanager
def unknown_to_jupyter(server, extension: str):
    """Let pages that are opened inside know nothing of an extension."""
    settings = server.log.parent / "config" / "labconfig" / "page_config.json"
    settings.write_text(json.dumps({"disabledExtensions": {extension: True}}))
    try:
        yield
    finally:
        settings.unlink()


def test_the_same_explorer_alive_elsewhere_leaves_a_poster_standing(
    open_notebook, jupyter
):
    sources = {"imports": every_kind.IMPORTS} | dict.fromkeys(
        ("dead", "alive"), every_kind.CELLS["check"]
    )
    cells = [every_kind.named(id, source) for id, source in sources.items()]
    saved(notebook_of(*cells), jupyter.folder, "twice.ipynb")
    notebook = open_notebook("twice.ipynb")
    notebook.run_all()
    notebook.save()
    notebook.shut_down_and_reopen()
    for place in (0, 2):
        notebook.page.evaluate(RUN, place)
    notebook.explorer("alive")
    notebook.poster("alive").wait_for(state="hidden")
    notebook.saved_explorer("dead")


@pytest.fixture
def name(jupyter) -> str:
    """A notebook with every kind of explorer; its last cell waits for nothing."""
    every_kind.write(jupyter.folder, "saved.ipynb")
    (jupyter.folder / "gate").touch()
    return "saved.ipynb"


def test_posters_stand_in_a_jupyter_that_does_not_know_the_widgets(
    open_notebook, name, jupyter
):
    with unknown_to_jupyter(jupyter, "anywidget"):
        notebook = open_notebook(name)
        notebook.run_all()
        for kind in every_kind.CELLS:
            notebook.saved_explorer(kind)
