"""A small book for tests of the Sphinx extension, of pages that the tests name.

A module of tests that wants pages in it has a dictionary ``LITTLE_BOOK``: text by path
in the book, or a function that makes the text. One build serves the whole session.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aigc_book import versions
from bs4 import BeautifulSoup
from PIL import Image
from publish import Publication

BOOK = Path(__file__).parents[2] / "book"
FRONT = BOOK.parent / "aigc_helpers" / "explorers" / "front"
# Whose publication the small book can be.
FORK = Publication("someone/book", "0123456789abcdef0123456789abcdef01234567")
CONF = """
import sys

import jieba

jieba.setLogLevel(30)  # Sphinx cuts Chinese words by it; it talks on the error stream
sys.path.insert(0, {book!r})
project, language, html_theme, nitpicky = "小书", "zh_CN", "sphinx_book_theme", True
extensions = ["sphinx_togglebutton", "myst_nb", *{extensions!r}]
exclude_patterns = ["notebooks"]
nb_execution_mode, nb_ipywidgets_js = "off", {{}}
myst_enable_extensions = ["colon_fence", "dollarmath"]
templates_path = [{book!r} + "/templates"]
html_static_path = [{book!r} + "/assets", "static"]
html_favicon = {book!r} + "/assets/favicon.svg"
html_css_files = ["book.css", "terms.css"]
html_js_files = [(f"{{name}}.js", {{"type": "module"}}) for name in ("terms", "page")]
html_context = {{"default_mode": "auto"}}
html_theme_options = dict(
    use_download_button=False,
    article_header_end=["launch.html", "article-header-buttons.html"],
)
"""


@dataclass(frozen=True)
class LittleBook:
    """A built book: its HTML, and what the build complained of."""

    html: Path
    status: int
    log: str

    @property
    def static(self) -> Path:
        """Where what its pages fetch lies."""
        return versions.folder(self.html)

    def page(self, name: str) -> BeautifulSoup:
        """A page, parsed."""
        return BeautifulSoup(
            (self.html / f"{name}.html").read_text("utf-8"), "html.parser"
        )

    def complaints(self, name: str) -> str:
        """Warnings and errors of the source file of that name, with its ending."""
        blocks = re.split(r"(?m)^(?=\S+: (?:WARNING|ERROR))", self.log)
        return "".join(b for b in blocks if re.match(rf"\S+/{re.escape(name)}:", b))


def write(source: Path, pages: dict[str, str | Callable[[], str]]) -> None:
    """The sources of a book of these pages, under one table of contents."""
    for name, text in pages.items():
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text if isinstance(text, str) else text(), "utf-8")
    names = [name.rpartition(".")[0] for name in pages if "notebooks/" not in name]
    tree = "\n".join(sorted(names))
    (source / "index.md").write_text(f"# 书\n\n```{{toctree}}\n{tree}\n```\n", "utf-8")
    Image.new("L", (1, 1)).save(source / "a.png")


def build(
    folder: Path, pages: dict, *, extensions=("aigc_book",), **environment: str
) -> LittleBook:
    """Build a book; ``environment`` says whose publication it is, if any's."""
    source, html = folder / "source", folder / "html"
    source.mkdir(parents=True)
    write(source, pages)
    conf = CONF.format(book=str(BOOK), extensions=list(extensions))
    (source / "conf.py").write_text(conf, "utf-8")
    shutil.copytree(FRONT, source / "static" / "explorers" / "front")
    run = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", source, html],
        env={**os.environ, "AIGC_REPOSITORY": "", "AIGC_REF": "", **environment},
        capture_output=True,
        text=True,
    )
    return LittleBook(html, run.returncode, run.stderr)
