"""The runner behind ``make notebooks`` stores one clean run, or nothing."""

import base64
import io
import os
import platform

import nbformat
import numpy as np
import pytest
from aigc_book.pictures import lean
from making import code, notebook, prose, saved, stream, text
from nbformat.v4 import output_from_msg
from PIL import Image
from tools import run_notebooks
from tools.run_notebooks import KERNEL

from aigc_helpers.explorers.saved import VIEW

pytestmark = pytest.mark.alone  # nbclient starts an event loop: see running.py
FIGURE = "import matplotlib.pyplot as plt\nfig, _ = plt.subplots(); plt.close(fig)\nfig"
SLIDER = "import ipywidgets; ipywidgets.IntSlider()"


def opened(picture):
    """A picture in base64 as an image."""
    return Image.open(io.BytesIO(base64.b64decode(picture)))


def as_png(array):
    """Pixels as a PNG in base64, as a kernel sends it."""
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def test_pictures_are_made_lean_without_a_visible_change():
    rng = np.random.default_rng(0)
    grey = rng.integers(256, size=(40, 60, 1), dtype=np.uint8).repeat(3, axis=2)
    grey = np.concatenate([grey, np.full((40, 60, 1), 255, np.uint8)], axis=2)
    made = opened(lean(as_png(grey)))
    assert made.mode == "L" and np.array_equal(np.asarray(made), grey[..., 0])
    few = rng.integers(2, size=(40, 60, 3), dtype=np.uint8) * 255
    made = opened(lean(as_png(few)))
    assert made.mode == "P" and np.array_equal(np.asarray(made.convert("RGB")), few)
    ramp = np.linspace(0, 255, 400).astype(np.uint8)
    many = np.stack(np.broadcast_arrays(ramp[:, None], ramp, ramp // 2), axis=2)
    many = many ^ rng.integers(4, size=many.shape, dtype=np.uint8)
    made = lean(as_png(many))
    far = np.abs(np.asarray(opened(made).convert("RGB"), int) - many).mean()
    assert len(made) < len(as_png(many)) and far < 12 and lean(made) == made


def test_a_large_grey_picture_keeps_every_fourth_grey_and_black_and_white():
    rng = np.random.default_rng(0)
    grey = rng.integers(256, size=(300, 300, 1), dtype=np.uint8).repeat(3, axis=2)
    made = lean(as_png(grey))
    kept = np.asarray(opened(made), int)
    assert np.abs(kept - grey[..., 0]).max() <= 2 and len(np.unique(kept)) == 65
    assert {0, 255} <= set(np.unique(kept)) and len(made) < 0.4 * len(as_png(grey))
    assert lean(made) == made


def test_a_picture_stays_where_it_is_seen_through_or_would_grow():
    ramp = np.arange(256, dtype=np.uint8)
    smooth = np.stack(np.broadcast_arrays(ramp[:, None], ramp, ramp // 2), axis=2)
    for picture in (as_png(np.zeros((4, 4, 4), np.uint8)), as_png(smooth)):
        assert lean(picture) == picture


@pytest.fixture
def no_data(monkeypatch, tmp_path_factory):
    """No data set can be had here but those that come with a package."""
    monkeypatch.setenv("AIGC_OFFLINE", "1")
    monkeypatch.setenv("AIGC_DATA_DIR", str(tmp_path_factory.mktemp("empty")))


def dirty():
    """A notebook as an editor leaves it: odd counts, old outputs, state, versions."""
    made = notebook(
        code("import os, sys; os.environ['AIGC_PROGRESS']", text("'1'")),
        code("print('a'); sys.stdout.flush(); print('b')", stream("old\n")),
        code(""),
        code(FIGURE),
        code(SLIDER),
        dataset="mnist",
        fallback="digits",
    )
    made.cells[0].execution_count = 17
    made.cells[0].metadata["execution"] = {"iopub.execute_input": "2020-01-01"}
    made.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {}}
    made.metadata["kernelspec"] = {"name": "my-env", "display_name": "My env"}
    made.metadata["language_info"] = {"name": "python", "version": "3.9.1"}
    return made


def test_a_run_is_stored_clean(tmp_path, no_data):
    path = saved(dirty(), tmp_path)
    assert run_notebooks.main([str(path)]) == 0
    stored = nbformat.read(path, as_version=4)
    nbformat.validate(stored)
    counts = [cell.execution_count for cell in stored.cells if cell.source]
    assert counts == [1, 2, 3, 4]
    assert stored.metadata.kernelspec == KERNEL
    assert stored.metadata.language_info.version == platform.python_version()
    assert "widgets" not in stored.metadata
    assert stored.cells[0].metadata == {}
    assert stored.cells[0].outputs[0].data["text/plain"] == "'0'"
    (printed,) = stored.cells[1].outputs
    assert printed.text == "a\nb\n"
    picture = stored.cells[3].outputs[0].data["image/png"]
    assert opened(picture).mode in ("L", "P")
    assert lean(picture) == picture
    assert VIEW not in stored.cells[4].outputs[0].data
    assert stored.metadata.aigc.dataset == "mnist"
    assert stored.metadata.aigc.data == "digits"
    assert 0 < stored.metadata.aigc.seconds < 100
    assert os.listdir(tmp_path) == [path.name]
    assert run_notebooks.main(["--check", str(path)]) == 0


def test_texts_that_are_not_here_are_replaced_by_the_fall_back(no_data):
    chapter = notebook(dataset="tang", fallback="idioms")
    assert run_notebooks.data_in_use(chapter) == "idioms"


def test_a_cell_that_raises_leaves_the_stored_notebook_untouched(tmp_path, capsys):
    path = saved(notebook(code("1 + 1", text("old")), code("1 / 0")), tmp_path)
    before = path.read_bytes()
    assert run_notebooks.main([str(path)]) == 1
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == [path.name]
    message = capsys.readouterr().err
    assert "05_tiny.ipynb" in message and "cell 1:\n1 / 0" in message
    assert "ZeroDivisionError" in message


def test_a_cell_that_takes_too_long_is_named(tmp_path, capsys):
    path = saved(notebook(code("import time; time.sleep(60)")), tmp_path)
    assert run_notebooks.main([str(path), "--timeout", "1"]) == 1
    assert "cell 0:\nimport time" in capsys.readouterr().err


def test_a_failed_write_leaves_the_stored_notebook_untouched(tmp_path, monkeypatch):
    path = saved(notebook(code("1", text("1"))), tmp_path)
    before = path.read_bytes()

    def write_half(made, target):
        target.write_text("{")
        raise OSError("disk full")

    monkeypatch.setattr(nbformat, "write", write_half)
    with pytest.raises(OSError, match="disk full"):
        run_notebooks.write(notebook(code("2")), path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == [path.name]


def test_check_finds_what_an_editor_leaves_and_changes_nothing(tmp_path, capsys):
    path = saved(dirty(), tmp_path)
    before = path.read_bytes()
    assert run_notebooks.main(["--check", str(path)]) == 1
    assert "05_tiny.ipynb: not in stored form" in capsys.readouterr().out
    assert path.read_bytes() == before


def test_a_widget_without_another_view_keeps_it():
    content = {"data": {VIEW: {"model_id": "0"}}, "metadata": {}}
    header = {"msg_type": "display_data"}
    output = output_from_msg({"header": header, "content": content})
    kept = run_notebooks.in_stored_form(notebook(code("1", output)))
    assert VIEW in kept.cells[0].outputs[0].data


def test_an_explorer_is_stored_as_its_poster_alone(tmp_path, no_data):
    source = (
        "from aigc_helpers.explorers import check\ncheck.number('2 + 2？', answer=4)"
    )
    path = saved(notebook(code(source), code(SLIDER)), tmp_path)
    assert run_notebooks.main([str(path)]) == 0
    explorer, slider = nbformat.read(path, as_version=4).cells
    (output,) = explorer.outputs
    assert set(output.data) == {"text/plain", "text/html"}
    assert "data-aigc-poster" in output.data["text/html"]
    assert len(slider.outputs) == 1


def test_a_poster_s_view_and_a_finished_bar_are_not_stored():
    def shown(data):
        return output_from_msg(
            {
                "header": {"msg_type": "display_data"},
                "content": {"data": data, "metadata": {}},
            }
        )

    poster, view = {"text/html": "<i data-aigc-poster></i>"}, {VIEW: {"model_id": "0"}}
    outputs = [shown(data) for data in ({}, poster, view, view)]
    made = notebook(code("1", *outputs), prose("2"))
    cell = run_notebooks.in_stored_form(made).cells[0]
    assert [set(output.data) for output in cell.outputs] == [{"text/html"}]


def test_the_text_alone_is_written_anew(tmp_path):
    ran = code("1 / 0", text("old"), tags=["hide-cell"])
    path = saved(
        notebook(prose("$$a = b$$ (eq-a)"), prose("见 {eq}`eq-a`"), ran), tmp_path
    )
    assert run_notebooks.main(["--text", str(path)]) == 0
    formula, sentence, solution = nbformat.read(path, as_version=4).cells
    assert formula.source.endswith("$$a = b \\tag{1}$$")
    assert sentence.source == "见 [(1)](#eq-a)"
    assert solution.outputs[0].data["text/plain"] == "old"
    assert solution.metadata.jupyter.source_hidden
    assert run_notebooks.main(["--check", str(path)]) == 0


def test_an_unknown_notebook_is_named(capsys):
    with pytest.raises(SystemExit):
        run_notebooks.main(["99_nothing"])
    assert "99_nothing" in capsys.readouterr().err
