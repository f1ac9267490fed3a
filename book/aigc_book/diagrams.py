"""Mermaid flow charts are drawn when the site is built: no script of a page has to.

A fence ```` ```mermaid ```` in a page becomes SVG with links, in the colours of the
style sheet; Jupyter and GitHub draw the same fence themselves. What cannot be read, and
a link that leads nowhere on its page, is a warning, which stops the build.
"""

import re

from docutils import nodes
from sphinx.util import logging

from aigc_book.node import run_node

ID = re.compile(r'\bid="([^"]+)"')

logger = logging.getLogger(__name__)


def draw(sources: list[str]) -> list[dict]:
    """Each source as {"svg", "targets", "width"}, or {"error"} with line and reason.

    Raises
    ------
    RuntimeError
        If Node or elkjs is missing, or fails.
    """
    return run_node("diagram.js", "elkjs", sources)


def anchors(doctree) -> set[str]:
    """All places of a page that a link can name."""
    ids = {name for node in doctree.findall(nodes.Element) for name in node["ids"]}
    for node in doctree.findall(nodes.raw):
        ids |= set(ID.findall(node.astext()))
    return ids


def is_diagram(node) -> bool:
    """Whether a node is a fence of Mermaid's language."""
    return isinstance(node, nodes.literal_block) and node.get("language") == "mermaid"


def draw_diagrams(app, doctree) -> None:
    """Put drawings in the places of a page's fences."""
    fences = list(doctree.findall(is_diagram))
    if not fences:
        return
    known = anchors(doctree)
    for fence, made in zip(fences, draw([f.astext() for f in fences]), strict=True):
        if "error" in made:
            logger.warning("diagram: %s", made["error"], location=fence)
            continue
        for target in made["targets"]:
            if target.removeprefix("#") not in known:
                logger.warning("diagram: no %s on the page", target, location=fence)
        html = f'<figure class="book-diagram">{made["svg"]}</figure>'
        fence.replace_self(nodes.raw("", html, format="html"))


def setup(app):
    """Before Sphinx colours the code of the fences."""
    app.connect("doctree-read", draw_diagrams)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
