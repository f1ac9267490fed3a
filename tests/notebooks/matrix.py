"""Run every notebook with and without its data, in several environments.

    current    the exact versions of requirements.txt
    oldest     the oldest versions that pyproject.toml allows, on the oldest Python
    colab      what Google Colab has (August 2026)

Made by ``make matrix`` in ``build/matrix`` and kept; a change of what one holds makes
it anew. Pythons that are not found are named in one line. With the data that made the
stored outputs a notebook runs strictly (outputs are compared), on the fall-back laxly
(its own assertions must hold). Exit status 1 if anything failed.

    --environments colab --pythons 3.11 --notebooks 05_gan     a part of it
    --twice                 also the cells that take long run twice
    --torch 2.6.0           another torch than the pinned one, in all environments
    AIGC_TORCH_INDEX=...    where to get torch; by default as Python's other packages
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

import nbformat
from test_run import AGAIN_SECONDS, CELL_SECONDS, has_its_data, nbval
from tools.run_notebooks import find

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "matrix"
PYTHONS = ("3.11", "3.12", "3.13")
RUNS = ("nbval", "pytest", "ipykernel", "ipython")  # beside the package itself
TORCH = {"torch", "sympy"}
COLAB = {
    "anywidget": "0.9.21",
    "ipykernel": "6.17.1",
    "ipython": "7.34.0",
    "ipywidgets": "7.7.1",
    "matplotlib": "3.10.0",
    "numpy": "2.1.3",
}


@dataclass(frozen=True)
class Environment:
    """Versions that pip must keep to, and the Pythons they are tried on."""

    name: str
    versions: dict[str, str]
    pythons: tuple[str, ...] = PYTHONS


def pinned() -> dict[str, str]:
    """Exact versions in requirements.txt."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==(\S+)$", lines, re.M))


def oldest() -> dict[str, str]:
    """The lower bounds in pyproject.toml, but for torch and what torch decides."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    bounds = [line.split(">=") for line in project["project"]["dependencies"]]
    return {name: version for name, version in bounds if name not in TORCH}


def environments(torch: str) -> list[Environment]:
    """All environments, with this torch."""
    tests = {name: pinned()[name] for name in ("nbval", "pytest")}
    always = {"torch": torch, **tests}
    old = {**oldest(), "ipython": COLAB["ipython"]}
    return [
        Environment("current", {**pinned(), **always}),
        Environment("oldest", {**old, **always}, PYTHONS[:1]),
        Environment("colab", {**COLAB, **always}),
    ]


def interpreter(version: str) -> str | None:
    """The command of a Python that is on the PATH and runs."""
    command = shutil.which(f"python{version}")
    if (
        command is None
        or subprocess.run([command, "-c", ""], capture_output=True).returncode
    ):
        return None
    return command


def prepare(environment: Environment, version: str) -> Path:
    """Interpreter of the environment, made now unless it holds these versions already.

    Raises
    ------
    subprocess.CalledProcessError
        If pip cannot install it; its words are in ``output``.
    """
    folder = FOLDER / f"{environment.name}-{version}"
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    lines = [
        f"{name}=={number}" for name, number in sorted(environment.versions.items())
    ]
    wanted, stamp = "\n".join([*lines, *oldest()]), folder / "constraints.txt"
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    call(interpreter(version), "-m", "venv", folder)
    pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    index = os.environ.get("AIGC_TORCH_INDEX")
    if index:
        call(*pip, "--index-url", index, f"torch=={environment.versions['torch']}")
    constraints = folder / "unfinished.txt"
    constraints.write_text("\n".join(lines))
    call(*pip, "--constraint", constraints, *RUNS, "--editable", ROOT)
    call(python, "-m", "pip", "check")
    stamp.write_text(wanted)
    return python


def call(*command) -> None:
    """Run a command; its output counts only if it fails."""
    subprocess.run(
        list(map(str, command)),
        check=True,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def modes(path: Path, empty: str) -> list[tuple[str, bool, dict]]:
    """Name, strictness and variables of the ways in which a notebook is run."""
    stored = nbformat.read(path, as_version=4)
    fall_back = ("fall-back, lax", False, {"AIGC_OFFLINE": "1", "AIGC_DATA_DIR": empty})
    data = stored.metadata.get("aigc", {}).get("data")
    if data is None:
        return [("no data, strict", True, {})]
    if not has_its_data(stored):
        print(f"{path.stem}: {data} is not here: not run strictly")
        return [fall_back]
    return [("data, strict", True, {}), fall_back]


def run_all(environment: str, python: Path, paths: list[Path], again: float):
    """Yield a row of the table for each notebook and mode; ``again``: see `nbval`."""
    with tempfile.TemporaryDirectory() as empty:
        for path in paths:
            for mode, strict, variables in modes(path, empty):
                begun = time.perf_counter()
                variables = {**variables, "PYTHONPATH": ""}
                report = nbval(
                    path, strict=strict, python=str(python), again=again, **variables
                )
                seconds = f"{time.perf_counter() - begun:.0f} s"
                verdict = "passed" if report is None else "FAILED"
                print(environment, path.stem, mode, verdict, seconds, flush=True)
                if report:
                    print(report[-6000:])
                yield environment, path.stem, mode, verdict, seconds


def table(rows: list[tuple[str, ...]]) -> str:
    """Rows of texts, each column as wide as its longest text."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True))
        for row in rows
    )


def parse_arguments(arguments: list[str] | None):
    """What to run; by default all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [environment.name for environment in environments("")]
    parser.add_argument("--environments", nargs="+", choices=names, default=names)
    parser.add_argument("--pythons", nargs="+", choices=PYTHONS, default=PYTHONS)
    parser.add_argument("--notebooks", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--twice", action="store_true")
    parser.add_argument("--torch", default=pinned()["torch"], metavar="VERSION")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Make the environments, run, print the table."""
    options = parse_arguments(arguments)
    found = [version for version in options.pythons if interpreter(version)]
    if absent := sorted(set(options.pythons) - set(found)):
        print(f"not found, so not run: Python {', '.join(absent)}")
    rows, again = [], CELL_SECONDS if options.twice else AGAIN_SECONDS
    for environment in environments(options.torch):
        for version in found:
            if environment.name not in options.environments:
                continue
            if version not in environment.pythons:
                continue
            name = f"{environment.name}, Python {version}"
            try:
                python = prepare(environment, version)
            except subprocess.CalledProcessError as error:
                print(f"{name}: pip failed\n{error.output[-3000:]}")
                rows.append((name, "", "installation", "FAILED", ""))
                continue
            rows += run_all(name, python, find(options.notebooks), again)
    print(table([("environment", "notebook", "mode", "result", "time"), *rows]))
    return int(not rows or any(row[3] != "passed" for row in rows))


if __name__ == "__main__":
    sys.exit(main())
