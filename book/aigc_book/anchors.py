"""Anchors of headings and captions, made from words: a link from outside lasts.

Docutils knows letters of English alone, and counts through all other headings of a
page: ``#id12``, which the next new section would change. Here a heading keeps its
words, less the number in front, so that no new section and no new order changes it; a
figure or a table has the first words of its caption.
Sources link by the same words, ``[4.7 节](04_math.ipynb#回头看那几条错的公式)``.
"""

import re
from collections.abc import Iterator
from itertools import count

from docutils import nodes
from sphinx.transforms import SphinxTransform

COUNTED = re.compile(r"id\d+")
CLAUSE = re.compile(r"[。，；：！？]")  # what ends the first words of a caption
NUMBER = re.compile(r"^\s*\d{1,2}(\.\d+)*\s+(?=\D)")


def anchor_of(title: str) -> str:
    """The words of a heading with hyphens between them, without its number."""
    return "-".join(re.findall(r"\w+", NUMBER.sub("", title)))


class WordsAsAnchors(SphinxTransform):
    """Give each section, figure and table of a page an anchor of words; labels stay."""

    default_priority = 250  # before labels come to sections, and links look for them

    def apply(self, **kwargs) -> None:
        """Rename what one page has."""
        new_names = {}
        for node, words in list(called(self.document)):
            old = node["ids"][0]
            del self.document.ids[old]  # it may be the very words
            new_names[old] = node["ids"][0] = anchor = self.free(words)
            self.document.ids[anchor] = node
        slugs = getattr(self.document, "myst_slugs", {})
        for known in (self.document.nameids, slugs):
            for key, place in known.items():
                known[key] = renamed(place, new_names)
        for slug, place in list(slugs.items()):
            slugs.setdefault(slug.lower(), place)  # as links on GitHub are written

    def free(self, anchor: str) -> str:
        """An anchor that is free on the page: a second one is counted, as by MyST."""
        names = (f"{anchor}-{i}" if i else anchor for i in count())
        return next(name for name in names if name not in self.document.ids)


def called(document: nodes.document) -> Iterator[tuple[nodes.Element, str]]:
    """What has a heading or a caption, and its words; not what a label names alone."""
    for section in document.findall(nodes.section):
        yield section, words_of(section[0])
    for node in document.findall(lambda n: isinstance(n, nodes.figure | nodes.table)):
        caption = next(
            node.findall(nodes.caption), next(node.findall(nodes.title), None)
        )
        if caption and node["ids"] and COUNTED.fullmatch(node["ids"][0]):
            yield node, anchor_of(CLAUSE.split(caption.astext())[0])


def words_of(title: nodes.title) -> str:
    """The anchor of a heading, of which formulas are left out."""
    texts = title.findall(nodes.Text)
    return anchor_of(
        "".join(text for text in texts if not isinstance(text.parent, nodes.math))
    )


def renamed(place: str | tuple | None, new_names: dict[str, str]) -> str | tuple | None:
    """An id, or MyST's (line, id, text), with the new name of its section."""
    if isinstance(place, tuple):
        return (place[0], new_names.get(place[1], place[1]), *place[2:])
    return new_names.get(place, place)


def use_words(app, config) -> None:
    """Let MyST call all headings so in links."""
    config.myst_heading_anchors = 6
    config.myst_heading_slug_func = f"{__name__}.{anchor_of.__name__}"


def setup(app):
    """Register the transform, before MyST reads its options."""
    app.connect("config-inited", use_words)
    app.add_transform(WordsAsAnchors)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
