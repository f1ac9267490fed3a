"""The search index: the text of each page, section by section, as a reader sees it.

Chinese has no spaces between words, so the index has no words: search.js looks for what
somebody typed in the text itself. The whole index is one file, fetched when somebody
searches.
"""

import json
import re
from pathlib import Path

from bs4 import BeautifulSoup, NavigableString, Tag

INDEX = Path("search", "pages.json")  # below _static
UNSEARCHED = (
    "script, style, .headerlink, mjx-container, .aigc-explorer, .copybtn, .term-cards"
)
HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
# What ends a line of text; a phrase is looked for within one.
BLOCKS = [
    *HEADINGS,
    *("p", "li", "dt", "dd", "td", "th", "tr", "pre", "div", "figcaption", "caption"),
    *("summary", "label", "legend", "blockquote", "br"),
]


def index_site(pages: dict[str, str], out: Path) -> None:
    """Write the index below ``_static``; pages: what `searchable` made, by address."""
    entries = [{"url": address, **json.loads(text)} for address, text in pages.items()]
    file = out / "_static" / INDEX
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(entries, ensure_ascii=False), "utf-8")


def searchable(page: bytes) -> bytes:
    """Title and sections of a page as JSON, or nothing if it has no article."""
    soup = BeautifulSoup(page.decode(), "html.parser")
    article = soup.select_one("article.bd-article")
    if article is None or not article.select("section[id] > h1"):
        return b""
    for node in article.select(UNSEARCHED):
        node.decompose()
    sections = [entry(section) for section in article.select("section[id]")]
    found = {"title": sections[0]["title"], "sections": sections}
    return json.dumps(found, ensure_ascii=False).encode()


def entry(section: Tag) -> dict[str, str]:
    """One section: anchor, heading, and its text without that of sections inside."""
    heading = section.find(HEADINGS, recursive=False)
    within = [
        child for child in section.children if child is not heading and not inner(child)
    ]
    return {
        "id": section["id"],
        "title": lines([heading]) if heading else "",
        "text": lines(within),
    }


def inner(node: NavigableString | Tag) -> bool:
    """Whether a node is a section of its own."""
    return isinstance(node, Tag) and node.name == "section"


def lines(nodes: list[NavigableString | Tag]) -> str:
    """The text of nodes: a line for each block, single spaces within."""
    text = "".join(piece for node in nodes for piece in pieces(node))
    found = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in found if line)


def pieces(node: NavigableString | Tag) -> list[str]:
    """The strings in a node; a new line at the ends of blocks alone."""
    if not isinstance(node, Tag):
        return [re.sub(r"\s", " ", node)] if type(node) is NavigableString else []
    found = [piece for child in node.children for piece in pieces(child)]
    return ["\n", *found, "\n"] if node.name in BLOCKS else found
