"""The pages in a browser: no error, no sideways scroll, formulas, search, contrast."""

from pathlib import Path

import pytest

NAMES = ("index", "howto", "glossary", "notation", "references")
PAGES = tuple(f"book/{name}.html" for name in NAMES)
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def all_pages(site):
    """Addresses of every page with text."""
    chapters = sorted(p.name for p in (site / "notebooks").glob("*.html"))
    return [*PAGES, *(f"notebooks/{name}" for name in chapters)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_pages_fit_and_load_without_a_problem(open_page, all_pages, width, scheme):
    size = {"width": width, "height": 800}
    page = open_page(viewport=size, color_scheme=scheme)
    for path in all_pages:
        page.goto(f"{open_page.server}/{path}", wait_until="networkidle")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} px wide on a screen of {width} px"
        assert page.evaluate("document.documentElement.dataset.theme") == scheme


def test_the_root_leads_to_the_first_page(open_page):
    page = open_page("index.html")
    page.wait_for_url("**/book/index.html")


def test_formulas_are_set_and_their_fonts_are_there(open_page, all_pages):
    for path in all_pages:
        page = open_page(path)
        formulas = page.locator(".math").count()
        assert page.locator(".math mjx-container").count() >= formulas, path
        assert page.locator("mjx-merror").count() == 0, path
        if formulas:
            ready = (
                "document.fonts.ready.then(() => document.fonts.check('16px MJXTEX'))"
            )
            assert page.evaluate(ready), path


def test_the_contents_open_on_a_phone(open_page):
    page = open_page("book/howto.html", viewport={"width": 360, "height": 740})
    page.locator("button.primary-toggle").first.click()
    page.get_by_role("link", name="参考文献").first.click()
    page.wait_for_url("**/book/references.html")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible(open_page, all_pages, scheme):
    page = open_page(color_scheme=scheme)
    found = []
    for path in all_pages:
        page.goto(f"{open_page.server}/{path}", wait_until="networkidle")
        page.evaluate(AXE.read_text("utf-8"))
        result = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
        found += [f"{path}: {line(violation)}" for violation in result["violations"]]
    assert not found, "\n".join(found)


def line(violation) -> str:
    """Name of a violated rule, its last place and their number."""
    nodes = violation["nodes"]
    return f"{violation['id']}: {nodes[-1]['html'][:200]} ({len(nodes)} places)"
