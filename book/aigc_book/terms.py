"""Terms: the glossary, links to it in the text, and a card that explains each link.

All of it comes from ``book/glossary.yml``.

- ``{terms} GROUP`` lists one group of terms on the glossary's page.
- ``{term}`` links to a term, as everywhere in Sphinx. Besides, the first occurrence of
  a term in each section of a page is linked by itself, in paragraphs only. A page
  switches this off with ``auto_terms: false`` in its front matter (a notebook: in its
  metadata), a term with ``link: false``.
- A link carries ``aria-describedby``; ``terms.js`` shows the card it names.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

SOURCE = Path(__file__).parents[1] / "glossary.yml"
LATIN = "[A-Za-z0-9]"
# No link inside these, nor in paragraphs inside these.
CLOSED = (
    nodes.reference,
    addnodes.pending_xref,
    addnodes.glossary,
    nodes.literal,
    nodes.math,
    nodes.raw,
    nodes.thead,
    nodes.citation,
)
HINT = "再点一次，打开术语表"


@dataclass(frozen=True)
class Term:
    """One entry of the glossary; the fields are explained in its source."""

    term: str
    english: str
    chapter: str
    definition: str
    short: str | None = None
    banned: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    link: bool = True

    @property
    def slug(self) -> str:
        """The English name as a part of an address."""
        return nodes.make_id(self.english)

    @property
    def names(self) -> list[str]:
        """The words in the text that mean this term."""
        return [self.term, self.short] if self.short else [self.term]


@cache
def load(source: Path = SOURCE) -> dict[str, list[Term]]:
    """Terms by group, in the order of the file.

    Raises ValueError if an entry lacks a field or has one that is unknown.
    """
    groups = yaml.safe_load(source.read_text("utf-8"))
    return {
        name: [read(entry, source) for entry in group] for name, group in groups.items()
    }


def read(entry: dict, source: Path) -> Term:
    """One entry of the file as a term."""
    lists = {key: tuple(entry[key]) for key in ("banned", "other") if key in entry}
    try:
        return Term(**{**entry, **lists})
    except TypeError as error:
        raise ValueError(f"{source.name}: {entry.get('term')}: {error}") from error


def all_terms() -> list[Term]:
    """The terms of all groups."""
    return [term for group in load().values() for term in group]


def matcher(words: Iterable[str]) -> re.Pattern:
    """Finds any of the words, the longest first; Latin ones as whole words."""
    parts = []
    for word in sorted(set(words), key=lambda word: (-len(word), word)):
        before = f"(?<!{LATIN})" if re.match(LATIN, word[0]) else ""
        after = f"(?!{LATIN})" if re.match(LATIN, word[-1]) else ""
        parts.append(before + re.escape(word) + after)
    return re.compile("|".join(parts))


@cache
def linked_words() -> tuple[re.Pattern, dict[str, Term]]:
    """What to look for in the text, and which of it to link to which term."""
    words = {name: term for term in all_terms() for name in term.names}
    others = [word for term in all_terms() for word in term.other]
    return matcher([*words, *others]), words


class Terms(SphinxDirective):
    """List the terms of one group with their English names and definitions."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return the list; its terms become targets of the role ``term``."""
        groups = load()
        name = self.arguments[0]
        if name not in groups:
            raise self.error(f"no group {name!r}; the glossary has {list(groups)}")
        self.env.note_dependency(str(SOURCE))
        items = [self.item(term) for term in groups[name]]
        listed = nodes.definition_list("", *items, classes=["glossary"])
        return [addnodes.glossary("", listed, sorted=False)]

    def item(self, term: Term) -> nodes.definition_list_item:
        """One term: Chinese and English name, definition, chapter."""
        english = nodes.inline("", term.english, classes=["language-en"])
        head = nodes.term("", term.term, nodes.Text(" "), english)
        if term.short:
            head += nodes.Text(f"，{term.short}")
        head["ids"].append(f"term-{term.slug}")
        for name in term.names:
            self.env.get_domain("std").note_object(
                "term", name, f"term-{term.slug}", location=self.get_location()
            )
        text = nodes.paragraph("", term.definition, *self.chapter(term))
        return nodes.definition_list_item("", head, nodes.definition("", text))

    def chapter(self, term: Term) -> list[nodes.Node]:
        """Where the term is introduced: a link once that chapter is there."""
        prefix = f"notebooks/{term.chapter}_"
        for name in sorted(self.env.found_docs):
            if name.startswith(prefix):
                label = nodes.inline("", f"{term.chapter} 章")
                target = {"refdomain": "std", "reftype": "doc", "reftarget": f"/{name}"}
                return [link(label, self.env.docname, target, refexplicit=True)]
        return []


def link(label: nodes.Node, docname: str, target: dict, **options) -> nodes.Node:
    """A reference that Sphinx resolves once all pages are read."""
    about = {"refdoc": docname, "refwarn": True, "refexplicit": False}
    return addnodes.pending_xref("", label, **{**about, **target, **options})


def link_terms(app, doctree: nodes.document) -> None:
    """Link the first occurrence of each term in each section of a page."""
    docname = app.env.docname
    if str(app.env.metadata[docname].get("auto_terms", True)).lower() == "false":
        return
    app.env.note_dependency(str(SOURCE))
    seen: dict[nodes.Node | None, set[Term]] = {}
    for paragraph in list(doctree.findall(nodes.paragraph)):
        met = seen.setdefault(section_of(paragraph), set())
        for text in list(paragraph.findall(nodes.Text)):
            if not any(isinstance(node, CLOSED) for node in ancestors(text)):
                text.parent.replace(text, split(text.astext(), met, docname))


def ancestors(node: nodes.Node) -> list[nodes.Node]:
    """Parents of a node, the nearest first."""
    found = []
    while node := node.parent:
        found.append(node)
    return found


def section_of(node: nodes.Node) -> nodes.Node | None:
    """The page's section (second level) around a node, else the page's own."""
    sections = [n for n in ancestors(node) if isinstance(n, nodes.section)]
    return sections[-2:][0] if sections else None


def split(text: str, met: set[Term], docname: str) -> list[nodes.Node]:
    """The text, with links at terms that are not in ``met``; adds them to it."""
    pattern, words = linked_words()
    parts, end = [], 0
    for match in pattern.finditer(text):
        term = words.get(match.group())
        if term is None or not term.link or term in met:
            continue
        met.add(term)
        label = nodes.inline("", match.group(), classes=["xref", "std", "std-term"])
        target = {"refdomain": "std", "reftype": "term", "reftarget": term.term}
        parts += [nodes.Text(text[end : match.start()]), link(label, docname, target)]
        end = match.end()
    return [*parts, nodes.Text(text[end:])]


class TermLink(nodes.Inline, nodes.TextElement):
    """A resolved link to a term."""


class TermCards(nodes.Element):
    """The cards of a page's terms. Without text inside, so search skips them."""


def add_cards(app, doctree: nodes.document, docname: str) -> None:
    """Tie links to terms to their cards, and put the cards at the end of the page."""
    if app.builder.format != "html":
        return
    by_target = {f"term-{term.slug}": term for term in all_terms()}
    used: dict[str, Term] = {}
    for reference in list(doctree.findall(nodes.reference)):
        address = reference.get("refuri") or f"#{reference.get('refid')}"
        term = by_target.get(address.rpartition("#")[2])
        if term and "std-term" in reference[0].get("classes", []):
            made = TermLink("", reference.astext(), href=address, slug=term.slug)
            reference.parent.replace(reference, made)
            used[term.slug] = term
    if used:
        doctree.append(TermCards(cards=[card(term) for term in used.values()]))


def card(term: Term) -> str:
    """The card of a term as HTML."""
    english, definition = html.escape(term.english), html.escape(term.definition)
    short = f"，{html.escape(term.short)}" if term.short else ""
    return (
        f'<div class="term-card" role="tooltip" popover="manual" id="card-{term.slug}">'
        f'<p><b lang="en">{english}</b>{short}</p><p>{definition}</p>'
        f'<p class="term-hint" aria-hidden="true">{HINT}</p></div>'
    )


def visit_link(self, node: TermLink) -> None:
    """Open the link."""
    about = {"href": node["href"], "aria-describedby": f"card-{node['slug']}"}
    self.body.append(self.starttag(node, "a", "", CLASS="term", **about))


def depart_link(self, node: TermLink) -> None:
    """Close the link."""
    self.body.append("</a>")


def visit_cards(self, node: TermCards) -> None:
    """Write the cards; search engines of the site pass over them."""
    cards = "\n".join(node["cards"])
    self.body.append(f'<div class="term-cards">\n{cards}</div>\n')


def depart_cards(self, node: TermCards) -> None:
    """Nothing is open."""


def setup(app):
    """Register directive, links and cards with Sphinx."""
    app.add_directive("terms", Terms)
    app.add_node(TermLink, html=(visit_link, depart_link))
    app.add_node(TermCards, html=(visit_cards, depart_cards))
    app.connect("doctree-read", link_terms, priority=900)
    app.connect("doctree-resolved", add_cards)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
