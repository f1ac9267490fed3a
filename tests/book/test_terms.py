"""Links to terms and their cards: in a small book of their own, then in a browser."""

import json
import re
from pathlib import Path

import nbformat
import pytest
from aigc_book import finding, terms
from nbformat.v4 import new_markdown_cell, new_notebook
from serve import serving

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
GLOSSARY = "---\nauto_terms: false\n---\n# 术语\n\n" + "\n\n".join(
    f"## {name}\n\n```{{terms}} {name}\n```" for name in terms.load()
)
PAGE = """# 生成器

生成对抗网络有生成器、判别器。又见生成器，ELBO，ELBOW。

## 判别器 [](a.md)

判别器、判别器，**生成器**（generator），`隐变量`，[梯度](a.md)，特征值。

![隐变量](a.png)

```python
损失 = 1
```

### 小节

判别器，批，{term}`批`，{term}`GAN`。

| 动量 |
|---|
| 学习率 |
"""
LONG = "# 长\n\n" + "字。\n\n" * 60 + f"{'字' * 200}判别器，生成器\n\n[甲](a.md)"
CELLS = [new_markdown_cell("# 记\n\n判别器")]
QUIET = {"auto_terms": False}
LITTLE_BOOK = {
    "glossary.md": GLOSSARY,
    "a.md": "# 甲",
    "page.md": PAGE,
    "math.md": "# 式\n\n$判别器$\n\n$$判别器$$",
    "quiet.md": "---\nauto_terms: false\n---\n# 静\n\n判别器，{term}`判别器`",
    "loud.ipynb": nbformat.writes(new_notebook(cells=CELLS)),
    "still.ipynb": nbformat.writes(new_notebook(cells=CELLS, metadata=QUIET)),
    "long.md": LONG,
    "no-group.md": "# 页\n\n```{terms} 没有\n```",
}


def linked(part) -> list[str]:
    """The words that are linked to the glossary."""
    return [a.get_text() for a in part.select("a.term")]


def test_the_first_of_each_section_is_linked_and_the_longest_word_wins(book):
    page = book.page("page")
    parts = page.select("section section")
    assert [part.h2 is not None for part in parts] == [True, False]
    inside = linked(parts[0])
    assert linked(page)[:4] == ["生成对抗网络", "生成器", "判别器", "ELBO"]
    assert inside == ["判别器", "生成器", "批", "GAN", "学习率"]


def test_headings_code_formulas_links_and_table_heads_stay_as_they_are(book):
    page = book.page("page")
    assert not page.select(":is(h1, h2, h3, code, pre, th) a.term, a a")
    assert linked(book.page("math")) == []
    assert page.select_one("article img")["alt"] == "隐变量"


def test_a_link_leads_to_the_definition_and_names_its_card(book):
    link = book.page("page").select_one("a.term[href$=discriminator]")
    assert link["href"] == "glossary.html#term-discriminator"
    assert (
        "判别器 discriminator"
        in book.page("glossary").select_one("dt#term-discriminator").get_text()
    )
    cards = book.page("page").select(f"#{link['aria-describedby']}")
    assert len(cards) == 1 and cards[0]["role"] == "tooltip"
    assert "说出它有多大可能是真的" in cards[0].get_text()


def test_every_link_of_every_page_has_its_card_and_every_card_a_link(book):
    for path in book.html.glob("*.html"):
        page = book.page(path.stem)
        named = {a["aria-describedby"] for a in page.select("a.term")}
        assert named == {card["id"] for card in page.select(".term-card")}


def test_pages_and_notebooks_can_switch_links_off(book):
    assert linked(book.page("quiet")) == ["判别器"]  # the role, not the text
    assert linked(book.page("loud")) == ["判别器"]
    assert linked(book.page("still")) == []
    assert linked(book.page("glossary")) == []


def test_cards_are_not_searched(book):
    assert "信息的单位" not in (book.html / "page.html").read_text("utf-8")
    card = book.page("page").select_one(".term-cards .term-card").get_text().strip()
    index = json.loads((book.static / finding.INDEX).read_text("utf-8"))
    [entry] = [entry for entry in index if entry["url"].startswith("page.")]
    text = "".join(section["text"] for section in entry["sections"])
    assert "判别器" in text and card and card not in text and terms.HINT not in text


def test_pages_and_glossary_are_built_without_a_complaint(book):
    for name in LITTLE_BOOK.keys() - {"no-group.md"}:
        assert book.complaints(name) == ""


def test_another_build_gives_the_same_links_and_cards(book, published):
    pages = [built.page("page") for built in (book, published)]
    one, other = (page.select("a.term, .term-card") for page in pages)
    assert one and list(map(str, one)) == list(map(str, other))


def test_an_unknown_group_is_an_error_that_names_the_groups(book):
    said = book.complaints("no-group.md")
    assert re.search("no group '没有'.*概率与信息", said) and book.status == 1


def test_latin_words_are_whole_words():
    pattern = terms.matcher(["KL 散度", "KL", "GAN"])
    assert pattern.findall("KL 散度，KL，KLM，GANSpace，WGAN，一个GAN的") == [
        "KL 散度",
        "KL",
        "GAN",
    ]


# In a browser


@pytest.fixture(scope="module")
def server(book):
    """Address of the small book, in place of the whole one."""
    with serving(book.html) as address:
        yield address


def shown(page) -> list[str]:
    """Ids of the cards that are to be seen."""
    return page.evaluate(
        "[...document.querySelectorAll('.term-card:popover-open')].map(c => c.id)"
    )


def wait_for(page, *cards: str) -> None:
    """Wait until just these cards are shown."""
    page.wait_for_function(
        "ids => String([...document.querySelectorAll('.term-card:popover-open')]"
        ".map(c => c.id)) === String(ids)",
        arg=list(cards),
    )


CARD = "card-discriminator"
TERM = "a.term[href$=discriminator]"


def test_the_pointer_shows_a_card_and_may_rest_on_it(open_page):
    page = open_page("page.html")
    page.locator(TERM).first.hover()
    wait_for(page, CARD)
    page.locator(f"#{CARD}").hover()
    page.wait_for_timeout(400)
    assert shown(page) == [CARD]
    page.mouse.move(0, 0)
    wait_for(page)


def test_escape_closes_a_card_under_the_pointer(open_page):
    page = open_page("page.html")
    page.locator(TERM).first.hover()
    wait_for(page, CARD)
    page.keyboard.press("Escape")
    wait_for(page)
    page.wait_for_timeout(400)
    assert shown(page) == []


def test_the_keyboard_shows_one_card_after_the_other(open_page):
    page = open_page("long.html")
    page.locator(TERM).focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    wait_for(page, CARD)
    page.keyboard.press("Tab")
    wait_for(page, "card-generator")
    page.mouse.move(5, 5)
    page.wait_for_timeout(400)
    assert shown(page) == ["card-generator"], "focus keeps its card"
    page.keyboard.press("Escape")
    wait_for(page)
    page.keyboard.press("Shift+Tab")
    wait_for(page, CARD)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    wait_for(page)


def test_a_click_and_the_enter_key_follow_the_link(open_page):
    for way in ("click", "press"):
        page = open_page("page.html")
        term = page.locator(TERM).first
        term.click() if way == "click" else term.press("Enter")
        page.wait_for_url("**/glossary.html#term-discriminator")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_first_tap_shows_a_card_inside_the_screen(open_page, scheme):
    size = {"width": 360, "height": 640}
    page = open_page("long.html", viewport=size, has_touch=True, color_scheme=scheme)
    page.locator(TERM).scroll_into_view_if_needed()
    page.locator(TERM).tap()
    wait_for(page, CARD)
    box = page.locator(f"#{CARD}").bounding_box()
    assert 0 <= box["x"] and box["x"] + box["width"] <= size["width"]
    assert 0 <= box["y"] and box["y"] + box["height"] <= size["height"]
    page.locator("a.term[href$=generator]").tap()
    wait_for(page, "card-generator")
    page.touchscreen.tap(5, 5)
    wait_for(page)
    page.locator(TERM).tap()
    wait_for(page, CARD)
    page.locator(TERM).tap()
    page.wait_for_url("**/glossary.html#term-discriminator")


def test_a_tap_elsewhere_closes_a_card_where_taps_give_no_focus(open_page):
    page = open_page("page.html", has_touch=True)
    page.evaluate("addEventListener('mousedown', event => event.preventDefault())")
    page.locator(TERM).first.tap()
    wait_for(page, CARD)
    page.locator("article h1").tap()
    wait_for(page)


def test_a_card_follows_its_term_when_the_page_scrolls(open_page):
    page = open_page("long.html", viewport={"width": 800, "height": 500})
    page.locator(TERM).focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    wait_for(page, CARD)
    gap = (
        f"document.querySelector('#{CARD}').getBoundingClientRect().bottom"
        f" - document.querySelector('{TERM}').getClientRects()[0].top"
    )
    before = page.evaluate(gap)
    page.evaluate("scrollBy(0, -60)")
    page.wait_for_timeout(100)
    assert shown(page) == [CARD]
    assert page.evaluate(gap) == pytest.approx(before, abs=1)


def test_without_scripts_a_term_is_a_link_and_no_card_shows(open_page):
    page = open_page("page.html", java_script_enabled=False)
    assert page.locator(f"#{CARD}").is_hidden()
    page.locator(TERM).first.click()
    page.wait_for_url("**/glossary.html#term-discriminator")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_term_with_its_card_open_is_accessible(open_page, scheme):
    page = open_page("page.html", color_scheme=scheme)
    page.locator(TERM).first.hover()
    wait_for(page, CARD)
    page.evaluate(AXE.read_text("utf-8"))
    result = page.evaluate("axe.run('a.term, .term-card')")
    assert [rule["id"] for rule in result["violations"]] == []
