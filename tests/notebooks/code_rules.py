"""Conventions of notebooks' code and outputs; every rule returns a list of problems."""

import ast
import io
import re
import tokenize
from functools import cache
from pathlib import Path

import nbformat
from aigc_book.plain import to_myst
from budgets import held
from IPython.core.inputtransformer2 import TransformerManager
from tools.run_notebooks import KERNEL, THREADS, in_stored_form

PACKAGE = Path(__file__).parents[2] / "aigc_helpers"
DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
CJK = re.compile(r"[\u4e00-\u9fff]")
MAX_BYTES = 1000 * held("notebook.file_kb")
MAX_SECONDS = held("notebook.seconds")
MAX_IGNORED = 0.5  # half of the cells with output: the rest stays compared
IGNORE = "nbval-ignore-output"
PRAGMA = re.compile(r"#\s*(%%|NBVAL_|noqa\b|type:|ruff:|fmt:)")
BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")


def code_cells(notebook):
    """The code cells that hold something."""
    return [c for c in notebook.cells if c.cell_type == "code" and c.source.strip()]


def tags(cell) -> list[str]:
    """The tags of a cell."""
    return cell.metadata.get("tags", [])


def python(cell) -> str:
    """The source of a cell with magics turned into plain Python."""
    return TransformerManager().transform_cell(cell.source)


def where(cell) -> str:
    """How a problem names a cell: by its first line."""
    return repr(cell.source.strip().split("\n")[0][:60])


class Bare(ast.NodeTransformer):
    """Drops what a notebook may leave out: docstrings and annotations."""

    def visit(self, node):
        """Drop a docstring, then go on inside."""
        if isinstance(node, DEFINITION) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
        return super().visit(node)

    def visit_arg(self, node):
        """Drop the annotation of a parameter."""
        node.annotation = None
        return node

    def visit_AnnAssign(self, node):
        """Turn ``x: int = 1`` into ``x = 1``; a bare ``x: int`` keeps its name."""
        self.generic_visit(node)
        if node.value is None:
            node.annotation = ast.Constant(None)
            return node
        return ast.Assign(targets=[node.target], value=node.value)


def essence(node: ast.AST) -> str:
    """The syntax tree as text, without docstrings, annotations and positions."""
    return ast.dump(Bare().visit(node))


@cache
def package_definitions(rooms=None) -> dict[str, frozenset[str]]:
    """Every top-level function and class of the package: name to its essences.

    Of these ``rooms`` alone, if they are given.
    """
    found: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if rooms is not None and room not in rooms:
            continue
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, DEFINITION):
                found.setdefault(node.name, set()).add(essence(node))
    return {name: frozenset(essences) for name, essences in found.items()}


def imported_rooms(notebook) -> frozenset[str]:
    """Rooms of the package that a notebook's cells import."""
    nodes = [
        node
        for cell in code_cells(notebook)
        for node in ast.walk(ast.parse(python(cell)))
        if isinstance(node, ast.ImportFrom) and node.module
    ]
    inner = [node.module.split(".")[1:2] for node in nodes if "." in node.module]
    outer = [
        [name.name for name in node.names]
        for node in nodes
        if node.module == PACKAGE.name
    ]
    return frozenset(room for rooms in inner + outer for room in rooms)


def definitions_match_the_package(notebook, package=None):
    """What a notebook defines again is the package's code, unless tagged draft.

    Of the rooms that it imports: another chapter's may use a name otherwise.
    """
    if package is None:
        package = package_definitions(imported_rooms(notebook))
    return [
        f"{node.name} differs from the package's {node.name}"
        for cell in code_cells(notebook)
        if "draft" not in tags(cell)
        for node in ast.parse(python(cell)).body
        if isinstance(node, DEFINITION) and node.name in package
        if essence(node) not in package[node.name]
    ]


def outputs_come_from_one_clean_run(notebook):
    """Counted 1 to n in the one kernel, in the form that `make notebooks` stores."""
    problems = []
    cells = code_cells(notebook)
    counts = [cell.execution_count for cell in cells]
    if counts != list(range(1, len(cells) + 1)):
        problems.append(f"execution counts are {counts}")
    if notebook.metadata.get("kernelspec") != KERNEL:
        problems.append(f"kernelspec is {notebook.metadata.get('kernelspec')}")
    if "widgets" in notebook.metadata:
        problems.append("widget state in the metadata")
    if in_stored_form(notebook) != notebook:
        problems.append("not in stored form: run `make notebooks`")
    return problems


def outputs_are_small_and_calm(notebook):
    """At most 1 MB; no error that was not announced, no warning, no vector picture."""
    problems = []
    size = len(nbformat.writes(notebook).encode())
    if size > MAX_BYTES:
        problems.append(f"{size:,} bytes, allowed are {MAX_BYTES:,}")
    for cell in code_cells(notebook):
        for output in cell.outputs:
            if output.output_type == "error" and "raises-exception" not in tags(cell):
                problems.append(f"{where(cell)} raised {output.ename}")
            if output.get("name") == "stderr":
                problems.append(f"{where(cell)} wrote to stderr: {output.text[:80]!r}")
            if "image/svg+xml" in output.get("data", ()):
                problems.append(f"{where(cell)} shows SVG; store PNG")
    return problems


def figures_have_caption_and_alt(notebook):
    """A picture, one a cell, says in Chinese what to look at and what is to be seen."""
    problems = []
    for cell in code_cells(to_myst(notebook)):
        n_pictures = sum("image/png" in o.get("data", ()) for o in cell.outputs)
        if n_pictures > 1:
            problems.append(
                f"{where(cell)} shows {n_pictures} pictures; split the cell"
            )
        about = cell.metadata.get("mystnb", {})
        caption = about.get("figure", {}).get("caption", "")
        alt = about.get("image", {}).get("alt", "")
        if n_pictures and not (CJK.search(caption) and CJK.search(alt)):
            problems.append(f"{where(cell)} lacks mystnb figure.caption or image.alt")
        if n_pictures and caption == alt:
            problems.append(f"{where(cell)} has one text as caption and as alt")
    return problems


def outputs_are_made_on_the_usual_threads(notebook):
    """Numbers depend on it: another count and prose quotes what readers do not get."""
    shown = [o.get("data", {}) for c in code_cells(notebook) for o in c.outputs]
    plain = [data.get("text/plain", "") for data in shown]
    counts = [n for text in plain for n in re.findall(r"'threads': (\d+)", text)]
    return [f"made on {n} threads" for n in counts if int(n) != THREADS]


def cells_end_without_semicolon(notebook):
    """A hidden value is still compared by nbval, and fails there."""
    return [
        f"{where(cell)} ends with a semicolon"
        for cell in code_cells(notebook)
        if cell.source.rstrip().endswith(";")
    ]


def most_outputs_stay_compared(notebook):
    """The tag that exempts a cell from comparison does not become a carpet."""
    problems = []
    shown = [cell for cell in code_cells(notebook) if cell.outputs]
    ignored = [cell for cell in shown if IGNORE in tags(cell)]
    if len(ignored) > MAX_IGNORED * len(shown):
        problems.append(f"{IGNORE} on {len(ignored)} of {len(shown)} cells with output")
    for cell in code_cells(notebook):
        if "nbval-skip" in tags(cell) or re.search(r"(?i)#\s*(py)?nbval_", cell.source):
            problems.append(f"{where(cell)} is exempted otherwise than by {IGNORE}")
        if IGNORE in tags(cell) and not cell.outputs:
            problems.append(f"{where(cell)} has no output to ignore")
    return problems


def comments_are_chinese(notebook):
    """A comment with an English word has Chinese too; shapes and pragmas are free."""
    problems = []
    for cell in code_cells(notebook):
        lines = io.StringIO(python(cell)).readline
        for token in tokenize.generate_tokens(lines):
            if token.type == tokenize.COMMENT and not is_chinese(token.string):
                problems.append(f"{where(cell)}: {token.string}")
    return problems


def is_chinese(comment: str) -> bool:
    """True also where no word is left once brackets (shapes) are taken out."""
    if CJK.search(comment) or PRAGMA.match(comment):
        return True
    return not re.search(r"[A-Za-z]{2}", BRACKETS.sub("", BRACKETS.sub("", comment)))


def asserts_have_chinese_words(notebook):
    """A reader who runs a cell out of order learns more than "AssertionError"."""
    return [
        f"{where(cell)}: {ast.unparse(node)[:60]}"
        for cell in code_cells(notebook)
        for node in ast.walk(ast.parse(python(cell)))
        if isinstance(node, ast.Assert)
        if node.msg is None or not CJK.search(ast.unparse(node.msg))
    ]


def definitions_carry_no_type_hints(notebook):
    """Hints inform in the package; in a notebook they stand before the idea."""
    return [
        f"{node.name} has type hints"
        for cell in code_cells(notebook)
        for node in ast.walk(ast.parse(python(cell)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if node.returns
        or any(isinstance(a, ast.arg) and a.annotation for a in ast.walk(node))
    ]


def metadata_says_what_the_chapter_is_for(notebook):
    """What the front page says of it, and what readers may look for."""
    about = notebook.metadata.get("aigc", {})
    wanted = ("summary", "queries")
    return [f"aigc.{key} is missing" for key in wanted if not about.get(key)]


def metadata_names_data_and_seconds(notebook):
    """`make notebooks` wrote which data made the outputs, and in which time."""
    about = notebook.metadata.get("aigc", {})
    problems = [
        f"aigc.{key} is missing" for key in ("data", "seconds") if key not in about
    ]
    if about.get("dataset") != about.get("data"):
        problems.append(
            f"outputs were made with {about.get('data')}, not {about.get('dataset')}"
        )
    if about.get("seconds", 0) > MAX_SECONDS:
        problems.append(f"takes {about.seconds} s, allowed are {MAX_SECONDS}")
    return problems


RULES = [
    definitions_match_the_package,
    outputs_come_from_one_clean_run,
    outputs_are_small_and_calm,
    figures_have_caption_and_alt,
    outputs_are_made_on_the_usual_threads,
    cells_end_without_semicolon,
    most_outputs_stay_compared,
    comments_are_chinese,
    definitions_carry_no_type_hints,
    asserts_have_chinese_words,
    metadata_says_what_the_chapter_is_for,
    metadata_names_data_and_seconds,
]
