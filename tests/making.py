"""Small notebooks for the tests of what checks and runs notebooks."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from tools.run_notebooks import KERNEL, LANGUAGE

# The smallest picture: one grey pixel.
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQ=="


def text(value: str, **others: str):
    """The output of an expression; ``others`` are more MIME types."""
    data = {"text/plain": value, **others}
    return new_output("execute_result", data, execution_count=1)


def stream(value: str, name: str = "stdout"):
    """What a cell printed."""
    return new_output("stream", name=name, text=value)


def code(source: str, *outputs, tags=(), **metadata):
    """A code cell with its stored outputs; numbered by :func:`notebook`."""
    if tags:
        metadata["tags"] = list(tags)
    return new_code_cell(source, outputs=list(outputs), metadata=metadata)


def prose(source: str):
    """A Markdown cell."""
    return new_markdown_cell(source)


def notebook(*cells, **about):
    """A notebook as one clean run leaves it; ``about`` is its metadata ``aigc``."""
    made = new_notebook(cells=list(cells))
    made.metadata.update(kernelspec=KERNEL, aigc=about)
    made.metadata.language_info = {**LANGUAGE, "version": "3.12.1"}
    numbered = [c for c in cells if c.cell_type == "code" and c.source.strip()]
    for count, cell in enumerate(numbered, start=1):
        cell.execution_count = count
    return made


def saved(made, folder, name="05_tiny.ipynb"):
    """Write a notebook into ``folder``; return its path."""
    path = folder / name
    nbformat.write(made, path)
    return path
