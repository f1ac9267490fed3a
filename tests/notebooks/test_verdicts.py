"""Chapters run with other seeds and other tables."""

import ast
import re
from pathlib import Path

import nbformat
import pytest
import verdicts
from nbformat.v4 import new_code_cell, new_notebook

WRITTEN = re.compile(
    r"(?:set_seed|manual_seed|Random|default_rng|random\.seed)\((?!\))(.+?)\)"
    r"|\b(?:seed|SEEDS|random_state) ?= ?([^,)=]+)"
    r"|\bfor seed in (.+)"
)
ELSEWHERE = re.compile(r"\bseeds?\b", re.IGNORECASE)


@pytest.fixture(
    params=sorted(verdicts.NOTEBOOKS.glob("*.ipynb")),
    ids=lambda path: path.stem,
    scope="module",
)
def cells(request):
    """Code of a chapter, cell by cell."""
    notebook = nbformat.read(request.param, as_version=4)
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("rng = set_seed(0)", "rng = set_seed(100)"),
        ("set_seed(seed)", "set_seed(seed)"),
        ("set_seed(n)", "set_seed((n) + 100)"),
        ("set_seed(draw(seed=n))", "set_seed(draw(seed=(n) + 100))"),
        ("torch.Generator().manual_seed(3)", "torch.Generator().manual_seed(103)"),
        ("Random(8).shuffle(x)", "Random(108).shuffle(x)"),
        ("Random().shuffle(x)", "Random().shuffle(x)"),
        ("play(beta=0.9, seed=1)", "play(beta=0.9, seed=101)"),
        ("play(seed=-1)", "play(seed=(-1) + 100)"),
        ("play(seed=None)", "play(seed=None)"),
        ("def play(beta, seed=0): ...", "def play(beta, seed=100): ..."),
        ("def play(a, b=1, *, seed=0): ...", "def play(a, b=1, *, seed=100): ..."),
        ("make(random_state=2 * seed + 1)", "make(random_state=2 * seed + 1)"),
        ("f('一二', seed=i)  # 三", "f('一二', seed=(i) + 100)  # 三"),
        ("run = {'seed': 3, 'steps': 5}", "run = {'seed': 103, 'steps': 5}"),
        ("[f(seed) for seed in range(5)]", "[f(seed) for seed in range(100, 105)]"),
        (
            "[f(seed) for seed in range(n)]",
            "[f(seed) for seed in range(100, (n) + 100)]",
        ),
        (
            "[f(s, seed=s) for s in range(5)]",
            "[f(s, seed=(s) + 100) for s in range(5)]",
        ),
        ("for seed in range(2, 9, 3): ...", "for seed in range(102, 109, 3): ..."),
        ("for seed in (0, 1): f(seed=seed)", "for seed in (100, 101): f(seed=seed)"),
        ("for seed in some: ...", "for seed in [n + 100 for n in some]: ..."),
        ("print(f'种子 {seed}：{f(seed=1)}')", "print(f'种子 {seed}：{f(seed=101)}')"),
        ("SEEDS = range(5)", "SEEDS = range(100, 105)"),
        ("for seed in SEEDS: ...", "for seed in SEEDS: ..."),
        ("for seed in table.seeds: ...", "for seed in table.seeds: ..."),
        ('run(seed=card["seed"])', 'run(seed=card["seed"])'),
        ("set_seed(0)\nx = f(1, 2)", "set_seed(100)\nx = f(1, 2)"),
        ("seeds = 5", "seeds = 5"),
        ("seeds = tables.load('a')", "seeds = tables.load('a')"),
        ("seed = 2.5", "seed = 2.5"),
    ],
)
def test_every_seed_that_is_written_is_moved(source, expected):
    assert verdicts.moved(source, 100) == expected


def test_a_loop_that_cannot_be_moved_is_refused():
    assert verdicts.moved("for i, seed in enumerate(seeds): ...", 100)
    with pytest.raises(ValueError, match="among others"):
        verdicts.moved("for i, seed in enumerate(range(5)): ...", 100)


def test_no_chapter_has_a_seed_that_is_not_moved(cells):
    for cell in cells:
        lines = zip(
            cell.split("\n"), verdicts.moved(cell, 100).split("\n"), strict=True
        )
        for before, after in lines:
            if not before.startswith("#"):
                found = zip(
                    WRITTEN.findall(before), WRITTEN.findall(after), strict=True
                )
                stay = ["".join(old) for old, new in found if old == new]
                assert all(map(ELSEWHERE.search, stay)), before


def test_no_chapter_writes_a_seed_by_its_place(cells):
    nodes = [node for cell in cells for node in ast.walk(ast.parse(cell))]
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    names = {f.name: [argument.arg for argument in f.args.args] for f in functions}
    for call in (node for node in nodes if isinstance(node, ast.Call)):
        arguments = names.get(getattr(call.func, "id", ""), ())
        for name, value in zip(arguments, call.args, strict=False):
            assert name != "seed" or ELSEWHERE.search(ast.unparse(value))


def test_every_cell_whose_seeds_are_moved_compiles(cells):
    for cell in cells:
        once = verdicts.moved(cell, 100)
        for source in (once, verdicts.moved(once, 100)):
            compile(source, "cell", "exec")


def test_a_chapter_judges_the_tables_of_the_folder(tmp_path):
    from aigc_helpers import tables
    from aigc_helpers.tables import stored

    table = tables.load("gan_seeds")
    stored.write(table.select(["cpu_seconds"]), tmp_path / "gan_seeds.json")
    scope = {"tables": tables}
    exec(verdicts.judging('made = tables.load("gan_seeds")', tmp_path), scope)
    assert list(scope["made"].columns) == ["cpu_seconds"]


def test_an_assertion_that_fails_is_told(tmp_path, capsys):
    path = Path(tmp_path, "00_small.ipynb")
    for condition, holds in (("> 99", True), ("== 1", False)):
        source = f"def set_seed(n):\n    return n\n\nassert set_seed(1) {condition}"
        nbformat.write(new_notebook(cells=[new_code_cell(source)]), path)
        assert verdicts.judge(path, 100, None, "other seeds") is holds
        assert ("holds" if holds else "FAILED") in capsys.readouterr().out


def test_the_tables_of_a_chapter_are_found():
    names = verdicts.tables_of(verdicts.NOTEBOOKS / "05_gan.ipynb")
    assert "gan_seeds" in names
