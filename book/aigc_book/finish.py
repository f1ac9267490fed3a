"""What becomes of the pages once Sphinx has written them: here, and in this order.

Each page is read once, goes through the functions of ``steps``, and is written once.
What the whole site needs, the formulas of all pages before and the search index after,
stands around that in ``finish``.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from aigc_book import finding, lean, pristine, repairs, typeset


def steps(
    path: Path, out: Path, formulas: typeset.Formulas
) -> list[Callable[[str], str]]:
    """What is done to the page at ``path``: functions from HTML to HTML."""
    root = "../" * (len(path.relative_to(out).parts) - 1)
    return [
        formulas.set_in,
        repairs.translate,
        repairs.clarify,
        partial(lean.unpack_pictures, out=out, root=root),
        partial(lean.wait_for_pictures, folder=path.parent),
        partial(lean.lighten, out=out, root=root),
    ]


def finish_page(path: Path, page: str, out: Path, formulas: typeset.Formulas) -> str:
    """Write one page in its final form."""
    for step in steps(path, out, formulas):
        page = step(page)
    path.write_text(page, "utf-8")
    return page


def finish(app, exception) -> None:
    """Finish the site that Sphinx has written."""
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    pages = pristine.as_written(out, Path(app.doctreedir) / "pristine")

    formulas = typeset.formulas_of(pages.values())
    typeset.write_style(formulas.css, out / "_static")
    repairs.repair_script(out / "_static" / "togglebutton.js")
    finished = {
        path.relative_to(out).as_posix(): finish_page(path, page, out, formulas)
        for path, page in pages.items()
    }
    finding.index_site(finished, out)


def setup(app):
    """Run when the build is finished."""
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
