"""The theme's style sheets, less what no page of this site uses.

The theme brings all of Bootstrap and names of two thousand icons: 66 kB on the way to a
reader, of which a third is used. A rule stays if each class that its selector asks for
stands in a page or in a script. Of the icons' font, the few characters stay that the
sheets show; the rest was 156 kB on every page with a note in a box. The book's own
sheets and scripts leave their comments at home, sheets their white space too: a seventh
of a reader's download.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from aigc_book.typeset import cut_font

SHEETS = ("styles/*.css", "mystnb.*.css", "sphinx-design.min.css")  # below _static
FOREIGN = ("vendor", "offline")  # whose scripts give no element a class
OWN = Path(__file__).parents[1] / "assets"
EXPLORERS = "explorers"  # the folder below _static of what is theirs
SHORTER = {  # what is replaced, and by what
    ".css": (
        (re.compile(r"/\*.*?\*/", re.DOTALL), ""),
        (re.compile(r"\s+"), " "),
        (re.compile(r" ?([{};]) ?"), r"\1"),
    ),
    ".js": ((re.compile(r"^[ \t]*//.*\n", re.MULTILINE), ""),),
}
LIBRARY = "fontawesome.js"  # which pages do not load
FONTS = Path("vendor", "fontawesome", "webfonts")

RULE = re.compile(r"(?<=[{};/])([^{};@/]+)\{([^{}]*)\}")
EMPTY = re.compile(r"@media[^{}]*\{\s*\}")
ARGUMENTS = re.compile(
    r"\([^()]*\)"
)  # of :not, :is and the like: classes may be absent
CLASS = re.compile(r"\.(-?[A-Za-z_](?:[\w-]|\\.)*)")
GIVEN = re.compile(r'\bclass="([^"]*)"')
WORD = re.compile(r"[\w-]+")
PREFIX = 4  # letters with a hyphen, from which a script may make a class
ICONS = re.compile(r'[\ue000-\uf8ff]|(?<=")\\f[0-9a-f]{3}(?=")')
SOURCE = re.compile(r"url\([^()]*/([\w-]+)\.woff2\)[^;}]*")


class Classes:
    """What classes an element of the site can have."""

    def __init__(self, pages: Iterable[str], scripts: Iterable[str]):
        words = {word for script in scripts for word in WORD.findall(script)}
        given = (names for page in pages for names in GIVEN.findall(page))
        self.names = words.union(*map(str.split, given))
        self.prefixes = tuple(
            word for word in words if word[-1] == "-" and len(word) > PREFIX
        )

    def __contains__(self, name: str) -> bool:
        return name in self.names or name.startswith(self.prefixes)


def prune(css: str, classes: Classes) -> str:
    """A style sheet with the rules that can concern an element with such classes."""

    def shorten(match: re.Match) -> str:
        kept = [
            selector
            for selector, bare in alternatives(match[1])
            if all(name.replace("\\", "") in classes for name in CLASS.findall(bare))
        ]
        return f"{','.join(kept)}{{{match[2]}}}" if kept else ""

    return EMPTY.sub("", RULE.sub(shorten, css))


def alternatives(selectors: str) -> Iterable[tuple[str, str]]:
    """Each selector between commas, and what it is without arguments of functions."""
    bare, before = selectors, None
    while bare != before:
        before, bare = bare, ARGUMENTS.sub(lambda found: "_" * len(found[0]), bare)
    start = 0
    for part in bare.split(","):
        end = start + len(part)
        yield selectors[start:end], part
        start = end + 1


def lighten_styles(pages: Iterable[str], static: Path) -> None:
    """Rewrite the theme's sheets below ``static``, and write the fonts of its icons."""
    scripts = [
        path.read_text("utf-8")
        for path in static.rglob("*.js")
        if not {*FOREIGN, LIBRARY} & {*path.relative_to(static).parts}
    ]
    classes = Classes(pages, scripts)
    sheets = [path for pattern in SHEETS for path in sorted(static.glob(pattern))]
    texts = {path: prune(path.read_text("utf-8"), classes) for path in sheets}
    icons = {icon for css in texts.values() for icon in ICONS.findall(css)}
    for font in (static / FONTS).glob("*.ttf"):
        cut_font(font, font.with_suffix(".woff"), codes_of(icons))
    for path, css in texts.items():
        path.write_text(SOURCE.sub(cut_source, css), "utf-8")


def shorten_own(static: Path, own: Path = OWN) -> None:
    """Take comments out of the book's own sheets and scripts below ``static``.

    White space of sheets goes too; in a string of theirs a run of it becomes one.
    """
    served = [static / path.name for path in sorted(own.iterdir())]
    for path in [*served, *sorted((static / EXPLORERS).rglob("*"))]:
        if path.suffix in SHORTER and path.is_file():
            text = path.read_text("utf-8")
            for pattern, shorter in SHORTER[path.suffix]:
                text = pattern.sub(shorter, text)
            path.write_text(text, "utf-8")


def codes_of(icons: Iterable[str]) -> set[int]:
    """Code points of characters, plain or escaped."""
    return {int(i[1:], 16) if i[0] == "\\" else ord(i) for i in icons}


def cut_source(match: re.Match) -> str:
    """The address of a font with the icons that are used."""
    return f'url(../{FONTS.as_posix()}/{match[1]}.woff) format("woff")'
