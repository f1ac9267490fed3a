"""The command line does what it says, or says in one line why not."""

import hashlib
import importlib
import os
import subprocess
import sys
import types
from dataclasses import replace
from pathlib import Path

import pytest
from faulty_server import BODY, FaultyServer, running
from packaging.requirements import Requirement

from aigc_helpers import cli, doctor
from aigc_helpers.data import catalog
from aigc_helpers.data.catalog import DataFile, DataSet, Edition
from aigc_helpers.data.hosts import FailedHosts
from aigc_helpers.environment import command
from aigc_helpers.reader import Stopped

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch, tmp_path):
    for name in ("AIGC_MIRROR", "AIGC_OFFLINE", "AIGC_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AIGC_DATA_DIR", str(tmp_path))
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")


@pytest.fixture
def tiny(monkeypatch):
    """A catalogue of one data set, on a server whose manners we choose."""
    with running(FaultyServer()) as server:

        def publish(behaviour="good", **options):
            checksum = "sha256:" + hashlib.sha256(BODY).hexdigest()
            file = DataFile("data.bin", len(BODY), checksum, (server.url(behaviour),))
            file = replace(file, **options)
            dataset = DataSet("tiny", "Tiny", (file,), "CC0", "nobody")
            monkeypatch.setattr(catalog, "datasets", lambda: {"tiny": dataset})
            return server

        yield publish


@pytest.mark.parametrize("names", [[], ["tiny"]])
def test_download_fetches_and_tells_licence_and_credit(names, tiny, tmp_path, capsys):
    tiny()
    assert cli.main(["download", *names]) == 0
    assert (tmp_path / "tiny" / "data.bin").read_bytes() == BODY
    out, err = capsys.readouterr()
    assert "Tiny：205 KB，校验和正确" in out
    assert "nobody" in out and "CC0" in out
    assert err == ""


def test_a_size_that_nobody_publishes_is_a_bound_before_and_known_after(
    tiny, tmp_path, capsys
):
    tiny(size=None)
    remedy = doctor.check_dataset(catalog.find_dataset("tiny"), tmp_path).remedy
    assert "aigc download tiny（不超过 10.0 MB）" in remedy
    assert cli.main(["download"]) == 0
    assert "Tiny：205 KB，校验和正确" in capsys.readouterr().out


def test_another_edition_that_lies_here_is_named(tiny, tmp_path, capsys):
    other = b"another edition " * 1000
    checksum = "sha256:" + hashlib.sha256(other).hexdigest()
    server = tiny(also=(Edition(checksum, "的另一个版本"),))
    (tmp_path / "there" / "tiny").mkdir(parents=True)
    (tmp_path / "there" / "tiny" / "data.bin").write_bytes(other)
    assert cli.main(["download", "--root", str(tmp_path / "there")]) == 0
    assert "Tiny的另一个版本：16 KB，校验和正确" in capsys.readouterr().out
    assert not server.requests
    tiny_set = catalog.find_dataset("tiny")
    found = doctor.check_dataset(tiny_set, tmp_path / "there")
    assert found.level == doctor.GOOD and "Tiny的另一个版本：1 个文件" in found.text
    assert cli.main(["download"]) == 0
    assert "Tiny：205 KB" in capsys.readouterr().out
    assert "Tiny：1 个文件" in doctor.check_dataset(tiny_set, tmp_path).text


def test_the_disk_must_hold_what_may_come_of_sizes_that_nobody_publishes(
    tiny, tmp_path, monkeypatch
):
    tiny(size=None)
    for free, level in ((20_000_001, doctor.GOOD), (20_000_000, doctor.NOTE)):
        usage = types.SimpleNamespace(free=free)
        monkeypatch.setattr(
            doctor.shutil, "disk_usage", lambda path, usage=usage: usage
        )
        [finding] = doctor.check_folder(tmp_path)
        assert finding.level == level


def test_download_goes_where_it_is_told(tiny, tmp_path):
    tiny()
    assert cli.main(["download", "tiny", "--root", str(tmp_path / "there")]) == 0
    assert (tmp_path / "there" / "tiny" / "data.bin").read_bytes() == BODY
    assert not (tmp_path / "tiny").exists()


def test_download_that_fails_tells_what_was_tried(tiny, capsys):
    server = tiny("missing")
    assert cli.main(["download"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("aigc：没有得到 tiny/data.bin：所有地址")
    assert f"{server.url('missing')}：没有这个文件（HTTP 404）\n" in err
    assert "AIGC_MIRROR" in err
    assert "Traceback" not in err


def test_download_asks_hosts_that_failed_a_moment_ago(tiny, tmp_path):
    server = tiny()
    FailedHosts(tmp_path).add(server.url("good"), "broken", "坏了")
    assert cli.main(["download"]) == 0


def test_an_unknown_data_set_is_one_line(tiny, capsys):
    tiny()
    assert cli.main(["download", "nope"]) == 2
    out, err = capsys.readouterr()
    assert err == "aigc：没有叫 'nope' 的数据集，可以写：tiny。\n"


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("first line\nsecond"), "aigc：first line\n"),
        (RuntimeError(), "aigc：RuntimeError\n"),
        (
            ModuleNotFoundError("No module named 'onnx'", name="onnx"),
            "aigc：缺少 Python 模块 onnx；运行 "
            f"{command('aigc')} doctor 查看怎样安装\n",
        ),
    ],
)
def test_any_error_is_one_line_unless_debugging(error, line, monkeypatch, capsys):
    def fail(args):
        raise error

    monkeypatch.setattr(cli, "run_doctor", fail)
    assert cli.main(["doctor"]) == 2
    assert capsys.readouterr().err == line
    monkeypatch.setenv("AIGC_DEBUG", "1")
    with pytest.raises(type(error)):
        cli.main(["doctor"])


def test_an_interrupt_is_no_traceback(monkeypatch, capsys):
    def interrupt(args):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "run_doctor", interrupt)
    assert cli.main(["doctor"]) == 130
    assert capsys.readouterr().err == "aigc：已中断\n"


@pytest.mark.parametrize(
    ("stop", "chinese", "english"),
    [
        (KeyboardInterrupt(), "已中断", "interrupted"),
        (Stopped("stopped at 2", "停在第 2 步"), "停在第 2 步", "stopped at 2"),
    ],
)
def test_an_interrupt_is_told_in_what_the_console_can_show(
    stop, chinese, english, monkeypatch, capsys
):
    def interrupt(args):
        raise stop

    monkeypatch.setattr(cli, "run_doctor", interrupt)
    assert cli.main(["doctor"]) == 130
    assert capsys.readouterr().err == f"aigc：{chinese}\n"
    monkeypatch.setattr(cli, "shows_chinese", lambda stream: False)
    assert cli.main(["doctor"]) == 130
    assert capsys.readouterr().err.endswith(f"aigc: {english}\n")


def test_a_training_that_was_stopped_says_how_to_go_on(monkeypatch, capsys):
    def stop(args):
        raise Stopped("stopped after step 3 of 9", "训练停在第 3 步。再运行一次。")

    monkeypatch.setattr(cli, "run_train", stop)
    assert cli.main(["train", "gan_mnist"]) == 130
    assert capsys.readouterr().err == "aigc：训练停在第 3 步。再运行一次。\n"


def replace_module(monkeypatch, name: str, **contents):
    module = types.ModuleType(name)
    vars(module).update(contents)
    package, _, last = name.rpartition(".")
    monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(importlib.import_module(package), last, module, raising=False)


def test_export_hands_the_folder_on_and_lists_files(monkeypatch, tmp_path, capsys):
    def export_all(folder):
        (folder / "a.onnx").write_bytes(bytes(5000))
        return [folder / "a.onnx"]

    import aigc_helpers.explorers  # noqa: F401

    replace_module(monkeypatch, "aigc_helpers.explorers.site", export_all=export_all)
    assert cli.main(["export", "--to", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'a.onnx'}（5 KB）\n"


def test_site_hands_the_folder_on(monkeypatch, tmp_path, capsys):
    staged = []
    import aigc_helpers.explorers  # noqa: F401

    replace_module(monkeypatch, "aigc_helpers.explorers.site", stage=staged.append)
    assert cli.main(["site", "--to", str(tmp_path / "assets")]) == 0
    assert staged == [tmp_path / "assets"]
    assert str(tmp_path / "assets") in capsys.readouterr().out


def test_train_all_trains_each_network_into_the_folder(monkeypatch, tmp_path, capsys):
    from aigc_helpers import recipes

    trained = []

    def train_shipped(name, folder, *, seed, steps, checkpoint):
        trained.append((name, folder, seed, steps, checkpoint.name))
        return {"metrics": {"recall": 0.5, "recall_interval": [0.4, 0.6]}}

    monkeypatch.setattr(recipes, "train_shipped", train_shipped)
    assert cli.main(["train", "--all", "--to", str(tmp_path), "--steps", "2"]) == 0
    assert trained == [
        (name, tmp_path, 0, 2, f"{name}-seed0.checkpoint")
        for name in recipes.training_order()
    ]
    assert (
        "召回（真图画得全不全）：0.5（95% 区间 0.4 至 0.6）" in capsys.readouterr().out
    )
    assert cli.main(["train", "gan_mnist", "--to", str(tmp_path), "--seed", "4"]) == 0
    assert trained[-1] == ("gan_mnist", tmp_path, 4, None, "gan_mnist-seed4.checkpoint")


def test_data_that_come_with_a_package_need_no_download(capsys):
    assert cli.main(["download", "digits"]) == 0
    assert capsys.readouterr().out == (
        "scikit-learn 自带的手写数字：随软件包安装，不用下载\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [[], ["fly"], ["export"], ["doctor", "--x"], ["train"], ["train", "a", "--all"]],
)
def test_wrong_usage_ends_with_code_2(arguments, capsys):
    with pytest.raises(SystemExit) as info:
        cli.main(arguments)
    assert info.value.code == 2
    assert "usage: aigc" in capsys.readouterr().err


def test_the_module_runs_without_importing_torch(tmp_path):
    script = (
        "import sys; sys.modules['torch'] = None; from aigc_helpers import cli; "
        "sys.exit(cli.main(['download', 'mnist']))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | {"AIGC_OFFLINE": "1", "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 2, run.stderr
    assert "AIGC_OFFLINE" in run.stderr and "Traceback" not in run.stderr


def test_a_console_without_chinese_still_gets_an_answer():
    run = subprocess.run(
        [sys.executable, "-m", "aigc_helpers.cli", "--help"],
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": "ascii:strict"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert "download" in run.stdout and "doctor" in run.stdout


def doctor_without(module: str, folder: Path, **environment) -> tuple[int, str, str]:
    """Status and output of the check-up where a module is missing, and torch too."""
    script = (
        f"import sys; sys.modules['torch'] = sys.modules[{module!r}] = None; "
        "from aigc_helpers import cli; "
        f"sys.exit(cli.main(['doctor', '--root', {str(folder)!r}]))"
    )
    environment = {"PYTHONIOENCODING": "utf-8"} | environment
    run = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        encoding=environment["PYTHONIOENCODING"].partition(":")[0],
    )
    return run.returncode, run.stdout, run.stderr


@pytest.mark.parametrize("encoding", ["ascii:strict", "cp1252"])
def test_doctor_tells_its_levels_on_a_console_without_chinese(encoding, tmp_path):
    status, out, err = doctor_without(
        "torch", tmp_path, PYTHONIOENCODING=encoding, AIGC_OFFLINE="maybe"
    )
    assert status == 1
    assert "[good] numpy" in out and "[problem] ??? AIGC_OFFLINE=maybe" in out
    assert "[??" not in out and out.endswith("3 problems.\n")
    assert "PYTHONUTF8=1" in err


def test_doctor_speaks_chinese_in_any_encoding_that_has_it(tmp_path):
    status, out, err = doctor_without("torch", tmp_path, PYTHONIOENCODING="gbk")
    assert (status, err) == (1, "")
    assert "[问题] torch 不能使用" in out and out.endswith("发现 2 个问题。\n")


def test_errors_are_english_on_a_console_without_chinese(tmp_path):
    def run(*arguments, **environment):
        return subprocess.run(
            [sys.executable, "-m", "aigc_helpers.cli", *arguments],
            cwd=ROOT,
            env=os.environ | {"PYTHONIOENCODING": "ascii"} | environment,
            capture_output=True,
            text=True,
        ).stderr.splitlines()[1:]  # below the line about the console

    errors = [
        run("download", "mnist", "--root", tmp_path, AIGC_OFFLINE="1"),
        run("download", "mnist", "--root", tmp_path, AIGC_OFFLINE="maybe"),
        run("sample", "nobody", "--n", "1", "--to", tmp_path / "a"),
    ]
    assert all("?" not in line for lines in errors for line in lines)
    for lines, words in zip(
        errors, ("AIGC_OFFLINE forbids", "must be 1/", "nobody"), strict=True
    ):
        assert lines[0].startswith("aigc: ") and words in lines[0]


def test_python_m_runs_the_command_line():
    run = subprocess.run(
        [sys.executable, "-m", "aigc_helpers.cli", "--version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stdout) == (0, f"{cli.__version__}\n")


# The check-up -------------------------------------------------------------------------


def texts(findings, level) -> str:
    return "\n".join(f"{f.text} {f.remedy}" for f in findings if f.level == level)


def test_doctor_tells_missing_damaged_and_good_data_apart(tiny, tmp_path):
    tiny()
    dataset = catalog.find_dataset("tiny")
    missing = doctor.check_dataset(dataset, tmp_path)
    assert missing.level == doctor.NOTE
    assert "缺 1 个文件" in missing.text
    assert "aigc download tiny（205 KB）" in missing.remedy
    cli.main(["download"])
    assert doctor.check_dataset(dataset, tmp_path).level == doctor.GOOD
    (tmp_path / "tiny" / "data.bin").write_bytes(BODY[::-1])
    damaged = doctor.check_dataset(dataset, tmp_path)
    assert damaged.level == doctor.WRONG
    assert "data.bin 已损坏" in damaged.text


@pytest.mark.parametrize(
    ("requirement", "level", "words"),
    [
        ("numpy>=1.0", doctor.GOOD, "numpy "),
        ("numpy>=99", doctor.WRONG, "不合适，需要 >=99"),
        ("no-such-package>=1", doctor.WRONG, "没有安装 no-such-package"),
        ('numpy; python_version > "3"', doctor.GOOD, "numpy "),
    ],
)
def test_doctor_judges_packages(requirement, level, words):
    finding = doctor.check_package(Requirement(requirement))
    assert finding.level == level
    assert words in finding.text
    assert (level == doctor.GOOD) == (finding.remedy == "")


@pytest.mark.parametrize(
    ("version", "level"),
    [((3, 10), doctor.WRONG), ((3, 12, 1), doctor.GOOD), ((3, 99), doctor.NOTE)],
)
def test_doctor_judges_python(version, level):
    assert doctor.check_python(version).level == level


def test_doctor_names_what_decides_about_downloads(tmp_path, monkeypatch):
    monkeypatch.setenv("AIGC_OFFLINE", "1")
    monkeypatch.setenv("AIGC_MIRROR", "https://me:secret@mirror.example/aigc")
    FailedHosts(tmp_path).add("http://dead.example/x", "no connection", "连不上")
    findings = list(doctor.check_network(tmp_path))
    everything = texts(findings, doctor.NOTE) + texts(findings, doctor.GOOD)
    for words in (
        "AIGC_OFFLINE",
        "https://mirror.example/aigc",
        "dead.example 刚才没有成功（连不上）",
    ):
        assert words in everything
    assert "secret" not in everything


def test_doctor_names_a_proxy_and_a_mirror_that_cannot_be_used(tmp_path, monkeypatch):
    monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:9")
    monkeypatch.setenv("AIGC_MIRROR", "mirror.example/aigc")
    monkeypatch.setitem(sys.modules, "socks", None)
    wrong = texts(doctor.check_network(tmp_path), doctor.WRONG)
    assert "SOCKS" in wrong and "install pysocks" in wrong
    assert "AIGC_MIRROR 不是网址" in wrong
    monkeypatch.setitem(sys.modules, "socks", types.ModuleType("socks"))
    monkeypatch.setenv("AIGC_MIRROR", "https://mirror.example/aigc")
    assert texts(doctor.check_network(tmp_path), doctor.WRONG) == ""


@pytest.mark.parametrize("missing", ["filelock", "tqdm"])
def test_doctor_tells_what_is_missing_also_if_it_needs_it(missing, tmp_path):
    status, out, err = doctor_without(missing, tmp_path)
    assert (status, err) == (1, "")
    assert f"缺少 Python 模块 {missing}\n" in out
    assert "[正常] Python 3." in out and "随书的网络" in out


def test_doctor_survives_a_broken_torch(monkeypatch):
    monkeypatch.delitem(sys.modules, "aigc_helpers.runtime", raising=False)
    monkeypatch.setitem(sys.modules, "torch", None)
    [finding] = doctor.check_devices()
    assert finding.level == doctor.WRONG
    assert "torch 不能使用" in finding.text and finding.remedy


@pytest.mark.parametrize(
    ("busy", "policy", "turns", "noted"),
    [
        (99, "", "", True),
        (99, "ACTIVE", "300000", True),
        (99, "passive", "", False),
        (99, "", "10000", False),
        (0, "", "", False),
    ],
)
def test_doctor_notes_threads_that_wait_on_a_busy_machine(
    busy, policy, turns, noted, monkeypatch
):
    monkeypatch.setenv("OMP_WAIT_POLICY", policy)
    monkeypatch.setenv("GOMP_SPINCOUNT", turns)
    monkeypatch.setattr(doctor.os, "getloadavg", lambda: (busy, 0, 0), raising=False)
    found = texts(doctor.check_load(), doctor.NOTE)
    assert ("OMP_WAIT_POLICY=passive" in found) == noted


def test_a_command_lets_threads_that_wait_give_their_core_away(monkeypatch, capsys):
    seen = []

    def look(args):
        seen.append(os.environ["GOMP_SPINCOUNT"])

    monkeypatch.setattr(cli, "run_site", look)
    for before in ("", "7"):
        monkeypatch.setenv("GOMP_SPINCOUNT", before)
        if not before:
            monkeypatch.delenv("GOMP_SPINCOUNT")
        assert cli.main(["site", "--to", "nowhere"]) == 0
    assert seen == ["10000", "7"]


def test_the_command_for_a_check_up_finds_threads_that_wait(monkeypatch, capsys):
    for name in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(doctor.os, "getloadavg", lambda: (99, 0, 0), raising=False)
    monkeypatch.setattr(doctor, "examine", lambda root: doctor.check_load())
    assert cli.main(["doctor"]) == 0
    assert "OMP_WAIT_POLICY=passive" in capsys.readouterr().out


def test_doctor_notes_a_folder_that_takes_no_files(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    [finding] = doctor.check_folder(tmp_path / "file" / "data")
    assert finding.level == doctor.NOTE and "AIGC_DATA_DIR" in finding.remedy
    [finding] = doctor.check_folder(tmp_path / "not" / "yet")
    assert finding.level == doctor.GOOD


def test_doctor_prints_all_findings_and_counts_what_is_wrong(
    monkeypatch, tmp_path, capsys
):
    wrong = doctor.Finding(doctor.WRONG, "坏了", "修好它")
    monkeypatch.setattr(doctor, "check_weights", lambda: iter([wrong]))
    assert cli.main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "[问题] 坏了\n       怎么办：修好它" in out
    for words in ("Python 3.", "计算设备", str(tmp_path), "MNIST", "发现 "):
        assert words in out
    wrong = doctor.Finding(doctor.GOOD, "好的")
    monkeypatch.setattr(doctor, "examine", lambda root: iter([wrong]))
    assert cli.main(["doctor"]) == 0
    assert "没有发现问题" in capsys.readouterr().out
