"""Self-checks: a question that answers at once, in Jupyter and on a page.

In a notebook cell, as its last expression::

    check.choice("哪个数更大？", {"2": "3 比它大。", "3": "对，3 > 2。"}, right="3")
    check.number("2 + 2 等于几？", answer=4, hints={22: "这是把数字接在一起。"})
    check.order("怎样泡茶？", ["烧水", "放茶叶", "倒水"])

Texts may hold `code` and $formulas$. No kernel is asked and nothing leaves the
browser: what was answered right is kept in its local storage alone.

A fourth type, ``guess``, is made by the site alone, of an `exercise.compare` to which
nobody has given a number yet.
"""

from aigc_helpers.explorers.check.widget import TYPES, choice, number, order

__all__ = ["TYPES", "choice", "number", "order"]
