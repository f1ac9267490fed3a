"""MyST directive ``{equations} NOTEBOOK ...``: all checked equations, with results.

It reads the outputs that are stored in the notebooks, which the tests run again and
compare. Each entry links to its equation.
"""

from pathlib import Path

import nbformat
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from aigc_helpers.equations import KEY
from aigc_helpers.equations.words import closeness


def records(notebook) -> list[dict]:
    """What the cells of a notebook stored about its numbered equations, in order."""
    return [
        output.metadata[KEY]
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if KEY in output.get("metadata", ())
    ]


def summary(found: list[dict]) -> str:
    """How many equations there are, and how many wrong writings were caught."""
    caught = sum(record["caught"] for record in found)
    survived = sum(len(record["survived"]) for record in found)
    share = caught / max(caught + survived, 1)
    return (
        f"一共 {len(found)} 条公式，全部通过检验。故意写错 {caught + survived} 种，"
        f"{caught} 种通不过，占 {share:.1%}；漏网 {survived} 种，列在各条下面。"
    )


def entry(record: dict) -> list[str]:
    """One equation in MyST: number and name, formula, check, survivors."""
    survived = record["survived"]
    n = record["caught"] + len(survived)
    says = closeness(record["error"], record["tolerance"], record["symbolic"])
    lines = [
        ":::{container} book-equation",
        f"{{eq}}`{record['label']}` **{record['name']}**",
        "",
        *["$$", record["latex"], "$$"],
        "",
        f"✓ {record['by']}：{says}。故意写错 {n} 种，{record['caught']} 种通不过。",
    ]
    if survived:
        whats = "、".join(what for what, _ in survived)
        lines += ["", f"漏网 {len(survived)} 种（{whats}）：{record['why']}"]
    return [*lines, ":::", ""]


class Equations(SphinxDirective):
    """Place the list of the equations of one notebook or more."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return a summary and one block for each equation."""
        lines, found = [], []
        for name in self.arguments[0].split():
            path = Path(self.env.srcdir) / "notebooks" / f"{name}.ipynb"
            self.env.note_dependency(str(path))
            try:
                found += records(nbformat.read(path, as_version=4))
            except FileNotFoundError as error:
                raise self.error(f"equations: there is no notebook {name}") from error
        for record in found:
            lines += entry(record)
        return self.parse([summary(found), "", *lines])

    def parse(self, lines: list[str]) -> list[nodes.Node]:
        """Nodes of MyST text."""
        container = nodes.container()
        self.state.nested_parse(StringList(lines), self.content_offset, container)
        return container.children


def setup(app):
    """Register the directive with Sphinx."""
    app.add_directive("equations", Equations)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
