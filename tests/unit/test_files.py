"""A file or folder is there whole or not at all, whatever happens while it is made."""

import os
import signal
import subprocess
import sys
import tempfile

import pytest
from torch import nn

from aigc_helpers import files, weights
from aigc_helpers.files import whole, write_text


def test_a_file_appears_at_the_end_of_the_block_with_its_folders(tmp_path):
    path = tmp_path / "a" / "b" / "file.bin"
    with whole(path) as scratch:
        scratch.write_bytes(b"new")
        assert not path.exists() and scratch.parent == path.parent
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_an_exception_in_between_leaves_what_was_there(error, tmp_path):
    path = tmp_path / "file.txt"
    write_text(path, "old")
    with pytest.raises(type(error)), whole(path) as scratch:
        scratch.write_text("half")
        raise error
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_a_name_that_cannot_be_taken_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "file.txt"
    write_text(path, "old")

    def refuse(source, target):
        raise PermissionError("open elsewhere")

    monkeypatch.setattr(files.os, "replace", refuse)
    with pytest.raises(PermissionError):
        write_text(path, "new")
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


KILLED = """
import os, signal, sys
from aigc_helpers.files import whole
with whole(sys.argv[1]) as scratch:
    scratch.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL")
def test_a_process_that_is_killed_in_between_leaves_what_was_there(tmp_path):
    path = tmp_path / "file.txt"
    write_text(path, "old")
    run = subprocess.run([sys.executable, "-c", KILLED, str(path)])
    assert run.returncode == -signal.SIGKILL
    assert path.read_text() == "old"
    write_text(path, "new")
    assert path.read_text() == "new"


def test_what_a_dead_process_of_this_number_left_is_swept_away(tmp_path):
    path = tmp_path / "thing"
    left = tmp_path / f"thing.{os.getpid()}.part"
    left.mkdir()
    (left / "half").write_text("")
    write_text(path, "new")
    assert path.read_text() == "new" and list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="there are no such permissions")
@pytest.mark.parametrize("umask", [0o022, 0o027, 0o077])
def test_a_file_may_be_read_by_those_who_may_read_any_new_one(umask, tmp_path):
    before = os.umask(umask)
    try:
        with whole(tmp_path / "file") as scratch:
            with tempfile.NamedTemporaryFile(dir=tmp_path, delete=False) as private:
                os.replace(private.name, scratch)  # as safetensors does
        weights.save("a", nn.Linear(1, 1), {}, folder=tmp_path)
    finally:
        os.umask(before)
    modes = {p.name: p.stat().st_mode & 0o777 for p in tmp_path.iterdir()}
    names = ("file", "a.json", "a.safetensors")
    assert modes == dict.fromkeys(names, 0o666 & ~umask)


def test_a_folder_appears_whole_also_in_the_place_of_an_empty_one(tmp_path):
    for name in ("fresh", "empty"):
        path = tmp_path / name
        if name == "empty":
            path.mkdir()
        with whole(path) as scratch:
            scratch.mkdir()
            (scratch / "one").write_text("1")
            assert not path.exists() or not list(path.iterdir())
        assert [found.name for found in path.iterdir()] == ["one"]
    assert {path.name for path in tmp_path.iterdir()} == {"fresh", "empty"}


def test_a_folder_with_something_in_it_stays(tmp_path):
    path = tmp_path / "full"
    path.mkdir()
    (path / "old").write_text("")
    with pytest.raises(OSError), whole(path) as scratch:
        scratch.mkdir()
    assert [found.name for found in path.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [path]


def test_text_is_utf8_with_unix_line_ends(tmp_path):
    write_text(tmp_path / "text", "春\n")
    assert (tmp_path / "text").read_bytes() == "春\n".encode()
