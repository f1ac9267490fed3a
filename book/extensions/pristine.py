"""Keep what Sphinx wrote, so that a second build can finish the pages anew.

Sphinx writes again only the pages that changed, and the extensions that finish pages
(formulas, icons, policy) rewrite them in place: a page that Sphinx left alone has been
finished before. It is put back as Sphinx wrote it before the others begin.
"""

import shutil
from pathlib import Path

MARK = "Content-Security-Policy"  # which lean.py gives to every finished page


def put_back(app, exception) -> None:
    """Save pages that Sphinx has just written; restore the others."""
    if exception or app.builder.format != "html":
        return
    out, kept = Path(app.outdir), Path(app.doctreedir) / "pristine"
    for page in out.rglob("*.html"):
        if "_static" in page.parts:
            continue
        copy = kept / page.relative_to(out)
        if MARK not in page.read_text("utf-8"):
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(page, copy)
        else:
            shutil.copyfile(copy, page)


def setup(app):
    """Run before whatever else happens to finished pages."""
    app.connect("build-finished", put_back, priority=1)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
