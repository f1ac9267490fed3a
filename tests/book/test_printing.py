"""Paper is white: pages are printed in light colours, from a dark screen too."""

import pytest
from visits import AXE

CONTRAST = """axe.run({
  runOnly: ["color-contrast"], resultTypes: ["violations"], selectors: false
})"""
THEME = "document.documentElement.dataset.theme"
PAGES = ["notebooks/05_gan.html", "notebooks/01_background.html", "book/howto.html"]


@pytest.fixture
def dark_page(open_page):
    """Open a page on a dark screen."""

    def open_(path: str):
        page = open_page(path, color_scheme="dark")
        page.wait_for_function(f"() => {THEME} === 'dark'")
        return page

    return open_


@pytest.mark.parametrize("path", PAGES)
def test_text_and_code_are_read_on_paper(dark_page, path):
    page = dark_page(path)
    page.emulate_media(media="print", color_scheme="dark")
    page.wait_for_function(f"() => {THEME} === 'light'")
    page.evaluate(AXE.read_text("utf-8"))
    for violation in page.evaluate(CONTRAST)["violations"]:
        assert not [node["html"][:200] for node in violation["nodes"]]
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
    page.emulate_media(media="screen", color_scheme="dark")
    page.wait_for_function(f"() => {THEME} === 'dark'")


def test_the_browser_s_printing_finds_light_colours_and_leaves_dark_ones(dark_page):
    page = dark_page("book/howto.html")
    page.evaluate(
        f"""() => {{
          window.themes = [];
          const note = () => themes.push({THEME});
          addEventListener("beforeprint", note);
          addEventListener("afterprint", note);
        }}"""
    )
    page.pdf()
    page.wait_for_function("() => themes.length === 2")
    assert page.evaluate("themes") == ["light", "dark"]
