"""What a page says of itself to search engines, and where somebody shares it.

The description is the page's own first sentences. Addresses of a shared page and its
picture must be absolute, so they are written where the site's address is known:
``html_baseurl``, which a publication sets.
"""

import html
import re
from urllib.parse import urljoin

from docutils import nodes

LENGTH = 150
PICTURE = "_static/share.png"  # 1200 x 630
LOCALE = "zh_CN"
SEARCH = "在整本书里搜索：术语、英文、代码里的名字都可以。"


def description(doctree: nodes.document) -> str:
    """The first sentences of a page, at most LENGTH characters."""
    words = []
    for paragraph in doctree.findall(nodes.paragraph):
        text = " ".join(paragraph.astext().split())
        if not isinstance(paragraph.parent, nodes.entry | nodes.caption):
            words.append(text)
        if len("".join(words)) >= LENGTH:
            break
    text = re.sub(r"\s+", " ", "".join(words))
    return text if len(text) <= LENGTH else text[: LENGTH - 1] + "…"


def describe_page(app, pagename, templatename, context, doctree) -> None:
    """Add the description and Open Graph data to a page's head."""
    if doctree is None and pagename != "search":
        return
    about = description(doctree) if doctree else SEARCH
    title = html.unescape(re.sub("<[^>]+>", "", context.get("title", "")))
    facts = {
        "og:title": title,
        "og:description": about,
        "og:type": "article",
        "og:locale": LOCALE,
        "og:site_name": app.config.html_title or app.config.project,
    }
    if base := app.config.html_baseurl:
        facts["og:url"] = urljoin(base, f"{pagename}.html")
        facts["og:image"] = urljoin(base, PICTURE)
    tags = [meta("name", "description", facts["og:description"])]
    tags += [meta("property", name, value) for name, value in facts.items()]
    context["metatags"] = context.get("metatags", "") + "\n".join(tags) + "\n"


def meta(key: str, name: str, value: str) -> str:
    """One element of a page's head."""
    return f'<meta {key}="{name}" content="{html.escape(value)}" />'


def setup(app):
    """Listen to every page that is written."""
    app.connect("html-page-context", describe_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
