"""Measure the tables over several seeds: ``make results``.

    python book/tools/make_tables.py              all that is missing or out of date
    python book/tools/make_tables.py gan_seeds    one, by name
    python book/tools/make_tables.py --anew       all rows again
    python book/tools/make_tables.py --check      measure nothing, tell what would
    python book/tools/make_tables.py --restamp    after a change of code, one seed of
                                                  a variant: rows whose figures are
                                                  equal to the last digit stay
    python book/tools/make_tables.py --restamp --beside FOLDER
                                                  the same on another processor than the
                                                  tables': FOLDER is a checkout of the
                                                  code that measured them, run beside

A row stays as long as the code that measured it stays; an interrupted run goes on where
it was. Runs use one thread each.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from aigc_helpers import tables
from aigc_helpers.data import DatasetUnavailable
from aigc_helpers.tables import measuring
from aigc_helpers.tables.stored import path_of

BESIDE = """\
import json, sys, torch
from aigc_helpers.tables import measuring
name, variant, seed = sys.argv[1:]
torch.set_num_threads(measuring.THREADS)
table = measuring.find(name)
print(json.dumps([measuring.hash_of(table), table.measure(variant, int(seed))]))
"""


def is_current(name: str) -> bool:
    """Is the stored table complete and of today's code? Say so if not."""
    try:
        stored = tables.load(name)
    except ValueError as error:
        print(f"{name}: {error}")
        return False
    table = measuring.find(name)
    changed = stored.code != measuring.hash_of(table)
    if changed or not stored.is_complete or stored.seeds != list(table.seeds):
        why = "the code it measured has changed" if changed else "rows are missing"
        print(f"{name}: {why}; run `make results`")
        return False
    return True


def measure(name: str, anew: bool) -> bool:
    """Bring one table up to date and show it."""
    if anew:
        path_of(name).unlink(missing_ok=True)
    begun = time.perf_counter()
    try:
        for row in measuring.complete(measuring.find(name)):
            print(f"{name}: {row} ({time.perf_counter() - begun:.0f} s)", flush=True)
    except DatasetUnavailable as error:
        print(f"{name}: {error}", file=sys.stderr)
        return False
    except KeyboardInterrupt:
        print(f"{name}: stopped; the rows so far are stored", file=sys.stderr)
        return False
    print(f"{name}:\n{tables.load(name)}")
    return True


def earlier_code(folder: Path, name: str, code: str) -> Callable:
    """Rows that a checkout measures on this machine, see `measuring.restamp`.

    They raise ValueError if the checkout's hash is not ``code``, or it fails.
    """

    def row(variant: str, seed: int) -> dict:
        command = [sys.executable, "-W", "ignore", "-c", BESIDE, name, variant]
        done = subprocess.run(
            [*command, str(seed)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(folder.resolve())},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise ValueError(f"{folder} does not run: {done.stderr.strip()[-300:]}")
        mark, figures = json.loads(done.stdout)
        if mark != code:
            raise ValueError(f"{folder} is another code than measured {name}")
        return figures

    return row


def restamp(name: str, beside: Path | None = None) -> bool:
    """Keep the rows of a table whose code has changed but measures the same."""
    begun = time.perf_counter()
    try:
        earlier = beside and earlier_code(beside, name, tables.load(name).code)
        differences = measuring.restamp(measuring.find(name), earlier=earlier)
    except (DatasetUnavailable, ValueError) as error:
        print(f"{name}: {error}", file=sys.stderr)
        return False
    for line in differences:
        print(f"{name}: {line}", file=sys.stderr)
    outcome = "run `make results`" if differences else "of today's code"
    print(f"{name}: {outcome} ({time.perf_counter() - begun:.0f} s)", flush=True)
    return not differences


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 if every table is, or now is, complete and up to date."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="measure nothing")
    how.add_argument("--restamp", action="store_true", help="keep rows that are true")
    how.add_argument("--anew", action="store_true", help="keep no row")
    parser.add_argument("--beside", type=Path, help="a checkout, with --restamp")
    options = parser.parse_args(arguments)
    names = options.names or tables.names()
    if unknown := set(names) - set(tables.names()):
        parser.error(f"no such table: {', '.join(sorted(unknown))}")
    if options.check:
        results = [is_current(name) for name in names]
    elif options.restamp:
        results = [restamp(name, options.beside) for name in names]
    else:
        results = [measure(name, options.anew) for name in names]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
