"""Which code a function runs, and a hash of it.

From a function on, every name it uses is followed to its definition in the package, and
from there on. The hash goes over the names and syntax trees of these definitions alone:
comments, docstrings and format do not count, nor the module that a definition lives in,
nor anything the function never reaches. What is imported by a computed name cannot be
followed; a table names the shipped networks it loads, see `measuring`.
"""

import ast
import copy
import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parents[1]
# They cannot change a number: a download is verified, a bar and words only show, a run
# that goes on from a checkpoint is bit-equal to an unbroken one (`make stress`), and a
# table tells the number format that the environment chose.
OUTSIDE = {
    "aigc_helpers.training.checkpoint",
    "aigc_helpers.data.download",
    "aigc_helpers.progress",
    "aigc_helpers.environment",
    "aigc_helpers.reader",
}
IGNORED = {"ctx", "kind", "type_comment", "type_params"}  # differ between Pythons
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
EVERYTHING = "*"


class Definition(NamedTuple):
    """A name at the top level of a module; `EVERYTHING` is the whole module."""

    module: str
    name: str


class Source(NamedTuple):
    """A module: the statements that define each name, and what it imports."""

    definitions: dict[str, list[ast.stmt]]
    imports: dict[str, Definition]


def code_hash(module: str, name: str, *others: str, package: Path = PACKAGE) -> str:
    """Hash (64 hexadecimal digits) of ``name`` in ``module`` and of all that it uses.

    A definition that moves to another module, or a module that is renamed, leaves it as
    it is. ``others`` are texts that decide the result as well, such as the checksum of
    a file.
    """
    lines = sorted(
        f"{found.name}: {essence(_placeless(node, source.imports, package))}"
        for found in reached(Definition(module, name), package)
        for source in [_read(package, found.module)]
        for node in source.definitions.get(found.name, ())
    )
    return hashlib.sha256("\n".join([*lines, *others]).encode()).hexdigest()


def reached(start: Definition, package: Path = PACKAGE) -> set[Definition]:
    """All definitions of the package that ``start`` uses, itself among them.

    Raises
    ------
    ValueError
        If ``start``, or something it imports from the package, does not exist.
    """
    found, waiting = set(), [start]
    while waiting:
        here = waiting.pop()
        if here in found or here.module in OUTSIDE:
            continue
        if not _exists(here, package):
            raise ValueError(f"{here.module} does not define {here.name}")
        found.add(here)
        source = _read(package, here.module)
        if here.name == EVERYTHING:
            waiting += [Definition(here.module, name) for name in source.definitions]
        if here.name not in source.definitions and here.name in source.imports:
            waiting.append(source.imports[here.name])  # passed on from elsewhere
        for node in source.definitions.get(here.name, ()):
            waiting += _used(node, here.module, package)
    return found


def essence(node) -> str:
    """A syntax tree as text, without positions, docstrings and empty fields."""
    if isinstance(node, list):
        return f"[{', '.join(map(essence, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = dict(ast.iter_fields(node))
    if (
        isinstance(node, FUNCTION | ast.ClassDef)
        and ast.get_docstring(node) is not None
    ):
        fields["body"] = node.body[1:]
    if isinstance(node, ast.JoinedStr):  # Python 3.12 ends a format with an empty text
        fields["values"] = [v for v in node.values if getattr(v, "value", None) != ""]
    inner = [
        f"{key}={essence(value)}"
        for key, value in fields.items()
        if key not in IGNORED and value is not None and value != []
    ]
    return f"{type(node).__name__}({', '.join(inner)})"


def _placeless(node: ast.stmt, imports: dict, package: Path) -> ast.stmt:
    """A copy of a definition without the names of the package's modules.

    ``gan.train_gan`` becomes ``train_gan``, and imports from the package inside a
    function are left out: what they bring has its own line in the hash.
    """

    class Placeless(ast.NodeTransformer):
        def visit_Attribute(self, node):
            self.generic_visit(node)
            base = node.value.id if isinstance(node.value, ast.Name) else None
            target = imports.get(base)
            if target and target.name == EVERYTHING:
                return ast.Name(node.attr)
            return node

        def visit_ImportFrom(self, node):
            return None if _is_module(package, node.module or "") else node

    return Placeless().visit(copy.deepcopy(node))


def _used(node: ast.stmt, module: str, package: Path) -> list[Definition]:
    """The package's definitions whose names stand in ``node``."""
    source, used, bases = _read(package, module), [], set()
    for child in ast.walk(node):
        if isinstance(child, ast.Attribute) and isinstance(child.value, ast.Name):
            target = source.imports.get(child.value.id)
            if target and target.name == EVERYTHING:  # gan.train_gan
                bases.add(id(child.value))
                used.append(_home(target.module, child.attr, package))
    used = [found for found in used if _exists(found, package)]  # no local variable's
    for child in ast.walk(node):
        if isinstance(child, ast.Name) and id(child) not in bases:
            if child.id in source.definitions:
                used.append(Definition(module, child.id))
            elif child.id in source.imports:
                used.append(source.imports[child.id])
    return used


@cache
def _read(package: Path, module: str) -> Source:
    """Definitions and imports of a module of the package."""
    tree = ast.parse(_path(package, module).read_text(encoding="utf-8"))
    definitions, imports = {}, {}
    for node in tree.body:
        for name in _defined(node):
            definitions.setdefault(name, []).append(node)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and _is_module(package, node.module or ""):
            for alias in node.names:
                target = _home(node.module, alias.name, package)
                imports[alias.asname or alias.name] = target
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if _is_module(package, alias.name):
                    raise ValueError(
                        f"{module} says `import {alias.name}`, which cannot be "
                        "followed; write `from … import …`"
                    )
    return Source(definitions, imports)


def _defined(node: ast.stmt) -> list[str]:
    """Names that a statement at the top level defines."""
    if isinstance(node, FUNCTION | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return [
            name.id
            for target in targets
            for name in ast.walk(target)
            if isinstance(name, ast.Name)
        ]
    return []


def _home(module: str, name: str, package: Path) -> Definition:
    """Where ``from module import name`` finds it: a submodule, or a definition.

    A package that loads its parts on first use defines the name in one of them.
    """
    if _is_module(package, f"{module}.{name}"):
        return Definition(f"{module}.{name}", EVERYTHING)
    path = _path(package, module)
    if path.name == "__init__.py" and path.parent != package:
        for part in sorted(path.parent.glob("*.py")):
            tree = ast.parse(part.read_text(encoding="utf-8"))
            if any(name in _defined(node) for node in tree.body):
                stem = "" if part.stem == "__init__" else f".{part.stem}"
                return Definition(module + stem, name)
    return Definition(module, name)


def _exists(wanted: Definition, package: Path) -> bool:
    if not _is_module(package, wanted.module):
        return False
    source = _read(package, wanted.module)
    names = {EVERYTHING, *source.definitions, *source.imports}
    return wanted.name in names


def _path(package: Path, module: str) -> Path:
    parts = module.split(".")[1:]
    folder = package.joinpath(*parts)
    start = folder / "__init__.py"
    return start if start.is_file() else folder.with_suffix(".py")


def _is_module(package: Path, module: str) -> bool:
    inside = module.split(".")[0] == package.name
    return inside and _path(package, module).is_file()
