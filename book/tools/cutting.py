"""The book's prose as plain sentences: of each cell, below which heading they stand.

Formulas become readable characters; what needs more than characters, a displayed
formula, a table, code, an answer that is folded, leaves its place empty.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from aigc_book.anchors import NUMBER, anchor_of

ROOT = Path(__file__).parents[2]
PAGES = ("book/howto.md",)  # besides the chapters
END = "09"  # chapters from here on are no source: chapter 09 would quote itself

FORMULA = re.compile(r"(?<!\\)\$([^$]+?)\$")
LEFT_OUT = re.compile(
    r"<details>.*?</details>|^:::\{.*?^:::$|^ *```.*?^ *```$|\$\$.*?\$\$",
    re.DOTALL | re.MULTILINE,
)
CODE = re.compile(r"(`+)(.+?)\1")
LINK = r"\[((?:[^][]|\[[^][]*\])*)\]\([^()\s]*\)"
IN_BRACKETS = re.compile(rf"\s*\[{LINK.replace('(', '(?:', 1)}(?:, {LINK})*\]")
HTML = re.compile(r"</?[a-z][^<>\n]*>")
HEADING = re.compile(r"(#{1,6}) (.+)")
MARKER = re.compile(r"^(?:\d+\.|[-*]) +")  # of an item of a list
WITHOUT = re.compile("参考文献|练习|自测|学习目标|小结")  # what tells nothing new
OPENING, CLOSING = "（(「“", "）)」”"
COMMAND = re.compile(r"\\([A-Za-z]+) ?")
GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron "
    "pi rho varsigma sigma tau upsilon phi chi psi omega"
)
SYMBOLS = {
    "varepsilon": "ε", "varphi": "φ", "Delta": "Δ", "Sigma": "Σ", "nabla": "∇",
    "times": "×", "cdot": "·", "pm": "±", "approx": "≈", "le": "≤", "ge": "≥",
    "ne": "≠", "neq": "≠", "ll": "≪", "gg": "≫", "sim": "~", "in": "∈",
    "to": "→", "leftarrow": "←", "infty": "∞", "sqrt": "√", "mid": "|",
    "Vert": "‖", "lVert": "‖", "rVert": "‖", "partial": "∂", "odot": "⊙",
    "log": "log ", "ln": "ln ", "exp": "exp ", "tanh": "tanh ", "dots": "…",
    "prime": "′", "circ": "∘", "quad": " ", "propto": "∝", "top": "ᵀ",
}  # fmt: skip
UPRIGHT = re.compile(
    r"\\(?:mathcal|mathbb|mathrm|mathbf|text|operatorname) ?(?:\{([^{}]*)\}|(?=[A-Z]))"
)
SIZE = re.compile(r"\\(?:[bB]igg?[lr]?|left|right)(?![A-Za-z])\s*")
FRACTION = re.compile(r"\\t?frac(?:\{([^{}]+)\}\{([^{}]+)\}| ?(\w)(\w))")


@dataclass(frozen=True)
class Prose:
    """The sentences of one cell, or of a page's section, below one heading each.

    Attributes
    ----------
    unit : str
        Cell id, or the anchor of a page's section.
    sentences : list of (heading, paragraph, text)
        Heading is a `Heading`; sentences of one paragraph have one number.
    """

    unit: str
    sentences: list[tuple["Heading", int, str]]


@dataclass(frozen=True)
class Heading:
    """Where a passage stands: the section's number, its words, its address."""

    number: str
    words: str
    address: str


def sources() -> list[Path]:
    """Chapters and pages, in the book's order."""
    chapters = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    chapters = [path for path in chapters if path.stem < END]
    return [*chapters, *(ROOT / page for page in PAGES)]


def prose_of(path: Path) -> Iterator[Prose]:
    """All cells of a source that hold prose, sentence by sentence."""
    address = path.relative_to(ROOT).with_suffix(".html").as_posix()
    place = _Place(address)
    for unit, markdown in units(path):
        sentences = list(place.sentences(markdown))
        if sentences:
            yield Prose(unit or sentences[0][0].address.partition("#")[2], sentences)


def units(path: Path) -> Iterator[tuple[str, str]]:
    """(cell id, Markdown) of a notebook; of a page (empty, Markdown of a section)."""
    if path.suffix == ".md":
        for section in re.split(r"(?m)^(?=#{1,6} )", path.read_text("utf-8")):
            yield "", section
        return
    for cell in nbformat.read(path, as_version=4).cells:
        tags = cell.metadata.get("tags", ())
        if cell.cell_type == "markdown" and "caption" not in tags:
            yield cell.id, cell.source


class _Place:
    """Goes through a source and knows below which heading it is."""

    def __init__(self, address: str):
        self._page, self._number = address, ""
        self._anchors = Counter()
        self.heading = None
        self.is_silent = True  # until the first heading below the title

    def enter(self, level: int, title: str) -> None:
        """Go below a heading; one of the third level keeps the number above it."""
        anchor = anchor_of(FORMULA.sub("", title))
        n_before = self._anchors[anchor]
        self._anchors[anchor] += 1
        anchor = f"{anchor}-{n_before}" if n_before else anchor
        if level <= 2:
            number = NUMBER.match(title)
            self._number = number[0].strip() if number else ""
            self.is_silent = level == 1 or bool(WITHOUT.search(title))
        words = plain(NUMBER.sub("", title))
        self.heading = Heading(self._number, words, f"{self._page}#{anchor}")

    def sentences(self, markdown: str) -> Iterator[tuple[Heading, int, str]]:
        """The sentences of a cell."""
        for n, paragraph in enumerate(paragraphs(markdown)):
            if heading := HEADING.fullmatch(paragraph):
                self.enter(len(heading[1]), heading[2])
            elif not self.is_silent and not paragraph.startswith("**练习"):
                for text in split(plain(paragraph)):
                    yield self.heading, n, text


def paragraphs(markdown: str) -> list[str]:
    """Paragraphs, headings and items of lists; tables are left out."""
    markdown = LEFT_OUT.sub("\n\n", markdown)
    markdown = re.sub(r"(?m)^(\S.*)\n: +", r"\1：", markdown)  # a term and what it is
    markdown = re.sub(r"(?m)^(#{1,6} .+)$", r"\n\1\n", markdown)
    markdown = re.sub(r"(?m)^(?=(?:\d+\.|[-*]) )", "\n", markdown)
    blocks = (block.strip() for block in re.split(r"\n\s*\n", markdown))
    return [" ".join(b.split("\n")) for b in blocks if b and not b.startswith("|")]


def plain(markdown: str) -> str:
    """A paragraph without marks; of a formula that needs more, a backslash stays."""
    text, codes = MARKER.sub("", markdown), []
    text = CODE.sub(lambda m: f"\0{codes.append(m[2]) or len(codes) - 1}\0", text)
    text = IN_BRACKETS.sub("", text)
    text = re.sub(LINK, r"\1", text)
    text = FORMULA.sub(lambda m: readable(m[1]), HTML.sub("", text))
    text = re.sub(r"\0(\d+)\0", lambda m: codes[int(m[1])], text.replace("**", ""))
    text = re.sub(
        r"(?<=[\u4e00-\u9fff》]) (?=[\u4e00-\u9fff])", "", text
    )  # where a citation stood
    return re.sub(r"\s+", " ", text).strip()


def readable(formula: str) -> str:
    """A short formula in characters; one that needs more keeps its backslashes."""
    text = re.sub(r"\\[,;! ]", " ", SIZE.sub("", formula))
    text = text.replace(r"\%", "%").replace("{,}", ",")
    text = COMMAND.sub(lambda m: symbol(m[1]) or m[0], text)
    text = UPRIGHT.sub(r"\1", text)
    text = FRACTION.sub(lambda m: f"{whole(m[1] or m[3])}/{whole(m[2] or m[4])}", text)
    text = re.sub(r"([_^])\{(\w+|\*)\}", r"\1\2", text)
    text = re.sub(r"\{([^{}]*)\}", r"(\1)", text)
    return re.sub(r" +", " ", text).strip()


def whole(term: str) -> str:
    """A part of a fraction, in brackets if it is a sum."""
    return f"({term})" if re.search(r"[-+ ]", term.strip()) else term


def symbol(name: str) -> str:
    """The character of a command, or nothing."""
    if name in GREEK.split():
        return chr(ord("α") + GREEK.split().index(name))
    return SYMBOLS.get(name, "")


def split(text: str) -> list[str]:
    """Sentences, each with its full stop; one in brackets goes with what is around."""
    sentences, start, depth = [], 0, 0
    for i, sign in enumerate(text):
        depth += (sign in OPENING) - (sign in CLOSING)
        ends = sign in "。？" or (sign in CLOSING and text[i - 1] in "。？")
        if ends and depth <= 0 and text[i + 1 : i + 2] not in tuple(CLOSING):
            sentences.append(text[start : i + 1].strip())
            start = i + 1
    return [*sentences, *([text[start:].strip()] if text[start:].strip() else [])]
