"""Input methods: keys and letters of a composition are the method's, not the page's."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ASSETS = ROOT / "book" / "assets"
EXPLORERS = ROOT / "aigc_helpers" / "explorers"
LISTEN = """() => {
  window.said = [];
  const status = document.querySelector("#pst-search-dialog .book-search-status");
  new MutationObserver(() => said.push(status.textContent))
    .observe(status, { childList: true, characterData: true, subtree: true });
}"""
SEND_KEY = """([key, isComposing]) => document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", {
    key, isComposing, keyCode: 229, bubbles: true, cancelable: true
  }))"""
LONG = 2000  # ms, after which a search would have begun


@pytest.fixture
def field(browser, server):
    """A page with its search open, its clock in our hands, and an input method."""
    page = browser.new_page()
    page.clock.install()
    page.goto(f"{server}/book/howto.html")
    page.keyboard.press("Control+k")
    page.evaluate(LISTEN)
    page.method = page.context.new_cdp_session(page)
    yield page
    page.close()


def compose(page, letters: str) -> None:
    """What an input method shows before a candidate is chosen."""
    place = {"selectionStart": len(letters), "selectionEnd": len(letters)}
    page.method.send("Input.imeSetComposition", {"text": letters, **place})


def test_half_composed_letters_are_neither_searched_nor_announced(field):
    for letters in ("p", "pan", "pan'bie'qi"):
        compose(field, letters)
        field.clock.run_for(LONG)
    assert field.evaluate("said") == []
    field.method.send("Input.insertText", {"text": "判别器"})
    field.clock.run_for(LONG)
    field.wait_for_function("() => said.length > 0")
    assert "“判别器”" in field.evaluate("said[0]")


@pytest.mark.parametrize("composing", [True, False])  # False: Safari, whose code tells
@pytest.mark.parametrize("key", ["ArrowDown", "ArrowUp"])
def test_arrows_that_choose_a_candidate_stay_in_the_field(field, key, composing):
    field.keyboard.type("判别器")
    field.clock.run_for(LONG)
    field.locator("#pst-search-dialog .book-search-page").first.wait_for()
    compose(field, "wang'luo")
    assert field.evaluate(SEND_KEY, [key, composing]) is True  # not taken
    assert field.evaluate("document.activeElement.type") == "search"


def test_a_term_s_card_stays_when_a_method_takes_escape(open_page):
    page = open_page("notebooks/05_gan.html")
    page.keyboard.press("Tab")  # what comes next is shown as by the keyboard
    page.locator("a.term").first.focus()
    page.locator(".term-card:popover-open").wait_for()
    page.evaluate(SEND_KEY, ["Escape", False])
    assert page.locator(".term-card:popover-open").count() == 1
    page.keyboard.press("Escape")
    assert page.locator(".term-card:popover-open").count() == 0


def test_every_key_handler_asks_the_one_guard():
    scripts = {path: path.read_text("utf-8") for path in ASSETS.glob("*.js")}
    handlers = {path for path, text in scripts.items() if "keydown" in text}
    asking = {path for path, text in scripts.items() if "composing(event)" in text}
    assert handlers and handlers <= asking
    scripts |= {path: path.read_text("utf-8") for path in EXPLORERS.rglob("*.js")}
    defined = [p for p, text in scripts.items() if re.search(r"keyCode|\b229\b", text)]
    assert defined == [EXPLORERS / "front" / "keys.js"]


def test_every_explorer_stands_behind_the_guard():
    guarded = re.compile(r"keepKeys\(this\.el\)|extends (Explorer|Decoder)View ")
    kinds = [p for p in EXPLORERS.glob("*/*.js") if p.stem == p.parent.name]
    views = [EXPLORERS / "front" / name for name in ("view.js", "decoder.js")]
    assert len(kinds) > 6
    for path in [*kinds, *views]:
        assert guarded.search(path.read_text("utf-8")), path
