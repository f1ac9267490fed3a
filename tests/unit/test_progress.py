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


@pytest.fixture
def notebook(unwatched, monkeypatch) -> list[dict]:
    """In a notebook: what the one output that is shown holds, in order."""
    held: list[dict] = []

    class DisplayHandle:
        def display(self, data, *, raw):
            assert raw and not held, "one output"
            self.update(data, raw=raw)

        def update(self, data, *, raw):
            held.append(data)

    as_ipython(monkeypatch, SimpleNamespace(kernel=object()))
    module = SimpleNamespace(DisplayHandle=DisplayHandle)
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    return held


def test_a_notebook_is_watched_and_keeps_nothing_of_a_bar(notebook, capsys):
    assert is_watched()
    with progress(total=3, label="三步") as bar:
        bar.update(3)
        bar.refresh()
    assert "三步" in notebook[-2]["text/plain"] and "3/3" in notebook[-2]["text/plain"]
    assert notebook[-1] == {}
    assert capsys.readouterr() == ("", "")


def test_a_bar_that_is_left_early_keeps_nothing(notebook):
    with pytest.raises(KeyboardInterrupt):
        for _ in progress(range(3), label="三步"):
            raise KeyboardInterrupt
    assert len(notebook) > 2 and notebook[-1] == {}


def test_a_bar_within_a_bar_prints_nothing(notebook, capsys, monkeypatch):
    outer = progress(total=2)
    notebook.clear()
    with progress(total=2):
        pass
    outer.close()
    assert capsys.readouterr() == ("", "")


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
