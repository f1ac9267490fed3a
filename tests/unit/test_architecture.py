"""How the package is built: who imports whom, what happens at import, how long.

Every rule is a function from the syntax tree of a module to a list of problems; the
second half shows each one finding a break.
"""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "aigc_helpers"
MODULES = sorted(PACKAGE.rglob("*.py"))
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
LONGEST_FUNCTION = 45  # lines without the docstring; 12 are aimed at, 30 rarely passed
LONGEST_MODULE = 400  # lines; 200 are aimed at
MOST_PARAMETERS = 6  # before they become an object


def plan_entries(plan: str) -> dict[str, dict[str, str]]:
    """Sections of the floor plan: names, the first words of lines, and what follows."""
    sections, entries, name = {}, {}, ""
    for line in plan.splitlines():
        if line.startswith("     "):  # goes on
            entries[name] += " " + line.strip()
        elif line.startswith("    "):
            name, _, rest = line.strip().partition(" ")
            entries[name] = rest.strip()
        elif line:
            entries = sections.setdefault(re.match(r"\w*", line)[0], {})
    return {title: entries for title, entries in sections.items() if entries}


PLAN = plan_entries(ast.get_docstring(ast.parse((PACKAGE / "__init__.py").read_text())))
SUBJECTS, BASES = set(PLAN["Subjects"]), list(PLAN["Bases"])
# What a room of the package may import; "*" is everything.
MAY_IMPORT = {
    "__init__": set(),
    **{subject: set(BASES) for subject in SUBJECTS},
    # A base uses those that stand below it in the plan.
    **{base: set(BASES[i + 1 :]) for i, base in enumerate(BASES)},
    "exercise": {"plotting", "richtext", "reader"},
    "equations": {"reader"},
    "plotting": {"reader", "runtime"},
    "weights": {"runtime", "files", "reader"},
    "store": {"runtime", "data", "files", "plotting", "reader"},
    "explorers": {
        *("runtime", "language", "weights", "progress", "files"),
        *("richtext", "reader"),
    },
    "recipes": {"weights", *BASES, *SUBJECTS},
    "tables": {"weights", "plotting", *BASES, *SUBJECTS},
    "jupyter": set(),
    "doctor": {"*"},
    "cli": {"*"},
}

# At import a module defines; it may name patterns, paths, types and records
# (`files_at` makes those of the data catalogue, `getattr` asks the platform).
# `_write_chinese` changes something: in a notebook, where figures find their font.
DEFINING_CALLS = set(
    "Path compile resolve with_name joinpath frozenset set dict tuple list range date "
    "split getLogger TypeVar namedtuple field tag files files_at getattr "
    "_write_chinese".split()
)


def room_of(path: Path) -> str:
    """First-level name of a module: gan.py is gan, data/images.py is data."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported_rooms(tree: ast.Module, room: str) -> set[str]:
    """Rooms of the package that a module imports, inside functions too."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    parts = [name.split(".") for name in names]
    rooms = {p[1] for p in parts if p[0] == "aigc_helpers" and len(p) > 1}
    return rooms - {room, "__version__"}


def imports_point_inwards(tree, room):
    """Notebooks use subjects, subjects use the base; never back, never across."""
    if room not in MAY_IMPORT:
        return [f"{room} is new: decide in MAY_IMPORT what it may import"]
    relative = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.level]
    allowed = MAY_IMPORT[room]
    wrong = set() if "*" in allowed else imported_rooms(tree, room) - allowed
    return [f"{room} imports {other}" for other in sorted(wrong)] + [
        f"line {node.lineno}: relative import" for node in relative
    ]


def no_star_import(tree, room):
    """Every name says where it comes from."""
    return [
        f"line {node.lineno}: import *"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
    ]


def import_only_defines(tree, room):
    """No loop, no condition and no call of a function when a module is imported."""
    problems = []
    for node in statements(tree):
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Pass | FUNCTION):
            continue
        if isinstance(node, ast.If) and ast.unparse(node.test) in (
            "TYPE_CHECKING",
            "__name__ == '__main__'",
        ):
            continue
        if not isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr):
            problems.append(f"line {node.lineno}: {type(node).__name__}")
        problems += [
            f"line {call.lineno}: calls {name}"
            for call in ast.walk(node)
            if isinstance(call, ast.Call) and not is_definition(name := name_of(call))
        ]
    return problems


def statements(tree):
    """What runs at import: the module's statements and those of its classes."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from statements(node)
        else:
            yield node


def name_of(call: ast.Call) -> str:
    """Last part of the name that is called."""
    return getattr(call.func, "attr", None) or getattr(call.func, "id", "something")


def is_definition(name: str) -> bool:
    """Constructors of records and types, and the calls that define."""
    return name in DEFINING_CALLS or name.lstrip("_")[:1].isupper()


def no_print(tree, room):
    """Only the command line speaks, and it through one function."""
    speaking = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (
            ast.unparse(node.func) == "print"
            or ast.unparse(node.func) in ("sys.stdout.write", "sys.stderr.write")
        )
    ]
    if room == "cli":
        writers = [
            node.name
            for node in ast.walk(tree)
            if isinstance(node, FUNCTION)
            and any(call in speaking for call in ast.walk(node))
        ]
        return [f"several functions print: {writers}"] if len(writers) > 1 else []
    return [f"line {node.lineno}: {ast.unparse(node)[:60]}" for node in speaking]


def n_lines(node) -> int:
    """Lines of a function's body; signature and docstring are no logic."""
    lines = node.end_lineno - node.body[0].lineno + 1
    if ast.get_docstring(node) is not None:
        lines -= node.body[0].end_lineno - node.body[0].lineno + 1
    return lines


def functions(tree):
    """All functions and methods of a module."""
    return [node for node in ast.walk(tree) if isinstance(node, FUNCTION)]


def functions_are_short(tree, room):
    """Half a screen; rarely past 30 lines, never past 45."""
    return [
        f"{node.name} has {n_lines(node)} lines"
        for node in functions(tree)
        if n_lines(node) > LONGEST_FUNCTION
    ]


def functions_have_few_parameters(tree, room):
    """At most six, by name or by place; more become an object."""
    problems = []
    for node in functions(tree):
        given = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
        names = [a.arg for a in given if a.arg not in ("self", "cls")]
        if len(names) > MOST_PARAMETERS:
            problems.append(f"{node.name} has {len(names)} parameters")
    return problems


def public_names_have_docstrings(tree, room):
    """Modules, and the functions and classes that others may use."""
    nodes = [
        node
        for node in tree.body
        if isinstance(node, FUNCTION | ast.ClassDef) and not node.name.startswith("_")
    ]
    absent = [node.name for node in nodes if ast.get_docstring(node) is None]
    return absent + ([] if ast.get_docstring(tree) else ["the module"])


def no_silent_except(tree, room):
    """An error that is caught is answered."""
    return [
        f"line {node.lineno}: silent except"
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or all(isinstance(n, ast.Pass) for n in node.body))
    ]


RULES = [
    imports_point_inwards,
    no_star_import,
    import_only_defines,
    no_print,
    functions_are_short,
    functions_have_few_parameters,
    public_names_have_docstrings,
    no_silent_except,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_package_keeps_the_rule(rule):
    problems = [
        f"{path.relative_to(PACKAGE)}: {problem}"
        for path in MODULES
        for problem in rule(ast.parse(path.read_text()), room_of(path))
    ]
    assert not problems, "\n".join([rule.__doc__, *problems])


def test_modules_are_no_longer_than_two_talks():
    """Print what is longest (pytest -s), fail far past the aim."""
    modules = {
        str(path.relative_to(PACKAGE)): len(path.read_text().splitlines())
        for path in MODULES
    }
    lengths = {
        f"{path.stem}.{node.name}": n_lines(node)
        for path in MODULES
        for node in functions(ast.parse(path.read_text()))
    }
    for title, sizes in (("modules", modules), ("functions", lengths)):
        longest = sorted(sizes.items(), key=lambda item: -item[1])[:6]
        print(f"longest {title}:", ", ".join(f"{name} {n}" for name, n in longest))
    print("median function:", sorted(lengths.values())[len(lengths) // 2], "lines")
    assert {name: n for name, n in modules.items() if n > LONGEST_MODULE} == {}


def test_no_module_is_a_drawer():
    assert {p.stem for p in MODULES} & {
        "utils",
        "util",
        "common",
        "helpers",
        "misc",
    } == set()


IMPORT_ALL = """
import random, sys, warnings
import matplotlib, matplotlib.pyplot, numpy, torch
def state():
    return (
        torch.get_rng_state().tolist(), random.getstate(), torch.get_num_threads(),
        numpy.random.get_state()[1].tolist(), dict(matplotlib.rcParams),
        torch.get_default_dtype(), torch.is_grad_enabled(),
        len(matplotlib.font_manager.fontManager.ttflist),
    )
before = state()
for name in sys.argv[1:]:
    __import__(name)
assert state() == before
"""


def test_importing_everything_changes_nothing_and_says_nothing(tmp_path):
    names = [
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        for path in MODULES
        if path.stem not in ("__init__", "__main__")
    ]
    environment = {
        **os.environ,
        "PYTHONPATH": str(PACKAGE.parent),
        "AIGC_DATA_DIR": str(tmp_path / "data"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", IMPORT_ALL, *names],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout == ""
    assert not (tmp_path / "data").exists()


LONG = "def f():\n" + "    x = 1\n" * (LONGEST_FUNCTION + 1)
SPEAKER = "def {}():\n    print(1)\n"


@pytest.mark.parametrize(
    ("rule", "room", "source"),
    [
        (imports_point_inwards, "gan", "from aigc_helpers import vae"),
        (imports_point_inwards, "gan", "from aigc_helpers.vae import VAE"),
        (imports_point_inwards, "gan", "import aigc_helpers.plotting"),
        (
            imports_point_inwards,
            "gan",
            "def f():\n    from aigc_helpers import weights",
        ),
        (imports_point_inwards, "plotting", "from aigc_helpers import training"),
        (imports_point_inwards, "explorers", "from aigc_helpers.gan import Generator"),
        (imports_point_inwards, "training", "from aigc_helpers import gan"),
        (imports_point_inwards, "training", "from aigc_helpers import language"),
        (imports_point_inwards, "gan", "from . import vae"),
        (imports_point_inwards, "brand_new", ""),
        (no_star_import, "gan", "from torch import *"),
        (import_only_defines, "gan", "set_seed(0)"),
        (import_only_defines, "gan", "x = torch.zeros(3)"),
        (import_only_defines, "gan", "for i in range(3):\n    pass"),
        (import_only_defines, "gan", "torch.backends.flag = True; torch.set_flush(1)"),
        (import_only_defines, "gan", "class A:\n    x = load()"),
        (import_only_defines, "gan", "with open('x') as f:\n    pass"),
        (no_print, "gan", "def f():\n    print(1)"),
        (no_print, "gan", "sys.stderr.write('x')"),
        (no_print, "cli", SPEAKER.format("say") + SPEAKER.format("tell")),
        (functions_are_short, "gan", LONG),
        (functions_have_few_parameters, "gan", "def f(a, b, c, d, e, g, h): pass"),
        (functions_have_few_parameters, "gan", "def f(a, b, c, *, d, e, g, h): pass"),
        (public_names_have_docstrings, "gan", "'doc'\ndef f(): pass"),
        (public_names_have_docstrings, "gan", "def _f(): pass"),
        (no_silent_except, "gan", "try:\n    f()\nexcept OSError:\n    pass"),
        (no_silent_except, "gan", "try:\n    f()\nexcept:\n    g()"),
    ],
)
def test_rule_finds_the_break(rule, room, source):
    assert rule(ast.parse(source), room) != []


@pytest.mark.parametrize(
    ("rule", "room", "source"),
    [
        (imports_point_inwards, "gan", "from aigc_helpers.training import progress"),
        (imports_point_inwards, "data", "from aigc_helpers.data import images"),
        (imports_point_inwards, "language", "from aigc_helpers import training"),
        (import_only_defines, "gan", "A = re.compile('x')\nB = Path(__file__).parent"),
        (import_only_defines, "gan", "A = Record(1)\nif TYPE_CHECKING:\n    import x"),
        (import_only_defines, "gan", "@cache\ndef f():\n    return load()"),
        (no_print, "cli", SPEAKER.format("say")),
        (functions_are_short, "gan", LONG.removesuffix("    x = 1\n")),
        (
            functions_have_few_parameters,
            "gan",
            "class A:\n    def f(self, a, b, c, d, e, *, g, **options): pass",
        ),
        (public_names_have_docstrings, "gan", "'doc'\ndef _f(): pass"),
        (
            no_silent_except,
            "gan",
            "try:\n    f()\nexcept OSError:\n    return_nothing()",
        ),
    ],
)
def test_rule_lets_good_code_pass(rule, room, source):
    assert rule(ast.parse(source), room) == []


def module_name(path: Path) -> str:
    """``aigc_helpers.data.images`` of its file, ``aigc_helpers.data`` of __init__."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_modules(tree: ast.Module, modules: set[str]) -> set[str]:
    """Modules of the package that a tree imports, inside functions too."""
    named = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            named |= {node.module, *(f"{node.module}.{a.name}" for a in node.names)}
    parents = {name.rpartition(".")[0] for name in named & modules}
    return (named | parents) & modules


def reached(start: str, imports: dict[str, set[str]]) -> set[str]:
    """Modules that ``start`` imports, directly or through others."""
    seen, waiting = set(), [start]
    while waiting:
        for module in imports[waiting.pop()] - seen:
            seen.add(module)
            waiting.append(module)
    return seen


def import_graph(sources: dict[str, str]) -> dict[str, set[str]]:
    """What each module imports of the others."""
    return {
        name: imported_modules(ast.parse(text), set(sources) - {name})
        for name, text in sources.items()
    }


def subjects_among(modules) -> set[str]:
    """Rooms of subjects to which the modules belong."""
    rooms = {name.split(".")[1] for name in modules if "." in name}
    return rooms & SUBJECTS


def test_explorers_and_what_they_use_reach_no_subject():
    graph = import_graph({module_name(p): p.read_text("utf-8") for p in MODULES})
    explorers = [name for name in graph if name.startswith("aigc_helpers.explorers")]
    assert len(explorers) > 20
    found = {name: subjects_among(reached(name, graph)) for name in explorers}
    assert {name: subjects for name, subjects in found.items() if subjects} == {}


def test_a_subject_that_is_reached_through_others_is_found():
    graph = import_graph(
        {
            "aigc_helpers": "",
            "aigc_helpers.explorers": "from aigc_helpers import weights",
            "aigc_helpers.weights": "def load():\n    from aigc_helpers.gan import A",
            "aigc_helpers.gan": "",
        }
    )
    assert subjects_among(reached("aigc_helpers.explorers", graph)) == {"gan"}


LOADED = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(*sorted(name for name in sys.modules if name.startswith("aigc_helpers.")))
"""


def test_importing_all_explorers_loads_no_subject():
    names = [module_name(p) for p in MODULES if room_of(p) == "explorers"]
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOADED, *names],
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(names) <= set(result.stdout.split())
    assert subjects_among(result.stdout.split()) == set()


NOTEBOOKS = PACKAGE.parent / "notebooks"


def rooms_of_notebook(path: Path) -> set[str]:
    """Rooms that the cells of a notebook import."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    sources = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    lines = [
        "" if line.lstrip().startswith(("%", "!")) else line
        for line in "\n".join(sources).splitlines()
    ]
    return imported_rooms(ast.parse("\n".join(lines)), "")


def test_the_floor_plan_names_every_room_and_no_other():
    rooms = {room_of(path) for path in MODULES} - {"__init__"}
    planned = [
        name for title, names in PLAN.items() if title != "Chapters" for name in names
    ]
    assert sorted(planned) == sorted(rooms)
    assert all(all(entries.values()) for entries in PLAN.values())


def test_the_floor_plan_leads_each_chapter_to_its_rooms():
    chapters = {p.stem[:2]: rooms_of_notebook(p) for p in NOTEBOOKS.glob("*.ipynb")}
    planned = {name: set(rooms.split()) for name, rooms in PLAN["Chapters"].items()}
    assert planned == chapters


def test_the_floor_plan_is_read_with_lines_that_go_on():
    plan = "Title.\n\nWords; 1\n\nRooms, two\n    a  one\n       more\n    b  two\n"
    assert plan_entries(plan) == {"Rooms": {"a": "one more", "b": "two"}}


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Names that can be reached from themselves."""
    return sorted(name for name in graph if name in reached(name, graph))


def test_no_room_reaches_itself_through_others():
    graph = {room_of(path): set() for path in MODULES}
    for path in MODULES:
        tree, room = ast.parse(path.read_text("utf-8")), room_of(path)
        graph[room] |= imported_rooms(tree, room)
    assert circle(graph) == []
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c"]
