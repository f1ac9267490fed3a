"""Publication by a fork: addresses, Colab copies, and what their first cell does."""

import copy
import json
import os
import subprocess
import sys
from importlib import metadata, util
from pathlib import Path
from types import SimpleNamespace

import nbformat
import publish
import pytest
from IPython.core.error import UsageError

ROOT = Path(__file__).parents[2]
COMMIT = "0123456789abcdef0123456789abcdef01234567"
FORK = publish.Publication("some-one/aigc.book", COMMIT)
ARCHIVE = f"https://github.com/some-one/aigc.book/archive/{COMMIT}.tar.gz"
TEXT = (
    "[页](../book/howto.md#data)、[本节](#a)、[外](https://example.org/a.html)、"
    "![图](图 1.png) ![图](figures/一.png)，$f[x](t)$"
)


def example() -> dict:
    """A notebook with text, code and an output."""
    cells = [
        nbformat.v4.new_markdown_cell(TEXT, id="text"),
        nbformat.v4.new_code_cell(
            "1 + 1  # [x](a.md)",
            id="code",
            outputs=[nbformat.v4.new_output("execute_result", {"text/plain": "2"})],
        ),
    ]
    return json.loads(nbformat.writes(nbformat.v4.new_notebook(cells=cells)))


@pytest.fixture
def book(tmp_path):
    """A folder of one notebook."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    (folder / "05_一.ipynb").write_text(json.dumps(example()), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("repository", "commit"),
    [
        ("someone", COMMIT),
        ("https://github.com/a/b", COMMIT),
        ("a/b/c", COMMIT),
        ('a/b"', COMMIT),
        ("-a/b", COMMIT),
        ("a/b", "main"),
        ("a/b", COMMIT[:12]),
        ("a/b", COMMIT.upper()),
        ("a/b", ""),
    ],
)
def test_a_publication_names_one_commit_of_one_repository(repository, commit):
    with pytest.raises(ValueError, match="仓库应写成|提交号"):
        publish.Publication(repository, commit)


def test_addresses():
    path = "notebooks/05_一.ipynb"
    quoted = "notebooks/05_%E4%B8%80.ipynb"
    assert FORK.archive == ARCHIVE
    home = "some-one/aigc.book"
    assert FORK.source(path) == f"https://github.com/{home}/blob/{COMMIT}/{quoted}"
    opener = "https://colab.research.google.com/github"
    assert FORK.colab(path) == f"{opener}/{home}/blob/colab/{quoted}"


def test_a_local_build_is_no_publication(monkeypatch):
    monkeypatch.delenv("AIGC_REPOSITORY", raising=False)
    assert publish.from_environment() is None
    monkeypatch.setenv("AIGC_REPOSITORY", "")
    assert publish.from_environment() is None
    monkeypatch.setenv("AIGC_REPOSITORY", FORK.repository)
    monkeypatch.setenv("AIGC_REF", COMMIT)
    assert publish.from_environment() == FORK
    monkeypatch.delenv("AIGC_REF")
    with pytest.raises(ValueError, match="提交号"):
        publish.from_environment()


def test_a_copy_is_the_notebook_after_a_set_up_cell():
    notebook = example()
    before = copy.deepcopy(notebook)
    made = publish.colab_copy(notebook, FORK, "notebooks/a.ipynb")
    assert notebook == before
    first, text, code = made["cells"]
    assert f'install_aigc_helpers("{ARCHIVE}")' in first["source"]
    assert first["outputs"] == [] and first["metadata"] == {"cellView": "form"}
    assert code == before["cells"][1]  # outputs stay, code is never rewritten
    assert {**made, "cells": []} == {**before, "cells": []}
    blob = f"https://github.com/some-one/aigc.book/blob/{COMMIT}"
    assert text["source"] == (
        f"[页]({blob}/book/howto.md#data)、[本节](#a)、[外](https://example.org/a.html)、"
        f"![图](图 1.png) ![图]({blob}/notebooks/figures/%E4%B8%80.png)，$f[x](t)$"
    )


def test_copies_are_valid_notebooks_and_the_same_each_time(book, tmp_path):
    [path] = publish.publish(book, tmp_path / "a", FORK)
    assert path == tmp_path / "a" / "notebooks" / "05_一.ipynb"
    nbformat.validate(nbformat.read(path, as_version=4))
    [again] = publish.publish(book, tmp_path / "b", FORK)
    assert again.read_bytes() == path.read_bytes()
    assert COMMIT in (tmp_path / "a" / "README.md").read_text("utf-8")


def test_licences_go_with_the_copies(book, tmp_path):
    [path] = publish.publish(book, tmp_path / "a", FORK)
    for name in ("LICENSE", "LICENSE-text"):
        kept = (tmp_path / "a" / name).read_bytes()
        assert kept == (ROOT / name).read_bytes()
    assert (ROOT / publish.SOURCES).is_file()
    first = json.loads(path.read_text("utf-8"))["cells"][0]["source"]
    assert "CC BY-SA 4.0" in first and FORK.source(publish.SOURCES) in first


def test_every_chapter_has_a_valid_copy(tmp_path):
    paths = publish.publish(ROOT / "notebooks", tmp_path / "colab", FORK)
    assert len(paths) == len(list((ROOT / "notebooks").glob("*.ipynb"))) > 0
    for path in paths:
        nbformat.validate(nbformat.read(path, as_version=4))


def test_notebooks_know_no_publication():
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        text = path.read_text("utf-8")
        assert publish.SETUP_ID not in text and "colab.research" not in text


def test_only_an_empty_folder_is_filled(book, tmp_path):
    (tmp_path / "to").mkdir()
    assert publish.publish(book, tmp_path / "to", FORK)
    with pytest.raises(FileExistsError, match="不是空的"):
        publish.publish(book, tmp_path / "to", FORK)
    with pytest.raises(FileNotFoundError, match="没有笔记本"):
        publish.publish(tmp_path, tmp_path / "other", FORK)


def test_the_command_needs_the_standard_library_alone(book, tmp_path):
    """The workflow makes the copies before anything is installed."""
    arguments = ["--repository", FORK.repository, "--ref", COMMIT]
    arguments += ["--to", str(tmp_path / "to"), "--notebooks", str(book)]
    result = subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "book" / "publish.py"), *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "to" / "notebooks" / "05_一.ipynb").is_file()


def test_the_command_says_what_is_wrong(tmp_path, capsys):
    wanted = ["--repository", "a/b", "--ref", "main"]
    assert publish.main([*wanted, "--to", str(tmp_path / "to")]) == 2
    assert "40 位" in capsys.readouterr().err


# The set-up cell


class Machine:
    """What the cell meets: packages, pip's answers; it keeps what was asked of pip."""

    def __init__(self, versions: dict, requires=(), errors=()):
        self.versions, self.requires, self.errors = versions, requires, list(errors)
        self.asked, self.constraints = [], []

    def version(self, name):
        if name not in self.versions:
            raise metadata.PackageNotFoundError(name)
        return self.versions[name]

    def distributions(self):
        return [SimpleNamespace(name=n, version=v) for n, v in self.versions.items()]

    def run(self, command, **options):
        self.asked.append(command[3:])
        if "--constraint" in command:
            file = command[command.index("--constraint") + 1]
            self.constraints = Path(file).read_text().splitlines()
        error = self.errors.pop(0) if self.errors else ""
        return SimpleNamespace(returncode=int(bool(error)), stderr=error)


@pytest.fixture
def set_up(monkeypatch):
    """Run the cell on a machine."""

    def run(machine, *, installed=False):
        monkeypatch.setattr(util, "find_spec", lambda name: installed or None)
        monkeypatch.setattr(metadata, "requires", lambda name: machine.requires)
        monkeypatch.setattr(metadata, "version", machine.version)
        monkeypatch.setattr(metadata, "distributions", machine.distributions)
        monkeypatch.setattr(subprocess, "run", machine.run)
        exec(publish.setup_cell(FORK)["source"], {})

    return run


def test_where_the_package_is_installed_the_cell_does_nothing(set_up, capsys):
    machine = Machine({})
    set_up(machine, installed=True)
    assert machine.asked == []
    assert capsys.readouterr().out == "aigc_helpers 已经装好。\n"


def test_the_package_alone_is_installed_where_all_it_needs_is_there(set_up, capsys):
    requires = [
        "torch>=2.6",
        "numpy<3",
        'onnx>=1; extra == "export"',
        'x; os_name == "?"',
    ]
    machine = Machine({"torch": "2.11.0+cu128", "numpy": "2.1.3rc1"}, requires)
    set_up(machine)
    assert machine.asked == [
        ["install", "--no-deps", f"aigc_helpers @ {ARCHIVE}", "--quiet"]
    ]
    assert capsys.readouterr().out.endswith("装好了，接着往下运行。\n")


def test_what_lacks_is_added_and_what_is_there_is_held(set_up):
    versions = {"torch": "2.11.0+cu128", "odd": "1.1build1", None: None}
    machine = Machine(versions, ["torch>=2.6", "latex>=3"])
    set_up(machine)
    [_, second] = machine.asked
    assert second[:2] == ["install", "--constraint"]
    assert second[3:] == ["latex>=3", "--quiet"]
    assert machine.constraints == ["torch==2.11.0+cu128"]


def test_an_unfit_version_is_named_not_replaced(set_up):
    machine = Machine({"torch": "2.5.0"}, ["torch>=2.6", "latex>=3"])
    with pytest.raises(UsageError, match="torch 是 2.5.0，本书需要 >=2.6"):
        set_up(machine)
    assert [command[0] for command in machine.asked] == ["install", "uninstall"]


def test_a_package_that_fits_nothing_leaves_no_half_installation(set_up):
    errors = ["", "WARNING: x\nERROR: Cannot install latex\nERROR: more"]
    machine = Machine({}, ["latex>=3"], errors)
    with pytest.raises(UsageError) as raised:
        set_up(machine)
    assert str(raised.value) == (
        "aigc_helpers 没有装好，已有的包都没有改动：ERROR: Cannot install latex。"
    )
    assert machine.asked[-1] == ["uninstall", "--yes", "aigc_helpers", "--quiet"]


def test_without_a_network_one_sentence_says_so(monkeypatch):
    """Pip itself is run, against a port where nothing answers."""
    nowhere = "http://127.0.0.1:9/archive.tar.gz"
    source = publish.setup_cell(FORK)["source"].replace(ARCHIVE, nowhere)
    monkeypatch.setattr(util, "find_spec", lambda name: None)
    for name, value in {"RETRIES": "0", "CONFIG_FILE": os.devnull}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    with pytest.raises(UsageError, match="请检查网络，再运行这一格（ERROR: ") as raised:
        exec(source, {})
    assert "\n" not in str(raised.value)


def test_the_cell_leaves_one_name_and_has_chinese_comments():
    source = publish.setup_cell(FORK)["source"]
    names = {}
    definition = source.rsplit("\n", 1)[0]  # all but the call
    exec(definition, names)
    assert set(names) - {"__builtins__"} == {"install_aigc_helpers"}
    comments = [line for line in source.splitlines() if line.strip().startswith("#")]
    assert comments and all(any("一" <= c <= "鿿" for c in line) for line in comments)
