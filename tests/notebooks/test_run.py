"""Every notebook runs here, cell by cell, and gives what is stored.

nbval runs a notebook in one of two modes. With the data that made the stored outputs
it is strict and compares them; with other data (the chapter's fall-back) it is lax:
all cells must run and the notebook's own assertions must hold.

What strict compares by default (nbval 0.11, IPyNbFile.skip_compare): every MIME type
of a result, so text/plain, text/html, text/latex and JSON, and both streams, stderr
too (merged for each name, carriage returns applied); the set of these must be the
same. Never compared: image/png, image/jpeg, widget views, metadata, tracebacks,
execution counts. A cell whose stored count is None is run, never compared.
So figures count only by their text "<Figure size …>".
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from budgets import held
from making import PNG, code, notebook, saved, stream, text
from tools.run_notebooks import (
    CALM,
    NOTEBOOKS,
    TEMPLATE,
    THREADS,
    data_in_use,
    is_available,
)

ALL = sorted(NOTEBOOKS.glob("*.ipynb"))
ON_FALL_BACK_TOO = ["05_gan", "08_image", "10_speech"]  # the others: `make matrix`
# What a chapter asks for and can do without.
WITHOUT = {"08_image": "skimage", "10_speech": "librosa"}
CELL_SECONDS, NOTEBOOK_SECONDS = 300, 900
AGAIN_SECONDS = 0.5  # cells this quick run twice; `matrix.py --twice` repeats all
RESIDENT_MB = held("notebook.resident_mb")


def nbval(
    path,
    *,
    strict: bool,
    python=sys.executable,
    again: float = AGAIN_SECONDS,
    **environment,
) -> str | None:
    """Run the notebook at ``path`` through nbval; None if it passes, else why not.

    ``python`` is the interpreter of another environment (``make matrix``). Cells that
    take at most ``again`` seconds run twice.
    """
    mode = "--nbval" if strict else "--nbval-lax"
    options = f"-p nbval.plugin {mode} --nbval-current-env"
    options += f" --nbval-cell-timeout {CELL_SECONDS}"
    program = Path(__file__).with_name("run_nbval.py")
    limits = f"{RESIDENT_MB}", f"{again}"
    plain = f"-c {os.devnull} --rootdir {path.parent} -p no:cacheprovider --color no -q"
    # Of pytest's plugins nbval alone, which halves the time to start.
    quick = {"PYTEST_ADDOPTS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    about = {"AIGC_PROGRESS": "0", "OMP_NUM_THREADS": f"{THREADS}"}
    result = subprocess.run(
        [python, program, *limits, *options.split(), *plain.split(), path],
        env={**CALM, **os.environ, **quick, **about, **environment},
        capture_output=True,
        text=True,
        timeout=NOTEBOOK_SECONDS,
    )
    return None if result.returncode == 0 else result.stdout + result.stderr


def failed_cells(report: str | None) -> set[int]:
    """Numbers of the code cells that failed, counted from 0."""
    return {int(n) for n in re.findall(r"^FAILED .*Cell (\d+)", report or "", re.M)}


def assert_passes(path, *, strict: bool, **options) -> None:
    """Fail with nbval's report, shortened to what fits a screen or two."""
    report = nbval(path, strict=strict, **options)
    if report is not None:
        mode = "strict" if strict else "lax"
        pytest.fail(f"{path.name} ({mode}):\n{report[-8000:]}", pytrace=False)


def has_its_data(stored) -> bool:
    """Would a run here work on the data that made the stored outputs?"""
    return data_in_use(stored) == stored.metadata.aigc.data


def test_there_are_notebooks():
    assert ALL


@pytest.mark.alone
@pytest.mark.runs_notebook
@pytest.mark.parametrize("path", [*ALL, TEMPLATE], ids=lambda path: path.stem)
def test_notebook_runs(path):
    assert_passes(path, strict=has_its_data(nbformat.read(path, as_version=4)))


@pytest.mark.runs_notebook
@pytest.mark.parametrize("name", ON_FALL_BACK_TOO)
def test_notebook_runs_without_data(name, tmp_path):
    """On one thread, so beside other tests: nothing is compared.

    Nor is the package there of which the chapter says that it runs without it.
    """
    path = NOTEBOOKS / f"{name}.ipynb"
    absent = WITHOUT.get(name)
    dataset = nbformat.read(path, as_version=4).metadata.aigc.dataset
    if not is_available(dataset):
        pytest.skip(f"{dataset} is not here: test_notebook_runs ran on the fall-back")
    nothing = {"AIGC_OFFLINE": "1", "AIGC_DATA_DIR": str(tmp_path)}
    one = {"AIGC_THREADS": "1", "OMP_NUM_THREADS": "1"}
    if absent:
        nothing["PYTHONPATH"] = hide(absent, tmp_path / "hidden")
    assert_passes(path, strict=False, again=0, **one, **nothing)


def hide(package: str, folder: Path) -> str:
    """A PYTHONPATH on which a package is found first that cannot be imported."""
    (folder / package).mkdir(parents=True)
    line = f"raise ModuleNotFoundError('hidden by a test', name={package!r})\n"
    (folder / package / "__init__.py").write_text(line)
    others = os.environ.get("PYTHONPATH")
    return os.pathsep.join([str(folder), *([others] if others else [])])


def test_a_hidden_package_is_not_found(tmp_path):
    cells = [
        code("try:\n    import json5\nexcept ModuleNotFoundError:\n    found = False"),
        code("assert found is False"),
    ]
    path = saved(notebook(*cells), tmp_path)
    hidden = hide("json5", tmp_path / "hidden")
    assert nbval(path, strict=False, PYTHONPATH=hidden) is None
    assert failed_cells(nbval(path, strict=False)) == {1}


HTML = "from IPython.display import HTML; HTML('<b>1</b>')"
SHOW = "import base64, IPython.display as d; d.Image(base64.b64decode('{}'))"


@pytest.fixture
def altered(tmp_path):
    """A notebook in which most stored outputs are not what the cells give."""
    html = "<IPython.core.display.HTML object>"
    image = "<IPython.core.display.Image object>"
    cells = [
        code("1 + 1", text("2")),
        code("1 + 1", text("3")),
        code("1 + 1", text("3"), tags=["nbval-ignore-output"]),
        code(HTML, text(html, **{"text/html": "<b>2</b>"})),
        code(SHOW.format(PNG), text(image, **{"image/png": "AAAA"})),
        code("import sys; print('a', file=sys.stderr)", stream("b\n", "stderr")),
        code("print('a')", stream("a\n"), stream("b\n")),
        code("import os; os.environ['AIGC_PROGRESS']", text("'0'")),
    ]
    return saved(notebook(*cells), tmp_path)


def test_strict_compares_text_html_and_streams_but_no_pictures(altered):
    assert failed_cells(nbval(altered, strict=True)) == {1, 3, 5, 6}


def test_lax_compares_nothing(altered):
    assert nbval(altered, strict=False) is None


def test_lax_still_fails_on_an_assertion_and_on_a_missing_variable(tmp_path):
    cells = [code("assert 1 > 2"), code("1", text("1")), code("import os; absent")]
    path = saved(notebook(*cells), tmp_path)
    assert failed_cells(nbval(path, strict=False)) == {0, 2}


def test_a_failure_shows_the_cell_and_both_outputs(tmp_path):
    path = saved(notebook(code("6 * 7", text("'stored'"))), tmp_path)
    with pytest.raises(pytest.fail.Exception, match="(?s)strict.*6 \\* 7.*stored"):
        assert_passes(path, strict=True)


def test_a_kernel_that_holds_too_much_memory_is_told(altered, monkeypatch):
    monkeypatch.setattr("test_run.RESIDENT_MB", 10)
    assert "MB, allowed are 10" in nbval(altered, strict=False)


COUNTS = "n = n + 1 if 'n' in globals() else 1"


def test_a_cell_runs_twice_and_must_make_its_own_state(tmp_path):
    cells = [code("x = [1]"), code("assert x.pop() == 1, '先运行上一格'"), code("2")]
    path = saved(notebook(*cells), tmp_path)
    report = nbval(path, strict=False)
    assert failed_cells(report) == {1}
    assert "This is the second run" in report and "IndexError" in report
    assert nbval(path, strict=False, again=0) is None


def test_what_a_second_run_changes_shows_in_the_cells_behind_it(tmp_path):
    path = saved(notebook(code(COUNTS), code("n", text("1"))), tmp_path)
    assert failed_cells(nbval(path, strict=True)) == {1}
    assert nbval(path, strict=True, again=0) is None


def test_environment_reaches_the_kernel(tmp_path):
    path = saved(
        notebook(code("import os; assert os.environ['AIGC_OFFLINE'] == '1'")), tmp_path
    )
    assert nbval(path, strict=False, AIGC_OFFLINE="1") is None
    assert nbval(path, strict=False, AIGC_OFFLINE="0") is not None


def test_data_in_use_falls_back_when_nothing_answers(tmp_path, monkeypatch):
    monkeypatch.setenv("AIGC_OFFLINE", "1")
    monkeypatch.setenv("AIGC_DATA_DIR", str(tmp_path))
    chapter = {"dataset": "mnist", "fallback": "digits"}
    assert data_in_use(notebook(**chapter)) == "digits"
    assert not has_its_data(notebook(**chapter, data="mnist"))
    assert has_its_data(notebook(**chapter, data="digits"))
    assert has_its_data(notebook(dataset="digits", data="digits"))
    assert has_its_data(notebook(data=None))


def test_a_cache_of_jieba_that_cannot_be_replaced_says_nothing(tmp_path):
    """As in a temporary folder that is shared, where it is another user's."""
    (tmp_path / "jieba.cache" / "theirs").mkdir(parents=True)
    concepts = nbformat.read(NOTEBOOKS / "02_concepts.ipynb", as_version=4)
    lines = "\n".join(cell.source for cell in concepts.cells).splitlines()
    (quiet,) = [line for line in lines if line.startswith("jieba.setLogLevel")]
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c"]
        + [f"import jieba, logging; {quiet}\nprint(*jieba.cut('南京市'))"],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
    )
    assert (result.stdout, result.stderr) == ("南京市\n", "")
