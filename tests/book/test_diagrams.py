"""Diagrams: what is drawn, what is refused, and what stops the build."""

import re

import pytest
from aigc_book import diagrams, node
from bs4 import BeautifulSoup
from visits import turn

GOOD = """flowchart TD
  %% 一句注释
  accTitle: 两个盒子
  a["甲<br>一"]
  b["<乙>"]
  a -->|"到"| b
  b -.-> a
  click a "#here"
"""
ARTICLE = "graph TD\n    A[人工智能] --> B[生成式AI(AIGC)]\n    B --> C[深度学习]"


def drawn(source):
    (made,) = diagrams.draw([source])
    return made


def test_nodes_arrows_labels_and_links_are_drawn():
    made = drawn(GOOD)
    soup = BeautifulSoup(made["svg"], "html.parser")
    assert soup.svg["aria-label"] == "两个盒子" and made["targets"] == ["#here"]
    texts = [node.get_text(" ", strip=True) for node in soup.select(".diagram-node")]
    assert texts == ["甲 一", "<乙>"]
    assert [a["href"] for a in soup.select("a")] == ["#here"]
    assert soup.select_one("a .diagram-node text").get_text() == "甲 一"
    assert len(soup.select(".diagram-edge")) == len(soup.select(".diagram-head")) == 2
    assert len(soup.select(".diagram-dashed")) == 1
    assert [t.get_text() for t in soup.select(".diagram-label")] == ["到"]


def test_boxes_lie_in_the_picture_and_apart_and_arrows_end_at_them():
    soup = BeautifulSoup(drawn(GOOD)["svg"], "html.parser")
    width, height = (float(soup.svg[key]) for key in ("width", "height"))
    boxes = [[float(r[k]) for k in ("x", "y", "width", "height")] for r in soup("rect")]
    for x, y, w, h in boxes:
        assert 0 <= x and x + w <= width and 0 <= y and y + h <= height
    (_, y1, _, h1), (x2, y2, w2, _) = boxes
    assert y1 + h1 < y2
    way = re.findall(r"[\d.]+", soup.select_one(".diagram-edge")["d"])
    end_x, end_y = map(float, way[-2:])
    assert abs(end_y - y2) < 0.2 and x2 <= end_x <= x2 + w2


def test_a_drawing_has_no_script_style_or_address():
    assert not re.search(r"<script|<style|http|@import|\bon\w+=", drawn(GOOD)["svg"])


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (ARTICLE, r"line 2 .*not understood; a label stands in quotes"),
        (GOOD.replace('"甲<br>一"', "甲(一)"), r"line 4 .*a label stands in quotes"),
        (GOOD.replace("flowchart TD", "flowchart"), "line 1 .*must be: flowchart TD"),
        (GOOD.replace("b -.-> a", "b -.-> c"), "line 7 .*no node c is declared"),
        (GOOD.replace("click a", "click c"), "line 8 .*no node c is declared"),
        (GOOD.replace('b["<乙>"]', 'a["乙"]'), "line 5 .*a is declared twice"),
        (GOOD.replace('"#here"', '"javascript:alert(1)"'), "line 8 .*not understood"),
        (GOOD.replace("accTitle: 两个盒子", ""), "no line accTitle"),
        ("flowchart TD\naccTitle: 空", "the diagram has no nodes"),
        ("", "the diagram has no nodes"),
    ],
)
def test_what_is_not_understood_is_an_error(source, words):
    assert re.search(words, drawn(source)["error"])


PAGE = '# 一页\n\n<a id="here"></a>\n\n## 这里\n\n```mermaid\n{source}```\n'
LITTLE_BOOK = {
    "diagram.md": PAGE.format(source=GOOD),
    "diagram-article.md": PAGE.format(source=ARTICLE + "\n"),
    "diagram-nowhere.md": PAGE.format(source=GOOD.replace("#here", "#there")),
}


def test_a_fence_becomes_a_drawing_with_a_link_that_leads_somewhere(book):
    assert book.complaints("diagram.md") == ""
    page = book.page("diagram")
    assert page.select_one("figure.book-diagram svg.diagram a[href='#here']")
    assert page.find(id="here") and "flowchart" not in page.get_text()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("diagram-article.md", "a label stands in quotes"),
        ("diagram-nowhere.md", "diagram: no #there on the page"),
    ],
)
def test_a_broken_diagram_stops_the_build(book, name, words):
    assert words in book.complaints(name) and book.status == 1


def test_missing_node_modules_are_named(monkeypatch, tmp_path):
    monkeypatch.setattr(node, "MODULES", tmp_path)
    with pytest.raises(RuntimeError, match="run `make book`"):
        diagrams.draw([GOOD])


PHONE = {"viewport": {"width": 360, "height": 740}}
PAGE_OF_THE_MAP = "notebooks/02_concepts.html"
CONTRAST = "axe.run('.book-diagram').then(found => found.violations.map(v => v.id))"


def test_the_concept_map_is_readable_on_a_phone(open_page):
    page = open_page(PAGE_OF_THE_MAP, **PHONE)
    box = page.locator("svg.diagram").bounding_box()
    assert 0 <= box["x"] and box["x"] + box["width"] <= 360
    scale = box["width"] / float(page.locator("svg.diagram").get_attribute("width"))
    sizes = page.locator("svg.diagram text").evaluate_all(
        "texts => texts.map(text => parseFloat(getComputedStyle(text).fontSize))"
    )
    assert sizes and min(sizes) * scale >= 11.5
    page.evaluate((node.MODULES / "axe-core" / "axe.min.js").read_text("utf-8"))
    for scheme in ("light", "dark"):
        turn(page, scheme)
        assert page.evaluate(CONTRAST) == [], scheme


def test_the_boxes_of_the_map_lead_to_the_sections_of_their_names(open_page):
    page = open_page(PAGE_OF_THE_MAP, **PHONE)
    links = page.locator("svg.diagram a")
    assert links.count() == 7
    for link in links.all():
        link.click()
        anchor = link.get_attribute("href").removeprefix("#")
        assert page.url.endswith(f"#{anchor}")
        target = page.locator(f"xpath=//*[@id='{anchor}']/following::h2[1]")
        assert link.text_content().split()[0] in target.text_content()


def test_the_list_below_the_map_says_the_same(site, pages):
    svg = pages[site / PAGE_OF_THE_MAP].select_one("svg.diagram")
    listed = svg.find_next("ul")
    mapped = {a["href"] for a in svg.select("a")}
    assert mapped == {a["href"] for a in listed.select("a[href^='#']")}
    for label in svg.select(".diagram-label"):
        assert label.get_text() in listed.get_text()
