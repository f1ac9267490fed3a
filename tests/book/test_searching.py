"""The search: Chinese words, parts of words, mixed queries, in the theme's field."""

import json
import re
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

import nbformat
import pytest
from aigc_book import finding
from aigc_book.chapters import NOTEBOOKS
from budgets import held
from visits import packed

LINES = Path(__file__).with_name("queries.txt").read_text("utf-8").splitlines()
QUERIES = [tuple(line.split("\t")) for line in LINES if line and line[0] != "#"] + [
    (query, f"notebooks/{path.stem}")
    for path in sorted(NOTEBOOKS.glob("*.ipynb"))
    for query in nbformat.read(path, as_version=4).metadata.aigc.queries
]
RESULTS = ".book-search-page"
DIALOG = "#pst-search-dialog"
VALUE = re.compile(r"(?<![\d.])\d+\.\d\d(?![\d.%])")


@pytest.fixture(scope="module")
def results(browser, server):
    """Find addresses of the first three results of a query, without their ends."""
    page = browser.new_page()
    page.goto(f"{server}/search.html")

    def search(query: str) -> list[str]:
        page.get_by_role("searchbox").last.fill("")
        page.get_by_role("searchbox").last.fill(query)
        page.wait_for_function(
            "query => [...document.querySelectorAll('.book-search-status')].at(-1)"
            ".textContent.includes(query)",
            arg=f"“{query}”",
        )
        links = page.locator(f".bd-search-container {RESULTS}").all()[:3]
        found = [link.evaluate("link => link.pathname") for link in links]
        return [address.strip("/").removesuffix(".html") for address in found]

    yield search
    page.close()


@pytest.mark.parametrize(("query", "page"), QUERIES)
def test_a_query_finds_its_page_among_the_first_three(results, query, page):
    assert page in results(query)


def test_a_value_that_one_page_shows_finds_it(results, static):
    index = json.loads((static / finding.INDEX).read_text("utf-8"))
    texts = {e["url"]: "\n".join(s["text"] for s in e["sections"]) for e in index}
    values = {url: set(VALUE.findall(text)) for url, text in texts.items()}
    times = Counter(value for found in values.values() for value in found)
    alone = {
        url: min(value for value in found if times[value] == 1)
        for url, found in values.items()
        if url.startswith("notebooks/") and any(times[value] == 1 for value in found)
    }
    assert len(alone) > 3
    for url, value in alone.items():
        assert f"{results(value)[0]}.html" == url, value


@pytest.mark.parametrize(
    ("query", "marked", "anchor"),
    [
        ("KL散度", "KL 散度", ""),
        ("ＧＡＮ", "GAN", ""),
        ("练习5.1", "练习 5.1", ""),
        ("5.6节", "5.6 节", "两种失败"),
        ("「判别器」", "判别器", "判别器"),
        ("softPLUS", "softplus", ""),
    ],
)
def test_results_mark_what_was_meant_and_lead_to_the_section(
    open_page, query, marked, anchor
):
    page = open_page(f"search.html?{urlencode({'q': query})}")
    page.locator(".book-search-section").first.wait_for()
    assert marked in page.locator(".book-search-excerpt mark").all_inner_texts()
    page.locator(".book-search-section[href*='#']").first.click()
    page.wait_for_url("**/*.html#*")
    heading = page.evaluate(
        "document.getElementById(decodeURIComponent(location.hash.slice(1))).id"
    )
    assert heading.startswith(anchor)


def test_the_page_of_a_result_is_told_what_was_looked_for(open_page):
    page = open_page("search.html?q=判别器")
    page.evaluate("addEventListener('click', (event) => event.preventDefault())")
    page.locator(RESULTS).first.click()
    assert page.evaluate("sessionStorage.getItem('aigc-found')") == "判别器"


@pytest.mark.parametrize("modifiers", [["Control"], ["Meta"], None])
def test_only_a_result_that_opens_here_is_remembered(open_page, modifiers):
    page = open_page("search.html?q=判别器")
    page.evaluate("addEventListener('click', (event) => event.preventDefault())")
    page.locator(RESULTS).first.wait_for()
    if modifiers:
        page.locator(RESULTS).first.click(modifiers=modifiers)
    else:
        page.locator(".book-search-list > li").first.dispatch_event("click")
    assert page.evaluate("sessionStorage.getItem('aigc-found')") is None


def test_pages_that_have_parts_of_the_query_alone_are_named_so(open_page):
    page = open_page(f"search.html?{urlencode({'q': '模式坍塌'})}")
    page.get_by_text("没有找到“模式坍塌”，只找到部分字相同的页").wait_for()
    assert page.locator(RESULTS).count() > 0


def test_nonsense_finds_nothing_and_says_so(open_page):
    page = open_page("search.html?q=飬飬飬")
    page.get_by_text("没有找到“飬飬飬”").wait_for()
    assert page.locator(RESULTS).count() == 0


def test_the_shortcut_opens_the_field_and_arrows_lead_to_a_section(open_page):
    page = open_page("book/howto.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("判别器")
    page.locator(f"{DIALOG} .book-search-section").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/notebooks/05_gan.html#*")


def test_enter_leads_to_the_page_of_all_results(open_page):
    page = open_page("notebooks/05_gan.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("模式崩溃")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=*")
    page.locator(f".bd-search-container {RESULTS}").first.wait_for()


def test_what_is_found_is_marked_and_never_read_as_markup(open_page):
    page = open_page("search.html?q=softplus")
    page.locator(".book-search-excerpt mark").first.wait_for()
    page.goto(f"{open_page.server}/search.html?q=<img src=x onerror=alert(1)>")
    page.locator(".book-search-status:not(:empty)").first.wait_for()
    assert page.locator(".book-search img").count() == 0


def test_a_missing_index_is_reported_and_leaves_the_page_whole(open_page):
    page = open_page()
    page.route("**/search/pages.json", lambda route: route.fulfill(status=404))
    page.goto(f"{open_page.server}/search.html?q=判别器")
    page.get_by_text("搜索索引没有加载成功").wait_for()
    open_page.problems.clear()


@pytest.mark.parametrize("width", [360, 1280])
def test_results_fit_the_screen(open_page, width):
    page = open_page("book/howto.html", viewport={"width": width, "height": 740})
    page.keyboard.press("Control+k")
    page.keyboard.type("生成对抗网络")
    page.locator(f"{DIALOG} {RESULTS}").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.locator(f"{DIALOG} .book-search").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width


def test_what_was_typed_before_the_script_came_is_searched(browser, server):
    page = browser.new_page()
    late = []
    page.route("**/search.js*", lambda route: late.append(route))
    page.goto(f"{server}/book/howto.html", wait_until="commit")
    page.locator("#pst-search-dialog input").evaluate("field => field.value = '判别器'")
    page.wait_for_function("() => document.readyState !== 'loading'")
    late[0].continue_()
    page.locator(f"{DIALOG} .book-search-page").first.wait_for(state="attached")
    page.close()


def test_the_index_is_light(static):
    size = packed((static / finding.INDEX).read_bytes()) / 1000
    assert 0 < size <= held("page.search_kb")


def test_nothing_is_loaded_before_somebody_searches(open_page):
    page = open_page("book/howto.html")
    page.wait_for_timeout(500)
    names = page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    assert not [name for name in names if "/search/" in name]
