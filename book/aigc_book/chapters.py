"""MyST directive ``{chapters}``: all chapters, and what the reader makes in each.

A chapter's title, with its number, is its first heading, the sentence stands in its
notebook's metadata as ``aigc.summary``; a new chapter is listed by being there.
"""

from pathlib import Path

import nbformat
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def row(path: Path, folder: str) -> str:
    """One line of the table in MyST: title with a link, summary."""
    notebook = nbformat.read(path, as_version=4)
    first = next(c.source for c in notebook.cells if c.cell_type == "markdown")
    title = first.splitlines()[0].removeprefix("# ").replace("项目实践：", "")
    link = f"[{title}]({folder}/{path.name})"
    return f"| {link} | {notebook.metadata.aigc.summary} |"


class Chapters(SphinxDirective):
    """Place the table of the chapters."""

    def run(self) -> list[nodes.Node]:
        """Return one table; the page is read again when a notebook changes."""
        lines = ["| 章 | 你会做出 |", "|---|---|"]
        for path in sorted(NOTEBOOKS.glob("*.ipynb")):
            self.env.note_dependency(str(path))
            lines.append(row(path, "../notebooks"))
        container = nodes.container()
        self.state.nested_parse(StringList(lines), self.content_offset, container)
        return container.children


def setup(app):
    """Register the directive with Sphinx."""
    app.add_directive("chapters", Chapters)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
