"""Every chapter offers Colab, download and source; a local build leaves Colab out."""

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import publish
import pytest
from aigc_book import launch
from bs4 import BeautifulSoup
from serve import serving

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
FORK = publish.Publication("someone/book", "0123456789abcdef0123456789abcdef01234567")
NAMES = ["在 Colab 运行", "下载笔记本", "源文件"]
COLAB = "https://colab.research.google.com/github/someone/book/blob/colab/{}.ipynb"
SOURCE = "https://github.com/someone/book/blob/" + FORK.commit + "/{}"
CONFIG = f"""
import sys
sys.path.insert(0, {str(ROOT / "book" / "extensions")!r})
extensions = ["myst_nb", "launch"]
language, html_theme, nb_execution_mode = "zh_CN", "sphinx_book_theme", "off"
nb_ipywidgets_js = {{}}
templates_path, html_static_path = [{str(ROOT / "book" / "templates")!r}], ["static"]
html_css_files = ["book.css"]
html_theme_options = dict(
    use_download_button=False,
    article_header_end=["launch.html", "article-header-buttons.html"],
)
"""


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


# A book of one chapter, built by Sphinx, as a publication and not


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """Build the small book; returns the folder of its HTML."""

    def run(**environment) -> Path:
        folder = tmp_path_factory.mktemp("book")
        (folder / "conf.py").write_text(CONFIG, "utf-8")
        (folder / "static").mkdir()
        css = (ROOT / "book" / "assets" / "book.css").read_bytes()
        (folder / "static" / "book.css").write_bytes(css)
        (folder / "index.md").write_text("# 书\n\n```{toctree}\nch/a\n```\n", "utf-8")
        cells = [nbformat.v4.new_markdown_cell("# 章\n\n[书](../index.md)", id="text")]
        notebook = nbformat.v4.new_notebook(cells=cells)
        (folder / "ch").mkdir()
        nbformat.write(notebook, folder / "ch" / "a.ipynb")
        sphinx = [sys.executable, "-m", "sphinx", "-q", "-b", "html", ".", "html"]
        with pytest.MonkeyPatch.context() as patch:
            for name in ("AIGC_REPOSITORY", "AIGC_REF"):
                patch.setenv(name, environment.get(name, ""))
            subprocess.run(sphinx, cwd=folder, check=True)
        return folder / "html"

    return run


@pytest.fixture(scope="module")
def local(build):
    return build()


@pytest.fixture(scope="module")
def published(build):
    return build(AIGC_REPOSITORY=FORK.repository, AIGC_REF=FORK.commit)


def launch_links(page: Path) -> dict[str, str]:
    """Address of each launch link by its text."""
    soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    return {a.get_text(strip=True): a["href"] for a in soup.select(".book-launch a")}


def first_cell(notebook: Path) -> str:
    return json.loads(notebook.read_text("utf-8"))["cells"][0]["id"]


def test_the_published_book(published):
    assert launch_links(published / "ch" / "a.html") == {
        NAMES[0]: COLAB.format("ch/a"),
        NAMES[1]: "../_sources/ch/a.ipynb",
        NAMES[2]: SOURCE.format("ch/a.ipynb"),
    }
    assert launch_links(published / "index.html") == {
        NAMES[2]: SOURCE.format("index.md")
    }
    assert launch_links(published / "search.html") == {}
    # What is downloaded brings its set-up cell, so it runs on any Jupyter.
    assert first_cell(published / "_sources" / "ch" / "a.ipynb") == publish.SETUP_ID


def test_the_local_book(local):
    served = "../_sources/ch/a.ipynb"
    assert launch_links(local / "ch" / "a.html") == {NAMES[1]: served, NAMES[2]: served}
    assert first_cell(local / "_sources" / "ch" / "a.ipynb") == "text"
    for page in local.rglob("*.html"):
        assert "colab" not in page.read_text("utf-8").lower(), page.name


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_links_are_reached_by_keyboard_and_read_aloud(
    browser, published, width, scheme
):
    with serving(published) as address:
        size = {"width": width, "height": 700}
        page = browser.new_page(viewport=size, color_scheme=scheme)
        page.goto(f"{address}/ch/a.html", wait_until="networkidle")
        for name in NAMES:
            link = page.get_by_role("link", name=name, exact=True)
            box = link.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= width
            assert min(box["width"], box["height"]) >= 24  # WCAG 2.2, target size
        page.keyboard.press("Tab")
        for _ in range(30):
            if page.evaluate("document.activeElement.matches('.book-launch a')"):
                break
            page.keyboard.press("Tab")
        reached = []
        for _ in NAMES:
            reached.append(page.evaluate("document.activeElement.textContent.trim()"))
            style = "getComputedStyle(document.activeElement).outlineStyle"
            assert page.evaluate(style) == "solid"
            page.keyboard.press("Tab")
        assert reached == NAMES
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("axe.run('.book-launch')")["violations"]
        assert [violation["id"] for violation in found] == []
        page.close()


def test_the_links_lie_in_one_row_with_the_other_buttons(browser, published):
    with serving(published) as address:
        page = browser.new_page(viewport={"width": 360, "height": 700})
        page.goto(f"{address}/ch/a.html", wait_until="networkidle")
        items = page.locator(".header-article-items__end").locator("a, button")
        boxes = [box for item in items.all() if (box := item.bounding_box())]
        middles = [box["y"] + box["height"] / 2 for box in boxes]
        assert max(middles) - min(middles) < 8
        page.close()


# The book itself


def test_every_chapter_is_downloaded_from_the_site(site):
    chapters = sorted((ROOT / "notebooks").glob("*.ipynb"))
    pages = [site / "notebooks" / f"{path.stem}.html" for path in chapters]
    shown = [(a, b) for a, b in zip(chapters, pages, strict=True) if b.is_file()]
    assert shown
    for chapter, page in shown:
        links = launch_links(page)
        assert set(NAMES[1:]) <= set(links)
        served = (page.parent / links[NAMES[1]]).resolve()
        cells = json.loads(served.read_text("utf-8"))["cells"]
        stored = json.loads(chapter.read_text("utf-8"))["cells"]
        assert len(cells) - len(stored) in (0, 1)  # with or without the set-up cell
