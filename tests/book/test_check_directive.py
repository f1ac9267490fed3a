"""The directive {check}: a self-check on a page without code."""

import io

import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx

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


@pytest.fixture
def build(tmp_path):
    """Build one Markdown page; give it, parsed, and the text of the warnings."""

    def run(source: str) -> tuple[BeautifulSoup, str]:
        warnings = io.StringIO()
        (tmp_path / "index.md").write_text(source, "utf-8")
        app = Sphinx(
            tmp_path,
            None,
            tmp_path / "out",
            tmp_path / "doctrees",
            "html",
            {"extensions": ["myst_parser", "checks"]},
            status=None,
            warning=warnings,
        )
        app.build()
        html = (tmp_path / "out" / "index.html").read_text("utf-8")
        return BeautifulSoup(html, "html.parser"), warnings.getvalue()

    return run


def test_the_page_shows_what_a_notebook_would_store(build):
    made = check.choice(
        "哪个数更大，$x_1$ 吗？", {"2": "3 比它大。", "3": "3 > 2。"}, right="3"
    )
    expected = BeautifulSoup(made._static_html(), "html.parser")
    page, warnings = build(CHOICE)
    assert page.select_one(".aigc-explorer") == expected.div
    assert "check" not in warnings


def test_numbers_and_orders_too(build):
    page, _ = build(
        "# 页\n\n```{check} number\nquestion: 2 + 2 等于几？\nanswer: 4\n"
        "hints:\n  22: 这是把数字接在一起。\n```\n\n"
        "```{check} order\nquestion: 怎样泡茶？\nsteps: [烧水, 放茶叶, 倒水]\n```\n"
    )
    assert len(page.select(".aigc-explorer[data-explorer=check]")) == 2


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("{check} choice", "{check} riddle", "known are choice, number, order"),
        ('right: "3"', "right: 丙", "right must be among"),
        ('right: "3"', "wrong: 2", "unexpected keyword"),
        ("question: ", "question: [", "check 'choice'"),
    ],
)
def test_what_does_not_fit_stops_the_build(build, before, after, message):
    page, warnings = build(CHOICE.replace(before, after))
    assert message in warnings and "index.md:3" in warnings
    assert page.select_one(".aigc-explorer") is None
