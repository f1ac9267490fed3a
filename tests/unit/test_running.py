"""How the suite runs and what it counts."""

import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import costs
import pytest
import running
from budgets import held

TESTS = Path(__file__).parents[1]
SUITE = """
import os
import pytest

def test_light():
    assert os.environ["OMP_NUM_THREADS"] == "1"
    assert "PYTEST_XDIST_WORKER" in os.environ

@pytest.mark.alone
def test_wrong():
    assert not "the whole report"

@pytest.mark.alone
def test_heavy():
    assert "PYTEST_XDIST_WORKER" not in os.environ
"""
BURN = "import time\nwhile time.process_time() < 0.5: pass"
ORPHAN = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {BURN!r}])"


@pytest.fixture
def suite(tmp_path):
    """Run a suite of three tests, two of them marked ``alone``."""
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["running"]')
    (tmp_path / "test_a.py").write_text(SUITE)

    def run(*options: str):
        variables = {k: v for k, v in os.environ.items() if "XDIST" not in k}
        variables["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # it starts faster
        places = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", tmp_path]
            + ["-p", "no:cacheprovider", "-p", "xdist", tmp_path, *options],
            env={**variables, "PYTHONPATH": places, "OMP_NUM_THREADS": "2"},
            capture_output=True,
            text=True,
        )

    return run


def test_what_is_alone_runs_after_the_workers_into_the_same_report(suite):
    done = suite("-n", "2")
    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "1 failed, 2 passed" in done.stdout.splitlines()[-1], done.stdout
    assert "the whole report" in done.stdout


def test_what_is_alone_can_be_all_there_is(suite):
    done = suite("-n", "2", "-k", "heavy")
    assert done.returncode == 0
    assert "1 passed" in done.stdout.splitlines()[-1], done.stdout


def test_a_run_that_stops_at_the_first_failure_stops_here_too(suite):
    done = suite("-n", "2", "-x")
    assert done.returncode != 0 and "1 failed, 1 passed" in done.stdout, done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets adopt")
def test_seconds_of_a_process_that_nobody_waits_for_are_counted():
    before, give_up = costs.cpu_seconds(), time.monotonic() + 30
    subprocess.run([sys.executable, "-c", ORPHAN], check=True)
    while costs.cpu_seconds() - before < 0.5:
        assert time.monotonic() < give_up
        time.sleep(0.05)


def test_a_part_that_spends_more_than_its_budget_is_named():
    meter = costs.Meter()
    assert meter.over_budget() == []
    meter.spent["unit"] = costs.limits()["unit"] + 1
    assert meter.over_budget() == ["unit"]


def test_a_slow_machine_may_take_longer_and_a_fast_one_as_long():
    meter, quiet = costs.Meter(), held("test.yardstick_seconds")
    meter.spent["unit"] = 1.5 * costs.limits()["unit"]
    meter.yards = [quiet, 3 * quiet]
    assert meter.slowness == pytest.approx(2) and meter.over_budget() == []
    meter.yards = [quiet / 4]
    assert meter.slowness == 1 and meter.over_budget() == ["unit"]


def test_the_yardstick_is_work_that_is_timed_now_and_then():
    meter = costs.Meter()
    meter.measure()
    meter.measure()
    (yard,) = meter.yards
    assert 0 < yard == meter.yard


def test_each_notebook_may_add_to_its_part(tmp_path, monkeypatch):
    monkeypatch.setattr(costs, "NOTEBOOKS", tmp_path)
    before = costs.limits()["notebooks"], costs.most_minutes()
    (tmp_path / "00_new.ipynb").touch()
    more = held("test.a_chapter")
    assert costs.limits()["notebooks"] - before[0] == more["cpu_seconds"]
    assert costs.most_minutes() - before[1] == pytest.approx(more["minutes"])


def test_workers_hand_in_what_they_spent_and_how_slow_they_were():
    node = SimpleNamespace(config=SimpleNamespace(stash={costs.METER: costs.Meter()}))
    node.workeroutput = {"cpu_seconds": {"unit": 2.0}, "yardsticks": [0.5]}
    costs.pytest_testnodedown(node)
    costs.pytest_testnodedown(node)
    meter = node.config.stash[costs.METER]
    assert meter.spent["unit"] == 4 and meter.yards == [0.5, 0.5]


def test_changed_files_are_those_that_the_last_commit_does_not_hold(tmp_path):
    def git(*words: str):
        who = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
        subprocess.run(["git", "-C", tmp_path, *who, *words], check=True)

    git("init", "--quiet")
    for name in ("same.txt", "变.txt"):
        (tmp_path / name).write_text("1")
    git("add", "--all")
    git("commit", "--quiet", "--message", "a")
    (tmp_path / "变.txt").write_text("2")
    (tmp_path / "new.txt").write_text("1")
    changed = {tmp_path / "变.txt", tmp_path / "new.txt"}
    assert running.changed_files(tmp_path) == changed


def test_without_a_clone_it_is_said_who_was_asked(tmp_path):
    with pytest.raises(pytest.UsageError, match="asks git"):
        running.changed_files(tmp_path)
