"""Tokens of the LaTeX that the book's formulas are written in."""

import re
from dataclasses import dataclass

from aigc_helpers.reader import ForReader

SPACE = re.compile(
    r"\s+|\\[,;:! ]|&|\\\\|~"
    r"|\\(?:quad|qquad|left|right|displaystyle)(?![A-Za-z])"
    r"|\\[bB]ig{1,2}[lrm]?(?![A-Za-z])"
    r"|\\(?:begin|end)\{aligned\}|(?<![\^_])\{\}"
)
THIN = re.compile(r"\\[,;: ]|\\q?quad")  # what parts a name from a bracket
FONT = re.compile(r"\\(?:mathrm|text|operatorname|mathbb|mathcal)(?![A-Za-z])\s*")
TOKEN = re.compile(r"\\[A-Za-z]+|\\[{}|]|\d+(?:\.\d+)?|[A-Za-z]|.")
BRACED = re.compile(r"\{([A-Za-z]+)\}|([A-Za-z])")
SPELLED = {"varepsilon": "eps", "epsilon": "eps", "lambda": "lam"}


class LatexError(ForReader, ValueError):
    """A formula that cannot be read: what is wrong, and where."""


@dataclass(frozen=True)
class Token:
    r"""A sign of a formula: its kind, its name or text, and where it stands.

    Kinds are "number", "name" (letters, with or without a font), "command" (``\frac``)
    and "sign".
    """

    kind: str
    text: str
    start: int
    end: int
    spaced: bool  # whether a space that is shown, however small, stands before it


def tokenize(latex: str) -> list[Token]:
    """All tokens of a formula, and one of kind "end".

    Raises
    ------
    LatexError
        If a font has no name in braces.
    """
    tokens, at, spaced = [], 0, False
    while at < len(latex):
        if space := SPACE.match(latex, at):
            at, spaced = space.end(), spaced or bool(THIN.match(space[0]))
            continue
        token = _font(latex, at, spaced) or _plain(latex, at, spaced)
        tokens.append(token)
        at, spaced = token.end, False
    return [*tokens, Token("end", "", at, at, True)]


def _font(latex: str, at: int, spaced: bool) -> Token | None:
    r"""``\mathrm{KL}`` as the name KL, ``\mathcal N`` as the name N."""
    font = FONT.match(latex, at)
    if not font:
        return None
    word = BRACED.match(latex, font.end())
    if not word:
        raise LatexError(
            f"no word after {font[0].strip()} at {at}: {latex!r}",
            f"公式第 {at} 个字符处，{font[0].strip()} 后面要有花括号里的名字：{latex}",
        )
    return Token("name", word[1] or word[2], at, word.end(), spaced)


def _plain(latex: str, at: int, spaced: bool) -> Token:
    found = TOKEN.match(latex, at)
    text, kind = found[0], "sign"
    if text[0].isdigit():
        kind = "number"
    elif text[0].isalpha():
        kind = "name"
    elif text[0] == "\\" and len(text) > 1 and text[1].isalpha():
        kind, text = "command", text[1:]
        if text in GREEK:
            kind, text = "name", SPELLED.get(text, text)
    return Token(kind, text, at, found.end(), spaced)


GREEK = set(
    "alpha beta gamma delta epsilon varepsilon eta theta lambda mu nu pi rho sigma tau "
    "phi psi omega Sigma Phi".split()
)
