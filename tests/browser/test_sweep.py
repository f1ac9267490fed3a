"""The sweep explorer on a page and live: stops, sheets, curves, new values, faults."""

import re

import numpy as np
import pytest
from live_page import answer, show_live
from playwright.sync_api import expect

from aigc_helpers.explorers import SweepExplorer

VALUES = [0.0, 0.25, 0.5, 1.0]
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
STATE = "document.querySelector('.aigc-explorer').aigc.view.state"
PIXELS = """(n) => {
  const canvas = document.querySelectorAll(".aigc-sweep-picture")[n];
  const area = [0, 0, canvas.width, canvas.height];
  return Array.from(canvas.getContext("2d").getImageData(...area).data);
}"""


def one(value):
    """Two pictures, two numbers (one of them no number at 1) and a text."""
    ramp = np.linspace(0, 1, 70).reshape(7, 10)
    colour = np.full((6, 5, 3), (value, 1 - value, 0.25))
    loss = np.nan if value == 1 else 2 - value
    return {
        "坡": ramp * value,
        "色": colour,
        "准确率": value**2,
        "损失": loss,
        "说明": f"值为 {value}",
    }


def two(a, b):
    return {"图": np.full((4, 4), (a + 10 * b) / 33), "和": a + b}


@pytest.fixture(scope="session", autouse=True)
def pages(write_page):
    single = SweepExplorer(one, VALUES, name="β")._static_html()
    pair = SweepExplorer(two, ([0, 1, 3], [1, 2, 3]), name=("甲", "乙"), start=[1, 2])
    plain = SweepExplorer(lambda n: {"误差": 1 / n}, [1, 10, 100], name="步数")
    link = '<p><a href="#explorer?1=0.45">把 β 拉到 0.5</a></p>'
    write_page("sweep", link + single)
    write_page("sweep-pair", pair._static_html())
    write_page("sweep-two", single + plain._static_html())
    write_page("sweep-charts", growth()._static_html())


def growth():
    """Three numbers of which two share a chart, and one that is wide."""
    return SweepExplorer(
        lambda n: {"叠": 2**n, "并": 2 * n + 1, "误差": 10.0 ** (-n)},
        range(1, 7),
        name="层数",
        charts={"段数": ["叠", "并"]},
    )


def pixels(page, n=0) -> np.ndarray:
    return np.array(page.evaluate(PIXELS, n)).reshape(-1, 4)[:, :3]


def shown_value(page) -> list[float]:
    return page.evaluate(STATE)["value"]


def check(page, value):
    """Pictures, numbers and text are those of the value, to the last level."""
    expected = one(value)
    for n, name in enumerate(("坡", "色")):
        picture = np.rint(expected[name] * 255)
        wide = picture if picture.ndim == 3 else picture[..., None].repeat(3, -1)
        assert np.abs(pixels(page, n) - wide.reshape(-1, 3)).max() == 0, name
    words = page.locator(".aigc-number strong").all_inner_texts()
    assert float(words[0]) == pytest.approx(value**2, abs=1e-3)
    if value == 1:
        assert words[1] == "不是数"
    else:
        assert float(words[1]) == pytest.approx(2 - value)
    assert page.locator(".aigc-sweep-text span").inner_text() == f"值为 {value}"


def test_the_keyboard_goes_from_stop_to_stop(explorer):
    shown = explorer("sweep.html")
    check(shown.page, 0.0)
    shown.sliders.nth(0).focus()
    for value in VALUES[1:]:
        shown.page.keyboard.press("ArrowRight")
        check(shown.page, value)
    assert shown.sliders.nth(0).get_attribute("aria-valuetext") == "1，第 4 个，共 4 个"
    shown.page.keyboard.press("Home")
    check(shown.page, 0.0)


def test_a_mouse_drags_to_a_stop(explorer):
    shown = explorer("sweep.html")
    box = shown.sliders.nth(0).bounding_box()
    middle = box["y"] + box["height"] / 2
    shown.page.mouse.move(box["x"] + 9, middle)
    shown.page.mouse.down()
    shown.page.mouse.move(box["x"] + box["width"] * 0.68, middle, steps=5)
    shown.page.mouse.up()
    check(shown.page, 0.5)


def test_a_finger_jumps_to_a_stop(explorer):
    shown = explorer("sweep.html", **PHONE)
    box = shown.sliders.nth(0).bounding_box()
    shown.page.touchscreen.tap(
        box["x"] + box["width"] - 12, box["y"] + box["height"] / 2
    )
    check(shown.page, 1.0)


def test_two_sliders_make_a_grid(explorer):
    shown = explorer("sweep-pair.html")
    assert shown_value(shown.page) == [1, 2]
    for i, a in enumerate([0, 1, 3]):
        for j, b in enumerate([1, 2, 3]):
            shown.sliders.nth(0).fill(str(i))
            shown.sliders.nth(1).fill(str(j))
            assert (pixels(shown.page) == np.rint((a + 10 * b) / 33 * 255)).all()
            number = shown.page.locator(".aigc-number strong").inner_text()
            assert float(number) == a + b


CURVE = """(n) => {
  const svg = document.querySelectorAll(".aigc-chart-svg")[n];
  const numbers = (path) => (path.getAttribute("d").match(/-?[\\d.]+ -?[\\d.]+/g) ?? [])
    .map((pair) => pair.split(" ").map(Number));
  const points = svg.querySelectorAll(".aigc-points path");
  const { x, y } = document.querySelector(".aigc-explorer").aigc.view.charts[n].chart;
  const data = ([px, py]) => [x.value(px), y.value(py)];
  return {
    curve: numbers(svg.querySelector(".aigc-curves path")).map(data),
    now: numbers(points[2]).map(data),
  };
}"""


CURVES = """() => {
  const { chart } = document.querySelector(".aigc-explorer").aigc.view.charts[0];
  const places = [...chart.layers[1].children].map((path) => path.getAttribute("d"));
  return places.map((d) => d.match(/[ML][^ML]+/g).map((part) => {
    return chart.y.value(Number(part.slice(1).split(" ")[1]));
  }));
}"""


def test_a_number_is_a_curve_with_the_present_value_marked(explorer):
    shown = explorer("sweep.html")
    shown.sliders.nth(0).fill("2")
    accuracy = shown.page.evaluate(CURVE, 0)
    np.testing.assert_allclose(
        accuracy["curve"], [[v, v**2] for v in VALUES], atol=5e-3
    )
    np.testing.assert_allclose(accuracy["now"], [[0.5, 0.25]], atol=5e-3)
    loss = shown.page.evaluate(CURVE, 1)
    np.testing.assert_allclose(
        loss["curve"], [[v, 2 - v] for v in VALUES[:3]], atol=0.01
    )
    shown.sliders.nth(0).fill("3")  # no number there: no dot
    assert shown.page.evaluate(CURVE, 1)["now"] == []


def test_numbers_of_one_chart_share_its_scale_and_have_a_legend(explorer):
    page = explorer("sweep-charts.html").page
    titles = page.locator(".aigc-number > p").all_inner_texts()
    assert [title.strip() for title in titles] == ["段数", "误差（对数刻度） 0.1000"]
    keys = page.locator(".aigc-keys li").all_inner_texts()
    assert [key.strip() for key in keys] == ["叠 2", "并 3"]
    drawn = page.evaluate(CURVES)
    np.testing.assert_allclose(drawn[0], [2**n for n in range(1, 7)], atol=0.3)
    np.testing.assert_allclose(drawn[1], [2 * n + 1 for n in range(1, 7)], atol=0.3)
    chart = page.locator(".aigc-chart-svg").first
    expect(chart).to_have_attribute("aria-label", re.compile("叠 2，并 3"))
    assert page.locator(".aigc-chart-svg").first.locator(".aigc-grid").count() >= 3


def test_words_follow_when_nothing_moves(explorer):
    shown = explorer("sweep.html")
    shown.sliders.nth(0).fill("2")
    shown.page.wait_for_function(
        "document.querySelector('.aigc-status').textContent.startsWith('β = 0.5')"
    )
    assert "准确率 0.2500，损失 1.50 · 预先算好" in shown.status.inner_text()
    picture = shown.page.locator(".aigc-sweep-picture").first
    assert picture.get_attribute("aria-label") == "坡，β = 0.5"
    chart = shown.page.locator(".aigc-chart-svg").first
    assert "准确率随β变化的曲线" in chart.get_attribute("aria-label")


def test_presets_reset_and_link(explorer):
    page = explorer("sweep.html").page
    page.get_by_role("button", name="β = 1").click()
    check(page, 1.0)
    page.get_by_role("button", name="重置").click()
    check(page, 0.0)
    page.get_by_text("把 β 拉到 0.5").click()
    page.wait_for_function(f"{STATE}.value[0] === 0.5")
    check(page, 0.5)
    assert page.locator(".aigc-row input").input_value() == "2"


def test_a_link_out_of_range_is_brought_in(explorer):
    page = explorer("sweep-pair.html").page
    state = page.evaluate(
        """() => {
          const { apply, view } = document.querySelector(".aigc-explorer").aigc;
          apply({ 1: "99", 2: "x", 3: "1" });
          return view.state;
        }"""
    )
    assert state == {"value": [3, 1]}


def test_two_explorers_on_one_page_keep_apart(explorer):
    shown = explorer("sweep-two.html")
    shown.page.wait_for_selector(".aigc-explorer[data-ready] >> nth=1")
    shown.sliders.nth(1).fill("2")
    values = (
        "[...document.querySelectorAll('.aigc-explorer')].map(n => n.aigc.view.state)"
    )
    assert shown.page.evaluate(values) == [{"value": [0]}, {"value": [100]}]
    check(shown.page, 0.0)


def test_without_a_kernel_nothing_new_is_offered(explorer):
    page = explorer("sweep.html").page
    assert page.get_by_role("button", name="计算新的值").count() == 0


def test_a_missing_module_leaves_sheets_and_table_and_says_so(open_page, server):
    page = open_page()
    page.route("**/sweep.js", lambda route: route.fulfill(status=404))
    page.goto(f"{server}/sweep.html")
    page.wait_for_selector(".aigc-explorer-note")
    assert page.locator(".aigc-explorer-poster").count() == 2
    assert page.locator(".aigc-explorer-poster").first.is_visible()
    assert page.get_by_role("cell", name="值为 0.25").is_visible()
    open_page.problems.clear()


@pytest.mark.parametrize(
    ("whole", "broken"),
    [('"numbers":[', '"numb":['), ("data:image/webp;base64,UklG", "data:image/webp,x")],
)
def test_damage_leaves_the_table_and_says_so(open_page, server, whole, broken):
    page = open_page()

    def damage(route):
        html = route.fetch().text()
        assert whole in html
        route.fulfill(body=html.replace(whole, broken), content_type="text/html")

    page.route("**/sweep.html", damage)
    page.goto(f"{server}/sweep.html")
    page.wait_for_selector(".aigc-explorer-note")
    assert page.get_by_role("cell", name="值为 0.25").is_visible()


@pytest.mark.parametrize("path", ["sweep.html", "sweep-pair.html", "sweep-two.html"])
def test_a_phone_needs_no_sideways_scroll(fits, explorer, path):
    shown = explorer(path, **PHONE)
    fits(shown.page, ".aigc-sweep *")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["sweep-two.html", "sweep-two-dark.html"])
def test_axe_finds_nothing(explorer, axe, path, width):
    shown = explorer(path, viewport={"width": width, "height": 900})
    shown.page.wait_for_selector(".aigc-explorer[data-ready] >> nth=1")
    shown.page.wait_for_timeout(500)
    assert axe(shown.page) == []


@pytest.mark.parametrize("path", ["sweep-two.html", "sweep-two-dark.html"])
def test_axe_finds_nothing_in_the_poster(open_page, server, axe, path):
    page = open_page()
    page.route("**/sweep.js", lambda route: route.fulfill(status=404))
    page.goto(f"{server}/{path}")
    page.wait_for_selector(".aigc-explorer-note")
    assert axe(page) == []
    open_page.problems.clear()


# ---- live ----------------------------------------------------------------------


@pytest.fixture
def live(open_page):
    """A page whose explorer is answered by a Python widget."""
    widget = SweepExplorer(one, VALUES, name="β")
    page = show_live(open_page, widget)
    answer(page, widget)
    page.wait_for_timeout(50)
    return page, widget


def test_live_counts_are_whole_and_other_numbers_are_not(open_page):
    def count(value):
        return {"参数": 3_247_617 * value, "损失": 1 / value}

    widget = SweepExplorer(count, [1, 2], name="n")
    page = show_live(open_page, widget)
    answer(page, widget)
    shown = page.locator(".aigc-number strong")
    assert shown.all_inner_texts() == ["3247617", "1.0"]
    page.get_by_text("参数 3247617，损失 1.0").wait_for()


def test_live_a_number_that_is_whole_where_it_was_stored_alone_is_no_count(open_page):
    widget = SweepExplorer(lambda v: {"值": v}, [0.0, 1.0, 2.0], name="β")
    page = show_live(open_page, widget)
    answer(page, widget)
    compute(page, "0.4")
    answer(page, widget)
    page.get_by_text("刚算好的结果").wait_for()
    assert float(page.locator(".aigc-number strong").inner_text()) == 0.4


def test_live_a_sweep_of_what_is_there_offers_nothing_new(open_page):
    widget = SweepExplorer(two, ([0, 1], [1, 2]), name=("甲", "乙"), new_values=False)
    page = show_live(open_page, widget)
    answer(page, widget)
    assert page.locator(".aigc-row input").count() == 2
    assert page.get_by_role("button", name="计算新的值").count() == 0


def compute(page, text):
    page.get_by_role("spinbutton").fill(text)
    page.get_by_role("button", name="计算新的值").click()


def test_live_the_stored_values_are_there_at_once(live):
    page, widget = live
    check(page, 0.0)
    page.locator(".aigc-row input").fill("3")
    page.wait_for_timeout(150)
    check(page, 1.0)
    assert widget.value == 1.0 and not widget.received
    widget.value = 0.25
    page.evaluate("state => model.python(state)", widget._state)
    page.wait_for_timeout(50)
    check(page, 0.25)


def test_live_a_new_value_is_computed_and_can_be_found_again(live, axe):
    page, widget = live
    compute(page, "0.7")
    page.wait_for_timeout(50)
    button = page.locator(".aigc-compute > button")
    assert "正在计算 β = 0.7" in page.locator(".aigc-status").inner_text()
    assert button.inner_text() == "计算中…"
    page.locator(".aigc-row input").fill("2")  # stored values go on meanwhile
    check(page, 0.5)
    button.click(force=True)  # asks nothing twice
    assert [ask["compute"] for ask in widget.received] == [[0.7]]
    answer(page, widget)
    page.wait_for_timeout(200)
    check(page, 0.7)
    assert button.inner_text() == "计算新的值"
    assert widget.value == 0.7
    assert page.locator(".aigc-row output").inner_text() == "0.7"
    page.wait_for_timeout(400)
    assert "刚算好" in page.locator(".aigc-status").inner_text()
    page.locator(".aigc-row input").fill("0")
    check(page, 0.0)
    page.get_by_role("button", name="β = 0.7").click()
    check(page, 0.7)
    compute(page, "0.7")  # known: nothing is asked
    page.wait_for_timeout(150)
    assert not widget.received and widget.value == 0.7
    assert axe(page) == []


def known(page) -> str:
    """The value under whose name everything on the page stands."""
    value = page.locator(".aigc-row output").inner_text()
    check(page, float(value))
    (label,) = {
        page.locator(".aigc-sweep-picture").nth(n).get_attribute("aria-label")[2:]
        for n in (0, 1)
    }
    words = page.locator(".aigc-status").inner_text()
    assert label == f"β = {value}" and words.startswith(f"β = {value}，")
    return value


def test_live_a_page_that_is_loaded_again_knows_what_was_computed(live, open_page):
    page, widget = live
    for text in ("0.7", "0.3"):
        compute(page, text)
        answer(page, widget)
        page.wait_for_timeout(200)
    again = show_live(open_page, widget)
    assert again.locator(".aigc-row output").inner_text() == "0.25"  # until it is known
    assert again.locator(".aigc-sweep-text span").inner_text() == "值为 0.25"
    answer(again, widget)
    again.locator(".aigc-fresh button >> nth=1").wait_for()
    again.get_by_text("刚算好的结果").wait_for()
    assert known(again) == "0.3"
    again.get_by_role("button", name="β = 0.7").click()
    again.get_by_text("β = 0.7，").wait_for()
    assert known(again) == "0.7"


def test_live_a_value_that_the_kernel_has_lost_is_not_shown_under_its_name(
    live, open_page
):
    page, widget = live
    compute(page, "0.7")
    answer(page, widget)
    page.wait_for_timeout(200)
    assert widget.value == 0.7
    del widget.results[0.7,]
    widget._compute = lambda value: 1 / 0
    again = show_live(open_page, widget)
    answer(again, widget)
    again.wait_for_selector(".aigc-failed")
    assert again.locator(".aigc-row output").inner_text() == "0.5"
    check(again, 0.5)


def test_live_what_another_view_had_computed_is_asked_for(live):
    page, widget = live
    widget._answer({"compute": [0.7]})
    widget.value = 0.7
    page.evaluate("state => model.python(state)", widget._state)
    answer(page, widget)
    page.get_by_text("刚算好的结果").wait_for()
    assert known(page) == "0.7"


@pytest.mark.parametrize("text", ["2", "-1", ""])
def test_live_a_value_out_of_range_is_explained(live, text):
    page, widget = live
    page.evaluate(
        """(text) => {
          const slider = document.querySelector(".aigc-row input");
          slider.value = 2;
          slider.dispatchEvent(new Event("input", { bubbles: true }));
          document.querySelector(".aigc-compute input").value = text;
          document.querySelector(".aigc-compute > button").click();
        }""",
        text,
    )
    page.wait_for_timeout(1000)  # longer than the rest after which words follow
    assert page.locator(".aigc-failed").count() == 1
    words = page.locator(".aigc-status").inner_text()
    assert words == "请在“β”一栏填 0 到 1 之间的数。"
    assert not widget.received


def test_live_an_error_of_the_function_is_shown_and_the_next_try_works(live):
    page, widget = live
    widget._compute = lambda value: 1 / 0
    compute(page, "0.3")
    answer(page, widget)
    page.wait_for_selector(".aigc-failed")
    words = page.locator(".aigc-status").inner_text()
    assert words == "Python 内核没能算出结果：division by zero"
    widget._compute = one
    compute(page, "0.3")
    answer(page, widget)
    page.wait_for_timeout(200)
    check(page, 0.3)


def test_live_computing_may_take_long(live):
    page, widget = live
    page.evaluate("document.querySelector('#cell').aigc.view.kernel.soon = 0")
    compute(page, "0.3")
    page.wait_for_timeout(100)
    assert "正在计算 β = 0.3" in page.locator(".aigc-status").inner_text()
    answer(page, widget)
    page.wait_for_timeout(200)
    check(page, 0.3)
