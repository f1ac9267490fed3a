r"""Short texts with `code` and $formulas$, as HTML and as a tree for a module.

Formulas become MathML, which browsers show by themselves: on a page, in Jupyter and
without JavaScript alike. A text is a list of parts; a part is a string or
``[tag, attributes, parts]``.
"""

import html
import re
from functools import lru_cache
from xml.etree import ElementTree

from aigc_helpers.reader import Mistake

_MARKED = re.compile(r"(`[^`]+`|\$[^$]+\$)")
_NAMESPACE = re.compile(r"^\{[^}]*\}")
_COMMAND = re.compile(r"\\[A-Za-z]+")


def parse(text: str) -> list:
    r"""Parts of a text: "`z` 是 $x_1$" gives [["code", {}, ["z"]], " 是 ", [...]].

    Raises
    ------
    ValueError
        If the text is empty, a mark is not closed or a formula is not understood.
    """
    if not isinstance(text, str) or not text.strip():
        raise Mistake(
            f"a text is needed, not {text!r}", f"这里要写一段文字，不是 {text!r}。"
        )
    return [_part(piece) for piece in _MARKED.split(text.strip()) if piece]


def _part(piece: str) -> str | list:
    if _MARKED.fullmatch(piece) is None:
        if "`" in piece or "$" in piece:
            raise Mistake(
                f"a ` or $ is not closed in {piece!r}",
                f"{piece!r} 里有一个 ` 或 $ 没有成对。",
            )
        return piece
    if piece[0] == "`":
        return ["code", {}, [piece[1:-1]]]
    return _tree(ElementTree.fromstring(_mathml(piece[1:-1])))


@lru_cache(maxsize=256)
def _mathml(formula: str) -> str:
    from latex2mathml.converter import convert

    try:
        made = convert(formula)
    except Exception as error:  # the converter has a class for every mishap
        raise Mistake(
            f"the formula ${formula}$ is not understood",
            f"公式 ${formula}$ 读不懂：看看括号是否成对、写法是否完整。",
        ) from error
    if unknown := _COMMAND.search(made):
        raise Mistake(
            f"the formula ${formula}$ has an unknown {unknown[0]}",
            f"公式 ${formula}$ 里的 {unknown[0]} 不认识。",
        )
    return made


def _tree(node: ElementTree.Element) -> list:
    """An element as [tag, attributes, parts], without its namespace."""
    parts: list = [node.text] if node.text else []
    children = list(node)
    for before, child in zip([None, *children], children, strict=False):
        row = _NAMESPACE.sub("", node.tag) in ("math", "mrow")
        if row and before is not None and _needs_space(before, child):
            parts.append(["mspace", {"width": "0.17em"}, []])
        parts.append(_tree(child))
    return [_NAMESPACE.sub("", node.tag), dict(node.attrib), parts]


def _needs_space(before: ElementTree.Element, after: ElementTree.Element) -> bool:
    """True around a function's name, as in 2 log x, but not in log(x)."""
    names = [
        node.tag.endswith("}mi") and len(node.text or "") > 1
        for node in (before, after)
    ]
    return any(names) and not any(node.tag.endswith("}mo") for node in (before, after))


def to_html(parts: list) -> str:
    """Parts as HTML; MathML needs no namespace there."""
    return "".join(_html(part) for part in parts)


def _html(part: str | list) -> str:
    if isinstance(part, str):
        return html.escape(part)
    tag, attributes, parts = part
    written = "".join(f' {k}="{html.escape(v)}"' for k, v in attributes.items())
    return f"<{tag}{written}>{to_html(parts)}</{tag}>"
