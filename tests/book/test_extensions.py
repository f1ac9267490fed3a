"""Our Sphinx extensions."""

import pytest
from aigc_book import repairs


def test_known_labels_are_translated_and_nothing_else():
    html = '<button title="Toggle primary sidebar">Main</button>'
    assert repairs.translate(html) == '<button title="显示或隐藏全书目录">Main</button>'
    assert repairs.translate('<a title="Main effects">') == '<a title="Main effects">'


@pytest.mark.parametrize("phrase", repairs.PHRASES)
def test_every_phrase_is_replaced_by_chinese(phrase):
    assert phrase not in repairs.translate(f'<i aria-label="{phrase}">')


def test_the_colour_button_has_one_name():
    icon = '<i class="theme-switch fa-solid fa-sun  fa-lg" data-mode="light"'
    assert repairs.clarify(f'{icon} title="亮色"></i>') == f"{icon}></i>"


def test_references_are_items_of_their_list():
    entry = '<div class="citation" role="doc-biblioentry">'
    assert repairs.clarify(entry) == '<div class="citation" role="listitem">'


def test_a_summary_is_named_by_its_text():
    html = '<summary aria-label="Toggle hidden content"><p>显示代码</p></summary>'
    repaired = repairs.clarify(repairs.translate(html))
    assert repaired == "<summary><p>显示代码</p></summary>"
