"""The works of ``book/references.bib``: how the text names them, and their list.

Names and years are those that Sphinx writes, by the same style, so that a citation
reads alike on the site and in a notebook.
"""

import re
from collections.abc import Collection
from functools import cache
from pathlib import Path

from pybtex.backends.markdown import Backend
from pybtex.database import Entry, parse_file
from pybtex.style.formatting.plain import Style
from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import PersonStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle

SOURCE = Path(__file__).parents[1] / "references.bib"
NAME = "author_year_chinese"


class ChineseReferenceStyle(AuthorYearReferenceStyle):
    """Authors and year in a Chinese sentence: Kingma 与 Welling, Goodfellow 等."""

    def __init__(self):
        super().__init__(person=PersonStyle(sep="、", sep2=" 与 ", other=" 等"))


STYLE = ChineseReferenceStyle()


class Markdown(Backend):
    """Markdown that marks only what would be read as such."""

    symbols = {**Backend.symbols, "newblock": " "}

    def format_str(self, text: str) -> str:
        """Text with a backslash before each character that means something."""
        return re.sub(r"([\\*_\[\]<$`])", r"\\\1", text)


@cache
def works() -> dict[str, Entry]:
    """Every work by its key."""
    return dict(parse_file(str(SOURCE), "bibtex").entries)


def authors(key: str) -> str:
    """Who wrote a work, as the text names them: Goodfellow 等."""
    name = STYLE.person.author_or_editor_or_title(full=False)
    about = {"entry": works()[key], "style": STYLE}
    return name.format_data(about).render_as("text")


def year(key: str) -> str:
    """When a work appeared."""
    return works()[key].fields["year"]


def listed(keys: Collection[str]) -> dict[str, str]:
    """The full entries in Markdown by key, in the order of the names."""
    entries = Style().format_entries([works()[key] for key in set(keys)])
    return {entry.key: entry.text.render(Markdown()) for entry in entries}


def setup(app):
    """Let ``_config.yml`` name the style."""
    register_plugin(
        "sphinxcontrib.bibtex.style.referencing", NAME, ChineseReferenceStyle
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}
