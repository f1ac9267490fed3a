"""Each measured number of a chapter's prose has a source, and agrees with it."""

import ast
import re
import tomllib
from pathlib import Path

from evidence import Evidence, Figure, NoEvidence, figures_in

SOURCES = Path(__file__).parent / "numbers"
SECTIONS = r"\d+\.\d+(?:(?: ?[、和与至到] ?)\d+\.\d+)*(?= ?节)"
NO_NUMBERS = re.compile(
    r"(?s)```.*?```|`[^`]*`|\$\$.*?\$\$"
    r"|<a href=\"#explorer.*?</a>|<a [^>]*>\d+\.\d+ [^<]*</a>|<[^>]*>|\]\([^)]*\)"
    rf"|^#+ \d+\.\d+|\[\d+\.\d+ [^\]]*\]|(?:练习|表|式) \d+\.\d+|{SECTIONS}",
    re.MULTILINE,
)

WORDS = re.compile(r"\b(?:exercise\.)?(?:compare|reveal)\(")


def prose_numbers(notebook) -> dict[str, list[Figure]]:
    """By cell, the numbers with decimals and the shares in what is read."""
    return {
        cell.id: found
        for cell in notebook.cells
        if "works" not in cell.metadata.get("tags", [])
        if (found := [f for f in figures_in(read_in(cell)) if f.is_measured])
    }


def read_in(cell) -> str:
    """Prose of a cell: Markdown without code, or the words of an answer."""
    if cell.cell_type == "markdown":
        return NO_NUMBERS.sub(lambda match: " " * len(match[0]), cell.source)
    if cell.cell_type != "code" or not WORDS.search(cell.source):
        return ""
    calls = [n for n in ast.walk(ast.parse(cell.source)) if is_telling(n)]
    words = [n.value for call in calls for n in ast.walk(call) if is_text(n)]
    return "\n".join(NO_NUMBERS.sub(" ", text) for text in words)


def is_telling(node) -> bool:
    """A call that shows its words to the reader."""
    return isinstance(node, ast.Call) and bool(WORDS.match(ast.unparse(node)))


def is_text(node) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def sources_of(name: str) -> dict[str, dict[str, str]]:
    """The chapter's list: of each cell, number and expression."""
    return tomllib.loads((SOURCES / f"{name}.toml").read_text(encoding="utf-8"))


def keys_of(figures: list[Figure]) -> list[str]:
    """How a list names the numbers of a cell: a second 0.82 is ``0.82#2``."""
    seen, keys = {}, []
    for figure in figures:
        seen[figure.text] = seen.get(figure.text, 0) + 1
        n = seen[figure.text]
        keys.append(figure.text if n == 1 else f"{figure.text}#{n}")
    return keys


def problems(notebook, sources: dict[str, dict[str, str]]) -> list[str]:
    """Numbers without a source, that disagree with it, and sources without a number."""
    evidence, found = Evidence(notebook), []
    numbers = prose_numbers(notebook)
    for cell_id, figures in numbers.items():
        listed = sources.get(cell_id, {})
        for key, figure in zip(keys_of(figures), figures, strict=True):
            found += problem(cell_id, key, figure, listed.get(key), evidence)
    for cell_id, listed in sources.items():
        keys = keys_of(numbers.get(cell_id, []))
        found += [f"{cell_id} has no number {k}" for k in listed if k not in keys]
    return found


def problem(cell_id, key, figure, expression, evidence) -> list[str]:
    if expression is None:
        return [f"{cell_id}: {key} has no source"]
    try:
        value = evidence.value(expression, cell_id)
    except NoEvidence as error:
        return [f"{cell_id}: {key}: {error}"]
    if value is None or figure.is_rounded(value):
        return []
    return [f"{cell_id}: {key} is {value:.6g} by {expression}"]
