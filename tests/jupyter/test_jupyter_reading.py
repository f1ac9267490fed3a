"""A chapter in Jupyter, before anything has run: it reads as on the site."""

import pytest
from playwright.sync_api import expect

NAME = "05_gan"
TOP = "(node) => node.getBoundingClientRect().top"


@pytest.fixture(scope="module")
def chapter(open_notebook, path):
    """Chapter 05, open."""
    chapter = open_notebook(path.name)
    chapter.wait(lambda: chapter.facts()["kernel"] == "idle", "no kernel")
    return chapter


def source_of(chapter, id: str):
    """A cell's source as it is shown, scrolled into view."""
    chapter.output(id)
    return chapter.page.locator(f'.jp-Cell[data-test-id="{id}"] .jp-Cell-inputWrapper')


def test_opening_and_saving_change_nothing(chapter, path):
    assert not chapter.facts()["unsaved"]
    before = path.read_bytes()
    chapter.save()
    assert path.read_bytes() == before


def test_solutions_and_answers_wait(chapter):
    answer = chapter.output("gan-004").locator("details")
    expect(answer.locator("summary")).to_have_text("显示答案")
    expect(answer.locator("p")).to_be_hidden()
    solution = source_of(chapter, "gan-068")
    expect(solution).to_contain_text("参考解答")
    expect(solution).not_to_contain_text("gradient_size")
    expect(chapter.output("gan-068").locator("pre")).to_be_hidden()


def test_an_equation_has_its_number_and_a_citation_its_work(chapter):
    source_of(chapter, "gan-009").locator("mjx-mlabeledtr").wait_for()
    cited = "Goodfellow 等 [2014]"
    items = chapter.page.get_by_role("listitem")
    work = items.filter(has_text="Generative adversarial nets.")
    for _ in range(3):  # Jupyter jumps to where a place was, then draws what is above
        chapter.output("works")
        source_of(chapter, "gan-005").get_by_role("link", name=cited).click()
        chapter.page.wait_for_timeout(1500)
        if 0 < work.evaluate(TOP) < 900:
            return
    pytest.fail("no jump")
