"""A chapter in Jupyter, before anything has run."""

import platform

import nbformat
import pytest
from jupyter_process import ROOT

NAME = "05_gan.ipynb"


@pytest.fixture
def chapter(open_notebook, jupyter):
    """Chapter 05 as it is stored by the Python that runs here, open."""
    stored = nbformat.read(ROOT / "notebooks" / NAME, as_version=4)
    stored.metadata.language_info.version = platform.python_version()
    nbformat.write(stored, jupyter.folder / NAME)
    chapter = open_notebook(NAME)
    chapter.wait(lambda: chapter.facts()["kernel"] == "idle", "no kernel")
    return chapter


def test_opening_it_changes_nothing(chapter):
    assert not chapter.facts()["unsaved"]
    file = chapter.server.folder / NAME
    before = file.read_bytes()
    chapter.save()
    assert file.read_bytes() == before
