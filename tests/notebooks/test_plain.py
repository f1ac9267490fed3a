"""Notebooks are plain Markdown that says what the site says, in every front end."""

import re
from copy import deepcopy

import nbformat
import pytest
from aigc_book import plain, timeline, works
from aigc_book.plain import to_myst, to_plain
from making import PNG, code, notebook, prose, text
from tools.run_notebooks import NOTEBOOKS, TEMPLATE

ALL = [*sorted(NOTEBOOKS.glob("*.ipynb")), TEMPLATE]
GAN, ELMAN = "goodfellow2014gan", "elman1990finding"
LINES = (
    "依 {cite:t}`goodfellow2014gan`，见 {eq}`eq-b`，又见"
    " {cite:p}`elman1990finding,goodfellow2014gan`。",
    "$$a = b .$$ (eq-a)\n\n$$c = d$$ (eq-b)",
)
# What would stand there as raw text: roles, directives, labels, targets, attributes.
RAW = re.compile(
    r"\{[\w:]+\}`|^ *(?::{3,}|`{3,}|~{3,})\s*\{|\$\$ *\([\w-]+\)|^\([\w-]+\)="
    r"|^%|^\{[.#]",
    re.MULTILINE,
)


@pytest.fixture(params=ALL, ids=lambda path: path.stem)
def stored(request):
    """Each notebook, as it is stored."""
    return nbformat.read(request.param, as_version=4)


def rich():
    """A small notebook as Sphinx likes it."""
    picture = text("<Figure>", **{"image/png": PNG})
    about = {"figure": {"caption": "看 {eq}`eq-a`。"}, "image": {"alt": "一行"}}
    shown = text("Equation", **{"text/markdown": "$$\ne = f\n$$ (eq-c)\n\n✓"})
    return notebook(
        *(prose(line) for line in LINES),
        code("image_grid(x)", picture, mystnb=about),
        code("equation()", shown),
        code("solve()", tags=["hide-cell"]),
        code("import torch", tags=["hide-input"]),
        code("check()", tags=["remove-input"]),
    )


def test_names_years_numbers_captions_and_folds_are_up_to_date(stored):
    assert to_plain(stored) == stored


def test_a_link_to_an_explorer_keeps_its_setting_in_jupyter():
    text = "看[冷](#explorer?preset=冷&1=-2.5)，[重来](#explorer)，[别处](#x)。"
    made = to_plain(notebook(prose(text))).cells[0].source
    assert made == (
        '看<a href="#explorer?preset=%E5%86%B7&1=-2.5"'
        ' data-explorer-set="preset=%E5%86%B7&1=-2.5">冷</a>，'
        '<a href="#explorer" data-explorer-set="">重来</a>，[别处](#x)。'
    )
    assert to_plain(to_plain(notebook(prose(text)))).cells[0].source == made


def test_nothing_is_folded_that_jupyter_shows(stored):
    tags = {tag for cell in stored.cells for tag in cell.metadata.get("tags", ())}
    assert {tag for tag in tags if tag.startswith("hide-")} <= set(plain.FOLDED)


def test_no_syntax_of_the_site_is_left(stored):
    found = [m.group() for text in plain.shown(stored) for m in RAW.finditer(text)]
    assert found == []


def test_the_site_gets_what_the_author_wrote():
    again = to_myst(to_plain(rich()))
    for one, other in zip(rich().cells, again.cells, strict=True):
        assert one.source == other.source
        assert one.get("outputs") == other.get("outputs")
        assert one.metadata.get("mystnb") == other.metadata.get("mystnb")


def test_what_jupyter_shows_of_it():
    first, second, picture, caption, shown, solution, imports, check, list_ = to_plain(
        rich()
    ).cells
    assert first.source == (
        f"依 [Goodfellow 等 [2014]](#cite-{GAN})，见 [(2)](#eq-b)，又见"
        f" [[Elman, 1990](#cite-{ELMAN}), [Goodfellow 等, 2014](#cite-{GAN})]。"
    )
    assert second.source == (
        '<a id="eq-a"></a>\n$$a = b . \\tag{1}$$\n\n'
        '<a id="eq-b"></a>\n$$c = d \\tag{2}$$'
    )
    assert caption.source == "**图 1** 看 [(1)](#eq-a)。"
    assert "figure" not in picture.metadata.mystnb
    (output,) = shown.outputs
    assert output.data["text/markdown"] == (
        '<a id="eq-c"></a>\n$$\ne = f \\tag{3}\n$$\n\n✓'
    )
    assert solution.source == "# @title 代码\nsolve()"
    assert solution.metadata.jupyter == {"outputs_hidden": True, "source_hidden": True}
    for cell in (imports, check):
        assert cell.metadata.jupyter == {"source_hidden": True}
    assert check.metadata.transient == {"remove_source": True}
    assert "transient" not in imports.metadata
    elman, gan = list_.source.splitlines()
    assert elman.startswith(f'- <a id="cite-{ELMAN}"></a>Jeffrey L. Elman. Finding')
    assert "[arXiv:1406.2661](https://arxiv.org/abs/1406.2661)" in gan


def test_a_caption_of_a_folded_picture_is_folded_as_well():
    made = rich()
    made.cells[2].metadata.tags = ["hide-cell"]
    plain = to_plain(made)
    caption = plain.cells[3]
    assert caption.source == (
        "<details><summary>图 1</summary>\n\n**图 1** 看 [(1)](#eq-a)。\n\n</details>"
    )
    assert to_plain(plain) == plain
    figure = to_myst(plain).cells[2].metadata.mystnb.figure
    assert figure.caption == "看 {eq}`eq-a`。"


def renumbered(made):
    """Break: a formula comes first that was second."""
    made.cells[1].source = "\n\n".join(reversed(made.cells[1].source.split("\n\n")))


def misdated(made):
    """Break: a citation with another year."""
    made.cells[0].source = made.cells[0].source.replace("[2014]", "[2015]")


def miscounted(made):
    """Break: a figure with another number."""
    made.cells[3].source = made.cells[3].source.replace("图 1", "图 2")


def unfolded(made):
    """Break: as JupyterLab stores a solution that a reader opened."""
    del made.cells[5].metadata["jupyter"]


def unlisted(made):
    """Break: a list that lacks a work."""
    made.cells[-1].source = made.cells[-1].source.splitlines()[0]


@pytest.mark.parametrize(
    "change", [renumbered, misdated, miscounted, unfolded, unlisted]
)
def test_what_is_out_of_date_is_found_and_written_anew(change):
    made = to_plain(rich())
    good = deepcopy(made)
    change(made)
    assert to_plain(made) != made
    assert change is renumbered or to_plain(made) == good


@pytest.mark.parametrize("line", ["{eq}`eq-none`", "{cite:t}`nobody1900`"])
def test_what_does_not_exist_is_named(line):
    with pytest.raises(KeyError, match=line.split("`")[1]):
        to_plain(notebook(prose(line)))


def test_a_caption_without_a_picture_is_an_error():
    made = to_plain(rich())
    with pytest.raises(ValueError, match="图 1"):
        to_myst(notebook(made.cells[3]))


def test_every_work_can_be_named_and_listed():
    assert len(works.works()) > 100
    for key, entry in works.listed(works.works()).items():
        assert re.fullmatch(r"\d{4}", works.year(key)), key
        assert works.authors(key).strip() and entry.endswith("."), key
        assert not re.search(r"[{}\\]", works.authors(key) + entry), key


def test_an_entry_of_the_timeline_gets_its_themes():
    title = "<summary><b>1950</b> 一问（规则、生成）</summary>"
    entry = f"<details>{title}\n\n答\n\n</details>"
    made = timeline.with_themes(f"{entry}\n\n{entry}")
    head = (
        '<li data-theme="rules generation"><details><summary><b>1950</b> 一问'
        '<span class="timeline-theme">规则</span>'
        '<span class="timeline-theme">生成</span></summary>'
    )
    assert made.count(head) == made.count("</details></li>") == 2
