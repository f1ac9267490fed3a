"""Keys in explorers under JupyterLab and Notebook 7, which must not take them."""

import every_kind
import pytest


@pytest.fixture
def notebook(open_notebook, front, jupyter):
    """Every kind of explorer, with a kernel that is idle."""
    every_kind.write(jupyter.folder)
    (jupyter.folder / "gate").touch()
    shown = open_notebook(front, "explorers.ipynb")
    shown.run_all()
    return shown


def test_keys_move_what_has_the_focus(notebook):
    n_cells = len(notebook.cells())
    press = notebook.page.keyboard.press
    latent = notebook.explorer("latent")
    slider = latent.locator("input[type=range]").first
    slider.focus()
    for key, value in {"ArrowRight": "0.05", "Home": "-3", "End": "3"}.items():
        press(key)
        assert slider.input_value() == value
    for key in "xbaddzmy":
        press(key)
    latent.locator("input[type=radio]").first.focus()
    press("ArrowRight")
    assert latent.locator("input:checked").get_attribute("value") == "1"
    latent.get_by_role("button", name="重置").focus()
    press("Space")
    assert slider.input_value() == "0"
    slider.fill("1")
    latent.get_by_role("button", name="重置").focus()
    press("Enter")
    assert slider.input_value() == "0"
    assert len(notebook.cells()) == n_cells


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
