"""The progress bar shows to a reader and to nobody else."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from aigc_helpers.progress import is_watched, progress


@pytest.fixture
def unwatched(monkeypatch):
    """A script whose messages go to a file, without IPython."""
    monkeypatch.delenv("AIGC_PROGRESS", raising=False)
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False, raising=False)


def as_ipython(monkeypatch, shell):
    module = SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", module)


def test_a_script_in_a_pipe_is_not_watched(unwatched, capsys):
    assert not is_watched()
    assert list(progress(range(3))) == [0, 1, 2]
    assert capsys.readouterr() == ("", "")


def test_a_terminal_is_watched(unwatched, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert is_watched()
    assert list(progress(range(3), label="three")) == [0, 1, 2]
    assert "three" in capsys.readouterr().err


def test_a_notebook_is_watched(unwatched, monkeypatch):
    as_ipython(monkeypatch, SimpleNamespace(kernel=object()))
    assert is_watched() and not progress(range(1)).disable


@pytest.mark.parametrize("shell", [None, SimpleNamespace()])
def test_ipython_alone_and_a_loaded_ipykernel_are_no_notebook(
    unwatched, monkeypatch, shell
):
    as_ipython(monkeypatch, shell)
    monkeypatch.setitem(sys.modules, "ipykernel", SimpleNamespace())
    assert not is_watched()


def test_it_can_be_silenced(unwatched, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("AIGC_PROGRESS", "0")
    assert list(progress(range(3))) == [0, 1, 2]
    assert capsys.readouterr() == ("", "")


def test_it_can_be_moved_by_hand_and_counts_bytes(unwatched, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with progress(total=5_000_000, unit="B") as bar:
        bar.update(2_000_000)
        assert bar.n == 2_000_000
        bar.refresh()
    assert "2.00M/5.00M" in capsys.readouterr().err


def test_downloads_do_not_wait_for_torch():
    code = "import sys, aigc_helpers.progress; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
