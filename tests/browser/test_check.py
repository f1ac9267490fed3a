"""Self-checks on a page: answers at once, by mouse, keyboard and touch; the record."""

import json

import pytest

from aigc_helpers import exercise
from aigc_helpers.explorers import check
from aigc_helpers.explorers.check.page import static_html
from aigc_helpers.explorers.check.setting import guess_config

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
KEY = "aigc-checks"
BLOCKED = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("blocked", "SecurityError"); },
});"""
MOUNT = """async ({ text, config }) => {
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const module = await import(url);
  const model = { get: (key) => ({ _config: config, _state: {} })[key] };
  const el = document.querySelector("#cell");
  window.end = await module.default.render({ model, el });
}"""

CHOICE = check.choice(
    r"$D(x)=\frac12$ 时，哪个对？",
    {"甲": "甲 `x` 不对，因为一。", "乙": "乙对，因为二。", "丙": "丙不对，因为三。"},
    right="乙",
)
MANY = check.choice(
    "哪些是偶数？",
    {"2": "二对。", "3": "三是奇数。", "4": "四对。"},
    right=["2", "4"],
    seed=None,
)
NUMBER = check.number(
    "算一算。",
    answer=-0.5,
    tolerance=0.01,
    unit="nats",
    hints={-1: "少除了一个 2。"},
    explanation="一半，带负号。",
)
ORDER = check.order(
    "排一排。",
    {"一": "一在先。", "二": "二要等一。", "三": "三要等二。", "四": "四在最后。"},
    explanation="一二三四。",
)
ALL = (CHOICE, MANY, NUMBER, ORDER)
LAST = (NUMBER, ORDER)
PREDICTION = guess_config(
    "判别器损失",
    truth=1.386,
    shown="1.386 nats",
    tolerance=0.01,
    unit="nats",
    why=r"就是 $2\log 2$。",
)

LARGE = guess_config(
    "元素", truth=-12345, shown="−12,345 个", tolerance=0, unit="个", why=""
)


@pytest.fixture(scope="session", autouse=True)
def pages(write_page, explorers):
    html = [made._static_html() for made in ALL]
    write_page("checks", "".join(html))
    write_page("guess", static_html(PREDICTION) + html[2])
    write_page("large", static_html(LARGE))
    write_page("far", f'{html[2]}<div style="height: 200rem"></div>{html[3]}')
    write_page("twins", html[2] + html[3] + html[3])
    write_page(
        "beside",
        f'{html[0]}<p><a href="#explorer?1=2">一</a></p>{html[1]}'
        '<div style="height: 30rem"></div>' + explorers["plain"],
    )


@pytest.fixture
def checks(open_page):
    """Open a page of self-checks and wait for all of them: (page, list of boxes)."""

    def open_(path="checks.html", before="", **options):
        page = open_page(**options)
        if before:
            page.add_init_script(before)
        page.goto(f"{open_page.server}/{path}")
        return page, boxes(page)

    return open_


def boxes(page):
    containers = page.locator(".aigc-explorer[data-explorer=check]")
    for i in range(containers.count()):
        containers.nth(i).scroll_into_view_if_needed()
        containers.nth(i).locator(".aigc-check").wait_for()
    return [containers.nth(i) for i in range(containers.count())]


def feedback(box) -> str:
    return box.get_by_role("status").inner_text()


def submit(box):
    box.get_by_role("button", name="检查").click()


def fill(box, text):
    box.get_by_label("你的答案").fill(text)
    submit(box)


def steps(box) -> str:
    return "".join(box.locator(".aigc-step").all_inner_texts())


def move(box, step, name, times=1):
    for _ in range(times):
        box.get_by_role("button", name=f"{name}：{step}").click()


def sort(box):
    for place, step in enumerate("一二三四"):
        move(box, step, "上移", steps(box).index(step) - place)


def stored(page) -> dict:
    return json.loads(page.evaluate(f"localStorage.getItem('{KEY}')") or "{}")


# ---- answers -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "outcome", "words"),
    [
        ("甲", "wrong", "✗ 不对。甲 x 不对，因为一。"),
        ("乙", "right", "✓ 对。乙对，因为二。"),
        ("丙", "wrong", "✗ 不对。丙不对，因为三。"),
    ],
)
def test_each_choice_has_its_own_explanation(checks, option, outcome, words):
    _, (box, *_) = checks()
    box.get_by_label(option).check()
    assert feedback(box) == ""  # nothing is said before the reader asks
    submit(box)
    assert feedback(box) == words
    assert box.get_by_role("status").get_attribute("data-outcome") == outcome
    assert ("已答对" in box.inner_text()) == (outcome == "right")


def test_after_a_wrong_choice_one_may_try_again_or_see_the_answer(checks):
    _, (box, *_) = checks()
    answer = box.get_by_role("button", name="看答案")
    assert answer.is_hidden()
    submit(box)
    assert "先选一个答案" in feedback(box) and answer.is_hidden()
    box.get_by_label("甲").check()
    submit(box)
    answer.click()
    assert "“乙”：乙对，因为二。" in feedback(box)
    assert "已答对" not in box.inner_text()
    box.get_by_label("乙").check()
    assert feedback(box) == ""
    submit(box)
    assert feedback(box).startswith("✓ 对。")


@pytest.mark.parametrize(
    ("chosen", "said", "unsaid"),
    [
        ("24", ["✓ 对。", "“2”：二对。", "“4”：四对。"], ["三是"]),
        ("2", ["✗ 不对。", "还有对的没有选上"], ["四对"]),
        ("3", ["✗ 不对。", "“3”：三是奇数。", "还有对的"], ["二对"]),
        ("234", ["✗ 不对。", "“3”：三是奇数。"], ["还有对的", "二对"]),
    ],
)
def test_several_right_options_are_all_asked_for(checks, chosen, said, unsaid):
    _, (_, box, *_) = checks()
    for option in chosen:
        box.get_by_label(option).check()
    submit(box)
    text = feedback(box)
    assert all(words in text for words in said), text
    assert not any(words in text for words in unsaid), text


def test_numbers_are_read_as_readers_write_them(checks):
    _, boxes = checks()
    texts = "-0.5 −0.5 －０．５ -0,5 -.5 -5e-1 -1/2 -50% -0.509nats".split()
    for text in [*texts, " -0.5 nats "]:
        fill(boxes[2], "7")
        fill(boxes[2], text)
        assert feedback(boxes[2]) == "✓ 对。一半，带负号。", text


def test_a_wrong_number_is_explained(checks):
    _, boxes = checks()
    explained = {
        "-1": "✗ 不对。少除了一个 2。",
        "0.5": "正负号反了",
        "-5": "小数点",
        "-0.52": "偏小了",
        "7": "偏大了",
        "": "先写一个数",
        "一半": "“一半”读不成一个数",
        **dict.fromkeys(["1/2/3", "1/0", "1.2.3", "0x10", "-"], "读不成一个数"),
    }
    for text, words in explained.items():
        fill(boxes[2], text)
        assert words in feedback(boxes[2]), text
        assert "已答对" not in boxes[2].inner_text()


def test_thousands_and_decimals_are_told_apart(open_page):
    page = open_page("checks.html")
    read = page.evaluate(
        """async () => {
          const { parseNumber } = await import("./_static/explorers/check/numerals.js");
          const texts = ["1,000", "1,234,567.5", "0,123", "12,5", "１，０００"];
          return texts.map((text) => parseNumber(text));
        }"""
    )
    assert read == [1000, 1234567.5, 0.123, 12.5, 1000]


def test_steps_are_ordered_by_buttons_and_the_first_mistake_is_explained(checks):
    _, boxes = checks()
    box = boxes[3]
    sort(box)
    move(box, "三", "上移")
    assert feedback(box) == "“三”现在是第 2 步，共 4 步。"
    submit(box)
    assert feedback(box) == "✗ 不对。前 1 步对了。第 2 步还不该是“三”。三要等二。"
    move(box, "三", "下移")
    submit(box)
    assert steps(box) == "一二三四" and feedback(box) == "✓ 对。一二三四。"


def test_the_ends_of_the_order_say_so_and_keep_focus(checks):
    page, boxes = checks()
    sort(boxes[3])
    up = boxes[3].get_by_role("button", name="上移：一")
    assert up.get_attribute("aria-disabled") == "true"
    up.focus()
    page.keyboard.press("Enter")
    assert steps(boxes[3]) == "一二三四"
    assert up.evaluate("node => node === document.activeElement")


# ---- mouse, keyboard, touch ----------------------------------------------------


def drag(page, box, step, to, steps=8):
    """Drag the handle of a step to where another is; the mouse strays to the left."""
    item = box.locator(".aigc-order li", has_text=step)
    from_ = item.locator(".aigc-handle").bounding_box()
    target = box.locator(".aigc-order li", has_text=to).bounding_box()
    x, y = from_["x"] + from_["width"] / 2, from_["y"] + from_["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    down = 1 if target["y"] > y else -1
    goal = target["y"] + target["height"] / 2 + 2 * down
    page.mouse.move(x - 120, y, steps=2)
    page.mouse.move(x - 120, goal, steps=steps)
    page.mouse.up()


def test_a_mouse_drags_a_step(checks):
    page, boxes = checks()
    box = boxes[3]
    sort(box)
    drag(page, box, "四", "一")
    assert steps(box) == "四一二三"
    drag(page, box, "四", "二")
    assert steps(box) == "一二四三"
    for step in "三一":  # the button is up: nothing follows
        box.locator(".aigc-order li", has_text=step).hover()
    assert steps(box) == "一二四三"


def test_a_finger_drags_a_step_and_the_page_stays(checks):
    page, boxes = checks(**PHONE)
    box = boxes[3]
    sort(box)
    before = page.evaluate("scrollY")
    handle = box.locator("li", has_text="四").locator(".aigc-handle").bounding_box()
    target = box.locator("li", has_text="二").bounding_box()
    x, y = handle["x"] + 8, handle["y"] + handle["height"] / 2
    touch = page.context.new_cdp_session(page)
    event = "Input.dispatchTouchEvent"
    touch.send(event, {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    goal = target["y"] + target["height"] / 2 - 2
    for i in range(1, 11):
        point = {"x": x, "y": y + (goal - y) * i / 10}
        touch.send(event, {"type": "touchMove", "touchPoints": [point]})
    touch.send(event, {"type": "touchEnd", "touchPoints": []})
    assert steps(box) == "一四二三"
    assert page.evaluate("scrollY") == before


def test_a_finger_answers(checks):
    _, (box, *_) = checks(**PHONE)
    box.get_by_text("乙", exact=True).tap()
    box.get_by_role("button", name="检查").tap()
    assert feedback(box).startswith("✓ 对。")


def test_the_keyboard_answers_all_of_them(checks):
    page, (first, many, number, order) = checks()
    press = page.keyboard.press
    first.get_by_role("radio").first.focus()
    while not first.get_by_label("乙").is_checked():
        press("ArrowDown")
    assert feedback(first) == ""  # moving through the options gives nothing away
    press("Enter")
    assert feedback(first).startswith("✓ 对。")
    for option in "24":
        many.get_by_label(option).focus()
        press("Space")
    press("Tab")
    press("Enter")
    assert feedback(many).startswith("✓ 对。")
    number.get_by_label("你的答案").focus()
    page.keyboard.type("-0.5")
    press("Enter")
    assert feedback(number).startswith("✓ 对。")
    for place, step in enumerate("一二三四"):
        up = order.get_by_role("button", name=f"上移：{step}")
        up.focus()
        for _ in range(steps(order).index(step) - place):
            press("Enter")
            assert up.evaluate("node => node === document.activeElement")
    order.get_by_role("button", name="检查").focus()
    press("Enter")
    assert feedback(order).startswith("✓ 对。")
    assert "本章自测：4/4" in order.inner_text()


# ---- predictions ---------------------------------------------------------------


def guessed(box, text):
    box.get_by_label("你的预测").fill(text)
    box.get_by_role("button", name="看真实值").click()
    return feedback(box)


def test_any_number_brings_the_truth_and_nothing_else_does(checks):
    _, (box, _) = checks("guess.html")
    assert "猜多少都行" in box.inner_text()
    for text in ("", "一半"):
        assert "一个数" in guessed(box, text)
        assert "1.386" not in box.inner_text() and box.locator("math").count() == 0
    said = {
        "0": "✗ 猜小了，差 1.386 nats。你的值 0 nats，真实值 1.386 nats。",
        "-50%": "✗ 猜小了，差 1.886 nats。你的值 −0.5 nats，真实值 1.386 nats。",
        "1,39 nats": "✓ 猜对了。你的值 1.39 nats，真实值 1.386 nats。",
        "1.3965": "✗ 猜大了，差 0.0105 nats。你的值 1.397 nats，真实值 1.386 nats。",
    }
    for text, words in said.items():
        both, why = guessed(box, text).split("\n\n")
        assert both == words and why.startswith("就是"), text
        assert box.get_by_role("status").locator("math").is_visible()
    outcome = box.get_by_role("status").get_attribute("data-outcome")
    assert outcome == "wrong"


def test_numbers_are_told_as_a_notebook_tells_them(checks):
    _, (box,) = checks("large.html")
    values = ("-12345", "12345", "-98765.4", "9999.4", "0.123456")
    for text in values:
        told = repr(exercise.compare("元素", float(text), -12345, unit="个"))
        _, _, same = told.partition("：")
        yours, _, _ = same.partition("，")
        assert f"{yours}，真实值 −12,345 个。" in guessed(box, text), text
    assert "差 22,345 个。" in guessed(box, "1e4")
    assert "你的值 −1.235e−7 个" in guessed(box, "-1.2346e-7")


def test_a_prediction_outlives_a_reload_and_can_be_made_anew(checks):
    page, (box, number) = checks("guess.html")
    again = box.get_by_role("button", name="重新猜")
    assert again.is_hidden()
    guessed(box, "7")
    assert "本章自测：0/1" in number.inner_text()  # it is no check
    page.reload()
    box, _ = boxes(page)
    assert "✗ 猜大了" in feedback(box) and "1.386" in feedback(box)
    box.get_by_role("button", name="重新猜").click()
    field = box.get_by_label("你的预测")
    assert field.input_value() == "" and "1.386" not in box.inner_text()
    assert feedback(box) == "已清除，可以重新猜。"
    assert field.evaluate("node => node === document.activeElement")
    assert page.evaluate("localStorage.length") == 0


def test_a_prediction_is_read_on_a_phone_by_keys_and_without_a_script(
    checks, open_page, axe, fits
):
    page, (box, _) = checks("guess.html", **PHONE)
    box.get_by_label("你的预测").focus()
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    assert "1.386" in feedback(box)
    assert axe(page) == []
    fits(page, ".aigc-box *")
    bare = open_page("guess.html", java_script_enabled=False)
    assert "1.386" not in bare.locator("main").inner_text()
    bare.get_by_text("看答案").first.click()
    assert bare.get_by_text("1.386 nats").is_visible()


# ---- the record ----------------------------------------------------------------


def test_right_answers_outlive_a_reload_and_wrong_ones_do_not(checks):
    page, (first, many, number, order) = checks()
    first.get_by_label("甲").check()
    submit(first)
    fill(number, "-0,501")
    sort(order)
    submit(order)
    assert set(stored(page)) == {NUMBER._config["id"], ORDER._config["id"]}
    page.reload()
    first, many, number, order = boxes(page)
    assert "本章自测：2/4" in order.inner_text()
    assert "本章自测" not in many.inner_text()
    assert not first.get_by_label("甲").is_checked() and feedback(first) == ""
    assert number.get_by_label("你的答案").input_value() == "-0.501"
    assert feedback(number) == "✓ 对。一半，带负号。"
    assert steps(order) == "一二三四" and "已答对" in order.inner_text()


def test_a_later_mistake_does_not_take_the_record_away(checks):
    page, boxes = checks()
    fill(boxes[2], "-0.5")
    fill(boxes[2], "8")
    assert "已答对" in boxes[2].inner_text() and len(stored(page)) == 1


def test_the_button_clears_the_chapter_s_record_and_no_other(checks):
    page, boxes = checks()
    clear = boxes[3].get_by_role("button", name="清除记录")
    assert clear.is_hidden()
    page.evaluate(f"localStorage.setItem('{KEY}', '{{\"elsewhere\": [1]}}')")
    fill(boxes[2], "-0.5")
    clear.click()
    assert stored(page) == {"elsewhere": [1]}
    assert "已清除" in feedback(boxes[3]) and clear.is_hidden()
    assert boxes[2].get_by_label("你的答案").input_value() == ""
    assert feedback(boxes[2]) == "" and "本章自测：0/4" in boxes[3].inner_text()
    page.reload()
    assert "已答对" not in page.locator("main").inner_text()


def test_an_empty_record_leaves_nothing_behind(checks):
    page, boxes = checks()
    fill(boxes[2], "-0.5")
    boxes[3].get_by_role("button", name="清除记录").click()
    assert page.evaluate("localStorage.length") == 0


def test_two_tabs_agree(checks):
    page, boxes_here = checks()
    other = page.context.new_page()
    other.goto(page.url)
    boxes_there = boxes(other)
    fill(boxes_here[2], "-0.5")
    other.wait_for_function(
        "document.querySelector('.aigc-progress:not([hidden])').textContent.includes('1/4')"
    )
    assert "已答对" in boxes_there[2].inner_text()


def test_where_storage_is_blocked_all_works_until_the_page_is_left(checks):
    page, boxes_ = checks(before=BLOCKED)
    fill(boxes_[2], "-0.5")
    assert feedback(boxes_[2]).startswith("✓ 对。")
    assert "本章自测：1/4" in boxes_[3].inner_text()
    boxes_[3].get_by_role("button", name="清除记录").click()
    assert "本章自测：0/4" in boxes_[3].inner_text()
    fill(boxes_[2], "-0.5")
    page.reload()
    assert "本章自测：0/4" in boxes(page)[3].inner_text()


@pytest.mark.parametrize(
    "record", ["{", "[1]", "null", "7", '{"ID": "x"}', '{"ID": 1}']
)
def test_a_damaged_record_is_survived(checks, record):
    record = record.replace("ID", CHOICE._config["id"])
    before = f"localStorage.getItem('{KEY}') ?? localStorage.setItem('{KEY}', "
    _, boxes = checks(before=f"{before}{json.dumps(record)})")
    fill(boxes[2], "-0.5")
    assert feedback(boxes[2]).startswith("✓ 对。")
    boxes[0].get_by_label("乙").check()
    submit(boxes[0])
    assert feedback(boxes[0]).startswith("✓ 对。")


# ---- the page ------------------------------------------------------------------


def test_two_of_them_keep_apart_and_share_one_record(checks):
    _, (number, one, two) = checks("twins.html")
    before = steps(two)
    move(one, steps(one)[0], "下移")
    assert steps(one) != before and steps(two) == before
    assert "本章自测：0/2" in two.inner_text()
    sort(one)
    submit(one)
    assert "本章自测：1/2" in two.inner_text()
    assert "本章自测" not in number.inner_text()
    assert steps(two) == "一二三四"  # the same question: known here too


def test_a_link_in_the_prose_passes_the_self_checks_by(explorer):
    page = explorer("beside.html").page
    page.locator("main a").click()
    page.wait_for_function("document.querySelector('.aigc-row input')?.value === '2'")


def test_formulas_are_mathml_in_the_poster_and_in_the_view(open_page, checks):
    for page in (open_page("checks.html", java_script_enabled=False), checks()[0]):
        fraction = page.locator(".aigc-explorer mfrac").first
        assert fraction.bounding_box()["height"] > 10
        assert fraction.evaluate("node => node.namespaceURI").endswith("MathML")


def test_without_javascript_question_and_answer_can_be_read(open_page):
    page = open_page("checks.html", java_script_enabled=False)
    first = page.locator(".aigc-explorer").first
    assert first.get_by_text("乙", exact=True).is_visible()
    assert first.get_by_text("因为二").is_hidden()
    first.get_by_text("看答案").click()
    assert first.get_by_text("因为二").is_visible()


def test_a_missing_module_leaves_the_question_and_says_so(open_page):
    page = open_page()
    page.route("**/check.js", lambda route: route.fulfill(status=404))
    page.goto(f"{open_page.server}/checks.html")
    page.wait_for_selector(".aigc-explorer-note")
    assert "没有加载成功" in page.locator(".aigc-explorer-note").first.inner_text()
    assert page.locator(".aigc-check-poster").first.is_visible()
    open_page.problems.clear()


def test_no_script_or_handler_stands_in_the_page(checks):
    """As `script-src 'self'` asks: what is inline is data, not code."""
    page, _ = checks()
    inline = "script:not([src]):not([type='application/json'])"
    assert page.locator(inline).count() == 0
    attributes = page.evaluate(
        """() => [...document.querySelectorAll("*")]
          .flatMap((node) => node.getAttributeNames())
          .filter((name) => name.startsWith("on"))"""
    )
    assert attributes == []


def answer_wrongly(boxes):
    first, many, number, order = boxes
    first.get_by_label("甲").check()
    submit(first)
    many.get_by_label("3").check()
    submit(many)
    fill(number, "7")
    submit(order)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("theme", ["", "-dark"])
def test_axe_finds_nothing_and_nothing_sticks_out(checks, axe, theme, width):
    size = {"width": width, "height": 900}
    page, boxes = checks(f"checks{theme}.html", viewport=size)
    assert axe(page) == []
    answer_wrongly(boxes)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for part in page.locator(".aigc-check *:visible").all():
        area = part.bounding_box()
        assert area is None or area["x"] + area["width"] <= width


def test_right_and_wrong_are_told_apart_in_either_theme(checks):
    borders = set()
    for path in ("checks.html", "checks-dark.html"):
        _, (box, *_) = checks(path)
        for option in "甲乙":
            box.get_by_label(option).check()
            submit(box)
            borders.add(
                box.get_by_role("status").evaluate(
                    "node => getComputedStyle(node).borderLeftColor"
                )
            )
    assert len(borders) == 4


def test_buttons_are_large_enough_for_a_finger(checks):
    page, boxes = checks(**PHONE)
    answer_wrongly(boxes)
    for target in page.locator(".aigc-check :is(button, input, .aigc-handle)").all():
        area = target.bounding_box()
        if area and target.get_attribute("type") not in ("radio", "checkbox"):
            assert min(area["width"], area["height"]) >= 24


# ---- in Jupyter ----------------------------------------------------------------


@pytest.mark.parametrize("made", ALL, ids=lambda made: made._config["type"])
def test_the_widget_s_module_runs_without_a_kernel(open_page, axe, made):
    page = open_page("empty.html")
    page.evaluate(MOUNT, {"text": made._esm, "config": made._config})
    box = page.locator("#cell")
    assert "本章自测：0/1" in box.inner_text()
    assert axe(page) == []
    page.evaluate("window.end()")


def test_the_last_one_that_has_started_speaks_for_all(open_page):
    page = open_page("far.html")
    number, order = (page.locator(f"[data-check='{c._config['id']}']") for c in LAST)
    fill(number, "-0.5")
    assert page.locator(".aigc-check").count() == 1  # the other one is far away
    assert "本章自测：1/2" in number.inner_text()
    order.scroll_into_view_if_needed()
    order.locator("form").wait_for()
    assert "本章自测：1/2" in order.inner_text()
    assert "本章自测" not in number.inner_text()


def test_in_jupyter_the_last_cell_that_ran_speaks_until_it_goes(open_page):
    page = open_page("far.html")
    number, order = (made._config["id"] for made in LAST)
    first = page.locator(f".aigc-check[data-check='{number}']")
    last = page.locator(f".aigc-check[data-check='{order}']")
    assert "本章自测：0/2" in first.inner_text()
    page.evaluate("document.querySelectorAll('.aigc-explorer')[1].id = 'cell'")
    page.evaluate(MOUNT, {"text": ORDER._esm, "config": ORDER._config})
    assert "本章自测：0/2" in last.inner_text()
    assert "本章自测" not in first.inner_text()
    page.evaluate("window.end()")
    assert "本章自测：0/2" in first.inner_text()


def test_in_jupyter_a_notebook_counts_its_own(open_page):
    page = open_page("empty.html")
    page.evaluate(
        """() => {
          const cell = document.querySelector("#cell");
          cell.parentElement.className = "jp-Notebook";
          document.body.insertAdjacentHTML("beforeend", '<i data-check="other"></i>');
        }"""
    )
    page.evaluate(MOUNT, {"text": NUMBER._esm, "config": NUMBER._config})
    box = page.locator("#cell")
    fill(box, "-0.5")
    assert "本章自测：1/1" in box.inner_text()
