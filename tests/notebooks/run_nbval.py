"""Run pytest on notebooks: ``run_nbval.py MB SECONDS OPTIONS``.

It fails if a kernel held more than so many MB. Each cell that passed within so many
seconds runs once more, as readers do who change a number: nothing may be raised, and
what the cells behind it give may not change.
"""

import sys
import time

import pytest


class Twice:
    """A plugin of pytest that runs quick cells again, and compares nothing then."""

    def __init__(self, seconds: float):
        self.seconds = seconds

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item):
        begun = time.perf_counter()
        result = yield
        if time.perf_counter() - begun <= self.seconds:
            item.add_report_section("call", "run", "This is the second run.")
            item.options["check"] = False
            item.runtest()
        return result


def peak_mb() -> float:
    """Most resident memory of one process that was started here and has ended."""
    try:
        import resource
    except ImportError:  # Windows does not say
        return 0.0
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6


def main(most_mb: str, seconds: str, *options: str) -> int:
    """Exit status: pytest's own, or 1 for the memory."""
    status = pytest.main(list(options), plugins=[Twice(float(seconds))])
    if peak_mb() <= float(most_mb):
        return status
    print(f"a kernel held {peak_mb():.0f} MB, allowed are {most_mb}")
    return status or 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
