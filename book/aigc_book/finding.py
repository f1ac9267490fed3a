"""Index the finished pages for Pagefind, whose index the page loads piece by piece.

Sphinx's own search misses most Chinese text, and Pagefind cuts the index and a query
into words by two dictionaries that differ. Here every Chinese character is a word, in
both, and search.js asks for the characters in their order: any part of a word is found.
Pagefind gets each page's article alone, and the anchors of sections on their headings,
so that a result can lead to the section.
"""

import asyncio
import re
import shutil
from pathlib import Path

from bs4 import BeautifulSoup
from pagefind.index import IndexConfig, PagefindIndex

FOLDER = "_static/pagefind"
KEPT = ("pagefind.js", "pagefind-entry.json")  # and its data
HAN, WIDE = "\u3400-\u9fff", "\u3000-\u303f\uff00-\uffef“”‘’…—"  # WIDE: punctuation
CHARACTERS = re.compile(
    rf"(?<=[{HAN}])(?=[{HAN}])|(?<=[{WIDE}])(?=\w)|(?<=\w)(?=[{WIDE}])"
)
UNSEARCHED = "script, style, .headerlink, mjx-container, .aigc-explorer, .copybtn"
PAGE = (
    '<html lang="zh-CN"><head><title>{title}</title></head><body>{body}</body></html>'
)


def index_site(articles: dict[str, str], out: Path) -> None:
    """Write the index below ``_static/pagefind``; articles are HTML by address."""
    shutil.rmtree(out / FOLDER, ignore_errors=True)  # its files are called by content
    asyncio.run(write_index(articles, out / FOLDER))
    for path in (out / FOLDER).glob("pagefind-*"):
        if path.name not in KEPT:
            path.unlink()  # its ready-made user interfaces, which are not used


async def write_index(articles: dict[str, str], folder: Path) -> None:
    """Index articles, HTML by address, in Chinese."""
    config = IndexConfig(force_language="zh", output_path=str(folder))
    async with PagefindIndex(config=config) as index:
        for address, text in articles.items():
            await index.add_html_file(content=text, url=address)


def searchable(page: bytes) -> bytes:
    """The article of a page as small HTML, or nothing if it has none."""
    soup = BeautifulSoup(page.decode(), "html.parser")
    article = soup.select_one("article.bd-article")
    if article is None or article.h1 is None:
        return b""
    for node in article.select(UNSEARCHED):
        node.decompose()
    for text in article.find_all(string=True):
        text.replace_with(apart(text))
    for section in article.select("section[id]"):
        heading = section.find(["h1", "h2", "h3", "h4"], recursive=False)
        if heading is not None:
            heading["id"] = section["id"]
            del section["id"]
    title = apart(article.h1.get_text(strip=True))
    return PAGE.format(title=title, body=article).encode()


def apart(text: str) -> str:
    """Chinese characters, and words between punctuation, with spaces between them."""
    return CHARACTERS.sub(" ", text)
