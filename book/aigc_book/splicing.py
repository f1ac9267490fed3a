"""Code with some of its nodes written anew; all else stays as it stands."""

import ast
from collections.abc import Iterable
from itertools import accumulate


def rewritten(source: str, changes: Iterable[tuple[ast.AST, str]]) -> str:
    """Code with nodes written anew; ``{}`` stands for what was there.

    Parameters
    ----------
    source
        The code that the nodes were parsed from.
    changes
        Nodes, none within another, each with a format of its new text.
    """
    text = source.encode()  # ast counts a line's columns in bytes
    starts = [0, *accumulate(map(len, text.splitlines(keepends=True)))]
    edits = {}  # (first byte, byte after the last) -> format of what stands there
    for node, new in changes:
        first = starts[node.lineno - 1] + node.col_offset
        edits[first, starts[node.end_lineno - 1] + node.end_col_offset] = new
    for (first, end), new in sorted(edits.items(), reverse=True):
        old = text[first:end].decode()
        text = text[:first] + new.format(old).encode() + text[end:]
    return text.decode()
