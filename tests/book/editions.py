"""Another edition of a built site, as the next publication may bring it."""

import re
from pathlib import Path

from aigc_book import finding, versions

NEW_WORD = "第二次发布"  # which the search of the next edition finds, in howto
PAGE = """<article class="bd-article"><section id="a"><h1>新</h1><p>{}</p></section>
</article>"""


def revise(site: Path) -> None:
    """Change a site in place: modules that do not fit the old ones, another index."""
    static = site / "_static"
    old = versions.folder(site).name
    versions.put_back(static)
    kinds = 0
    for module in static.glob("explorers/**/*.js"):
        text = module.read_text("utf-8")
        text, found = re.subn(r"\bExplorerView\b", "RevisedView", text)
        module.write_text(text, "utf-8")
        kinds += found > 0
    assert kinds > 2, "the class that all explorers share has another name"
    text = finding.searchable(PAGE.format(NEW_WORD).encode()).decode()
    finding.index_site({"book/howto.html": text}, site)
    new = versions.move(static)
    for page in [*site.glob("*.html"), *site.glob("*/*.html")]:
        page.write_text(page.read_text("utf-8").replace(old, new), "utf-8")
