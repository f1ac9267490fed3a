"""A reader's hour with every kind of explorer, in JupyterLab and in Notebook 7.

The tests of a front share one opened notebook and stand in the order of that hour: the
last ones restart the kernel and shut it down.
"""

import io
import re

import every_kind
import numpy as np
import pytest
from jupyter_page import SAVED_WORDS
from PIL import Image
from playwright.sync_api import expect

from aigc_helpers.explorers import kinds

NAME = "explorers.ipynb"
# Commands of a notebook's cells: cut, insert, delete, to text, undo.
COMMANDS = ("x", "b", "a", "d", "d", "m", "z")
VALUE = "control => Number(control.value)"


def test_every_kind_is_shown():
    assert sorted(every_kind.CELLS) == kinds.names()


@pytest.fixture(scope="module")
def waiting(jupyter, open_notebook):
    """The notebook after Run All, and the words of its explorers while a cell ran.

    Of those alone that were not painted then, and whose posters stood there.
    """
    gate = jupyter.folder / "gate"
    gate.unlink(missing_ok=True)
    every_kind.write(jupyter.folder)
    notebook = open_notebook(NAME)
    notebook.start_all()
    notebook.wait(lambda: notebook.cell("bar").count, "does not get to the slow cell")
    words = words_while_busy(notebook)
    gate.touch()
    notebook.wait_until_run()
    assert notebook.errors() == {}
    return notebook, words


def words_while_busy(notebook) -> dict[str, str]:
    """Long after the explorers have asked."""
    for kind in every_kind.CELLS:
        notebook.box(kind)
    notebook.let_pass(60)
    words = {}
    for kind in every_kind.CELLS:
        box = notebook.box(kind)
        if not notebook.is_painted(box) and notebook.poster(kind).is_visible():
            words[kind] = box.locator(".aigc-status").inner_text()
    return words


@pytest.fixture
def notebook(waiting):
    return waiting[0]


def test_a_busy_kernel_is_told_beside_the_poster(waiting):
    _, words = waiting
    for kind in ("latent", "paint", "plane", "sweep"):
        assert "Python 内核正忙" in words[kind], kind


def test_every_explorer_is_painted_without_a_touch(notebook):
    for kind in every_kind.CELLS:
        box, shown = notebook.explorer(kind), notebook.output(kind)
        notebook.poster(kind).wait_for(state="hidden")
        assert not shown.get_by_text(SAVED_WORDS).is_visible(), kind
        assert shown.locator(".jp-OutputArea-output:visible").count() == 1, kind
        assert not box.locator(".aigc-failed").count(), kind


def test_a_bar_leaves_nothing(notebook):
    expect(notebook.output("bar")).to_have_text("")
    assert "widget" not in str(notebook.cell("bar").outputs)


NO_SLIDER = ("attention", "check", "paint", "question")
SLIDERS = [kind for kind in every_kind.CELLS if kind not in NO_SLIDER]


@pytest.mark.parametrize("kind", SLIDERS)
def test_keys_move_sliders_and_leave_cells_alone(notebook, kind):
    slider = notebook.explorer(kind).locator("input[type=range]:visible").first
    slider.click()
    before = cells_of(notebook)
    low, high = (float(slider.get_attribute(end)) for end in ("min", "max"))
    for key, is_there in {
        "Home": lambda value: value == low,
        "ArrowRight": lambda value: low < value < high,
        "End": lambda value: value == high,
        "ArrowLeft": lambda value: low < value < high,
    }.items():
        notebook.press(key)
        assert is_there(slider.evaluate(VALUE)), key
    notebook.press(*COMMANDS, "ArrowUp", "ArrowDown", "Enter")
    assert cells_of(notebook) == before
    assert slider.evaluate("control => control === document.activeElement")


def cells_of(notebook) -> tuple:
    """The cells, which of them is chosen, and whether it is written in."""
    facts = notebook.facts()
    return [cell["id"] for cell in facts["cells"]], facts["active"], facts["mode"]


def test_keys_choose_and_press(notebook):
    box = notebook.explorer("latent")
    chosen = box.locator("input[type=radio]:checked")
    chosen.focus()
    first = chosen.evaluate(VALUE)
    notebook.press("ArrowRight")
    assert chosen.evaluate(VALUE) == first + 1
    notebook.press("ArrowLeft")
    assert chosen.evaluate(VALUE) == first
    slider = box.locator("input[type=range]").first
    reset = box.get_by_role("button", name="重置")
    for key in ("Enter", "Space"):
        slider.focus()
        notebook.press("End")
        reset.focus()
        before = cells_of(notebook)
        notebook.press(key)
        assert slider.evaluate(VALUE) == 0
        assert cells_of(notebook) == before


def test_keys_write_and_enter_answers(notebook):
    box = notebook.explorer("check")
    field = box.get_by_label("你的答案")
    field.click()
    before = cells_of(notebook)
    notebook.press("x", "b", "4", "Home", "Delete", "Delete", "Enter")
    assert field.input_value() == "4"
    box.get_by_text("✓ 对。").wait_for()
    assert cells_of(notebook) == before


def test_keys_paint_a_hole_and_leave_cells_alone(notebook):
    box = notebook.explorer("paint")
    facts = box.locator(".aigc-paint-facts")
    box.get_by_role("button", name="清除").click()
    expect(facts).to_contain_text("还没有洞")
    box.locator(".aigc-paint-pad").focus()
    before = cells_of(notebook)
    notebook.press("Space", "ArrowRight", "ArrowDown", "Enter", *COMMANDS)
    expect(facts).to_contain_text("洞里的均方根误差：网络")
    assert cells_of(notebook) == before


def test_keys_with_ctrl_are_the_notebooks(notebook):
    notebook.explorer("latent").locator("input[type=range]").first.focus()
    assert notebook.facts()["unsaved"]
    notebook.press("Control+s")
    notebook.wait(lambda: not notebook.facts()["unsaved"], "is not saved")


def test_escape_leads_out_of_an_explorer(notebook):
    notebook.explorer("latent").locator("input[type=range]").first.focus()
    notebook.press("Escape")
    before = notebook.facts()["active"]
    notebook.press("ArrowDown")
    notebook.wait(lambda: notebook.facts()["active"] != before, "no way out")
    assert notebook.facts()["mode"] == "command"


OWN = """(box) => {
  const { own } = box.closest(".aigc-view").aigc.view;
  return btoa(String.fromCharCode(...own.pixels));
}"""


def test_a_photograph_of_the_reader_s_own_is_not_in_the_saved_file(notebook, jupyter):
    box = notebook.explorer("paint")
    content = io.BytesIO()
    noise = np.random.default_rng(0).integers(256, size=(90, 90), dtype=np.uint8)
    Image.fromarray(noise).save(content, "PNG")
    photograph = {"name": "x.png", "mimeType": "image/png"}
    chooser = box.locator("input[type=file]")
    chooser.set_input_files({**photograph, "buffer": content.getvalue()})
    box.get_by_role("radio", name="自己的照片").wait_for()
    box.get_by_role("button", name="下半张").click()
    expect(box.locator(".aigc-paint-facts")).to_contain_text("网络 0.")
    pixels = box.evaluate(OWN)
    notebook.save()
    stored = (jupyter.folder / NAME).read_text("utf-8")
    assert len(pixels) > 5000 and "aigc-paint" in stored
    assert pixels[:40] not in stored
    box.get_by_role("button", name="重置").click()


def test_what_was_computed_keeps_its_name_after_a_reload(notebook):
    field = notebook.explorer("sweep").locator("input[type=number]")
    field.fill("3")
    field.press("Enter")
    assert named_and_shown(notebook, kernel=True)[0] == 3
    notebook.save()
    notebook.open()
    notebook.explorer("sweep")
    named_and_shown(notebook)


def named_and_shown(notebook, kernel=False) -> tuple[float, float]:
    """The setting and the number of the sweep, which must belong together."""
    status = notebook.box("sweep").locator(".aigc-status")
    ready = "刚算好" if kernel else "算好的结果"
    found = re.compile(rf"b = ([\d.]+)，平均 ([\d.]+) · .*{ready}")
    expect(status).to_have_text(found)
    value, mean = map(float, found.match(status.inner_text()).groups())
    assert mean == pytest.approx(every_kind.mean_of_power(value), abs=5e-4)
    return value, mean


def test_a_restarted_kernel_is_told_and_another_run_heals(notebook):
    notebook.restart_kernel()
    box = notebook.explorer("latent")
    box.locator("input[type=range]").first.fill("2")
    box.get_by_text("再运行这一格").wait_for()
    notebook.run_all()
    box = notebook.explorer("latent")
    box.locator("input[type=range]").first.fill("1")
    box.get_by_text("Python 内核正在运行网络").wait_for()


def test_saved_and_reopened_posters_stand_with_words_and_nothing_dead(notebook):
    notebook.save()
    notebook.shut_down_and_reopen()
    notebook.let_pass(60)
    for kind in every_kind.CELLS:
        notebook.saved_explorer(kind)
    expect(notebook.output("bar")).to_have_text("")
