"""Formulas are set when the site is built: no script of a page has to.

Sphinx's own renderer writes TeX for MathJax to find. Here MathJax runs once, in Node,
on all formulas of the site, and the pages carry its HTML with MathML for screen
readers. They need one style sheet and, where there are formulas, fonts, of which the
site has the characters that it uses.
"""

import html
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from sphinx.ext import mathjax
from sphinx.util import logging

from aigc_book.node import MODULES, run_node

MATHJAX = MODULES / "mathjax"
ORIGINALS = MATHJAX / "es5" / "output" / "chtml" / "fonts" / "woff-v2"
FONTS = "vendor/mathjax"  # below _static
STYLE = "formulas.css"
USED = re.compile(r'content: "([^"]*)"')  # the characters that MathJax's style shows
CODE = re.compile(r"\\([0-9A-Fa-f]+) ?|(.)", re.DOTALL)
# \(...\) in a span and \[...\] in a div, as sphinx.ext.mathjax writes them
ELEMENT = re.compile(
    r'<(span|div) class="math notranslate nohighlight"[^>]*>.*?</\1>', re.DOTALL
)
TEX = re.compile(r"\\\((.*?)\\\)|\\\[(.*?)\\\]", re.DOTALL)

logger = logging.getLogger(__name__)


class Formulas:
    """HTML of each formula of the site, and the style that all of them need."""

    def __init__(self, sources: set[tuple[str, bool]]):
        order = sorted(sources)
        made = run_mathjax([{"tex": tex, "display": d} for tex, d in order])
        self.html = dict(zip(order, made["html"], strict=True))
        self.css = made["css"]

    def insert(self, match: re.Match) -> str:
        """The element with HTML in the place of its TeX."""
        return TEX.sub(lambda found: self.html[source(found)], match[0])

    def set_in(self, page: str) -> str:
        """The page with all its formulas set."""
        return ELEMENT.sub(self.insert, page)


def run_mathjax(formulas: list[dict]) -> dict:
    """Set formulas by MathJax in Node: {"html": [...], "css": ...}.

    Raises
    ------
    RuntimeError
        If Node or MathJax is missing, or fails.
    """
    return run_node("typeset.js", "mathjax", formulas, FONTS)


def source(found: re.Match) -> tuple[str, bool]:
    """TeX of a formula, and whether it is displayed on its own lines."""
    inline, display = found.groups()
    return html.unescape(inline if display is None else display), display is not None


def sources_of(page: str) -> set[tuple[str, bool]]:
    """All formulas of a page's HTML."""
    elements = (match[0] for match in ELEMENT.finditer(page))
    return {source(found) for element in elements for found in TEX.finditer(element)}


def formulas_of(pages: Iterable[str]) -> Formulas:
    """All formulas of the pages, set; a warning of each that cannot be read."""
    formulas = Formulas(set().union(*map(sources_of, pages)))
    for (tex, display), made in formulas.html.items():
        if isinstance(made, dict):
            logger.warning("formula %r: %s", tex, made["error"])
            formulas.html[tex, display] = html.escape(tex)
    return formulas


def write_style(css: str, static: Path) -> None:
    """The style sheet, and of its fonts the characters that it shows."""
    (static / STYLE).write_text(css, "utf-8")
    folder = static / FONTS
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(MATHJAX / "LICENSE", folder / "LICENSE")
    codes = characters(css)
    for name in sorted(set(re.findall(r"MathJax_[\w-]+\.woff", css))):
        cut_font(ORIGINALS / name, folder / name, codes)


def cut_font(source: Path, target: Path, codes: set[int]) -> None:
    """Write of a font the characters with these codes, as WOFF."""
    options = subset.Options(flavor="woff", notdef_outline=True)
    options.drop_tables += ["FFTM"]  # its editor's notes
    font = subset.load_font(source, options)
    if not codes & font.getBestCmap().keys():  # MathJax_Zero, which holds a space
        shutil.copyfile(source, target)
        return
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=codes)
    cutter.subset(font)
    subset.save_font(font, target, options)


def characters(css: str) -> set[int]:
    """Code points in the ``content`` of a style sheet, escaped or plain."""
    return {
        int(code, 16) if code else ord(character)
        for content in USED.findall(css)
        for code, character in CODE.findall(content)
    }


def setup(app):
    """Take the place of sphinx.ext.mathjax, which would add its script."""
    app.add_html_math_renderer(
        "built",
        (mathjax.html_visit_math, None),
        (mathjax.html_visit_displaymath, None),
    )
    app.config.html_math_renderer = "built"
    app.add_css_file(STYLE)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
