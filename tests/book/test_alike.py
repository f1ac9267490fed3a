"""The site and the notebooks say the same: names, years, numbers, in the same order."""

import re

import nbformat
import pytest
from aigc_book import plain
from tools.run_notebooks import NOTEBOOKS

ALL = sorted(NOTEBOOKS.glob("*.ipynb"))
CITED = re.compile(f"{plain.CITE_P.pattern}|{plain.CITE_T.pattern}")
LINK = re.compile(r"\[([^][]+(?: \[[^][]+\])?)\]\(#[^)]+\)")


@pytest.fixture(params=ALL, ids=lambda path: path.stem)
def chapter(request, site, pages):
    """The Markdown of a chapter, and the article of its page."""
    notebook = nbformat.read(request.param, as_version=4)
    page = pages[site / "notebooks" / f"{request.param.stem}.html"]
    return "\n\n".join(plain.shown(notebook)), page.select_one("article.bd-article")


def test_citations(chapter):
    text, article = chapter
    written = [LINK.sub(r"\1", match.group()) for match in CITED.finditer(text)]
    found = [node.get_text() for node in article.select(".bibtex-citation")]
    assert written == [re.sub(r"\s", " ", text) for text in found]


def test_there_is_something_to_compare():
    text = "".join(path.read_text("utf-8") for path in ALL)
    assert (
        CITED.search(text)
        and re.search(r"\(\d+\)\]\(#eq-", text)
        and "**图 1**" in text
    )


def test_equations(chapter):
    text, article = chapter
    written = re.findall(r"\[(\(\d+\))\]\(#(eq-[\w-]+)\)", text)
    links = article.select("a[href^='#equation-eq-']:not(.headerlink)")
    found = [(a.get_text(), a["href"].removeprefix("#equation-")) for a in links]
    assert written == found
    numbers = re.findall(r"\\tag\{(\d+)\}", text)
    assert numbers == [str(n) for n in range(1, len(numbers) + 1)]


def test_figures(chapter):
    text, article = chapter
    written = re.findall(r"(?m)^\*\*(图 \d+)\*\* ", text)
    found = article.select("figcaption .caption-number")
    assert written == [node.get_text().strip() for node in found]
