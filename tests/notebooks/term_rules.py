"""Rules about terms: what a text calls them must be what the glossary calls them."""

import re

from aigc_book import terms

LATIN = r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ–'-]*"
WORDS = re.compile(rf"{LATIN}(?: {LATIN})*")
# 判别器（discriminator） or **激活**，activation: what stands before, what is given.
INTRODUCTION = re.compile(
    r"(?:\*\*(?P<bold>[^*\n]+)\*\*|(?P<plain>[\u4e00-\u9fff][”》]?))"
    rf"(?:[（(](?P<inside>{LATIN}[^（）()]*)[）)]|(?<=\*\*)，(?P<after>{WORDS.pattern}))"
)


def introductions(text: str) -> list[tuple[str, bool, list[str]]]:
    """(text up to the English, whether it ends with a bold word, English words)."""
    found = []
    for match in INTRODUCTION.finditer(text):
        bold = match["bold"]
        before = bold or text[: match.end("plain")].rstrip("”》")
        parts = re.split("[，,、；;]", match["inside"] or match["after"])
        names = [part.strip() for part in parts if WORDS.fullmatch(part.strip())]
        if names and re.search(r"[\u4e00-\u9fff]", before):
            found.append((before, bool(bold), names))
    return found


def by_english() -> dict[str, terms.Term]:
    """Every English name and abbreviation of the glossary, in small letters."""
    return {
        name.lower(): term
        for term in terms.all_terms()
        for name in (term.english, term.short)
        if name
    }


def is_a_term(name: str) -> bool:
    """Words in small letters or an abbreviation; not a name like Bengio or GANSpace."""
    return any(word.islower() for word in name.split()) or (
        name.isupper() and len(name) > 1
    )


def misnamed(text: str) -> list[str]:
    """Pairs of Chinese and English that the glossary does not have."""
    known, problems = by_english(), []
    for before, bold, names in introductions(text):
        shown = before[-12:]
        for name in names:
            term = known.get(name.lower())
            if term and not (before == term.term if bold else ends(before, term)):
                problems.append(f"{shown}（{name}）: {name} is {term.term}")
        if not known.get(names[0].lower()) and (bold or is_a_term(names[0])):
            problems.append(f"{shown}（{names[0]}）: not in book/glossary.yml")
    return problems


def ends(before: str, term: terms.Term) -> bool:
    """Does the text end with the term, and not with a longer one?"""
    longer = [t.term for t in terms.all_terms() if t.term.endswith(term.term)]
    return max((t for t in longer if before.endswith(t)), key=len, default="") == (
        term.term
    )


def banned(text: str) -> list[str]:
    """Names that the glossary bans, with the right ones."""
    return [f"{wrong}: call it {right}" for wrong, right in banned_words(text)]


def banned_words(text: str) -> list[tuple[str, str]]:
    """(wrong, right) for each name in ``text`` that the glossary bans."""
    wrong = {word: term.term for term in terms.all_terms() for word in term.banned}
    allowed = [w for term in terms.all_terms() for w in (*term.names, *term.other)]
    words = terms.matcher([*wrong, *allowed]).findall(text)
    return [(word, wrong[word]) for word in words if word in wrong]
