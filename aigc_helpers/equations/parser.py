r"""LaTeX to a tree: what is shown is what is computed.

Every node knows which characters of the formula it was made of, so that a mutant can be
written as LaTeX again. Whether ``p(x)`` is a function of x or a product depends on what
p is; here it is always a call. A product has a space or a dot: ``x\,(1-x)``.
"""

from dataclasses import dataclass, field
from typing import Any

from aigc_helpers.equations.tokens import LatexError, Token, tokenize

RELATIONS = {"=": "=", "le": "<=", "leq": "<=", "ge": ">=", "geq": ">=", "approx": "="}
FUNCTIONS = set("log exp tanh max min".split())
CLOSING = {"(": ")", "[": "]", "{": "}", "\\{": "\\}", "lVert": "rVert"}
SEPARATORS = {",", "Vert", "mid", ";"}


@dataclass(frozen=True)
class Node:
    """A part of a formula.

    kind, parts and facts are one of: number (value), name (text, index), call (name,
    text; parts are arguments), sum (signs), product (operators), power, transpose,
    inverse, fraction, root, norm, derivative (variable, body), big (what, variable;
    low, high, body), expectation (variable; distribution, body), integral (variable;
    body).
    """

    kind: str
    start: int
    end: int
    parts: tuple["Node", ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    def walk(self):
        """Yield the node and all below it."""
        yield self
        for part in self.parts:
            yield from part.walk()
        index = self.facts.get("index")
        if index is not None:
            yield from index.walk()


@dataclass(frozen=True)
class Formula:
    """Sides of an equation or inequality, and the relations between them."""

    latex: str
    sides: tuple[Node, ...]
    relations: tuple[str, ...]  # "=", "<=" or ">="
    places: tuple[tuple[int, int], ...]  # where the relations stand


def parse(latex: str) -> Formula:
    """Read a formula with one relation or more.

    Raises
    ------
    LatexError
        If it is none: a bracket that nothing closes, an unknown command.
    """
    return _Parser(latex).formula()


class _Parser:
    """Recursive descent over tokens."""

    def __init__(self, latex: str):
        self.latex, self.tokens, self.at = latex, tokenize(latex), 0

    # -- tokens --

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.next
        self.at += 1
        return token

    def sees(self, *texts: str) -> bool:
        return self.next.kind in ("sign", "command") and self.next.text in texts

    def expect(self, text: str) -> Token:
        if not self.sees(text):
            found = self.next.text or "the end"
            what = f"expected {text} but found {found}"
            raise self.error(what, f"应当是 {text}，却是 {self.next.text or '结尾'}")
        return self.take()

    def error(self, what: str, chinese: str) -> LatexError:
        at = self.next.start
        return LatexError(
            f"{what} at character {at} of {self.latex!r}",
            f"读不懂这个公式：第 {at} 个字符处，{chinese}。公式是 {self.latex}",
        )

    def node(self, kind: str, start: int, parts=(), **facts: Any) -> Node:
        return Node(kind, start, self.tokens[self.at - 1].end, tuple(parts), facts)

    # -- sums, products, powers --

    def formula(self) -> Formula:
        sides, relations, places = [self.sum()], [], []
        while self.sees(*RELATIONS):
            token = self.take()
            relations.append(RELATIONS[token.text])
            places.append((token.start, token.end))
            sides.append(self.sum())
        if self.next.kind != "end":
            text = self.next.text
            raise self.error(f"cannot read {text!r}", f"不认得 {text}")
        if not relations:
            raise self.error("no =, \\le or \\ge", "没有等号，也没有不等号")
        return Formula(self.latex, tuple(sides), tuple(relations), tuple(places))

    def sum(self) -> Node:
        start, terms, signs = self.next.start, [], []
        while True:
            sign = self.take() if self.sees("+", "-") else None
            place = (sign.start, sign.end) if sign else None
            signs.append((sign.text if sign else "+", place))
            terms.append(self.product())
            if not self.sees("+", "-"):
                break
        if len(terms) == 1 and signs[0][1] is None:
            return terms[0]
        return self.node("sum", start, terms, signs=tuple(signs))

    def product(self) -> Node:
        start, factors, operators = self.next.start, [self.factor()], ["*"]
        while self.sees("cdot", "odot", "/") or self.begins_factor():
            operator = self.take().text if self.sees("cdot", "odot", "/") else "*"
            operators.append("*" if operator == "cdot" else operator)
            factors.append(self.factor())
        if len(factors) == 1:
            return factors[0]
        return self.node("product", start, factors, operators=tuple(operators))

    def begins_factor(self) -> bool:
        token = self.next
        if token.kind == "name":
            return not self.is_differential()
        opening = {"(", "[", "\\{", "lVert", "{"}
        known = FUNCTIONS | {"frac", "sqrt", "sum", "prod", "int", "hat"}
        return token.kind == "number" or token.text in opening | known

    def is_differential(self) -> bool:
        r"""Whether ``\mathrm{d}x`` comes, not a variable of that name."""
        token = self.next
        return token.text == "d" and token.end - token.start > 1

    def factor(self) -> Node:
        start, base = self.next.start, self.atom()
        while self.sees("^"):
            self.take()
            base = self.raised(start, base)
        return base

    def raised(self, start: int, base: Node) -> Node:
        if self.sees("top"):
            self.take()
            return self.node("transpose", start, [base])
        return self.node("power", start, [base, self.braced()])

    def braced(self) -> Node:
        """``{...}``, or one sign."""
        if not self.sees("{"):
            return self.atom(calls=False)
        self.take()
        inner = self.sum()
        self.expect("}")
        return inner

    # -- atoms --

    def atom(self, calls: bool = True) -> Node:
        token = self.next
        if token.kind == "number":
            self.take()
            value = float(token.text) if "." in token.text else int(token.text)
            return self.node("number", token.start, value=value)
        if token.kind == "name" or self.sees("hat"):
            return self.expectation() if self.is_expectation() else self.name(calls)
        if token.kind == "command" and token.text in FUNCTIONS:
            return self.function()
        if token.text in CLOSING:
            return self.bracket()
        special = {
            "frac": self.fraction,
            "sqrt": self.root,
            "sum": self.big,
            "prod": self.big,
            "int": self.integral,
        }
        if token.kind == "command" and token.text in special:
            return special[token.text]()
        what = f"cannot read {token.text or 'the end of the formula'!r}"
        raise self.error(what, f"不认得{token.text or '结尾'}")

    def bracket(self) -> Node:
        opening = self.take()
        inner = self.sum()
        self.expect(CLOSING[opening.text])
        kind = "norm" if opening.text == "lVert" else "group"
        return self.node(kind, opening.start, [inner])

    def name(self, calls: bool = True) -> Node:
        start, text, index, before = self.next.start, self.bare_name(), None, ""
        while self.sees("_", "^"):
            if self.sees("^") and self.tokens[self.at + 1].text != "*":
                break
            if self.take().text == "^":
                self.take()
                text += "_star"
                continue
            label, index, before = self.subscript()
            text = f"{text}_{label}"
        while self.sees("'"):
            self.take()
            text += "_prime"
        node = self.node("name", start, text=text, index=index, before=before)
        if calls and self.sees("(", "[") and not self.next.spaced:
            return self.call(start, text)
        return node

    def bare_name(self) -> str:
        if self.sees("hat"):
            self.take()
            return f"{self.take().text}_hat"
        return self.take().text

    def subscript(self) -> tuple[str, Node | None, str]:
        """A label, and how to compute an index if it is none: ``t-1``, ``<t``."""
        if not self.sees("{"):
            token = self.take()
            index = None
            if token.kind == "number":
                index = self.node("number", token.start, value=int(token.text))
            elif token.kind == "name" and token.end - token.start == 1:
                index = self.node("name", token.start, text=token.text, index=None)
            return token.text, index, ""
        self.take()
        if self.sees("}"):
            raise self.error("an empty subscript", "下标的花括号是空的")
        before = self.take().text if self.sees("<", "le") else ""
        first = self.at
        try:
            index = self.sum()
        except LatexError:
            index = None
        while not self.sees("}") and self.next.kind != "end":
            self.take()
        label = before + "".join(t.text for t in self.tokens[first : self.at])
        self.expect("}")
        return label, index, before

    def call(self, start: int, text: str) -> Node:
        closing = CLOSING[self.take().text]
        arguments, marks = [self.sum()], []
        while self.sees(*SEPARATORS):
            marks.append(self.take().text)
            arguments.append(self.sum())
        self.expect(closing)
        return self.node("call", start, arguments, text=text, marks=tuple(marks))

    def function(self) -> Node:
        token = self.take()
        text = token.text
        if self.sees("_"):
            self.take()
            text += "_" + self.subscript()[0]
        if self.sees("("):
            return self.call(token.start, text)
        return self.node("call", token.start, [self.factor()], text=text, marks=())

    # -- operators --

    def fraction(self) -> Node:
        start = self.take().start
        self.expect("{")
        if self.sees("partial"):
            return self.derivative(start)
        top = self.sum()
        self.expect("}")
        return self.node("fraction", start, [top, self.braced()])

    def derivative(self, start: int) -> Node:
        self.take()
        body = None if self.sees("}") else self.product()
        self.expect("}")
        self.expect("{")
        self.expect("partial")
        variable = self.name(calls=False)
        self.expect("}")
        inside = body is not None
        parts = [body if inside else self.factor(), variable]
        return self.node("derivative", start, parts, inside=inside)

    def root(self) -> Node:
        start = self.take().start
        return self.node("root", start, [self.braced()])

    def big(self) -> Node:
        token = self.take()
        self.expect("_")
        self.expect("{")
        variable = self.take().text
        self.expect("=")
        low = self.sum()
        self.expect("}")
        self.expect("^")
        high = self.braced()
        parts = [low, high, self.product()]
        return self.node("big", token.start, parts, what=token.text, variable=variable)

    def is_expectation(self) -> bool:
        following = self.tokens[self.at + 1]
        return self.next.text == "E" and following.text in ("_", "[")

    def expectation(self) -> Node:
        start = self.take().start
        self.expect("_")
        self.expect("{")
        variable = self.take().text
        self.expect("sim")
        distribution = self.sum()
        self.expect("}")
        self.expect("[")
        body = self.sum()
        self.expect("]")
        parts = [distribution, body]
        return self.node("expectation", start, parts, variable=variable)

    def integral(self) -> Node:
        start = self.take().start
        body = self.sum()
        if not self.is_differential():
            raise self.error(
                "an integral must end in \\mathrm{d} and a letter",
                "积分要以 \\mathrm{d} 和一个字母结尾",
            )
        self.take()
        variable = self.take().text
        return self.node("integral", start, [body], variable=variable)
