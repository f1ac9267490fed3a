"""The prose of a solution lies in the fold of its code: one button opens both.

In a notebook it is a Markdown cell behind the folded code, a fold of its own:

    <details><summary>答案</summary>

    …

    </details>
"""

from docutils import nodes
from sphinx.transforms import SphinxTransform

OPENING, CLOSING = "<details><summary>答案</summary>", "</details>"


class AnswersBesideTheirCode(SphinxTransform):
    """Move the prose behind each folded cell into it."""

    default_priority = 400  # before glossary links and folds, which are made later

    def apply(self, **kwargs) -> None:
        """Look behind each cell that is folded as a whole."""
        for cell in list(self.document.findall(nodes.container)):
            if cell.get("hide_mode") == "all":
                while answer := following_answer(cell):
                    cell += nodes.container("", *answer, classes=["book-answer"])


def following_answer(cell: nodes.container) -> list[nodes.Node]:
    """Take what stands between the marks right behind a cell out of its section."""
    behind = cell.parent[cell.parent.index(cell) + 1 :]
    marks = [i for i, node in enumerate(behind) if is_raw(node, CLOSING)]
    if not marks or not is_raw(behind[0], OPENING):
        return []
    for node in (taken := behind[: marks[0] + 1]):
        cell.parent.remove(node)
    return taken[1:-1]


def is_raw(node: nodes.Node, text: str) -> bool:
    """Whether a node is this HTML and nothing else."""
    return isinstance(node, nodes.raw) and node.astext().strip() == text


def setup(app):
    """Register the transform."""
    app.add_transform(AnswersBesideTheirCode)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
