"""MyST directive ``{chapters}``: all chapters, and what the reader makes in each.

A chapter's title, with its number, is its first heading; the sentence stands in its
notebook's metadata as ``aigc.summary``, the seconds of a run as ``aigc.seconds``, and
its opening says how long reading takes (阅读约一小时). A new chapter is listed by being
there.
"""

import re
from pathlib import Path

import nbformat
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def row(path: Path, folder: str) -> str:
    """One line of the table in MyST: title with a link, summary, times.

    Raises
    ------
    ValueError
        If the chapter lacks its summary, how long reading takes, or a stored run.
    """
    notebook = nbformat.read(path, as_version=4)
    first = next(c.source for c in notebook.cells if c.cell_type == "markdown")
    title = first.splitlines()[0].removeprefix("# ").replace("项目实践：", "")
    about = notebook.metadata.get("aigc", {})
    reading = re.search("阅读(约[^，；。]+)", first)
    for is_told, lack in (
        ("summary" in about, "its metadata aigc have no summary; write one"),
        (
            reading,
            "its first cell does not say how long reading takes; "
            "write there, for example, 阅读约一小时",
        ),
        (
            "seconds" in about,
            "never run, so nobody knows how long it takes; "
            f"run and store it: python book/tools/run_notebooks.py {path.stem}",
        ),
    ):
        if not is_told:
            raise ValueError(f"{path.name}: {lack}")
    link = f"[{title}]({folder}/{path.name})"
    times = f"读{reading[1]}，跑约 {seconds_in_words(about['seconds'])}"
    return f"| {link} | {about['summary']} | {times} |"


def seconds_in_words(seconds: float) -> str:
    """Rounded to ten seconds, from a minute on to half minutes: 50 秒, 1 分半."""
    if seconds < 55:
        return f"{max(10, 10 * round(seconds / 10))} 秒"
    minutes, half = divmod(round(seconds / 30), 2)
    return f"{minutes} 分半" if half else f"{minutes} 分钟"


class Chapters(SphinxDirective):
    """Place the table of the chapters."""

    def run(self) -> list[nodes.Node]:
        """Return one table; the page is read again when a notebook changes."""
        lines = ["| 章 | 你会做出 | 用时 |", "|---|---|---|"]
        for path in sorted(NOTEBOOKS.glob("*.ipynb")):
            self.env.note_dependency(str(path))
            try:
                lines.append(row(path, "../notebooks"))
            except ValueError as error:
                raise self.error(str(error)) from error
        container = nodes.container()
        self.state.nested_parse(StringList(lines), self.content_offset, container)
        return container.children


def setup(app):
    """Register the directive with Sphinx."""
    app.add_directive("chapters", Chapters)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
