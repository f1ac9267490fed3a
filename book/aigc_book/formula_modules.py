"""The modules of the pages' formula explorers, written beside the pages.

A notebook's output carries the module in its state; a page imports it by its hash from
``_static/formulas``, since a page may run no script of its own.
"""

from collections.abc import Collection
from pathlib import Path

from sphinx.util import logging

from aigc_helpers.explorers.formula.code import stage_formulas

logger = logging.getLogger(__name__)


def write_modules(app, page_name, template, context, doctree) -> None:
    """Write what the explorers of one page import; a damaged one is a warning."""
    try:
        stage_formulas(context.get("body") or "", Path(app.outdir) / "_static")
    except (KeyError, ValueError) as error:
        logger.warning("formula explorer: %s", error, location=page_name)


def remove_others(pages: Collection[str], static: Path) -> None:
    """Remove the modules that no page asks for any more."""
    for module in (static / "formulas").glob("*.js"):
        if not any(module.stem in page for page in pages):
            module.unlink()


def setup(app):
    """Look at each page before it is written."""
    app.connect("html-page-context", write_modules)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
