"""The front page's table: each chapter's sentence, and how long it takes."""

import making
import pytest
from aigc_book.chapters import NOTEBOOKS, row, seconds_in_words

CHAPTERS = sorted(NOTEBOOKS.glob("*.ipynb"))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_row_tells_what_is_made_and_both_times(path):
    _, chapter, made, times, _ = row(path, "../notebooks").split("|")
    assert f"](../notebooks/{path.name})" in chapter and made.strip()
    read, run = times.strip().split("，")
    assert read.startswith("读") and run.startswith("跑约")


OPENING = "# 05 一章\n\n阅读约一小时，共三节。"
ABOUT = {"summary": "做一样东西。", "seconds": 12.0}


def test_a_chapter_that_tells_all_has_a_row(tmp_path):
    path = making.saved(making.notebook(making.prose(OPENING), **ABOUT), tmp_path)
    link = "[05 一章](ch/05_tiny.ipynb)"
    assert row(path, "ch") == f"| {link} | 做一样东西。 | 读约一小时，跑约 10 秒 |"


@pytest.mark.parametrize(
    ("opening", "about", "told"),
    [
        (
            "# 05 一章",
            ABOUT,
            "how long reading takes; write there, for example, 阅读约",
        ),
        (OPENING, {"summary": "一。"}, "so nobody knows .*run_notebooks.py 05_tiny"),
        (OPENING, {"seconds": 12.0}, "have no summary"),
    ],
)
def test_what_a_chapter_lacks_is_told_with_its_name(tmp_path, opening, about, told):
    path = making.saved(making.notebook(making.prose(opening), **about), tmp_path)
    with pytest.raises(ValueError, match=f"^05_tiny.ipynb: .*{told}"):
        row(path, "ch")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (8.7, "10 秒"),
        (54.2, "50 秒"),
        (75.0, "1 分钟"),
        (88.6, "1 分半"),
        (118, "2 分钟"),
    ],
)
def test_a_run_takes_about(seconds, words):
    assert seconds_in_words(seconds) == words
