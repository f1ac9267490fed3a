"""The page's host knows no kind by name: a folder beside it is one."""

import pytest

from aigc_helpers.explorers.page import explorer_html

LAMP = """import { fill } from "../front/core.js";
export default {
  render({ model, el }) {
    el.textContent = fill("{n} W", model.get("_state"));
    el.aigc = {};
  },
};
"""


@pytest.fixture(scope="module", autouse=True)
def pages(explorer_site, write_page):
    """A throw-away kind with a page of its own, and two that are no kinds."""
    folder = explorer_site / "_static" / "explorers" / "lamp"
    folder.mkdir()
    (folder / "lamp.js").write_text(LAMP, "utf-8")
    kinds = {"lamp": "lamp", "missing": "telescope", "outside": "../lamp/lamp"}
    for name, kind in kinds.items():
        write_page(name, explorer_html(kind, {}, {"n": 40}, poster="<p>灯</p>"))


def test_a_folder_beside_the_host_is_a_kind(explorer):
    assert explorer("lamp.html").box.inner_text() == "40 W"


@pytest.mark.parametrize("name", ["missing", "outside"])
def test_what_is_no_kind_leaves_the_poster_and_a_note(open_page, name):
    page = open_page(f"{name}.html")
    page.wait_for_selector(".aigc-explorer[data-error]")
    text = page.locator(".aigc-explorer").inner_text()
    assert "灯" in text and "没有加载成功" in text
    if name == "missing":  # the browser has looked for the file
        open_page.problems.clear()
