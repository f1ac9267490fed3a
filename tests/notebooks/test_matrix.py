"""``make matrix``: what it runs, what it prints, when it fails."""

import subprocess
import sys
from pathlib import Path

import matrix
import pytest
from making import code, notebook, saved, text


@pytest.fixture
def tiny(monkeypatch, tmp_path):
    """Run the matrix on one small notebook, in the present environment."""

    def run(*cells, arguments=("--environments", "colab"), **about):
        saved(notebook(*cells, **about), tmp_path)
        monkeypatch.setattr(matrix, "find", lambda names: sorted(tmp_path.glob("*")))
        monkeypatch.setattr(matrix, "interpreter", lambda version: version == "3.12")
        monkeypatch.setattr(matrix, "prepare", lambda *_: Path(sys.executable))
        return matrix.main(list(arguments))

    return run


def test_a_notebook_runs_strictly_with_its_data_and_laxly_without(tiny, capsys):
    ask = "import os; os.environ.get('AIGC_OFFLINE')"
    about = {"dataset": "digits", "data": "digits", "fallback": "digits"}
    assert tiny(code("1 + 1", text("2")), code(ask), **about) == 0
    *_, strict, lax = capsys.readouterr().out.splitlines()
    assert "colab, Python 3.12" in strict and "05_tiny" in strict
    assert "data, strict" in strict and "fall-back, lax" in lax
    assert "passed" in strict and "passed" in lax


def test_another_output_fails_where_outputs_are_compared(tiny, capsys):
    about = {"dataset": "digits", "data": "digits", "fallback": "digits"}
    assert tiny(code("1 + 1", text("3")), **about) == 1
    printed = capsys.readouterr().out
    *_, strict, lax = printed.splitlines()
    assert "FAILED" in strict and "passed" in lax
    assert "not found, so not run: Python 3.11, 3.13" in printed
    assert "1 + 1" in printed, "the report shows the cell"


def test_a_failed_installation_fails_and_shows_what_pip_said(tiny, capsys, monkeypatch):
    error = subprocess.CalledProcessError(1, "pip", output="no such version")

    def fail(*arguments):
        raise error

    tiny(code("1"), data=None)
    monkeypatch.setattr(matrix, "prepare", fail)
    assert matrix.main(["--environments", "current"]) == 1
    printed = capsys.readouterr().out
    assert "no such version" in printed and "installation" in printed


def test_nothing_to_run_on_is_a_failure(tiny):
    assert tiny(code("1"), arguments=["--environments", "oldest"], data=None) == 1


def test_versions_come_from_the_projects_own_files():
    current, oldest, colab = matrix.environments("9.9")
    assert {e.versions["torch"] for e in (current, oldest, colab)} == {"9.9"}
    assert current.versions["ipywidgets"] == matrix.pinned()["ipywidgets"]
    assert oldest.versions["ipywidgets"] == "7.7.1" and oldest.pythons == ("3.11",)
    assert colab.versions["ipython"] == "7.34.0"
    assert set(oldest.versions) > set(matrix.oldest()) and "torch" in matrix.pinned()


def test_a_python_that_is_absent_or_does_not_start_is_not_found(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert matrix.interpreter("3.12") is None
    shim = tmp_path / "python3.12"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    assert matrix.interpreter("3.12") is None
    shim.write_text("#!/bin/sh\nexit 0\n")
    assert matrix.interpreter("3.12") == str(shim)
