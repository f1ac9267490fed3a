"""Propose a source for each number of a chapter's prose that has none.

``python tests/notebooks/find_sources.py 05_gan`` rewrites ``numbers/05_gan.toml``: what
holds stays, what does not is looked for anew, nearest first, among outputs, tables,
cards and code. A proposal is a guess by words that both sides share: read the list of
what is new before it is kept. A number that nothing gives gets no line.
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import mean, median

import nbformat
from evidence import (
    PACKAGE,
    Evidence,
    Figure,
    NoEvidence,
    figures_in,
    settings_in,
)
from numbers_rule import SOURCES, keys_of, prose_numbers, read_in, sources_of

from aigc_helpers import tables

NOTEBOOKS = PACKAGE.parent / "notebooks"
NEAR = 40  # characters of prose on each side of a number that tell what it is
SUMMARIES = {"mean": mean, "median": median, "min": min, "max": max}


@dataclass(frozen=True)
class Proposal:
    """A source, and the words that stand with the number there."""

    expression: str
    value: float
    words: str
    distance: float  # in cells


def proposals(notebook) -> Iterator[tuple[int, Proposal]]:
    """All that the chapter's numbers can come from, with the place of its cell."""
    for i, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        yield from ((i, proposal) for proposal in of_outputs(Evidence(notebook), cell))
        yield from ((i, proposal) for proposal in of_tables(cell.source))
        yield from ((i, proposal) for proposal in of_cards(cell.source))
        yield from ((i, proposal) for proposal in of_code(cell))


def of_outputs(evidence: Evidence, cell) -> Iterator[Proposal]:
    for line in evidence.lines(cell.id):
        for column, text in enumerate(line.cells):
            for n, number in enumerate(figures_in(text)):
                for label in labels(line, number):
                    which = place_in(line, label, column, n, number)
                    expression = f"out({cell.id!r}, {label!r}{which})"
                    if gives(evidence, expression, number):
                        words = " ".join((line.text, *line.heads[column : column + 1]))
                        yield Proposal(expression, number.value, words, 0.0)
                        break


def labels(line, number: Figure) -> list[str]:
    """Names of a line, the best first."""
    if line.heads:
        return [line.cells[0]]
    between = re.split(r"[-−+]?\d[\d,.]*%?", line.text)
    words = sorted({part.strip(" ：:，,（）()") for part in between}, key=len)
    before = line.text[: number.place[0]].strip()
    return [word for word in [*words[::-1], before] if len(word) > 1] or [before]


def place_in(line, label: str, column: int, n: int, number: Figure) -> str:
    """Which number of the line it is, as ``out`` counts them."""
    if line.heads:
        return f", {line.heads[column]!r}" + (f", {n}" if n else "")
    rest = figures_in(line.text.replace(label, " ", 1))
    places = [i for i, figure in enumerate(rest) if figure.text == number.text]
    return f", {places[0]}" if places and places[0] else ""


def gives(evidence: Evidence, expression: str, number: Figure) -> bool:
    try:
        return evidence.value(expression, "") == number.value
    except NoEvidence:
        return False


def of_tables(source: str) -> Iterator[Proposal]:
    for name in re.findall(r'tables\.load\(\s*"(\w+)"', source):
        table = tables.load(name)
        for variant, title in table.variants.items():
            for column, (head, _) in table.columns.items():
                values = table.values(variant, column)
                place = f"table({name!r}, {variant!r}, {column!r})"
                for word, summary in SUMMARIES.items() if values else ():
                    value = summary(values)
                    yield Proposal(f"{word}({place})", value, f"{title} {head}", 0.5)


def of_cards(source: str) -> Iterator[Proposal]:
    for name in re.findall(r'weights\.(?:load|card)\(\s*"(\w+)"', source):
        card = json.loads((PACKAGE / "weights" / f"{name}.json").read_text("utf-8"))
        for path, value in leaves(card):
            yield Proposal(f"card({name!r}, {path!r})", value, f"{name} {path}", 2.0)


def leaves(node, path: str = "") -> Iterator[tuple[str, float]]:
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in items:
        where = f"{path}.{key}".lstrip(".")
        if isinstance(value, dict | list):
            yield from leaves(value, where)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield where, float(value)


def of_code(cell) -> Iterator[Proposal]:
    for value in settings_in(cell.source):
        literal = f"{value:g}"
        lines = [line for line in cell.source.splitlines() if literal in line]
        yield Proposal(f"code({cell.id!r}, {literal!r})", value, " ".join(lines), 1.0)


def best(figure: Figure, words: str, place: int, found) -> Proposal | None:
    """The proposal that agrees and shares most words, or stands nearest."""
    fitting = [(i, p) for i, p in found if figure.is_rounded(p.value)]
    if not fitting:
        return None

    def cost(item) -> float:
        i, proposal = item
        away = place - i if i <= place else 1.5 * (i - place)
        is_setting = proposal.expression.startswith("code(")
        coarse = 4.0 * (len(figure.text.strip("-−0.%")) < 2 and not is_setting)
        near = 4 * shared(words, proposal.words)
        return away + proposal.distance + coarse - near

    return min(fitting, key=cost)[1]


def shared(one: str, other: str) -> float:
    """How much of what is said beside the number stands beside the source."""
    pairs = [pairs_of(text) for text in (one, other)]
    return len(pairs[0] & pairs[1]) ** 0.5


def pairs_of(text: str) -> set[str]:
    letters = re.sub(r"[^\u4e00-\u9fffA-Za-z]", " ", text)
    return {letters[i : i + 2] for i in range(len(letters) - 1)} - {"  "}


def complete(notebook, old: dict[str, dict[str, str]]) -> tuple[dict, list[str]]:
    """All sources that hold or are proposed, and what is new or missing."""
    evidence, found = Evidence(notebook), list(proposals(notebook))
    places = {cell.id: i for i, cell in enumerate(notebook.cells)}
    sources, news = {}, []
    for cell_id, figures in prose_numbers(notebook).items():
        text = read_in(notebook.cells[places[cell_id]])
        for key, figure in zip(keys_of(figures), figures, strict=True):
            kept = old.get(cell_id, {}).get(key)
            if kept is None or not holds(figure, kept, evidence, cell_id):
                words = around(text, figure)
                new = best(figure, words, places[cell_id], found)
                kept = new and new.expression
                news.append(f"{cell_id}  {key}  {kept or '？'}\n    {words}")
            if kept:
                sources.setdefault(cell_id, {})[key] = kept
    return sources, news


def around(text: str, figure: Figure) -> str:
    start, end = figure.place
    return text[max(0, start - NEAR) : end + NEAR].replace("\n", " ")


def holds(figure, expression, evidence, cell_id) -> bool:
    try:
        value = evidence.value(expression, cell_id)
    except NoEvidence:
        return False
    return value is None or figure.is_rounded(value)


def written(sources: dict[str, dict[str, str]]) -> str:
    """The list as TOML."""
    parts = []
    for cell_id, listed in sources.items():
        lines = [f"{json.dumps(k)} = {quoted(v)}" for k, v in listed.items()]
        parts.append("\n".join([f"[{cell_id}]", *lines]))
    return "\n\n".join(parts) + "\n"


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False) if "'" in text else f"'{text}'"


def main(names: list[str]) -> None:
    for name in names:
        notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
        path = SOURCES / f"{name}.toml"
        sources, news = complete(notebook, sources_of(name) if path.exists() else {})
        path.write_text(written(sources), encoding="utf-8")
        print("\n".join([f"== {name}: {len(news)} new or missing", *news]))


if __name__ == "__main__":
    main(sys.argv[1:])
