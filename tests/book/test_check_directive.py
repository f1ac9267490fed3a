"""The directive {check}: a self-check on a page without code."""

import pytest
from bs4 import BeautifulSoup

from aigc_helpers.explorers import check

CHOICE = """# 页

```{check} choice
question: 哪个数更大，$x_1$ 吗？
options:
  "2": 3 比它大。
  "3": 3 > 2。
right: "3"
```
"""


BROKEN = [
    ("{check} choice", "{check} riddle", "known are choice, number, order"),
    ('right: "3"', "right: 丙", "right must be among"),
    ('right: "3"', "wrong: 2", "unexpected keyword"),
    ("question: ", "question: [", "check 'choice'"),
]
LITTLE_BOOK = {
    "check.md": CHOICE,
    "checks.md": "# 页\n\n```{check} number\nquestion: 2 + 2 等于几？\nanswer: 4\n"
    "hints:\n  22: 这是把数字接在一起。\n```\n\n"
    "```{check} order\nquestion: 怎样泡茶？\nsteps: [烧水, 放茶叶, 倒水]\n```\n",
} | {
    f"check-{i}.md": CHOICE.replace(before, after)
    for i, (before, after, _) in enumerate(BROKEN)
}


def test_the_page_shows_what_a_notebook_would_store(book):
    stored = check.choice(
        "哪个数更大，$x_1$ 吗？", {"2": "3 比它大。", "3": "3 > 2。"}, right="3"
    )
    expected = BeautifulSoup(stored._static_html(), "html.parser")
    assert book.page("check").select_one(".aigc-explorer") == expected.div
    assert book.complaints("check.md") == ""


def test_numbers_and_orders_too(book):
    page = book.page("checks")
    assert len(page.select(".aigc-explorer[data-explorer=check]")) == 2


@pytest.mark.parametrize(
    ("i", "message"), [(i, message) for i, (_, _, message) in enumerate(BROKEN)]
)
def test_what_does_not_fit_stops_the_build(book, i, message):
    complaints = book.complaints(f"check-{i}.md")
    assert message in complaints and f"check-{i}.md:3: ERROR" in complaints
    assert book.page(f"check-{i}").select_one(".aigc-explorer") is None
    assert book.status == 1
