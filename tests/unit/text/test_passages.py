"""The frozen passages: still the book's words, and where their links lead."""

import json
import re
import tomllib
import warnings
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import nbformat
import pytest
from aigc_book.anchors import anchor_of
from tools import cutting, freeze_passages

from aigc_helpers.text.passages import FROZEN, Passage, frozen_on, load_passages

ROOT = Path(__file__).parents[3]
CHAPTERS = [f"{n:02}" for n in range(9)]
MOST_MOVED = 0.05  # of the passages; then they are to be frozen anew
WITHOUT_ANTECEDENT = re.compile("它|这(?!里|一章|本书|份词典)|下面我们|接下来我们")


@cache
def stored() -> list[dict]:
    return json.loads(FROZEN.read_text("utf-8"))["passages"]


@cache
def markdown_cells(chapter: str) -> dict[str, str]:
    """Cell ids and sources, read without the code that cuts."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{chapter}.ipynb", as_version=4)
    return {c.id: c.source for c in notebook.cells if c.cell_type == "markdown"}


# ---- what is stored ----------------------------------------------------------------


def test_the_passages_are_many_and_from_every_chapter():
    passages = load_passages()
    counts = Counter(passage.chapter[:2] for passage in passages)
    assert len(passages) >= 200
    assert {chapter: counts[chapter] >= 12 for chapter in CHAPTERS} == dict.fromkeys(
        CHAPTERS, True
    )
    assert re.fullmatch(r"20\d\d-[01]\d-[0-3]\d", frozen_on())


def test_no_passage_is_there_twice():
    passages = load_passages()
    assert len({p.key for p in passages}) == len(passages)
    for one in passages:
        inside = [p.key for p in passages if p is not one and one.text in p.text]
        assert inside == [], one.key


def test_a_passage_is_plain_text_of_a_length_that_can_be_quoted():
    for passage in load_passages():
        assert 35 <= len(passage.text) <= 200, passage.key
        assert not re.search(r"\*\*|`|\]\(|<[a-z/][^<]*>|\$\$", passage.text), (
            passage.key
        )
        assert "\\" not in passage.text or passage.chapter == "howto", passage.key
        assert not passage.text.endswith(("：", "，", "；")), passage.key


def test_no_passage_begins_with_a_word_that_points_back():
    pointing = [p.key for p in load_passages() if WITHOUT_ANTECEDENT.match(p.text)]
    assert pointing == []


def test_hashes_are_those_of_the_texts():
    assert all(p["sha256"] == freeze_passages.digest(p["text"]) for p in stored())
    assert freeze_passages.digest("") == "e3b0c44298fc1c14"  # of SHA-256, published


def test_the_installed_package_has_the_passages():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["aigc_helpers"]
    package = ROOT / "aigc_helpers"
    assert any(FROZEN.name in {p.name for p in package.glob(one)} for one in patterns)


def test_passages_are_loaded_as_they_are_stored(tmp_path):
    first, one = load_passages()[0], stored()[0]
    assert first == Passage(**{k: v for k, v in one.items() if k != "sha256"})
    assert first.section == f"{one['number']} {one['heading']}"
    damaged = tmp_path / "passages.json"
    for text in ("", "[]", '{"passages": [{"key": "a"}]}'):
        damaged.write_text(text)
        with pytest.raises(ValueError, match="no|not a table"):
            load_passages(damaged)


# ---- is it still the book's text? --------------------------------------------------


def test_every_passage_has_its_cell():
    for passage in load_passages():
        chapter, cell, number = passage.key.split("/")
        assert chapter == passage.chapter and number.isdigit()
        if chapter != "howto":
            assert cell in markdown_cells(chapter), passage.key


def test_the_passages_are_still_the_book_s_words():
    moved = freeze_passages.moved_on(stored())
    told = f"moved on since they were frozen on {frozen_on()}: {', '.join(moved)}"
    if moved:
        warnings.warn(f"{len(moved)} passages have {told}", stacklevel=1)
    remedy = "read `python book/tools/freeze_passages.py --check`, then freeze anew"
    assert len(moved) <= MOST_MOVED * len(stored()), f"{told}\n{remedy}"


def test_a_word_that_changes_in_a_chapter_is_noticed():
    one = stored()[40]
    other = {**one, "text": one["text"].replace("的", "地", 1)}
    elsewhere = {**one, "key": stored()[41]["key"]}
    assert other["text"] != one["text"] and elsewhere["key"] != one["key"]
    assert freeze_passages.moved_on([one]) == []
    assert freeze_passages.moved_on([other, elsewhere]) == [
        other["key"],
        elsewhere["key"],
    ]


def test_words_of_a_passage_stand_in_the_source_as_an_author_wrote_it():
    """Chinese runs of a passage, found without the rules that made it plain."""
    moved = freeze_passages.moved_on(stored())
    for passage in load_passages():
        if passage.chapter == "howto" or passage.key in moved:
            continue
        source = markdown_cells(passage.chapter)[passage.key.split("/")[1]]
        source = source.replace("**", "")
        runs = re.findall(r"[\u4e00-\u9fff，、]{6,}", passage.text)
        missing = [run for run in runs if run not in source]
        # at most where a citation stood between two words
        assert len(missing) <= 2, (passage.key, missing)


# ---- where it is -------------------------------------------------------------------


@cache
def anchors_of(page: str) -> set[str]:
    """Anchors of a source's headings, read without the code that cuts."""
    path = ROOT / page.replace(".html", ".ipynb" if page[0] == "n" else ".md")
    if path.suffix == ".md":
        text = path.read_text("utf-8")
    else:
        text = "\n".join(markdown_cells(path.stem).values())
    titles = re.findall(r"(?m)^##+ (.+)$", text)
    return {anchor_of(re.sub(r"\$[^$]+\$", "", title)) for title in titles}


def test_addresses_lead_to_headings_that_exist():
    for passage in load_passages():
        page, _, anchor = passage.address.partition("#")
        assert anchor in anchors_of(page), passage.key
        assert Path(page).stem == passage.chapter


def test_the_heading_is_the_nearest_above_the_passage_s_cell():
    by_cell = defaultdict(set)
    for passage in load_passages():
        by_cell[passage.chapter, passage.key.split("/")[1]].add(passage)
    for chapter in sorted({c for c, _ in by_cell} - {"howto"}):
        heading = ""
        for cell, source in markdown_cells(chapter).items():
            inside = re.findall(r"(?m)^##+ (.+)$", source)
            possible = {anchor_of(re.sub(r"\$[^$]+\$", "", t)) for t in inside}
            for passage in by_cell[chapter, cell]:
                anchor = passage.address.partition("#")[2]
                assert anchor in possible | {heading}, passage.key
            if inside:
                heading = anchor_of(re.sub(r"\$[^$]+\$", "", inside[-1]))


# ---- how it is cut -----------------------------------------------------------------

CELL = r"""## 3.1 一节 $x$

甲**乙**（[丙 [1990]](#cite-a)说：“丁。”）戊
$\frac{a}{b+1}$。用 `a_b` 己 [[庚, 1](#cite-b)]，
<a id="eq-a"></a>
$$y = 1 \tag{1}$$

见 [4.2 节](x.ipynb#y)。难的 $\int f$。

| 表 |
|---|

<details><summary>答案</summary>

藏着的。

</details>

### 小节

1. 一条（甲。乙）。
2. 又一条。（丙。丁。）
"""


def test_a_cell_is_cut_into_plain_sentences():
    place = cutting._Place("p.html")
    found = list(place.sentences(CELL))
    assert [text for _, _, text in found] == [
        "甲乙（丙 [1990]说：“丁。”）戊 a/(b+1)。",
        "用 a_b 己，",
        "见 4.2 节。",
        "难的 \\int f。",
        "一条（甲。乙）。",
        "又一条。",
        "（丙。丁。）",
    ]
    first, last = found[0][0], found[-1][0]
    assert (first.number, first.words, first.address) == (
        "3.1",
        "一节 x",
        "p.html#一节",
    )
    assert (last.number, last.words, last.address) == ("3.1", "小节", "p.html#小节")


@pytest.mark.parametrize("title", ["参考文献", "练习", "自测", "小结", "学习目标"])
def test_sections_that_tell_nothing_new_are_left_out(title):
    place = cutting._Place("p.html")
    assert list(place.sentences(f"## {title}\n\n一句。")) == []
    assert list(place.sentences("又一句。")) == []
    assert len(list(place.sentences("## 3.2 正文\n\n一句。"))) == 1


def test_a_second_heading_of_the_same_words_is_counted():
    place = cutting._Place("p.html")
    cells = ["## 一样\n\n甲。", "## 一样\n\n乙。"]
    found = [heading.address for c in cells for heading, _, _ in place.sentences(c)]
    assert found == ["p.html#一样", "p.html#一样-1"]


def test_what_the_choice_cannot_mean_is_refused():
    heading = cutting.Heading("1", "甲", "p.html#甲")
    other = cutting.Heading("1", "乙", "p.html#乙")
    long = "一句话" * 20 + "。"
    with pytest.raises(ValueError, match="two headings"):
        freeze_passages.passage("05", "c/1", [(heading, 0, long), (other, 1, long)])
    with pytest.raises(ValueError, match="needs a formula"):
        freeze_passages.passage("05", "c/1", [(heading, 0, long + r"\int")])
    with pytest.raises(ValueError, match="2 characters"):
        freeze_passages.passage("05", "c/1", [(heading, 0, "短。：")])


def test_a_new_freezing_tells_what_it_changes():
    one, two, three = stored()[:3]
    new = [one, {**two, "text": "别的"}, {**three, "address": "x.html#y"}]
    lines = list(freeze_passages.changes(stored()[:4], new))
    assert [line.partition(":")[0] for line in lines] == [
        kind
        for _, kind in sorted(
            zip(
                [two["key"], three["key"], stored()[3]["key"]],
                ["moved on", "elsewhere", "gone"],
                strict=True,
            )
        )
    ]


def test_keys_stay_when_a_passage_is_added():
    """A key is written in the choice: it is no count of what stands before it."""
    chosen = freeze_passages.choice()
    keys = [f"{source}/{key}" for source, part in chosen.items() for key in part]
    assert keys == [p["key"] for p in stored()]
