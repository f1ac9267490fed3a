"""Run the Colab copies in this environment, and compare its packages before and after.

    python tests/colab/run_copies.py _build/colab

It needs what Colab has, nothing of the book: the workflow runs it inside Colab's public
image, where the set-up cell of each copy is the only thing that installs the book's
package. Exit status 1 if a cell raises, or if a package that was there is gone or has
another version.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError


def packages() -> dict[str, str]:
    """Versions of all installed packages, as pip lists them."""
    command = [sys.executable, "-m", "pip", "list", "--format=freeze"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(line.split("==", 1) for line in listed.stdout.split() if "==" in line)


def changes(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """One line for each package that was there and is no longer the same."""
    return [
        f"{name}: {version} -> {after.get(name, 'gone')}"
        for name, version in before.items()
        if after.get(name) != version
    ]


def run(path: Path, timeout: int) -> str | None:
    """Run all cells in a fresh kernel; what went wrong, or None."""
    notebook = nbformat.read(path, as_version=4)
    folder = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, timeout=timeout, resources=folder)
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        return str(error)
    return None


def main(arguments: list[str] | None = None) -> int:
    """Run every copy below a folder, then compare the packages."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--timeout", type=int, default=600, help="seconds a cell")
    options = parser.parse_args(arguments)
    copies = sorted(options.folder.rglob("*.ipynb"))
    if not copies:
        parser.error(f"no notebooks in {options.folder}; book/publish.py makes them")
    before, failed = packages(), False
    for path in copies:
        start = time.perf_counter()
        wrong = run(path, options.timeout)
        failed = failed or wrong is not None
        print(f"{path.name}: {wrong or 'ran'}, {time.perf_counter() - start:.0f} s")
    after = packages()
    print("new packages:", ", ".join(sorted(set(after) - set(before))) or "none")
    for change in (changed := changes(before, after)):
        print("changed:", change)
    return int(failed or bool(changed))


if __name__ == "__main__":
    sys.exit(main())
