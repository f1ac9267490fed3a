"""Do the chapters' own assertions hold with other seeds, and in float32?

What a chapter concludes it asserts. ``make verdicts`` runs every chapter again with
each seed moved that its cells write, in the number format of this machine and without
bfloat16; outputs are not compared. Exit status 1 if an assertion fails.

    05_gan 06_vae      these chapters alone
    --shift 200        by how much seeds are moved (100)
    --tables           measure the tables that these chapters show with moved seeds,
                       too, into build/verdicts, and let the chapters judge those
"""

import argparse
import ast
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
from aigc_book.splicing import rewritten
from test_run import nbval

from aigc_helpers.tables import measuring

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
FOLDER = ROOT / "build" / "verdicts"
NAMES = {"seed", "seeds", "SEED", "SEEDS", "random_state"}  # what holds moved seeds
SEEDERS = {"set_seed", "manual_seed", "seed", "Random", "RandomState", "default_rng"}
TABLE = re.compile(r'tables\.load\(\s*("\w+")\s*\)')
READ = '__import__("aigc_helpers.tables.stored").tables.stored.read'
FORMATS = {"other seeds": {}, "other seeds, float32": {"AIGC_BF16": "0"}}


def moved(source: str, shift: int) -> str:
    """Code with every seed that it writes moved.

    A seed that comes from elsewhere stays: an argument ``seed``, which the call moves,
    the seeds of a table, those on the card of a network.
    """
    return rewritten(
        source,
        (
            change
            for node in ast.walk(ast.parse(source))
            for seed, is_loop in seeds(node)
            for change in changes(seed, shift, is_loop)
        ),
    )


def seeds(node: ast.AST) -> Iterator[tuple[ast.expr, bool]]:
    """The seeds that a node writes, and if a loop takes them one by one."""
    match node:
        case ast.Call(func=called, args=given, keywords=named):
            name = getattr(called, "attr", getattr(called, "id", ""))
            yield from ((seed, False) for seed in given[:1] if name in SEEDERS)
            yield from ((each.value, False) for each in named if each.arg in NAMES)
        case ast.arguments() | ast.Dict():
            yield from ((v, False) for name, v in pairs(node) if name in NAMES)
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in NAMES:
            several = isinstance(value, ast.Tuple | ast.List) or is_range(value)
            if several or not name.lower().endswith("s"):  # seeds = a table or a number
                yield value, False
        case (
            ast.For(target=target, iter=values)
            | ast.comprehension(target=target, iter=values)
        ):
            if NAMES & {getattr(part, "id", "") for part in ast.walk(target)}:
                if not isinstance(target, ast.Name) and not is_from_elsewhere(values):
                    raise ValueError(f"seeds among others: {ast.unparse(values)}")
                yield values, True


def pairs(node: ast.arguments | ast.Dict) -> Iterator[tuple[str, ast.expr]]:
    """Names of a function's arguments with their defaults; a dictionary's entries."""
    if isinstance(node, ast.Dict):
        names = [getattr(key, "value", "") for key in node.keys]
        return zip(names, node.values, strict=True)
    first = [*node.posonlyargs, *node.args]
    arguments = [*first[len(first) - len(node.defaults) :], *node.kwonlyargs]
    names = [argument.arg for argument in arguments]
    both = zip(names, [*node.defaults, *node.kw_defaults], strict=True)
    return ((name, value) for name, value in both if value is not None)


def changes(seed: ast.expr, shift: int, is_loop: bool) -> Iterator:
    """Which places change, and what stands there then; ``{}`` is what stood there."""
    if is_from_elsewhere(seed):
        return
    match seed:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            yield seed, str(value + shift)
        case ast.Constant():
            return
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from changes(part, shift, False)
        case ast.Call(args=[ends]) if is_range(seed):
            ((_, new),) = changes(ends, shift, False)
            yield ends, f"{shift}, {new}"
        case ast.Call(args=[first, ends, *_]) if is_range(seed):
            yield from changes(first, shift, False)
            yield from changes(ends, shift, False)
        case _:
            each = f"[n + {shift} for n in {{}}]"
            yield seed, each if is_loop else f"({{}}) + {shift}"


def is_range(node: ast.expr) -> bool:
    """Is it ``range(…)``?"""
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "range"


def is_from_elsewhere(seed: ast.expr) -> bool:
    """Is it made of a name, an attribute, an entry or an argument that is a seed?"""
    parts = [*ast.walk(seed)]
    if any(True for part in parts for _ in seeds(part)):
        return True
    names = {getattr(part, "id", getattr(part, "attr", "")) for part in parts}
    keys = (part.slice for part in parts if isinstance(part, ast.Subscript))
    return bool((names | {getattr(key, "value", "") for key in keys}) & NAMES)


def judging(source: str, folder: Path) -> str:
    """Code that shows the tables of another folder."""
    path = f'__import__("pathlib").Path(r"{folder}", {{}} + ".json")'
    return TABLE.sub(lambda match: f"{READ}({path.format(match[1])})", source)


def altered(path: Path, shift: int, folder: Path | None):
    """The notebook with other seeds, and with other tables if there is a folder."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = moved(cell.source, shift)
            if folder:
                cell.source = judging(cell.source, folder)
    return notebook


def measure(names: set[str], shift: int) -> None:
    """Measure tables with moved seeds; what an earlier run measured stays."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in sorted(names):
        table = measuring.find(name)
        other = replace(table, seeds=tuple(seed + shift for seed in table.seeds))
        for row in measuring.complete(other, FOLDER / f"{name}.json"):
            print(name, row, flush=True)


def tables_of(path: Path) -> set[str]:
    """Names of the tables that a chapter shows."""
    cells = nbformat.read(path, as_version=4).cells
    return {name.strip('"') for cell in cells for name in TABLE.findall(cell.source)}


def judge(path: Path, shift: int, folder: Path | None, name: str) -> bool:
    """Run one chapter; say whether its assertions hold."""
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as made:
        copy = Path(made, path.name)
        nbformat.write(altered(path, shift, folder), copy)
        report = nbval(copy, strict=False, again=0, **FORMATS[name])
    verdict = "holds" if report is None else "FAILED"
    print(f"{path.stem}  {name}  {verdict}  {time.perf_counter() - begun:.0f} s")
    print((report or "")[-6000:], end="", flush=True)
    return report is None


def main(arguments: list[str] | None = None) -> int:
    """Run the chapters in both number formats."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NN_topic")
    parser.add_argument("--shift", type=int, default=100)
    parser.add_argument("--tables", action="store_true")
    options = parser.parse_args(arguments)
    every = sorted(NOTEBOOKS.glob("*.ipynb"))
    paths = [p for p in every if not options.names or p.stem in options.names]
    if options.tables:
        measure(set().union(*map(tables_of, paths)), options.shift)
    folder = FOLDER if options.tables else None
    found = [judge(p, options.shift, folder, name) for name in FORMATS for p in paths]
    return 0 if all(found) else 1


if __name__ == "__main__":
    sys.exit(main())
