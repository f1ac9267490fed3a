"""The book's chapters in the folder that a Jupyter server shows."""

import platform
from pathlib import Path

import nbformat
from tools.run_notebooks import NOTEBOOKS, write

NAMES = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
RUN_SECONDS = 600


def copied(name: str, folder: Path) -> Path:
    """A chapter as it would be stored with this Python, whose version it names."""
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    notebook.metadata.language_info.version = platform.python_version()
    path = folder / f"{name}.ipynb"
    write(notebook, path)
    return path


def folded(path: Path) -> list[str]:
    """Ids of the cells whose source is hidden."""
    return [
        cell.id
        for cell in nbformat.read(path, as_version=4).cells
        if cell.metadata.get("jupyter", {}).get("source_hidden")
    ]
