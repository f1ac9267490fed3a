"""Visits of pages in a browser: whatever tests ask about a page is noted in two visits.

The first, on a wide and light screen and with nothing stored, tells what is downloaded;
then the screen turns dark. The second begins on a dark phone, which then turns light.
"""

import gzip
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Violations alone are told in full; places are described by their HTML alone.
RUN_AXE = """rules => axe.run({
  runOnly: rules, resultTypes: ["violations"], selectors: false
})"""
LOOK = """async () => {
  await document.fonts.ready;
  const count = (selector) => document.querySelectorAll(selector).length;
  return {
    wide: document.documentElement.scrollWidth,
    theme: document.documentElement.dataset.theme,
    formulas: count(".math"),
    set: count(".math mjx-container"),
    unread: count("mjx-merror"),
    font: document.fonts.check("16px MJXTEX"),
  };
}"""
# The theme follows soon, or never, of which a test will tell; then transitions begin.
SETTLE = """async (scheme) => {
  const frame = () => new Promise(requestAnimationFrame);
  const end = performance.now() + 5000;
  const turned = () => document.documentElement.dataset.theme === scheme;
  while (!turned() && performance.now() < end) await frame();
  await frame();
  const fading = document.getAnimations().filter((a) => a instanceof CSSTransition);
  await Promise.allSettled(fading.map((transition) => transition.finished));
}"""
WIDTHS = {"desk": 1280, "phone": 360}


@dataclass
class Visit:
    """What was met on one page."""

    sizes: dict[str, int] = field(default_factory=dict)  # bytes, gzip, by address
    looks: dict[tuple[str, str], dict] = field(default_factory=dict)  # screen, scheme
    violations: dict[str, list[str]] = field(default_factory=dict)  # of axe, by scheme
    problems: list[str] = field(default_factory=list)


def visit_all(browser, server: str, paths: list[str]) -> dict[str, Visit]:
    """Visit pages of a site."""
    visitor = Visitor(browser, server)
    return {path: visitor.visit(path) for path in paths}


class Visitor:
    """Visits pages of one site in one browser."""

    def __init__(self, browser, server: str):
        self.browser, self.server = browser, server

    def visit(self, path: str) -> Visit:
        """Both visits of a page."""
        visit = Visit()
        self._at_the_desk(path, visit)
        self._on_the_phone(path, visit)
        return visit

    def _at_the_desk(self, path: str, visit: Visit) -> None:
        page = self._open(path, "desk", "light", visit)
        answers = []
        page.on("response", lambda answer: answers.append(answer))
        page.goto(f"{self.server}/{path}", wait_until="networkidle")
        page.wait_for_timeout(200)
        for answer in answers:
            if answer.status == 200:
                visit.sizes[answer.url] = packed(answer.body())
        page.evaluate(AXE.read_text("utf-8"))
        for scheme in ("light", "dark"):
            turn(page, scheme)
            visit.looks["desk", scheme] = page.evaluate(LOOK)
            found = page.evaluate(RUN_AXE, RULES)["violations"]
            visit.violations[scheme] = [line(violation) for violation in found]
        page.context.close()

    def _on_the_phone(self, path: str, visit: Visit) -> None:
        page = self._open(path, "phone", "dark", visit)
        page.goto(f"{self.server}/{path}", wait_until="networkidle")
        for scheme in ("dark", "light"):
            turn(page, scheme)
            visit.looks["phone", scheme] = page.evaluate(LOOK)
        page.context.close()

    def _open(self, path: str, screen: str, scheme: str, visit: Visit):
        """An empty page that notes outside requests, errors and missing files."""
        size = {"width": WIDTHS[screen], "height": 800}
        page = self.browser.new_context(viewport=size, color_scheme=scheme).new_page()
        note = visit.problems.append

        def note_outside(request) -> None:  # which the page's policy refuses besides
            if not request.url.startswith((f"{self.server}/", "data:", "blob:")):
                note(f"outside request: {request.url}")

        page.on("request", note_outside)
        page.on("console", lambda m: m.type == "error" and note(m.text))
        page.on("pageerror", lambda error: note(f"uncaught: {error}"))
        page.on("response", lambda r: r.status >= 400 and note(f"{r.status}: {r.url}"))
        return page


def turn(page, scheme: str) -> None:
    """Make the screen light or dark, and wait until all colours have faded over."""
    page.emulate_media(color_scheme=scheme)
    page.evaluate(SETTLE, scheme)


@cache
def packed(content: bytes) -> int:
    """Bytes that travel: what is compressed already does not become smaller."""
    return min(len(content), len(gzip.compress(content, 6)))


def line(violation) -> str:
    """Name of a violated rule, its last place and their number."""
    nodes = violation["nodes"]
    return f"{violation['id']}: {nodes[-1]['html'][:200]} ({len(nodes)} places)"
