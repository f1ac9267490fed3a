"""CPU seconds of each part of the suite, kernels and browsers included.

A busy machine makes seconds of the wall clock long, and minutes only warn. CPU seconds
are held (``budgets.toml``), in those of a quiet machine: where a neighbour shares core
and memory, the same work takes up to twice as many. So a small fixed piece of work is
timed between the tests all the time, and the limits grow with how much longer it lasts
than on a quiet machine. Each process counts its own part of the tests;
pytest-xdist's workers hand their figures in when they end.
"""

import ctypes
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from statistics import fmean, median

import numpy as np
import psutil
import pytest
from budgets import held

PR_SET_CHILD_SUBREAPER = 36  # sys/prctl.h
TESTS = Path(__file__).parent
NOTEBOOKS = TESTS.parent / "notebooks"
METER = pytest.StashKey["Meter"]()
YARDSTICK_EVERY = 10  # seconds; it takes 0.02 of them


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


NUMBERS = np.random.default_rng(0).normal(size=1_000_000)  # 8 MB


def yardstick() -> float:
    """CPU seconds of a fixed piece of work on one thread: Python, arithmetic, memory.

    The middle one of three, since the first finds its data outside the caches.
    """
    return median(once() for _ in range(3))


def once() -> float:
    """One run of it."""
    begun, counts = time.thread_time(), {}
    for number in range(50_000):
        counts[number % 1000] = counts.get(number % 1000, 0) + number % 7
    np.sort(NUMBERS[:200_000])
    np.exp(NUMBERS, out=np.empty_like(NUMBERS))
    return time.thread_time() - begun


def limits() -> dict[str, float]:
    """CPU seconds that each part may take on a quiet machine.

    What every notebook may add to its part is said apart, since chapters are added.
    """
    table = dict(held("test.cpu_seconds"))
    table["notebooks"] += held("test.a_chapter.cpu_seconds") * chapters()
    return table


def most_minutes() -> float:
    """Minutes that a run may take on a quiet machine."""
    return held("test.minutes") + held("test.a_chapter.minutes") * chapters()


def chapters() -> int:
    """How many notebooks there are."""
    return len(list(NOTEBOOKS.glob("*.ipynb")))


class Meter:
    """CPU seconds by part; asked only where the part changes, since asking costs."""

    def __init__(self):
        self.spent, self.part, self.mark = Counter(), None, 0.0
        self.begun = time.monotonic()
        self.yards, self.measured = [], -float("inf")

    def measure(self) -> None:
        """Time the yardstick, if that was not done a moment ago."""
        if time.monotonic() - self.measured >= YARDSTICK_EVERY:
            self.yards.append(yardstick())
            self.measured = time.monotonic()

    @property
    def yard(self) -> float:
        """Seconds of the yardstick, on average over the run."""
        return fmean(self.yards or [held("test.yardstick_seconds")])

    @property
    def slowness(self) -> float:
        """How much longer work lasts here than on a quiet machine; at least 1."""
        return max(1.0, self.yard / held("test.yardstick_seconds"))

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
        most = limits()
        return [part for part in most if self.spent[part] > most[part] * self.slowness]


def pytest_configure(config):
    """Begin to count."""
    adopt_orphans()
    config.stash[METER] = Meter()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item):
    """Count a test, with its fixtures, to its part."""
    meter = item.config.stash[METER]
    meter.turn_to(part_of(item))
    meter.measure()


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
        session.config.workeroutput["yardsticks"] = meter.yards
    elif meter.over_budget():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)  # pytest-xdist's
def pytest_testnodedown(node):
    """Add what a worker counted."""
    output = getattr(node, "workeroutput", {})
    meter = node.config.stash[METER]
    meter.spent.update(output.get("cpu_seconds", {}))
    meter.yards += output.get("yardsticks", [])


def pytest_terminal_summary(terminalreporter, config):
    """Print CPU seconds by part, beside the budget, and minutes."""
    meter, write = config.stash[METER], terminalreporter.write_line
    parts = [
        f"{part} {meter.spent[part]:.0f} of {most:.0f}"
        for part, most in limits().items()
        if meter.spent[part] >= 1
    ]
    write(f"CPU seconds: {', '.join(parts)}; {meter.minutes:.1f} minutes")
    write(
        f"a fixed piece of work takes {1000 * meter.yard:.1f} ms, so the limits are "
        f"{meter.slowness:.2f} times those of a quiet machine"
    )
    for part in meter.over_budget():
        write(f"tests/{part} takes more CPU seconds than budgets.toml allows", red=True)
    if meter.minutes > most_minutes():
        write(f"more than {most_minutes():.0f} minutes: is it busy?", yellow=True)
