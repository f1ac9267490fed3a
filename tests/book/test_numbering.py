"""Figures and formulas are numbered from 1 on each page."""

import re
from types import SimpleNamespace

import pytest
from aigc_book import numbering


def test_each_page_and_each_kind_counts_from_one_in_order():
    numbers = {
        "a": {"figure": {"x": (1,), "y": (2,)}, "displaymath": {"e": (1,)}},
        "b": {"figure": {"q": (4,), "p": (3,)}, "displaymath": {}},
    }
    numbering.restart(numbers)
    assert numbers == {
        "a": {"figure": {"x": (1,), "y": (2,)}, "displaymath": {"e": (1,)}},
        "b": {"figure": {"q": (2,), "p": (1,)}, "displaymath": {}},
    }


@pytest.mark.parametrize(
    "pattern", [r'caption-number">图 (\d+)', r'class="eqno">\((\d+)\)']
)
def test_pages_of_the_site_count_from_one(site, pattern):
    chapters = list((site / "notebooks").glob("*.html"))
    found = {p.name: re.findall(pattern, p.read_text("utf-8")) for p in chapters}
    assert any(found.values())
    for name, numbers in found.items():
        assert numbers == [str(i + 1) for i in range(len(numbers))], name


def test_sphinx_compares_its_new_count_with_its_last_one():
    count = {"a": {"figure": {"x": (4,)}}}
    env = SimpleNamespace(toc_fignumbers=count)
    numbering.restart_pages(None, env)
    assert env.toc_fignumbers == {"a": {"figure": {"x": (1,)}}}
    numbering.put_back(None, env)
    assert env.toc_fignumbers == {"a": {"figure": {"x": (4,)}}}
