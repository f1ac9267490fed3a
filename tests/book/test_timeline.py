"""The timeline of chapter 01: one theme at a time, by mouse and keyboard, no script."""

import pytest

PAGE = "notebooks/01_background.html"
THEMES = {"rules": "规则", "data": "数据", "generation": "生成"}


def shown(page) -> list[str]:
    """Themes of the entries that can be seen."""
    entries = page.locator(".timeline li").all()
    return [e.get_attribute("data-theme") for e in entries if e.is_visible()]


@pytest.mark.parametrize("width", [360, 1280])
def test_a_theme_hides_the_others(open_page, width):
    page = open_page(PAGE, viewport={"width": width, "height": 900})
    everything = shown(page)
    assert len(everything) >= 15
    for theme, name in THEMES.items():
        page.locator(".timeline label", has_text=name).click()
        assert shown(page) == [e for e in everything if theme in e.split()]
    page.locator(".timeline label", has_text="全部").click()
    assert shown(page) == everything


def test_the_keyboard_chooses_a_theme_and_opens_an_entry(open_page):
    page = open_page(PAGE, viewport={"width": 1280, "height": 900})
    page.locator("#timeline-all").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#timeline-rules").is_checked()
    assert all("rules" in entry.split() for entry in shown(page))
    entry = page.locator(".timeline details:visible").first
    assert not entry.locator("p").is_visible()
    entry.locator("summary").focus()
    page.keyboard.press("Enter")
    assert entry.locator("p").is_visible()


def test_every_entry_has_its_source(open_page):
    page = open_page(PAGE, java_script_enabled=False)
    for entry in page.locator(".timeline li").all():
        assert entry.locator("a[href*='references.html#']").count() >= 1
        labels = entry.locator(".timeline-theme").all_inner_texts()
        themes = entry.get_attribute("data-theme").split()
        assert labels == [THEMES[theme] for theme in themes]
