"""A tab that is handed on remembers nothing of the page before."""

import pytest
from tabs import Tabs

STORE = """() => {
  localStorage.setItem("a", "1");
  sessionStorage.setItem("a", "1");
  document.cookie = "a=1";
}"""
STORED = "() => localStorage.length + sessionStorage.length + document.cookie.length"


@pytest.fixture
def tabs(browser):
    """Tabs of their own, so that no other test has used them."""
    tabs = Tabs(browser)
    yield tabs
    for tab in tabs.idle:
        tab.context.close()


@pytest.fixture
def visit(tabs, server):
    """Take a tab, use it and give it back; the value is what ``use`` returns."""

    def visit(use, **options):
        tab = tabs.take(server, options)
        tab.page.goto(f"{server}/empty.html")
        result = use(tab)
        tabs.give_back(tab, usable=True)
        return result

    return visit


def test_the_next_page_finds_nothing_stored_and_no_second_tab(visit, tabs):
    def use(tab):
        assert tab.page.evaluate(STORED) == 0
        tab.page.evaluate(STORE)
        tab.page.route("**/*", lambda route: route.abort())
        tab.context.new_page()
        return tab

    first, second = visit(use), visit(use)
    assert first is second and len(first.context.pages) == 1


def test_other_options_are_another_tab(visit):
    assert visit(lambda tab: tab) is not visit(lambda tab: tab, has_touch=True)


@pytest.mark.parametrize(
    "change",
    [
        lambda tab: tab.page.add_init_script("window.a = 1"),
        lambda tab: tab.page.on("dialog", lambda dialog: None),
        lambda tab: tab.page.set_viewport_size({"width": 300, "height": 300}),
        lambda tab: tab.context.set_offline(True),
        lambda tab: tab.page.close(),
    ],
)
def test_what_lasts_closes_the_tab(visit, tabs, change):
    visit(change)
    assert tabs.idle == []


def test_an_outside_request_leads_nowhere_and_is_told(visit):
    def use(tab):
        fetch = "fetch('http://example.org/a').then(() => 'came', () => 'failed')"
        return tab.page.evaluate(fetch), list(tab.problems)

    outcome, problems = visit(use)
    assert outcome == "failed"
    assert "outside request: http://example.org/a" in problems


def test_no_more_tabs_wait_than_are_worth_their_memory(visit, tabs):
    for width in range(300, 309):
        visit(lambda tab: tab, viewport={"width": width, "height": 300})
    assert len(tabs.idle) == 6
