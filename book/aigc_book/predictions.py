"""On the site, where no cell runs, a page asks for a prediction itself.

The stored output of ``exercise.compare(…)`` says that nothing was guessed yet, and
holds, in its metadata, what would be told then: here an input takes its place. The code
of the cell stands above it, less the sentence that explains the truth.
"""

import ast
from collections.abc import Iterator

from aigc_book.splicing import rewritten
from aigc_helpers.exercise import ASKED
from aigc_helpers.explorers.check.page import static_html
from aigc_helpers.explorers.check.setting import guess_config

HIDDEN = 'why="…"'


def ask(cell) -> None:
    """Let a cell ask for the number that its stored output lacks, if it is one."""
    for output in cell.get("outputs", ()):
        asked = output.get("metadata", {}).get(ASKED)
        if asked:
            output["data"] = {"text/html": static_html(guess_config(**asked))}
            cell.source = without_reasons(cell.source, cell.id)


def without_reasons(source: str, cell_id: str) -> str:
    """The code with ``…`` for what its calls have as ``why``.

    Raises
    ------
    ValueError
        If that is no text that stands in the call: it would be seen elsewhere.
    """
    found = list(reasons(ast.parse(source)))
    if not all(is_text(why.value) for why in found):
        raise ValueError(f"cell {cell_id}: why must be a text in the call itself")
    return rewritten(source, ((why, HIDDEN) for why in found))


def reasons(tree: ast.AST) -> Iterator[ast.keyword]:
    """The arguments ``why`` of all calls, without those that stand in another."""
    if isinstance(tree, ast.keyword) and tree.arg == "why":
        yield tree
        return
    for node in ast.iter_child_nodes(tree):
        yield from reasons(node)


def is_text(node: ast.expr) -> bool:
    """Whether an expression is a text, with values in it or without."""
    is_plain = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return is_plain or isinstance(node, ast.JoinedStr)
