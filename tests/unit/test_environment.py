"""Variables of the environment mean what people write; commands work where they run."""

import ast
import os
import sys
from pathlib import Path

import pytest

from aigc_helpers import cli, doctor, environment, progress, runtime
from aigc_helpers.data import catalog, download

PACKAGE = Path(environment.__file__).parent
SPELLINGS = {
    **dict.fromkeys(["1", "true", "True", "YES", " on "], True),
    **dict.fromkeys(["0", "false", "FALSE", "no", "off", "off\t"], False),
}
ASKING = {  # what each switch decides
    "AIGC_OFFLINE": download.is_offline,
    "AIGC_PROGRESS": lambda: not progress.progress([]).disable,
    "AIGC_BF16": runtime.bf16_is_native,
    "AIGC_DEBUG": lambda: is_raised(cli.main, ["download", "no such data"]),
}


def is_raised(function, *arguments) -> bool:
    try:
        function(*arguments)
    except ValueError:
        return True
    return False


@pytest.fixture(autouse=True)
def capable_machine(monkeypatch):
    """Whatever a switch allows can be had; no switch is set."""
    monkeypatch.setattr(progress, "is_watched", lambda: True)
    monkeypatch.setattr(
        runtime.torch.cpu, "_is_avx512_bf16_supported", lambda: True, raising=False
    )
    for name in environment.SWITCHES:
        monkeypatch.delenv(name, raising=False)


def test_every_switch_is_tried_here():
    assert set(ASKING) == set(environment.SWITCHES)


@pytest.mark.parametrize("name", ASKING)
def test_a_switch_is_read_as_people_write_it(name, monkeypatch, capsys):
    for value, expected in SPELLINGS.items():
        monkeypatch.setenv(name, value)
        assert ASKING[name]() is expected, value


@pytest.mark.parametrize("name", ASKING)
def test_a_switch_that_is_not_set_or_empty_is_what_it_is_by_default(
    name, monkeypatch, capsys
):
    assert ASKING[name]() is environment.SWITCHES[name]
    monkeypatch.setenv(name, "  ")
    assert ASKING[name]() is environment.SWITCHES[name]


@pytest.mark.parametrize("value", ["2", "maybe", "flase", "是"])
def test_anything_else_is_told_in_both_languages(value, monkeypatch, capsys):
    monkeypatch.setenv("AIGC_OFFLINE", value)
    with pytest.raises(ValueError, match="AIGC_OFFLINE must be 1/true/yes/on") as info:
        download.is_offline()
    assert f"读不懂 AIGC_OFFLINE={value}：打开写 AIGC_OFFLINE=1" in info.value.chinese
    monkeypatch.setenv("AIGC_DEBUG", value)
    assert cli.main(["download"]) == 2
    assert capsys.readouterr().err.startswith(f"aigc：读不懂 AIGC_DEBUG={value}：")


def test_doctor_tells_every_switch_it_cannot_read_once(monkeypatch, tmp_path):
    for name in environment.SWITCHES:
        monkeypatch.setenv(name, "maybe")
    findings = [f for f in doctor.examine(tmp_path) if f.level == doctor.WRONG]
    told = [f.text for f in findings if "maybe" in f"{f.text} {f.remedy}"]
    assert told == [f"读不懂 {name}=maybe" for name in environment.SWITCHES]


def test_the_environment_is_read_in_one_place():
    for path in PACKAGE.rglob("*.py"):
        names = {
            getattr(node, "attr", getattr(node, "id", ""))
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
        }
        is_here = bool(names & {"environ", "getenv"})
        assert is_here == (path.name == "environment.py"), path


# Commands -----------------------------------------------------------------------------


@pytest.fixture
def scripts(tmp_path, monkeypatch):
    """Make a folder of commands beside a Python, and stand in the folder above."""

    def make(folder: str, name: str = "aigc") -> Path:
        path = tmp_path / folder / name
        path.parent.mkdir(parents=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(path.with_name("python")))
        monkeypatch.setenv("PATH", os.defpath)
        monkeypatch.chdir(tmp_path)
        return path

    return make


def test_a_command_is_named_by_its_path_unless_the_shell_finds_it(
    scripts, tmp_path, monkeypatch
):
    path = scripts(".venv/bin")
    assert environment.command("aigc") == str(Path(".venv/bin/aigc"))
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    assert environment.command("aigc") == str(path)
    monkeypatch.setenv("PATH", str(path.parent))
    assert environment.command("aigc") == "aigc"
    assert environment.command("no-such-tool") == "no-such-tool"


def test_on_windows_a_command_is_named_as_windows_does(scripts, monkeypatch):
    path = scripts(".venv/Scripts", "aigc.exe")
    real = environment.shutil.which

    def which(name, path=None):
        return real(f"{name}.exe", path=path)

    monkeypatch.setattr(environment.shutil, "which", which)
    assert environment.command("aigc") == str(Path(".venv/Scripts/aigc.exe"))
    assert path.exists()


def test_a_path_with_spaces_is_quoted(scripts):
    scripts("my book/bin")
    assert environment.command("aigc").strip("'\"") == str(Path("my book/bin/aigc"))
    assert environment.command("aigc")[0] in "'\""


def test_what_doctor_and_errors_advise_can_be_typed(scripts, tmp_path):
    scripts(".venv/bin")
    aigc = str(Path(".venv/bin/aigc"))
    mnist = doctor.check_dataset(catalog.find_dataset("mnist"), tmp_path)
    assert f"运行 {aigc} download mnist" in mnist.remedy
    error = download.DatasetUnavailable(tmp_path / "mnist" / "a", "network", "gone")
    assert f"运行 {aigc} download" in error.advice_chinese
    assert f"run `{aigc} download`" in str(error)
    assert aigc in cli.in_one_line(ModuleNotFoundError("no onnx", name="onnx"))
