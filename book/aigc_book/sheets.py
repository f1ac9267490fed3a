"""Each page's style of explorers: that of the kinds which it shows, in one file.

All kinds together are twice and three times what a page needs, and every new kind would
weigh on all pages. Pages that show the same kinds share a file.
"""

import re
from pathlib import Path

from aigc_helpers.explorers import kinds
from aigc_helpers.explorers.modules import STYLE, style_text

FOLDER = Path("explorers", "styles")  # below _static
LINK = re.compile(
    rf'\s*<link[^>]*href="([^"]*/)explorers/{re.escape(STYLE)}[^"]*"[^>]*>'
)
KIND = re.compile(r'data-explorer="([a-z]+)"')


def link_own(page: str, static: Path) -> str:
    """A page with the link to its own sheet, written below ``static``, if it has one.

    The page's link to the sheet of all kinds says where.
    """
    used = sorted(set(KIND.findall(page)) & set(kinds.names()))
    if not used:
        return LINK.sub("", page)
    path = FOLDER / f"{'-'.join(used)}.css"
    target = static / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(style_text(used), "utf-8")
    tag = rf'\n    <link rel="stylesheet" type="text/css" href="\1{path.as_posix()}">'
    return LINK.sub(tag, page)
