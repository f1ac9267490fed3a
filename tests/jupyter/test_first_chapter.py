"""Chapter 00 as it is stored, then after Run All, in JupyterLab and in Notebook 7."""

import chapters
import pytest

NAME = "00_primer"


@pytest.fixture(scope="module")
def notebook(path, open_notebook):
    return open_notebook(path.name)


def test_answers_are_folded(notebook, path):
    ids = chapters.folded(path)
    assert ids
    for id in ids:
        assert notebook.source(id).count() == 0, id


def test_posters_stand_in_what_the_book_has_stored(notebook):
    assert notebook.explorers()
    for id in notebook.explorers():
        notebook.saved_explorer(id)


def test_run_all_paints_every_explorer(notebook):
    ids = notebook.explorers()
    assert ids
    notebook.run_all(chapters.RUN_SECONDS)
    assert notebook.explorers() == ids
    for id in ids:
        notebook.explorer(id)
