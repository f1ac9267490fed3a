"""Folded answers: prose lies in the fold of its code; paper and search open it."""

import pytest
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    writes,
)
from serve import serving

FOLD = "<details><summary>{}</summary>\n\n{}\n\n</details>"
PROSE = """甲，$\\frac12$，见[下](#后面)。

$$x^2$$

| 甲 | 乙 |
|---|---|
| 1 | 养蚕 |"""
PYTHON = {"name": "python", "pygments_lexer": "python3"}
CLOSED = ".bd-article details:not([open])"


def solution(text: str):
    output = new_output("stream", name="stdout", text=text)
    tags = {"tags": ["hide-cell"], "mystnb": {"code_prompt_show": "显示参考解答"}}
    return new_code_cell("solve()", outputs=[output], metadata=tags)


def chapter() -> str:
    cells = [
        new_markdown_cell("# 题\n\n## 练习\n\n**练习 1.1** 甲？"),
        solution("三"),
        new_markdown_cell(FOLD.format("答案", PROSE)),
        new_markdown_cell(FOLD.format("答案", "又一段。")),
        new_markdown_cell("**练习 1.2** 乙？"),
        solution("四"),
        new_markdown_cell(f"## 后面\n\n{FOLD.format('旁白', '缫丝。')}\n\n织布。"),
    ]
    return writes(new_notebook(cells=cells, metadata={"language_info": PYTHON}))


LITTLE_BOOK = {"answers.ipynb": chapter}


@pytest.fixture
def open_answers(book, browser):
    """Open the page, at an anchor, as a result of the search for some words."""
    page = browser.new_page()
    with serving(book.html) as address:

        def open_(anchor: str, words: str):
            page.goto(f"{address}/index.html")
            page.evaluate("words => sessionStorage.setItem('aigc-found', words)", words)
            page.goto(f"{address}/answers.html#{anchor}")
            page.wait_for_function("() => !sessionStorage.getItem('aigc-found')")
            return page

        yield open_
    page.close()


def test_one_fold_holds_code_output_and_prose(book):
    one, other = book.page("answers").select("details.hide")
    assert one.select_one(".cell_output ~ .book-answer")
    assert len(one.select(".book-answer")) == 2 and not one.select("details")
    assert one.select("mjx-container[display=true]") and one.select("table.table")
    assert one.select("a[href='#后面']")
    assert not other.select(".book-answer")
    text = book.page("answers").select_one("#练习").find_all("p", recursive=False)
    assert [p.text for p in text] == ["练习 1.1 甲？", "练习 1.2 乙？"]
    assert book.complaints("answers.ipynb") == ""


def test_a_fold_of_a_text_looks_as_that_of_code(open_answers):
    page = open_answers("练习", "没有的词")
    shown = [
        page.locator(name).evaluate(
            """(fold) => ["borderLeft", "boxShadow", "background", "margin", "padding"]
              .map((name) => getComputedStyle(fold)[name])"""
        )
        for name in ("details.hide >> nth=0", "details:not([class])")
    ]
    assert shown[0] == shown[1]


@pytest.mark.parametrize(
    ("anchor", "words", "opened"),
    [
        ("练习", "养蚕", [0]),
        ("练习", "练习", []),  # which stands in the open
        ("练习", "缫丝", []),  # of another section
        ("后面", "缫丝", [2]),
        ("后面", "织布", []),
    ],
)
def test_a_result_opens_the_fold_that_alone_has_its_words(
    open_answers, anchor, words, opened
):
    page = open_answers(anchor, words)
    folds = page.locator(".bd-article details")
    if opened:
        page.locator(".bd-article details[open]").wait_for()
    states = folds.evaluate_all("folds => folds.map((fold) => fold.open)")
    assert [i for i, state in enumerate(states) if state] == opened


def test_on_paper_all_stands_open_and_on_the_screen_again_what_did(open_answers):
    page = open_answers("练习", "没有的词")
    page.locator("details.hide summary").last.click()
    page.emulate_media(media="print")
    page.wait_for_function(f"() => !document.querySelector('{CLOSED}')")
    page.emulate_media(media="screen")
    page.wait_for_function(f"() => document.querySelectorAll('{CLOSED}').length === 2")
