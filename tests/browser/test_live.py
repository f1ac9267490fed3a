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


def test_a_question_that_no_reader_caused_leaves_python_s_state(live):
    page, widget = live
    widget.coordinates = [1, 0, 0, 0, 0, 0]  # before the first question is read
    answer(page, widget)
    assert widget.coordinates == [1, 0, 0, 0, 0, 0]
    page.locator(".aigc-row input").nth(0).fill("2")
    answer(page, widget)
    widget.label = 6
    page.evaluate("state => model.python(state)", widget._state)
    widget.label = 7
    answer(page, widget)
    assert (widget.coordinates[0], widget.label) == (2.0, 7)


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


def test_while_a_slider_moves_the_kernel_gets_questions_alone(live):
    page, widget = live
    settle(page, widget)
    page.evaluate("() => { model.save_changes = () => { window.saved = true; }; }")
    page.locator(".aigc-row input").nth(0).evaluate(
        """(slider) => {
          slider.value = 1.5;
          slider.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )
    answer(page, widget)
    assert widget.coordinates[0] == 1.5
    assert page.evaluate("model.get('_state').coordinates[0]") == 1.5
    assert not page.evaluate("'saved' in window")


def test_what_the_decoder_says_is_shown(live):
    page, widget = live
    answer(page, widget)
    widget._decoder = lambda z, y: z
    page.locator(".aigc-row input").nth(0).fill("2")
    answer(page, widget)
    page.wait_for_selector(".aigc-failed")
    assert "Python 内核没能算出图像" in page.locator(".aigc-status").inner_text()


def status(page) -> str:
    return page.locator(".aigc-status").inner_text()


def test_a_busy_kernel_is_named_and_its_late_answer_is_painted(live):
    page, widget = live
    assert status(page) == "正在等 Python 内核…"
    page.get_by_text("Python 内核正忙").wait_for()
    black = picture(page)
    page.locator(".aigc-row input").nth(0).fill("2")
    page.locator(".aigc-row input").nth(0).fill("-2")
    assert len(widget.received) == 1, "a busy kernel is not asked for every step"
    answer(page, widget)  # the answer to the first question, then to the last
    assert picture(page) != black and widget.coordinates[0] == -2
    page.get_by_text("Python 内核正在运行网络").wait_for()


def test_words_of_a_late_picture_count_no_milliseconds(live):
    page, widget = live
    page.get_by_text("Python 内核正忙").wait_for()
    answer(page, widget)
    page.get_by_text("Python 内核已经算好图像").wait_for()


def test_words_on_a_busy_kernel_go_when_a_small_picture_has_come(live):
    page, widget = live
    answer(page, widget)
    page.evaluate("document.querySelector('#cell').aigc.view.kernel.soon = 0")
    page.get_by_text("Python 内核正忙").wait_for()  # small pictures are asked for
    page.evaluate("document.querySelector('#cell').aigc.view.kernel.soon = 5000")
    settle(page, widget)
    assert "Python 内核正在运行网络" in status(page)


def test_words_on_a_busy_kernel_go_when_two_questions_have_waited(live):
    page, widget = live
    settle(page, widget)
    before = status(page)
    page.evaluate(
        """() => {
          const { kernel } = document.querySelector("#cell").aigc.view;
          const [z, label] = [new Array(16).fill(0), 0];
          for (let i = 0; i < 2; i++) kernel.ask({ z, label }, 0);
        }"""
    )
    page.get_by_text("Python 内核正忙").wait_for()
    answer(page, widget)
    assert status(page) == before


def test_a_restarted_kernel_is_not_waited_for(live):
    page, widget = live
    gone = "再运行这一格"
    page.evaluate("model.restarted()")
    page.locator(".aigc-failed").get_by_text(gone).wait_for()
    widget.received.clear()
    page.locator(".aigc-row input").nth(0).fill("2")
    page.wait_for_timeout(500)  # longer than the rest after which words follow
    assert gone in status(page) and not widget.received


def test_a_kernel_that_was_shut_down_is_gone(live):
    page, widget = live
    answer(page, widget)
    page.evaluate("() => { model.send = () => { throw new Error('Cannot send'); }; }")
    page.locator(".aigc-row input").nth(0).fill("2")
    page.locator(".aigc-failed").get_by_text("再运行这一格").wait_for()


def test_a_computation_that_was_stopped_says_so(live):
    page, widget = live
    answer(page, widget)

    def stopped(z, y):
        raise KeyboardInterrupt

    widget._decoder, decoder = stopped, widget._decoder
    page.locator(".aigc-row input").nth(0).fill("2")
    page.wait_for_timeout(50)
    with pytest.raises(KeyboardInterrupt):
        answer(page, widget)
    page.locator(".aigc-failed").get_by_text("计算被停止了").wait_for()
    widget._decoder = decoder
    page.locator(".aigc-row input").nth(0).fill("1")
    answer(page, widget)
    page.get_by_text("Python 内核正在运行网络").wait_for()


def test_the_poster_hides_while_a_picture_stands(open_page, decoders):
    widget = LatentExplorer(decoders["plain"], latent_dim=16)
    widget._config = {**widget._config, "poster": "abc"}
    page = show_live(open_page, widget)
    page.evaluate(
        """() => {
          for (const name of ["abc", "other"]) {
            const poster = document.createElement("p");
            poster.dataset.aigcPoster = poster.textContent = name;
            document.body.append(poster);
          }
        }"""
    )
    posters = page.locator("[data-aigc-poster]:visible")
    assert posters.all_inner_texts() == ["abc", "other"], "nothing is painted yet"
    answer(page, widget)
    assert posters.all_inner_texts() == ["other"]
    rules = (
        "Array.from(document.styleSheets).flatMap((one) => Array.from(one.cssRules))"
    )
    selectors = page.evaluate(f"{rules}.map((rule) => rule.selectorText)")
    assert '[data-aigc-poster="abc"]' in selectors  # for browsers without :has()
    page.evaluate("endView()")
    assert posters.all_inner_texts() == ["abc", "other"]


def test_commands_are_the_notebooks_and_all_other_keys_are_not(live):
    page, widget = live
    answer(page, widget)
    page.evaluate(
        "() => { window.taken = []; onkeydown = ({ key }) => { taken.push(key); }; }"
    )
    page.locator(".aigc-row input").nth(0).focus()
    for key in ("ArrowRight", "x", "Enter", "Escape", "Shift+Enter", "Control+s"):
        page.keyboard.press(key)
    taken = page.evaluate("taken.filter((key) => !['Shift', 'Control'].includes(key))")
    assert taken == ["Escape", "Enter", "s"]


def test_axe_finds_nothing_in_a_live_explorer(live, axe):
    page, widget = live
    answer(page, widget)
    assert axe(page) == []
