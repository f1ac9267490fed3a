"""CPU seconds of each part of the suite, kernels and browsers included.

A busy machine makes seconds of the wall clock long, CPU seconds hardly: so these are
held (``budgets.toml``), and minutes only warn. Each process counts its own part of the
tests; pytest-xdist's workers hand their figures in when they end.
"""

import ctypes
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from budgets import held

PR_SET_CHILD_SUBREAPER = 36  # sys/prctl.h
TESTS = Path(__file__).parent
METER = pytest.StashKey["Meter"]()


def cpu_seconds() -> float:
    """Of this process and its descendants, those that have ended included.

    What is still alive is asked; what has ended was waited for and stands in the
    account of its parent, or was adopted and is still listed.
    """
    own, total = psutil.Process(), 0.0
    for process in [own, *own.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):  # it has just ended
            # On Linux user, system, and both of children that have ended.
            total += sum(process.cpu_times()[:4])
    return total


def adopt_orphans() -> None:
    """On Linux become the parent of processes whose parent ends without waiting.

    A browser leaves its renderers so, with most of its CPU seconds; as children of this
    process they stay in the list, ended but not waited for, and can be asked.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


class Meter:
    """CPU seconds by part; asked only where the part changes, since asking costs."""

    def __init__(self):
        self.spent, self.part, self.mark = Counter(), None, 0.0
        self.begun = time.monotonic()

    def turn_to(self, part: str | None) -> None:
        """Close the account of the present part and open that of another."""
        if part == self.part:
            return
        now = cpu_seconds()
        if self.part is not None:
            self.spent[self.part] += max(0.0, now - self.mark)
        self.part, self.mark = part, now

    @property
    def minutes(self) -> float:
        """Of the wall clock, since the start."""
        return (time.monotonic() - self.begun) / 60

    def over_budget(self) -> list[str]:
        """The parts that took more CPU seconds than they may."""
        budget = held("test.cpu_seconds")
        return [part for part in budget if self.spent[part] > budget[part]]


def pytest_configure(config):
    """Begin to count."""
    adopt_orphans()
    config.stash[METER] = Meter()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item):
    """Count a test, with its fixtures, to its part."""
    item.config.stash[METER].turn_to(part_of(item))


def part_of(item) -> str:
    """The folder in which it lies; what `make jupyter` alone runs counts apart."""
    if item.get_closest_marker("every_chapter"):
        return "every_chapter"
    return item.path.relative_to(TESTS).parts[0]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session):
    """Hand in a worker's figures; fail a run that took more than it may."""
    meter = session.config.stash[METER]
    meter.turn_to(None)
    if hasattr(session.config, "workerinput"):
        session.config.workeroutput["cpu_seconds"] = dict(meter.spent)
    elif meter.over_budget():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)  # pytest-xdist's
def pytest_testnodedown(node):
    """Add what a worker counted."""
    spent = getattr(node, "workeroutput", {}).get("cpu_seconds", {})
    node.config.stash[METER].spent.update(spent)


def pytest_terminal_summary(terminalreporter, config):
    """Print CPU seconds by part, beside the budget, and minutes."""
    meter, write = config.stash[METER], terminalreporter.write_line
    parts = [
        f"{part} {meter.spent[part]:.0f} of {most}"
        for part, most in held("test.cpu_seconds").items()
        if meter.spent[part] >= 1
    ]
    write(f"CPU seconds: {', '.join(parts)}; {meter.minutes:.1f} minutes")
    for part in meter.over_budget():
        write(f"tests/{part} takes more CPU seconds than budgets.toml allows", red=True)
    if meter.minutes > held("test.minutes"):
        write(
            f"more than {held('test.minutes')} minutes: is the machine busy?",
            yellow=True,
        )
