"""Keys in explorers under JupyterLab and Notebook 7, which must not take them."""

import every_kind
import pytest


@pytest.fixture
def notebook(open_notebook, jupyter):
    """Every kind of explorer, with a kernel that is idle."""
    every_kind.write(jupyter.folder)
    (jupyter.folder / "gate").touch()
    shown = open_notebook("explorers.ipynb")
    shown.run_all()
    return shown


def test_fields_take_numbers_and_enter(notebook):
    n_cells = len(notebook.cells())
    check, page = notebook.explorer("check"), notebook.page
    check.locator("input").focus()
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    check.get_by_text("✓ 对。").wait_for()
    sweep = notebook.explorer("sweep")
    sweep.locator("input[type=number]").fill("")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    sweep.get_by_role("button", name="b = 3").wait_for()
    assert len(notebook.cells()) == n_cells


def test_escape_leads_out_of_an_explorer(notebook):
    box = notebook.explorer("latent")
    box.locator("input[type=range]").first.focus()
    notebook.page.keyboard.press("Escape")
    before = notebook.facts()["active"]
    notebook.page.keyboard.press("ArrowDown")
    notebook.wait(lambda: notebook.facts()["active"] != before, "no way out")
    assert notebook.facts()["mode"] == "command"
