"""Run notebooks into the form in which they are stored: ``make notebooks``.

    python book/tools/run_notebooks.py             all of notebooks/
    python book/tools/run_notebooks.py 05_gan      one, by name or by path
    python book/tools/run_notebooks.py --text      run nothing, write the text anew:
                                                   citations, numbers, captions, folds
    python book/tools/run_notebooks.py --check     change nothing, tell what would

One clean run in a fresh kernel, on two threads, no progress bars, no widget state, no
timings, one kernel name, pictures in 8 bits a pixel, plain Markdown
(``aigc_book.plain``), and what JupyterLab would write on opening, so that it marks
nothing as changed. A notebook's metadata carries, under ``aigc``:

    dataset   the data set that the chapter is about; written by its author
    fallback  what the chapter uses where that cannot be had; written by its author
    data      the data that made the stored outputs; written here
    seconds   how long they took; written here

A cell that raises leaves the stored notebook untouched.
"""

import argparse
import os
import platform
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from aigc_helpers.data import DatasetUnavailable, load
from aigc_helpers.explorers.saved import VIEW, without_views
from aigc_helpers.files import whole

BOOK = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(BOOK))
from aigc_book.pictures import with_lean_pictures  # noqa: E402
from aigc_book.plain import to_plain  # noqa: E402

NOTEBOOKS = BOOK.parent / "notebooks"
TEMPLATE = BOOK / "template.ipynb"  # of a chapter, for authors
KERNEL = {
    "display_name": "Python 3 (ipykernel)",
    "language": "python",
    "name": "python3",
}
CALM = {"GOMP_SPINCOUNT": "10000"}  # threads that wait soon give their core away
LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}
THREADS = 2  # of torch: chapters speak of two cores, and numbers depend on it


class CellFailed(RuntimeError):
    """A cell raised, ran too long, or took the kernel with it."""


def is_available(dataset: str) -> bool:
    """Can a notebook load this data set here, from a file or an address?"""
    try:
        load(dataset)
    except DatasetUnavailable:
        return False
    return True


def data_in_use(notebook) -> str | None:
    """Name of the data that a run here works on: the chapter's own, or its fall-back.

    None for a chapter without data.
    """
    about = notebook.metadata.get("aigc", {})
    dataset = about.get("dataset", about.get("data"))
    if dataset is None or is_available(dataset):
        return dataset
    return about.get("fallback")


def in_stored_form(notebook):
    """A copy with everything removed that differs from run to run or hides state."""
    notebook = nbformat.from_dict(notebook)
    notebook.metadata.pop("widgets", None)
    notebook.metadata.kernelspec = nbformat.from_dict(KERNEL)
    version = notebook.metadata.get("language_info", {}).get("version")
    language = {**LANGUAGE, "version": version or platform.python_version()}
    notebook.metadata.language_info = nbformat.from_dict(language)
    for cell in notebook.cells:
        for key in ("execution", "ExecuteTime", "scrolled", "trusted"):
            cell.metadata.pop(key, None)
        if cell.cell_type == "code":
            cell.outputs = with_lean_pictures(without_views(cell.outputs))
        for output in cell.get("outputs", ()):
            # A model id without its state shows "Error displaying widget".
            if len(output.get("data", ())) > 1:
                output.data.pop(VIEW, None)
    return notebook


def execute(notebook, folder: Path, *, timeout: float = 600.0) -> float:
    """Run all cells in place, in a fresh kernel; return the seconds it took.

    Raises
    ------
    CellFailed
        With the number of the cell among all cells, its source and the error.
    """
    started = []
    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name=KERNEL["name"],
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
        on_cell_execute=lambda cell, cell_index: started.append(cell_index),
    )
    start = time.perf_counter()
    about = {"AIGC_PROGRESS": "0", "OMP_NUM_THREADS": f"{THREADS}"}
    try:
        client.execute(env={**CALM, **os.environ, **about})
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        source = notebook.cells[started[-1]].source
        raise CellFailed(f"cell {started[-1]}:\n{source}\n{error}") from error
    return time.perf_counter() - start


def store(path: Path, *, timeout: float = 600.0) -> float:
    """Run the notebook at ``path`` and replace it by its stored form, all or nothing.

    Returns
    -------
    float
        Seconds that the run took.
    """
    notebook = nbformat.read(path, as_version=4)
    data = data_in_use(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    seconds = execute(notebook, path.parent, timeout=timeout)
    notebook = to_plain(in_stored_form(notebook))
    about = notebook.metadata.setdefault("aigc", nbformat.from_dict({}))
    about.setdefault("dataset", about.get("data"))
    about.update(data=data, seconds=round(seconds, 1))
    write(notebook, path)
    return seconds


def write(notebook, path: Path) -> None:
    """Replace the file at ``path`` in one step."""
    nbformat.validate(notebook)
    with whole(path) as scratch:
        nbformat.write(notebook, scratch)


def find(names: list[str], folder: Path = NOTEBOOKS) -> list[Path]:
    """Paths of the named notebooks, all of ``folder`` if none is named."""
    if not names:
        return sorted(folder.glob("*.ipynb"))
    paths = [
        Path(name) if name.endswith(".ipynb") else folder / f"{name}.ipynb"
        for name in names
    ]
    absent = [str(path) for path in paths if not path.is_file()]
    if absent:
        raise FileNotFoundError(f"no such notebook: {', '.join(absent)}")
    return paths


def rewrite(path: Path) -> bool:
    """Give the notebook at ``path`` its stored form; its outputs stay."""
    write(to_plain(in_stored_form(nbformat.read(path, as_version=4))), path)
    return True


def check(path: Path) -> bool:
    """Is the notebook at ``path`` in stored form? Say so if not."""
    notebook = nbformat.read(path, as_version=4)
    if to_plain(in_stored_form(notebook)) == notebook:
        return True
    print(f"{path.name}: not in stored form; run `make notebooks`")
    return False


def run(path: Path, timeout: float) -> bool:
    """Store one notebook and tell how it went."""
    print(f"{path.name} …", flush=True)
    try:
        seconds = store(path, timeout=timeout)
    except CellFailed as error:
        print(f"{path.name}: stored notebook left as it was; {error}", file=sys.stderr)
        return False
    size = path.stat().st_size / 1024
    print(f"{path.name}: {seconds:.1f} s, {size:.0f} KB")
    return True


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 if every notebook ran, or is in stored form with ``--check``."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--text", action="store_true", help="run nothing")
    parser.add_argument("--check", action="store_true", help="change nothing")
    parser.add_argument("--timeout", type=float, default=600.0, help="seconds a cell")
    options = parser.parse_args(arguments)
    try:
        paths = find(options.names)
    except FileNotFoundError as error:
        parser.error(str(error))
    if not paths:
        parser.error(f"no notebooks in {NOTEBOOKS}")
    if options.check:
        results = [check(path) for path in paths]
    elif options.text:
        results = [rewrite(path) for path in paths]
    else:
        results = [run(path, options.timeout) for path in paths]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
