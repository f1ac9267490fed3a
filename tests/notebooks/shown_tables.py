"""A stored table that a cell shows is what the package holds."""

import ast
from collections.abc import Iterator
from statistics import fmean, median

from code_rules import python
from evidence import Line, figures_in, lines_of

from aigc_helpers import tables


def differing(notebook) -> list[str]:
    """Cells of shown tables that are not what the stored table says."""
    return [wrong for cell, table in shown_in(notebook) for wrong in check(cell, table)]


def check(cell, table) -> list[str]:
    lines = [line for output in cell.outputs for line in lines_of(output) if line.heads]
    last = ast.unparse(statements(cell)[-1])
    middle = median if last.endswith(".medians()") else fmean
    right = {line.cells[0]: line for line in summary(table, middle)}
    shown = [pair for line in lines for pair in unlike(line, right.get(line.cells[0]))]
    found = [f"{cell.id}: {row}, {head} of {table.name}" for row, head in shown]
    return found if lines else [f"{cell.id} does not show {table.name}"]


def summary(table, middle) -> list[Line]:
    heads, *rows = table.summary(middle=middle)
    return [Line(tuple(row), tuple(heads)) for row in rows]


def unlike(line: Line, right: Line | None) -> list[tuple[str, str]]:
    """Row and column of what the table has not, or not so."""
    if right is None:
        return [(line.cells[0], "no such row")]
    known = dict(zip(right.heads, right.cells, strict=True))
    pairs = zip(line.heads, line.cells, strict=True)
    return [
        (line.cells[0], head)
        for head, text in pairs
        if head not in known or plain(text) != plain(known[head])
    ]


def plain(text: str) -> list[float]:
    return [figure.value for figure in figures_in(text)]


def shown_in(notebook) -> Iterator[tuple]:
    """Cells whose last line shows a stored table, with it as the cells name it."""
    known = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and (body := statements(cell)):
            for statement in body:
                follow(statement, known)
            if (name := root_of(body[-1])) in known:
                yield cell, known[name]


def statements(cell) -> list[ast.stmt]:
    return ast.parse(python(cell)).body


def follow(statement: ast.stmt, known: dict) -> None:
    """What a statement does to the tables that have a name."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            known.pop(name, None)
            if loaded := loaded_by(value):
                known[name] = tables.load(loaded)
        case ast.AugAssign(target=ast.Attribute(ast.Name(id=name), "columns")):
            known[name].columns |= ast.literal_eval(statement.value)


def loaded_by(node) -> str | None:
    match node:
        case ast.Call(ast.Attribute(ast.Name("tables"), "load"), [ast.Constant(name)]):
            return name
    return None


def root_of(statement: ast.stmt) -> str | None:
    """The name in front of what a cell shows: of ``table.select(...)``, ``table``."""
    node = statement.value if isinstance(statement, ast.Expr) else None
    while isinstance(node, ast.Call | ast.Attribute):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None
