"""Every notebook keeps the book's conventions, and every convention can be broken.

The second half breaks a good notebook in one way for each case and sees the rule find
it; a rule that no case breaks fails.
"""

import ast
import copy
from statistics import mean

import code_rules
import nbformat
import prose_rules
import pytest
from budgets import held
from making import PNG, code, notebook, prose, stream, text
from nbformat.v4 import new_output
from tools.run_notebooks import NOTEBOOKS, TEMPLATE

from aigc_helpers.explorers.saved import VIEW

ALL = sorted(NOTEBOOKS.glob("*.ipynb"))
RULES = {rule.__name__: rule for rule in code_rules.RULES + prose_rules.RULES}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@pytest.mark.parametrize("path", [*ALL, TEMPLATE], ids=lambda path: path.stem)
def test_notebook_keeps_the_rule(path, rule):
    problems = rule(nbformat.read(path, as_version=4))
    assert not problems, "\n".join([f"{path.name}: {rule.__doc__}", *problems])


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_a_title_begins_with_the_number_of_the_file(path):
    notebook = nbformat.read(path, as_version=4)
    assert notebook.cells[0].source.startswith(f"# {path.stem[:2]} ")


def test_notebooks_keep_the_mean_of_their_seconds():
    about = {p.stem: nbformat.read(p, as_version=4).metadata.aigc for p in ALL}
    seconds = {name: a.seconds for name, a in about.items()}
    most = held("notebook.mean_seconds")
    print(f"notebooks: {mean(seconds.values()):.0f} s of {most}: {seconds}")
    assert mean(seconds.values()) <= most


def figure(caption="看左边", alt="一行数字", n=1):
    """A cell that shows pictures."""
    picture = text("<Figure size 640x480 with 1 Axes>", **{"image/png": PNG})
    about = {"figure": {"caption": caption}, "image": {"alt": alt}}
    return code("image_grid(x)", *[copy.deepcopy(picture)] * n, mystnb=about)


def good():
    """A notebook that breaks no rule."""
    opening = "**学习目标**：会算。\n\n先修：无。难度：低。用时：一分钟。\n\n"
    exercises = [
        cell
        for i in (1, 2, 3)
        for cell in (
            prose(f"**练习 5.{i}** 算一算。"),
            code(f"half({i + 1})", tags=["hide-cell"]),
        )
    ]
    cells = [
        prose(f"# 生成对抗网络\n\n{opening}## 判别器\n\n{'字' * 7000}"),
        code("# 一半\ndef half(x):\n    return x / 2  # (B, 1)"),
        code("half(1)", text("0.5")),
        code("train()", text("0.3"), tags=["nbval-ignore-output"]),
        figure(),
        prose("**损失**越小越好，`**`不算。\n\n## 小结\n\n好。\n\n## 练习"),
        *exercises,
        prose("## 参考文献\n\n一篇（Goodfellow）。![判别器的图](d.png)"),
    ]
    about = {"summary": "你会做出一个", "queries": ["判别器"]}
    return notebook(*cells, dataset="mnist", data="mnist", seconds=60.0, **about)


def test_the_good_notebook_keeps_every_rule():
    for rule in RULES.values():
        assert rule(good()) == [], rule.__name__


def test_a_template_is_free_of_the_length_alone():
    made = good()
    with_words("字字", "字")(made)
    made.metadata.aigc.template = True
    assert not [name for name, rule in RULES.items() if rule(made)]


def with_cell(cell):
    """Break: append a cell, numbered as if it had run."""

    def change(made):
        if cell.cell_type == "code":
            cell.execution_count = 1 + len(code_rules.code_cells(made))
        made.cells.insert(len(made.cells) - 1, cell)

    return change


def with_words(before: str, after: str):
    """Break: replace words in every Markdown cell."""

    def change(made):
        for cell in made.cells:
            if cell.cell_type == "markdown":
                cell.source = cell.source.replace(before, after)

    return change


def with_metadata(**changes):
    """Break: change the notebook's metadata."""
    return lambda made: made.metadata.update(changes)


def with_about(**changes):
    """Break: change the notebook's metadata ``aigc``."""
    return lambda made: made.metadata.aigc.update(changes)


def miscounted(made):
    """Break: as if one cell had been run again."""
    made.cells[2].execution_count = 9


def unrun(made):
    """Break: as if one cell had never been run."""
    made.cells[2].execution_count = None


def all_ignored(made):
    """Break: the tag on every cell with output."""
    for cell in made.cells:
        if cell.get("outputs"):
            cell.metadata["tags"] = ["nbval-ignore-output"]


def unsolved(made):
    """Break: as if the second solution were an ordinary cell."""
    hidden = [c for c in made.cells if "hide-cell" in c.metadata.get("tags", [])]
    hidden[1].metadata["tags"] = []


def without_seconds(made):
    """Break: as if the notebook had been stored by hand."""
    del made.metadata.aigc["seconds"]


ERROR = new_output("error", ename="ValueError", evalue="", traceback=[])
SVG = text("<SVG>", **{"image/svg+xml": "<svg/>"})
SLIDER = text("IntSlider()", **{VIEW: {}})
BROKEN = [
    ("outputs_come_from_one_clean_run", miscounted),
    ("outputs_come_from_one_clean_run", unrun),
    ("outputs_come_from_one_clean_run", with_metadata(kernelspec={"name": "mine"})),
    ("outputs_come_from_one_clean_run", with_metadata(widgets={})),
    ("outputs_come_from_one_clean_run", with_metadata(language_info={"version": "3"})),
    ("outputs_come_from_one_clean_run", with_cell(code("slider", SLIDER))),
    ("outputs_are_small_and_calm", with_cell(code("1 / 0", ERROR))),
    ("outputs_are_small_and_calm", with_cell(code("1", text("x" * 10**6)))),
    ("outputs_are_small_and_calm", with_cell(code("warn()", stream("!", "stderr")))),
    ("outputs_are_small_and_calm", with_cell(code("draw()", SVG))),
    ("figures_have_caption_and_alt", with_cell(figure(caption=""))),
    ("figures_have_caption_and_alt", with_cell(figure(alt="digits"))),
    ("figures_have_caption_and_alt", with_cell(figure(caption="同", alt="同"))),
    ("figures_have_caption_and_alt", with_cell(figure(n=2))),
    (
        "outputs_are_made_on_the_usual_threads",
        with_cell(code("describe_runtime()", text("{'threads': 1, 'dtype': 'x'}"))),
    ),
    ("cells_end_without_semicolon", with_cell(code("half(1);"))),
    ("most_outputs_stay_compared", all_ignored),
    ("most_outputs_stay_compared", with_cell(code("half(1)", tags=["nbval-skip"]))),
    ("most_outputs_stay_compared", with_cell(code("# NBVAL_IGNORE_OUTPUT\n1"))),
    (
        "most_outputs_stay_compared",
        with_cell(code("x = half(1)", tags=["nbval-ignore-output"])),
    ),
    ("comments_are_chinese", with_cell(code("half(1)  # divide by two"))),
    ("comments_are_chinese", with_cell(code("x  # (B, 2) in [0, 1]"))),
    (
        "definitions_carry_no_type_hints",
        with_cell(code("def f(x: int):\n    return x")),
    ),
    (
        "definitions_carry_no_type_hints",
        with_cell(code("def f() -> int:\n    return 1")),
    ),
    ("asserts_have_chinese_words", with_cell(code("assert half(2) == 1"))),
    ("asserts_have_chinese_words", with_cell(code("assert half(2) == 1, 'wrong'"))),
    ("metadata_says_what_the_chapter_is_for", with_about(summary="")),
    ("metadata_says_what_the_chapter_is_for", with_about(queries=[])),
    ("metadata_names_data_and_seconds", without_seconds),
    ("metadata_names_data_and_seconds", with_about(data="digits")),
    ("metadata_names_data_and_seconds", with_about(seconds=101)),
    ("length_suits_a_chapter", with_words("字字", "字")),
    ("length_suits_a_chapter", with_words("字", "字字")),
    ("opens_with_its_promise", with_words("学习目标", "内容")),
    ("opens_with_its_promise", with_words("先修：无。", "")),
    ("opens_with_its_promise", with_words("\n## 判别器", "\n# 判别器")),
    ("closes_with_summary_exercises_references", with_words("## 小结", "")),
    ("closes_with_summary_exercises_references", with_words("## 参考文献", "## 后记")),
    ("exercises_have_solutions", with_words("练习 5.2", "练习 5.1")),
    ("exercises_have_solutions", with_words("好。", "**练习 5.4** 再算。")),
    ("exercises_have_solutions", unsolved),
    ("one_term_has_one_translation", with_words("好。", "鉴别器更好。")),
    (
        "english_names_are_the_glossarys",
        with_words("好。", "鉴定者（discriminator）。"),
    ),
    ("english_names_are_the_glossarys", with_words("好。", "判别器（critic）。")),
    ("prose_is_plain", with_words("好。", "好！")),
    ("prose_is_plain", with_words("好。", "随着技术的不断发展，更好。")),
    ("prose_is_plain", with_words("好。", "好 🎉。")),
    ("emphasis_is_rendered", with_words("好。", "损失**（KL 散度）**越小。")),
    ("emphasis_is_rendered", with_words("好。", "**损失。**越小。")),
    ("pictures_have_alt", with_words("![判别器的图]", "![]")),
]


@pytest.mark.parametrize(("name", "change"), BROKEN)
def test_rule_finds_the_break_and_only_that_rule(name, change):
    made = good()
    change(made)
    found = {rule_name for rule_name, rule in RULES.items() if rule(made)}
    assert found == {name}


def test_every_rule_is_broken_once():
    drift = "definitions_match_the_package"  # see below
    assert {name for name, _ in BROKEN} | {drift} == set(RULES)


@pytest.mark.parametrize(
    ("source", "n_problems"),
    [
        ("def half(x):\n    return x / 2", 0),
        ("# 一半\ndef half(x):\n    '''一半'''\n    return x / 2", 0),
        ("def half(x: float) -> float:\n    return x / 2", 0),
        ("%matplotlib inline\ndef half(x):\n    return x / 2", 0),
        ("def other(x):\n    return x / 3", 0),
        ("def half(x):\n    return x / 3", 1),
        ("def half(x, y):\n    return x / 2", 1),
        ("def half(x=1):\n    return x / 2", 1),
        ("class half:\n    pass", 1),
    ],
)
def test_a_definition_that_drifts_from_the_package_is_found(source, n_problems):
    original = definition("def half(x): return x / 2")
    package = {"half": frozenset({code_rules.essence(original)})}
    rule = code_rules.definitions_match_the_package
    assert len(rule(notebook(code(source)), package)) == n_problems
    assert rule(notebook(code(source, tags=["draft"])), package) == []


def definition(source):
    """The syntax tree of one definition."""
    return ast.parse(source).body[0]


def test_essence_keeps_methods_defaults_and_field_values():
    source = (
        "class A:\n    'doc'\n    n: int = 1\n"
        "    def f(self, x: int = 2) -> int: return x"
    )
    same = "class A:\n    n = 1\n    def f(self, x=2):\n        'd'\n        return x"
    essence = code_rules.essence(definition(source))
    assert essence == code_rules.essence(definition(same))
    for before, after in (("n = 1", "n = 2"), ("x=2", "x=3"), ("return x", "return 2")):
        assert essence != code_rules.essence(definition(same.replace(before, after)))


def test_package_definitions_are_those_of_the_package():
    found = code_rules.package_definitions()
    assert {"set_seed", "load_images", "image_grid", "LatentExplorer"} <= set(found)


def test_prose_leaves_code_formulas_and_addresses_out_and_keeps_notes():
    source = (
        "正文 $x$ `code` {cite:t}`key` [链接](http://a.b)\n\n```python\n代码\n```\n\n"
        ":::{note} 题目\n:class: tip\n注意\n:::\n\n之后\n\n```{math}\n公式\n```\n\n"
        "````{tip}\n```\n代码\n```\n提示\n````\n$$\n公式\n$$\n<!-- 评 -->末<b>尾</b>"
    )
    assert (
        "".join(prose_rules.prose_of(source).split())
        == "正文[链接]题目注意之后提示末尾"
    )
