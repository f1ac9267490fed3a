"""Run pytest; fail if a kernel held too much memory: ``run_nbval.py MB OPTIONS``."""

import sys

import pytest


def peak_mb() -> float:
    """Most resident memory of one process that was started here and has ended."""
    try:
        import resource
    except ImportError:  # Windows does not say
        return 0.0
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6


def main(most_mb: str, *options: str) -> int:
    """Exit status: pytest's own, or 1 for the memory."""
    status = pytest.main(list(options))
    if peak_mb() <= float(most_mb):
        return status
    print(f"a kernel held {peak_mb():.0f} MB, allowed are {most_mb}")
    return status or 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
