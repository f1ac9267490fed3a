"""Keep what Sphinx wrote, so that a second build can finish the pages anew.

Sphinx writes again only the pages that changed, and pages are finished in place: one
that Sphinx left alone has been finished before, so it is taken as Sphinx wrote it.
"""

from pathlib import Path

MARK = "Content-Security-Policy"  # which lean.py gives to every page
HEAD = 1000  # characters, which hold it


def as_written(out: Path, kept: Path) -> dict[Path, str]:
    """The HTML of every page as Sphinx wrote it, now or in an earlier build.

    Parameters
    ----------
    out : Path
        Folder of the site.
    kept : Path
        Folder in which copies of the pages wait for the next build.
    """
    pages = {}
    for page in sorted(out.rglob("*.html")):
        if "_static" in page.parts:
            continue  # a template of the theme
        copy = kept / page.relative_to(out)
        if is_finished(page):
            pages[page] = copy.read_text("utf-8")
            continue
        pages[page] = page.read_text("utf-8")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(pages[page], "utf-8")
    return pages


def is_finished(page: Path) -> bool:
    """Whether a page has been finished since Sphinx wrote it."""
    with page.open(encoding="utf-8") as file:
        return MARK in file.read(HEAD)
