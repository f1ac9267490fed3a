"""Every chapter offers Colab, download and source; a local build leaves Colab out."""

import json
from pathlib import Path
from types import SimpleNamespace

import nbformat
import publish
import pytest
from aigc_book import launch
from bs4 import BeautifulSoup
from little_book import FORK
from serve import serving
from visits import turn

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
NAMES = ["在 Colab 运行", "下载笔记本", "源文件"]
COLAB = "https://colab.research.google.com/github/someone/book/blob/colab/{}.ipynb"
SOURCE = "https://github.com/someone/book/blob/" + FORK.commit + "/{}"
CELLS = [nbformat.v4.new_markdown_cell("# 章\n\n[书](../index.md)", id="text")]
LITTLE_BOOK = {
    "ch/a.ipynb": nbformat.writes(nbformat.v4.new_notebook(cells=CELLS)),
}


def test_a_chapter_of_a_publication_has_three_links():
    found = launch.links("notebooks/05_gan.ipynb", "served.ipynb", FORK)
    assert [link["text"] for link in found] == NAMES
    colab, download, source = found
    assert colab["url"] == COLAB.format("notebooks/05_gan")
    assert (download["url"], download["download"]) == ("served.ipynb", "05_gan.ipynb")
    assert source["url"] == SOURCE.format("notebooks/05_gan.ipynb")


def test_a_local_build_links_to_nothing_outside():
    found = launch.links("notebooks/05_gan.ipynb", "served.ipynb")
    assert [link["text"] for link in found] == NAMES[1:]
    assert {link["url"] for link in found} == {"served.ipynb"}
    [source] = launch.links("book/howto.md", "served.md")
    assert source["url"] == "served.md" and "download" not in source


# A small book, built by Sphinx, as a publication and not


def launch_links(page: BeautifulSoup) -> dict[str, str]:
    """Address of each launch link by its text."""
    return {a.get_text(strip=True): a["href"] for a in page.select(".book-launch a")}


def first_cell(notebook: Path) -> str:
    return json.loads(notebook.read_text("utf-8"))["cells"][0]["id"]


def test_the_published_book(published):
    assert launch_links(published.page("ch/a")) == {
        NAMES[0]: COLAB.format("ch/a"),
        NAMES[1]: "../_sources/ch/a.ipynb",
        NAMES[2]: SOURCE.format("ch/a.ipynb"),
    }
    assert launch_links(published.page("index")) == {
        NAMES[2]: SOURCE.format("index.md")
    }
    assert launch_links(published.page("search")) == {}
    # What is downloaded brings its set-up cell, so it runs on any Jupyter.
    served = published.html / "_sources" / "ch" / "a.ipynb"
    assert first_cell(served) == publish.SETUP_ID


def test_a_copy_gets_one_set_up_cell_however_often_the_book_is_built(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("AIGC_REPOSITORY", FORK.repository)
    monkeypatch.setenv("AIGC_REF", FORK.commit)
    for folder in ("source", "html/_sources"):
        (tmp_path / folder / "ch").mkdir(parents=True)
        (tmp_path / folder / "ch" / "a.ipynb").write_text(LITTLE_BOOK["ch/a.ipynb"])
    html = SimpleNamespace(format="html")
    app = SimpleNamespace(
        builder=html, srcdir=tmp_path / "source", outdir=tmp_path / "html"
    )
    for _ in range(2):
        launch.serve_copies(app, None)
    copy = json.loads((tmp_path / "html/_sources/ch/a.ipynb").read_text("utf-8"))
    assert [cell["id"] for cell in copy["cells"]] == [publish.SETUP_ID, "text"]


def test_the_local_book(book):
    served = "../_sources/ch/a.ipynb"
    assert launch_links(book.page("ch/a")) == {NAMES[1]: served, NAMES[2]: served}
    assert first_cell(book.html / "_sources" / "ch" / "a.ipynb") == "text"
    for page in book.html.rglob("*.html"):
        assert "colab" not in page.read_text("utf-8").lower(), page.name


@pytest.fixture(scope="module")
def address(published):
    """Where the publication is served."""
    with serving(published.html) as address:
        yield address


@pytest.fixture
def chapter(browser, address):
    """The publication's chapter in a browser."""
    page = browser.new_page(viewport={"width": 1280, "height": 700})
    page.goto(f"{address}/ch/a.html", wait_until="networkidle")
    yield page
    page.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_links_are_large_enough_and_reached_by_keyboard(chapter, width):
    chapter.set_viewport_size({"width": width, "height": 700})
    for name in NAMES:
        box = chapter.get_by_role("link", name=name, exact=True).bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        assert min(box["width"], box["height"]) >= 24  # WCAG 2.2, target size
    chapter.keyboard.press("Tab")
    for _ in range(30):
        if chapter.evaluate("document.activeElement.matches('.book-launch a')"):
            break
        chapter.keyboard.press("Tab")
    reached = []
    for _ in NAMES:
        reached.append(chapter.evaluate("document.activeElement.textContent.trim()"))
        style = "getComputedStyle(document.activeElement).outlineStyle"
        assert chapter.evaluate(style) == "solid"
        chapter.keyboard.press("Tab")
    assert reached == NAMES


def test_the_links_are_read_aloud_on_any_screen(chapter):
    chapter.evaluate(AXE.read_text("utf-8"))
    for width in (360, 1280):
        chapter.set_viewport_size({"width": width, "height": 700})
        for scheme in ("light", "dark"):
            turn(chapter, scheme)
            violations = chapter.evaluate("axe.run('.book-launch')")["violations"]
            assert [rule["id"] for rule in violations] == [], (width, scheme)


def test_the_links_lie_in_one_row_with_the_other_buttons(chapter):
    chapter.set_viewport_size({"width": 360, "height": 700})
    items = chapter.locator(".header-article-items__end").locator("a, button")
    boxes = [box for item in items.all() if (box := item.bounding_box())]
    middles = [box["y"] + box["height"] / 2 for box in boxes]
    assert max(middles) - min(middles) < 8


# The book itself


def test_every_chapter_is_downloaded_from_the_site(site, pages):
    chapters = sorted((ROOT / "notebooks").glob("*.ipynb"))
    shown = [(path, site / "notebooks" / f"{path.stem}.html") for path in chapters]
    shown = [(chapter, page) for chapter, page in shown if page in pages]
    assert shown
    for chapter, page in shown:
        links = launch_links(pages[page])
        assert set(NAMES[1:]) <= set(links)
        served = (page.parent / links[NAMES[1]]).resolve()
        cells = json.loads(served.read_text("utf-8"))["cells"]
        stored = json.loads(chapter.read_text("utf-8"))["cells"]
        assert len(cells) - len(stored) in (0, 1)  # with or without the set-up cell
