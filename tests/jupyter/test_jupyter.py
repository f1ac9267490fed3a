"""A reader's hour with every kind of explorer, in JupyterLab and in Notebook 7."""

import every_kind
import pytest

from aigc_helpers.explorers import kinds


def test_every_kind_is_shown():
    assert sorted(every_kind.CELLS) == kinds.names()


@pytest.fixture
def gate(jupyter):
    """The file that the slow cell waits for."""
    every_kind.write(jupyter.folder)
    path = jupyter.folder / "gate"
    path.unlink(missing_ok=True)
    return path


def test_every_explorer_is_painted_without_a_touch(open_notebook, front, gate):
    gate.touch()
    notebook = open_notebook(front, "explorers.ipynb")
    notebook.run_all()
    for kind in every_kind.CELLS:
        notebook.explorer(kind)


def test_a_restarted_kernel_is_told(open_notebook, front, gate):
    gate.touch()
    notebook = open_notebook(front, "explorers.ipynb")
    notebook.run_all()
    notebook.restart_kernel()
    box = notebook.explorer("latent")
    box.locator("input[type=range]").first.fill("2")
    box.get_by_text("再运行这一格").wait_for()
