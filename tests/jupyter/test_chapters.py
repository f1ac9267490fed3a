"""All chapters in JupyterLab, some also in Notebook 7: ``make jupyter``."""

import chapters
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.every_chapter
ALSO_IN_NOTEBOOK = ("02_concepts", "05_gan", "06_vae")
# Chapter 00 has tests of its own.
PLACES = [
    *(("lab", name) for name in chapters.NAMES if not name.startswith("00_")),
    *(("notebook", name) for name in ALSO_IN_NOTEBOOK),
]
TRAINING = ("05_gan", "06_vae", "07_rnn")


@pytest.fixture
def chapter(jupyter, open_notebook):
    """Open a chapter as it is stored."""
    return lambda name: open_notebook(chapters.copied(name, jupyter.folder).name)


@pytest.mark.parametrize(
    ("front", "name"), PLACES, indirect=["front"], ids=map("-".join, PLACES)
)
def test_run_all_then_reopened(chapter, name):
    notebook = chapter(name)
    ids = notebook.explorers()
    notebook.run_all(chapters.RUN_SECONDS)
    assert ids and notebook.explorers() == ids
    for id in ids:
        notebook.explorer(id)
    notebook.save()
    notebook.shut_down_and_reopen()
    for id in ids:
        notebook.saved_explorer(id)


@pytest.mark.parametrize("front", ["lab"], indirect=True)
@pytest.mark.parametrize("name", TRAINING)
def test_stop_ends_the_queue_and_says_so(chapter, name):
    notebook = chapter(name)
    notebook.start_all()
    seen = []
    notebook.wait(
        lambda: seen.extend(trained(notebook)) or seen,
        "trains nothing",
        chapters.RUN_SECONDS,
    )
    notebook.stop()
    [stopped] = seen
    assert list(notebook.errors()) == [stopped]
    said = notebook.output(stopped)
    expect(said).to_contain_text("停")
    expect(said).to_contain_text("再运行一次")
    expect(said).not_to_contain_text("Traceback")
    cells = notebook.cells()
    place = [cell.id for cell in cells].index(stopped)
    assert all(cell.count for cell in cells[:place] if cell.code)
    assert not any(cell.count for cell in cells[place + 1 :])


def trained(notebook) -> list[str]:
    """The cell in which a bar counts steps of a training, not bytes; or none."""
    running = [
        (cell.id, str(cell.outputs)) for cell in notebook.cells() if cell.running
    ]
    return [id for id, shown in running if "%|" in shown and "B/s" not in shown]
