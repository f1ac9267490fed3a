"""How tests run: two at a time under ``-n 2``, and some of them alone.

Two runs of two threads each on two cores are 5 to 19 times slower than one after the
other. So the workers of pytest-xdist compute on one thread each and leave out what is
marked ``alone`` (notebooks); the process that started them runs it when they are gone,
into the same report. Without ``-n`` all tests run one after the other, in one process.
"""

import os
import subprocess
import time
from itertools import pairwise
from pathlib import Path

import pytest
from budgets import held

ROOT = Path(__file__).parents[1]
ALONE = pytest.StashKey[list[str]]()
STARTED = pytest.StashKey[float]()


def pytest_addoption(parser):
    """``--changed``: of the notebooks, run those that the last commit does not hold.

    ``--every-host``: every page on every host, where a sample is opened otherwise.
    ``--every-chapter``: every chapter in Jupyter, not a small notebook and 00 alone.
    ``--every-table``: one row of every table again, not of the short ones alone.
    """
    parser.addoption(
        "--changed",
        action="store_true",
        help="run only notebooks that differ from the last commit",
    )
    parser.addoption(
        "--every-host",
        action="store_true",
        help="open every page on every host, not a sample",
    )
    parser.addoption(
        "--every-chapter",
        action="store_true",
        help="run every chapter in Jupyter",
    )
    parser.addoption(
        "--every-table",
        action="store_true",
        help="measure one row of every table again",
    )


def pytest_configure(config):
    """Declare the markers; a worker computes on one thread."""
    config.stash[STARTED] = time.monotonic()
    config.stash[ALONE] = []
    config.addinivalue_line("markers", "alone: never runs beside another test")
    config.addinivalue_line("markers", "runs_notebook: runs the notebook `path`")
    if is_worker(config):
        os.environ["OMP_NUM_THREADS"] = "1"  # read when torch is imported, later
    else:  # workers must collect the same tests, in the same order
        os.environ.setdefault("PYTHONHASHSEED", "0")


def is_worker(config) -> bool:
    return hasattr(config, "workerinput")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Choose and order the tests of this process.

    Files with tests in a browser come last: while Playwright runs, asyncio.run()
    refuses to start in the same thread, and the one browser lives until the end.
    """
    if config.getoption("changed"):
        keep(items, is_changed_or_no_notebook(), config)
    shown = {item.path for item in items if "browser" in item.fixturenames}
    items.sort(key=lambda item: item.path in shown)
    if is_worker(config):
        alone = [item.nodeid for item in items if item.get_closest_marker("alone")]
        config.workeroutput["alone"] = alone
        items[:] = [item for item in items if not item.get_closest_marker("alone")]


def keep(items: list, wanted, config) -> None:
    """Deselect the items that are not wanted."""
    config.hook.pytest_deselected(items=[item for item in items if not wanted(item)])
    items[:] = filter(wanted, items)


def is_changed_or_no_notebook():
    """A condition on items: runs no notebook, or, with its data, one that changed."""
    changed = changed_files()

    def wanted(item) -> bool:
        marked = item.get_closest_marker("runs_notebook")
        return not marked or item.callspec.params.get("path") in changed

    return wanted


def changed_files(root: Path = ROOT) -> set[Path]:
    """What differs from the last commit of a clone, new files included."""
    git = ["git", "-C", str(root)]
    commands = (
        [*git, "diff", "--name-only", "-z", "HEAD"],
        [*git, "ls-files", "--others", "--exclude-standard", "-z"],
    )
    try:
        lists = [subprocess.check_output(command, text=True) for command in commands]
    except (OSError, subprocess.CalledProcessError) as error:
        raise pytest.UsageError(f"--changed asks git: {error}") from error
    return {root / name for names in lists for name in names.split("\0") if name}


@pytest.hookimpl(optionalhook=True)  # pytest-xdist's
def pytest_testnodedown(node):
    """Remember what a worker has left out; all leave out the same."""
    alone = getattr(node, "workeroutput", {}).get("alone")
    if alone:
        node.config.stash[ALONE] = alone


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session):
    """When the workers are gone, run what they left out."""
    result = yield
    alone = session.config.stash[ALONE]
    if alone:
        items = session.perform_collect(
            [f"{session.config.rootpath}/{one}" for one in alone]
        )
        for item, following in pairwise([*items, None]):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            stop_if_asked(session)
    return result


def stop_if_asked(session) -> None:
    """As pytest's own loop does after each test."""
    if session.shouldfail:
        raise session.Failed(session.shouldfail)
    if session.shouldstop:
        raise session.Interrupted(session.shouldstop)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Stop a run that lasts longer than continuous integration would let it."""
    outcome = yield
    minutes = (time.monotonic() - item.config.stash[STARTED]) / 60
    if minutes > held("test.most_minutes"):
        item.session.shouldstop = f"stopped after {minutes:.0f} minutes"
    return outcome
