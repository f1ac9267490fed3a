"""What becomes of the pages once Sphinx has written them: here, and in this order.

Each page is read once, goes through the functions of ``steps``, and is written once.
What the whole site needs stands around that in ``finish``: the formulas of all pages
before, style sheets, search index and the version of all that is fetched after.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from aigc_book import (
    finding,
    formula_modules,
    lean,
    leftovers,
    pristine,
    repairs,
    sheets,
    styles,
    typeset,
    versions,
)
from aigc_book.memory import Memory
from aigc_helpers.explorers import saved


@dataclass(frozen=True)
class Site:
    """What finishing a page asks of the site: folder, formulas, earlier results."""

    out: Path
    formulas: typeset.Formulas
    memory: Memory


def steps(path: Path, site: Site) -> list[Callable[[str], str]]:
    """What is done to the page at ``path``: functions from HTML to HTML."""
    root = "../" * (len(path.relative_to(site.out).parts) - 1)
    pack = partial(site.memory.recall, lean.smallest)
    return [
        saved.on_page,
        site.formulas.set_in,
        repairs.translate,
        repairs.clarify,
        partial(lean.unpack_pictures, out=site.out, root=root, pack=pack),
        partial(lean.wait_for_pictures, folder=path.parent),
        partial(lean.lighten, out=site.out, root=root),
        partial(sheets.link_own, static=site.out / "_static"),
    ]


def finish(app, exception) -> None:
    """Finish the site that Sphinx has written."""
    if exception or app.builder.format != "html":
        return
    out, kept = Path(app.outdir), Path(app.doctreedir)
    static = out / "_static"
    versions.put_back(static)
    pages = pristine.as_written(out, kept / "pristine")

    site = Site(out, typeset.formulas_of(pages.values()), Memory(kept / "memory"))
    typeset.write_style(site.formulas.css, static)
    repairs.repair_script(static / "togglebutton.js")
    for made in (static / "inline", static / sheets.FOLDER):
        shutil.rmtree(made, ignore_errors=True)
    for path in pages:
        for step in steps(path, site):
            pages[path] = step(pages[path])
    formula_modules.remove_others(pages.values(), static)
    styles.lighten_styles(pages.values(), static)
    styles.shorten_own(static)
    finding.index_site(articles(pages, site), out)
    leftovers.remove(static)

    version = versions.move(static)
    for path, page in pages.items():
        path.write_text(versions.name_version(page, version), "utf-8")


def articles(pages: dict[Path, str], site: Site) -> dict[str, str]:
    """What can be searched: articles of finished pages, HTML by address."""
    found = {
        path.relative_to(site.out).as_posix(): site.memory.recall(
            finding.searchable, page.encode()
        ).decode()
        for path, page in pages.items()
    }
    return {address: article for address, article in found.items() if article}


def setup(app):
    """Run when the build is finished, and the theme with it."""
    app.connect("build-finished", finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
