"""The module that anywidget runs, one text from a blob address, and a kernel."""

import pytest
import torch
from live_page import answer, show_live

from aigc_helpers.explorers import LatentExplorer


@pytest.fixture
def live(open_page, decoders):
    """A page whose explorer is answered by a Python widget: (page, widget)."""
    widget = LatentExplorer(decoders["conditional"], latent_dim=16, n_classes=10)
    return show_live(open_page, widget), widget


def settle(page, widget):
    """Answer until nothing is asked: small pictures follow a rest of 300 ms."""
    page.wait_for_timeout(600)
    while widget.received:
        answer(page, widget)
        page.wait_for_timeout(600)


def picture(page) -> str:
    return page.locator(".aigc-picture").evaluate("canvas => canvas.toDataURL()")


def test_a_slider_is_answered_by_the_kernel_and_python_follows(live):
    page, widget = live
    answer(page, widget)
    before = picture(page)
    page.locator(".aigc-row input").nth(0).fill("2")
    answer(page, widget)
    assert picture(page) != before
    assert widget.coordinates[0] == 2.0
    expected = torch.tensor(widget._setting.base)
    expected[0] += 2
    assert widget.z == pytest.approx(expected.tolist(), abs=1e-5)


def test_the_page_follows_python(live):
    page, widget = live
    answer(page, widget)
    before = picture(page)
    widget.coordinates, widget.label = [0, -1.5, 0, 0, 0, 0], 6
    page.evaluate("state => model.python(state)", widget._state)
    answer(page, widget)
    assert picture(page) != before
    assert page.locator(".aigc-row input").nth(1).input_value() == "-1.5"
    assert page.get_by_label("6", exact=True).is_checked()


def test_one_request_is_in_flight_and_the_latest_wins(live):
    page, widget = live
    settle(page, widget)
    slider = page.locator(".aigc-row input").nth(0)
    for value in ("0.5", "1", "1.5", "2", "2.5"):
        slider.fill(value)
    page.wait_for_timeout(50)
    assert len(widget.received) == 1
    moved = [widget.received[0]["z"][0]]
    answer(page, widget)
    shown = page.evaluate("document.querySelector('#cell').aigc.view.state")
    assert shown["coordinates"][0] == 2.5
    assert moved[0] == pytest.approx(float(widget._setting.base[0]) + 0.5, abs=1e-5)
    assert widget.coordinates[0] == 2.5


def test_what_the_decoder_says_is_shown(live):
    page, widget = live
    answer(page, widget)
    widget._decoder = lambda z, y: z
    page.locator(".aigc-row input").nth(0).fill("2")
    answer(page, widget)
    page.wait_for_selector(".aigc-failed")
    assert "Python 内核没能算出图像" in page.locator(".aigc-status").inner_text()


def test_a_silent_kernel_is_reported_and_the_next_move_asks_again(live):
    page, widget = live
    answer(page, widget)
    page.evaluate("document.querySelector('#cell').aigc.view.kernel.timeout = 100")
    page.locator(".aigc-row input").nth(0).fill("2")
    page.wait_for_selector(".aigc-failed")
    assert "还没有回答" in page.locator(".aigc-status").inner_text()
    widget.received.clear()
    before = picture(page)
    page.evaluate("document.querySelector('#cell').aigc.view.kernel.timeout = 5000")
    page.locator(".aigc-row input").nth(0).fill("-2")
    answer(page, widget)
    assert picture(page) != before
    page.wait_for_selector(".aigc-failed", state="detached")


def test_axe_finds_nothing_in_a_live_explorer(live, axe):
    page, widget = live
    answer(page, widget)
    assert axe(page) == []
