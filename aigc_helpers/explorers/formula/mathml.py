"""Formulas as MathML, which browsers set without a script: as a tree and as HTML."""

import html

import sympy as sp
from sympy.printing.mathml import MathMLPresentationPrinter

from aigc_helpers.explorers.formula.words import WORDS

_SIGNS = {"ⅇ": "e", "-": "−"}  # most fonts lack the first; a hyphen is no minus
TAGS = frozenset(
    "mrow mi mn mo mfrac msqrt mroot msup msub msubsup munder mover munderover mtable "
    "mtr mtd mtext mstyle mspace math".split()
)


class _Printer(MathMLPresentationPrinter):
    """Sums begin with a positive term, cases stand in braces, 1/√(2π) in one root."""

    def _as_ordered_terms(self, expr, order=None):
        terms = super()._as_ordered_terms(expr, order=order)
        return sorted(terms, key=lambda term: term.could_extract_minus_sign())

    def _print_Piecewise(self, expr):  # noqa: N802 - SymPy's own names
        table = self.dom.createElement("mtable")
        table.setAttribute("columnalign", "left")
        for value, condition in expr.args:
            row = self.dom.createElement("mtr")
            words = (
                self._text("mtext", WORDS["otherwise"])
                if condition == sp.true
                else None
            )
            for node in (self._print(value), words or self._print(condition)):
                cell = self.dom.createElement("mtd")
                cell.appendChild(node)
                row.appendChild(cell)
            table.appendChild(row)
        group = self.dom.createElement("mrow")
        group.appendChild(self._text("mo", "{"))
        group.appendChild(table)
        return group

    def _print_Mul(self, expr):  # noqa: N802
        """exp(-u) stays above the line; SymPy would write it below."""
        sign = expr.could_extract_minus_sign()
        above, below = sp.fraction(-expr if sign else expr, exact=True)
        root = _root_below(above / below)
        if (
            below == 1
            or sp.fraction(expr) == sp.fraction(expr, exact=True)
            and not root
        ):
            return super()._print_Mul(expr)
        lower = []
        if root:
            above, below = sp.fraction(above / below * sp.sqrt(root), exact=True)
            lower.append(self._node("msqrt", self._print(root)))
        lower += [self._print(below)] if below != 1 or not lower else []
        part = self._node("mfrac", self._print(above), self._node("mrow", *lower))
        return self._node("mrow", self._text("mo", "-"), part) if sign else part

    def _node(self, tag, *children):
        node = self.dom.createElement(tag)
        for child in children:
            node.appendChild(child)
        return node

    def _text(self, tag, text):
        node = self.dom.createElement(tag)
        node.appendChild(self.dom.createTextNode(text))
        return node


def _root_below(expr: sp.Expr) -> sp.Expr | None:
    """r, if the number before an expression is 1/√r and no fraction."""
    number = expr.as_independent(*expr.free_symbols)[0] if expr.free_symbols else expr
    above, below = sp.fraction(number**2)
    fits = number.is_positive and above == 1 and not number.is_Rational
    return below if fits and below.is_Mul and not below.has(sp.Function) else None


def math_tree(expr: sp.Expr) -> list:
    """MathML as nested lists [tag, child, ...], a child being a text or a list."""
    return ["math", _tree(_Printer()._print(expr))]


def _tree(node) -> list | str:
    if node.nodeType == node.TEXT_NODE:
        text = html.unescape(node.data)
        return _SIGNS.get(text, text)
    children = [_tree(child) for child in node.childNodes]
    if node.tagName == "mfenced":  # older SymPy; browsers no longer know it
        return ["mrow", ["mo", "("], *children, ["mo", ")"]]
    return [node.tagName if node.tagName in TAGS else "mrow", *children]


def math_html(tree: list | str) -> str:
    """The same as HTML, everything escaped."""
    if isinstance(tree, str):
        return html.escape(tree)
    tag, *children = tree
    return f"<{tag}>{''.join(math_html(child) for child in children)}</{tag}>"
