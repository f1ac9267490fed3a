"""Anchors of headings: made from their words, and used wherever a heading is linked."""

import json
import re
from urllib.parse import unquote

import pytest
from aigc_book import finding
from aigc_book.anchors import anchor_of

LITTLE_BOOK = {
    "anchors.md": """# 05 锚

见[下面](#学习率-上与下)、[书名](labelled)和{ref}`labelled`。

## 5.1 学习率：上与下

### 乘积 $x^2$ 与 `detach`

## KL 散度

见[上面](#kl-散度)。

(labelled)=
## 5.2 有名字的一节

### 很深

#### 更深
""",
    "linking.md": "# 连\n\n[一节](anchors.md#学习率-上与下)、[二节](#labelled)",
    "drawn.md": """# 画

```{figure} a.png
:alt: 一点

同一组点，三个时刻。
```

```{figure} a.png
:alt: 一点
:name: labelled-figure

同一组点，再来。
```

```{table} 五个种子：平均

| 甲 |
|---|
| 乙 |
```
""",
    "twice.md": "# 重\n\n## 一样\n\n## 一样\n\n## softmax\n",
}
COUNTED = re.compile(r"id\d+")


def test_an_anchor_has_the_words_of_a_heading_without_its_number():
    assert anchor_of("5.6 模式崩溃：让它发生，再治好它") == "模式崩溃-让它发生-再治好它"
    assert anchor_of("05 项目实践：变分自编码器（VAE）") == "项目实践-变分自编码器-VAE"
    assert anchor_of("1.7 时间线：1950 年至今") == "时间线-1950-年至今"
    assert anchor_of("9 月") != ""


def test_a_new_section_changes_no_other_anchor():
    before = ["5.1 环境", "5.2 网络"]
    after = ["5.1 起因", "5.2 环境", "5.3 网络"]
    assert set(map(anchor_of, before)) < set(map(anchor_of, after))


def test_sections_have_their_anchors_and_labels_stay(book):
    page = book.page("anchors")
    found = [section["id"] for section in page.select("section[id]")]
    assert found[:3] == ["锚", "学习率-上与下", "乘积-与-detach"]
    assert "有名字的一节" in found and {"很深", "更深"} < {*found}
    assert page.find(id="labelled") is not None
    assert book.complaints("anchors.md") == ""


def test_links_of_the_text_lead_to_them(book):
    page = book.page("anchors")
    linked = book.page("linking").select("article p a.reference")
    linked += page.select("article p a.reference")
    anchors = [unquote(a["href"]).partition("#")[2] for a in linked]
    assert anchors[0] == anchors[2] == "学习率-上与下" and len(anchors) == 6
    assert anchors[-1] == "KL-散度"
    assert all(page.find(id=name) is not None for name in anchors)
    assert book.complaints("linking.md") == ""


def test_headings_of_the_same_words_get_anchors_of_their_own(book):
    found = [section["id"] for section in book.page("twice").select("section[id]")]
    assert found == ["重", "一样", "一样-1", "softmax"]


def test_a_figure_and_a_table_have_the_first_words_of_their_captions(book):
    page = book.page("drawn")
    figures = [figure["id"] for figure in page.select("figure[id]")]
    assert figures == ["同一组点", "labelled-figure"]
    assert page.select_one("table[id]")["id"] == "五个种子"
    assert book.complaints("drawn.md") == ""


@pytest.fixture(scope="module")
def index(static) -> list[dict]:
    """Pages of the search index."""
    return json.loads((static / finding.INDEX).read_text("utf-8"))


def test_no_anchor_of_the_site_that_is_shown_is_counted(pages):
    for path, page in pages.items():
        found = [s["id"] for s in page.select("article section[id]")]
        links = page.select(
            "#book-contents a, article a.headerlink, article a.internal"
        )
        found += [a["href"].partition("#")[2] for a in links if not is_citation(a)]
        assert not [name for name in found if COUNTED.fullmatch(name)], path.name


def is_citation(link) -> bool:
    """A link between a citation and its entry, whose names bibtex counts."""
    return "references.html" in link["href"] or link.find_parent(class_="citation")


def test_search_leads_to_anchors_that_are_there(site, pages, index):
    assert index
    for entry in index:
        page = pages[site / entry["url"]]
        for section in entry["sections"]:
            assert not COUNTED.fullmatch(section["id"])
            assert page.find("section", id=section["id"]), (entry["url"], section["id"])


def test_the_contents_of_a_page_lead_to_all_of_its_sections(site, pages):
    for path in (site / "notebooks").glob("*.html"):
        page = pages[path]
        inner = [s["id"] for s in page.select("article section section[id]")]
        listed = [a["href"].lstrip("#") for a in page.select("#book-contents a")]
        assert listed == inner, path.name
