"""What an explorer says when a part of it does not come: the cause, and what helps."""

import pytest

REPLACED = "这个网页已经更新，请刷新。"
UNREACHABLE = "请检查网络连接，然后刷新页面。"
TOO_OLD = "请换一个新版的浏览器。"
ANSWERS = {
    REPLACED: lambda route: route.fulfill(status=404),
    UNREACHABLE: lambda route: route.abort(),
}


@pytest.mark.parametrize("words", ANSWERS)
def test_a_network_that_is_gone_or_out_of_reach(explorer, open_page, words):
    shown = explorer()
    shown.page.route("**/_static/**", ANSWERS[words])
    shown.sliders.nth(0).fill("3")
    shown.box.locator(".aigc-failed").get_by_text(words).wait_for()
    open_page.problems.clear()


@pytest.mark.parametrize("words", ANSWERS)
def test_a_module_that_is_gone_or_out_of_reach(open_page, server, words):
    page = open_page()
    page.route("**/latent.js", ANSWERS[words])

    def look_again(route):
        ANSWERS[words](route) if route.request.method == "HEAD" else route.continue_()

    page.route("**/host.js", look_again)
    page.goto(f"{server}/index.html")
    page.locator(".aigc-explorer-note").get_by_text(words).wait_for()
    assert page.locator(".aigc-explorer-poster").is_visible()
    open_page.problems.clear()


def test_a_browser_that_cannot_run_a_network(open_page, server):
    page = open_page()
    page.add_init_script("delete globalThis.DecompressionStream")
    page.goto(f"{server}/index.html")
    page.locator(".aigc-row input").first.fill("3")
    page.locator(".aigc-failed").get_by_text(TOO_OLD).wait_for()
