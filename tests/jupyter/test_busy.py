"""Explorers while a cell behind them keeps the kernel busy, in a real Jupyter."""

import every_kind
import pytest

ASKING = ("latent", "plane", "sweep")  # the kernel for their first picture


@pytest.fixture
def gate(jupyter):
    """The file for which the last cell waits."""
    every_kind.write(jupyter.folder)
    path = jupyter.folder / "gate"
    path.unlink(missing_ok=True)
    return path


def test_late_pictures_come_when_the_kernel_is_free(open_notebook, front, gate):
    notebook = open_notebook(front, "explorers.ipynb")
    notebook.start_all()
    notebook.wait(lambda: notebook.cell("slow").running, "has no busy kernel")
    for kind in ASKING:
        output = notebook.output(kind)
        output.get_by_text("Python 内核正忙").wait_for()
        assert output.locator("[data-aigc-poster]").is_visible()
    gate.touch()
    notebook.wait_until_run()
    for kind in ASKING:
        notebook.explorer(kind)
        poster = notebook.output(kind).locator("[data-aigc-poster]")
        poster.wait_for(state="hidden")
