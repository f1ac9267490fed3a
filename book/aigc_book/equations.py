"""MyST directive ``{equations}``: all labelled equations, with results.

It takes all notebooks that have some: a new chapter is listed by being there. Where
cells show their equations, it reads the outputs that are stored, which the tests run
again and compare. Equations of prose are computed here, from the LaTeX that stands in
the chapter, see `witness`. Each entry links to its equation.
"""

from pathlib import Path

import nbformat
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from aigc_book.witness import FOLDER, NUMBER, Named, labelled, witnesses
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


def computed(notebook, topic: str) -> list[dict]:
    """What vouches for the equations of a chapter's prose, in their order."""
    known = witnesses(topic)
    return [
        told(label, latex, known[label])
        for label, latex in labelled(notebook).items()
        if label in known
    ]


def told(label: str, latex: str, witness) -> dict:
    """A record as a cell stores it; of a `Named` one without an error."""
    record = {"label": label, "name": witness.name, "by": witness.by}
    record["latex"] = NUMBER.sub("", latex).strip()
    if isinstance(witness, Named):
        return record | {"caught": 0, "survived": [], "error": None}
    parts = [equation.record for equation in witness.check(label, latex)]
    return record | {
        "error": max(part["error"] for part in parts),
        "tolerance": witness.tolerance,
        "symbolic": all(part["symbolic"] for part in parts),
        "caught": sum(part["caught"] for part in parts),
        "survived": [mutant for part in parts for mutant in part["survived"]],
        "why": witness.why,
    }


def summary(found: list[dict]) -> str:
    """How many equations there are, and how many wrong writings were caught."""
    caught = sum(record["caught"] for record in found)
    survived = sum(len(record["survived"]) for record in found)
    share = caught / max(caught + survived, 1)
    named = sum(record["error"] is None for record in found)
    return (
        f"一共 {len(found)} 条公式：{len(found) - named} 条由公式自己的 LaTeX 算出，"
        f"{named} 条由正文里的代码格算出，全部通过。故意写错 {caught + survived} 种，"
        f"{caught} 种通不过，占 {share:.1%}；漏网 {survived} 种，列在各条下面。"
    )


def entry(record: dict) -> list[str]:
    """One equation in MyST: number and name, check; survivors beside the formula.

    The others are set in their chapters alone: a hundred formulas are too much to load.
    """
    lines = [
        ":::{container} book-equation",
        f"{{eq}}`{record['label']}` **{record['name']}**",
        "",
        f"✓ {record['by']}{result(record)}。",
    ]
    if record["survived"]:
        lines += ["", "$$", record["latex"], "$$", ""]
        lines += [f"漏网 {len(record['survived'])} 种：{record['why']}", ""]
        lines += [f"- {what}：${latex}$" for what, latex in record["survived"]]
    return [*lines, ":::", ""]


def result(record: dict) -> str:
    """How close both sides were, and how many wrong writings were noticed."""
    if record["error"] is None:
        return "，在正文的代码格里"
    n = record["caught"] + len(record["survived"])
    says = closeness(record["error"], record["tolerance"], record["symbolic"])
    return f"：{says}。故意写错 {n} 种，{record['caught']} 种通不过"


def title(notebook) -> str:
    """The first line of a notebook, without its mark."""
    return notebook.cells[0].source.partition("\n")[0].lstrip("# ")


class Equations(SphinxDirective):
    """Place the list of the equations of all notebooks."""

    def run(self) -> list[nodes.Node]:
        """Return a summary and one block for each equation."""
        lines, found = [], []
        for path in sorted(Path(self.env.srcdir, "notebooks").glob("*.ipynb")):
            notebook, topic = self.read(path), path.stem.partition("_")[2]
            of_chapter = [*records(notebook), *computed(notebook, topic)]
            if not of_chapter:
                continue
            found += of_chapter
            lines += [f"## {title(notebook)}", ""]
            lines += [line for record in of_chapter for line in entry(record)]
        return self.parse([summary(found), "", *lines])

    def read(self, path: Path):
        """The notebook; the page is made anew when it or its witnesses change."""
        for used in (path, *FOLDER.glob("*.py")):
            self.env.note_dependency(str(used))
        return nbformat.read(path, as_version=4)

    def parse(self, lines: list[str]) -> list[nodes.Node]:
        """Nodes of MyST text."""
        container = nodes.section()
        self.state.nested_parse(StringList(lines), self.content_offset, container, 1)
        return container.children


def setup(app):
    """Register the directive with Sphinx."""
    app.add_directive("equations", Equations)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
