"""The attention explorer on a page and live: what is written, and who looked where.

What the page writes and reads is compared with Python, the rules of numerals with those
of `aigc_helpers.text.numerals` over thousands of lines.
"""

import random

import numpy as np
import pytest
from live_page import answer, show_live
from tiny_transducers import Speller, transducer

from aigc_helpers.explorers import AttentionExplorer
from aigc_helpers.explorers.attention import page as attention_page
from aigc_helpers.explorers.attention.setting import attention_setting
from aigc_helpers.explorers.attention.translating import write
from aigc_helpers.weights import export

WORDS = "零一二三四五六七八九"
LINE = {
    "source": "0123456789零一二三四五六汉数",
    "directions": "汉数",
    "text": "10500",
    "token": 1,
    "rules": "numerals",
    "learnt": 4,
    "max_length": 12,
    "presets": [{"name": "长的数", "text": "1050000012345678", "token": 2}],
}
SPELLED = {"source": "0123456789", "text": "5", "rules": "numerals"}
TABLE = {
    "fields": [
        {"id": 1, "name": "城市", "offset": 0, "free": True, "choices": ["北京"]},
        {"id": 2, "name": "天气", "offset": 1, "choices": ["晴", "多云", "雨"]},
        {"id": 3, "name": "前一天气温", "offset": 1, "low": -20, "high": 39, "step": 10,
         "unit": "℃"},
        {"id": 4, "name": "气温", "offset": 1, "low": -20, "high": 39, "step": 10,
         "unit": "℃", "range": [-99, 99]},
    ],
    "table": {"城市": "北京", "天气": "雨", "气温": -5},
    "max_length": 12,
    "presets": [{"name": "只有天气", "table": {"天气": "晴"}, "cell": 0}],
}  # fmt: skip
MODELS = {
    "line": transducer(),
    "spelled": Speller(),
    "copied": Speller(copies=True),
}
SETTINGS = {
    name: attention_setting(WORDS, **options)
    for name, options in {
        "line": LINE,
        "spelled": SPELLED,
        "copied": TABLE,
    }.items()
}
PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True}
VIEW = "document.querySelector('.aigc-view').aigc.view"
SHOWN = f"{VIEW}.shown"
BOTH = "document.querySelectorAll('.aigc-explorer[data-ready]').length === 2"
LINKS = {
    "text=3015&amp;token=2": "三千零一十五",
    "text=304&amp;cell=3": "三百零四",
    "preset=长的数": "长的",
    "text=%C2%BD&amp;token=x": "写不出的",
}
TABLE_LINKS = {
    "天气=&amp;气温=30&amp;城市=拉萨": "改三格",
    "气温=1000&amp;天气=雹&amp;token=1": "写不出的",
}


@pytest.fixture(scope="session", autouse=True)
def pages(explorer_site, write_page):
    """attention-NAME.html of each network, -pair with two, -stored without one."""
    made = {}
    for name, setting in SETTINGS.items():
        path = explorer_site / "_static" / "networks" / f"attention_{name}.onnx"
        sources = sorted(setting.sources(), key=lambda one: -one.shape[1])
        export.export_transducer(MODELS[name], path, sources)
        made[name] = attention_page.static_html(
            setting, setting.state(), MODELS[name], shipped=f"attention_{name}"
        )
    for name, html in made.items():
        links = TABLE_LINKS if name == "copied" else LINKS
        lines = "".join(
            f'<p><a href="#explorer?{setting}">{words}</a></p>'
            for setting, words in links.items()
        )
        write_page(f"attention-{name}", lines + html)
    write_page("attention-pair", made["line"] + made["copied"])
    bare = attention_page.static_html(
        SETTINGS["line"], SETTINGS["line"].state(), MODELS["line"]
    )
    write_page("attention-stored", bare)


@pytest.fixture
def opened(explorer):
    """A page with the explorer; its network is loaded unless ``loads`` is false."""

    def open_(name="line", loads=True, **options):
        page = explorer(f"attention-{name}.html", **options).page
        if loads:
            load(page)
        return page

    return open_


def load(page):
    page.evaluate("document.querySelector('.aigc-explorer').aigc.touch()")
    page.wait_for_function(f"{VIEW}.translator")


def expected(name, **start):
    """What Python says the network writes."""
    setting = SETTINGS[name]
    return write(setting, MODELS[name], {**setting.start, **start})


def written(page) -> str:
    strip = page.locator(".aigc-attention-target").first
    return "".join(strip.locator(".aigc-attention-face").all_inner_texts())


def wait_for(page, written_of):
    """Until what was written of this line or table is shown, with its attention."""
    tokens = page.locator(".aigc-attention-target button")
    tokens.nth(len(written_of.tokens) - 1).wait_for()
    page.wait_for_function(
        f"start => JSON.stringify({SHOWN}.start) === JSON.stringify(start)",
        arg=written_of.start,
    )
    assert written(page) == written_of.text
    rows = page.evaluate(f"{SHOWN}.attention.map((row) => Array.from(row))")
    np.testing.assert_allclose(rows, written_of.attention, atol=1e-4)


def verdict(page) -> str:
    return page.locator(".aigc-attention-verdict > span").inner_text()


def facts(page) -> str:
    return page.locator(".aigc-attention-facts").inner_text()


def shares(page, row: str) -> list[int]:
    """Per cent that stand below the tokens of a row."""
    texts = page.locator(f"{row} .aigc-attention-share").all_inner_texts()
    return [int(text or 0) for text in texts]


def percents(numbers) -> list[int]:
    return [int(np.floor(100 * float(number) + 0.5)) for number in numbers]


# ---- the same as Python -------------------------------------------------------------


@pytest.mark.parametrize("name", ["line", "spelled"])
def test_the_page_writes_what_python_writes_of_any_line(opened, name):
    page, rng = opened(name), random.Random(0)
    for n_digits in (1, 2, 4, 7, 12, 16):
        text = "".join(rng.choice("123456789") for _ in range(n_digits))
        page.locator(".aigc-attention-input").fill(text)
        wait_for(page, expected(name, text=text))


def test_the_page_writes_and_copies_what_python_does_of_any_table(opened):
    page = opened("copied")
    for table in ({"气温": 99}, {"天气": "多云", "前一天气温": -20, "气温": -99}):
        state = {"table": table, "token": 0, "cell": None}
        page.evaluate(f"state => {VIEW}.finish(state)", state)
        wait_for(page, expected("copied", table=table))


def test_the_likeliest_token_is_the_first_of_equal_ones(opened):
    page = opened(loads=False)
    found = page.evaluate(
        """async () => {
          const url = "./_static/explorers/attention/decoding.js";
          const { NetworkTranslator } = await import(url);
          const tensor = (type, data) => ({ data });
          const all = [[0, 2, 2], [1, 1, 0]]; // token 1 of two, then the end of two
          const results = async () => ({
            scores: { data: all.shift() }, attention: { data: [1] }, next_0: {},
          });
          const facts = { states: [[1, "S"]], max_length: 9 };
          return new NetworkTranslator({ tensor, results }, facts).write([[1]]);
        }"""
    )
    assert (found["tokens"], found["complete"]) == ([1], True)


def test_numbers_that_are_none_are_no_answer(opened):
    page = opened()
    page.evaluate(
        f"""() => {{
          const results = async () => ({{ scores: {{ data: [NaN, 1] }} }});
          {VIEW}.translator.network = {{ tensor: () => null, results }};
        }}"""
    )
    page.locator(".aigc-attention-input").fill("77")
    page.wait_for_selector(".aigc-failed")
    assert "没能写出来" in page.locator(".aigc-status").inner_text()


# ---- the rules of numerals -------------------------------------------------------


def typed_lines(rng, n: int) -> list[str]:
    """Numbers and dates in all forms, and n of them with a character changed."""
    from aigc_helpers.text import numerals

    lines = ["", " ", "零", "〇", "１２", "1,234,567", "1,23", "2026/1/1", "2100-02-29"]
    lines += [
        "2000-2-29",
        "2026年2月30日",
        "0999-1-1",
        "零零二六年一月一日",
        "-5",
        "3.5",
    ]
    for _ in range(n):
        number = rng.randrange(10 ** rng.randrange(1, 18))
        number -= number % 10 ** rng.choice([0, 0, 0, 1, 3, 4, 5, 8])
        lines.append(str(number))
        if number < 10**16:
            text = numerals.write_number(number)
            lines += [text, text.replace("两", "二"), text.replace("二", "两", 1)]
        year, month, day = rng.randrange(1, 10**4), rng.randrange(14), rng.randrange(33)
        lines += [f"{year:04}-{month}-{day}", f"{year}年{month}月{day}号"]
        tens, ones = "十" * (month > 9), "一" * (day % 2)
        lines.append(f"二〇{rng.choice('〇一零')}六年{tens}一月三十{ones}日")
    signs = numerals.NUMBER_CHARACTERS + "0159-年月日号〇x．, "
    for text in rng.sample(lines, n):
        place = rng.randrange(len(text) + 1)
        cut = place + rng.randrange(3)
        lines.append(text[:place] + rng.choice(signs) + text[cut:])
    lines += [
        "".join(rng.choices("十百千万亿零一二两", k=rng.randrange(1, 9))) for _ in lines
    ]
    return lines


def test_the_rules_of_numerals_are_python_s(opened):
    from aigc_helpers.reader import Mistake
    from aigc_helpers.text import numerals

    def read(text):
        try:
            found = numerals.read(text)
        except Mistake as error:
            return [error.chinese]
        return [found.text, found.digits, found.characters, found.is_chinese]

    lines = typed_lines(random.Random(0), 400)
    found = opened(loads=False).evaluate(
        """async (lines) => {
          const url = "./_static/explorers/attention/numerals.js";
          const { readNumeral } = await import(url);
          return lines.map((line) => {
            try {
              const { text, digits, characters, isChinese } = readNumeral(line);
              return [text, digits, characters, isChinese];
            } catch (error) {
              return [error.message];
            }
          });
        }""",
        lines,
    )
    ours = [read(line) for line in lines]
    different = [
        one for one in zip(lines, ours, found, strict=True) if one[1] != one[2]
    ]
    assert different == []
    assert sum(len(one) > 1 for one in ours) > 1500 < sum(len(one) == 1 for one in ours)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "什么也没有写"),
        ("hello", "不认识「h」、「e」、「l」、「o」"),
        ("零万", "零后面不跟单位"),
        ("1" + "0" * 40, "最多十六位"),
        ("十十", "一个单位不能连着写两次"),
        ("2026年2月30日", "2026 年 2 月没有 30 日"),
        ("九", "这个网络不认得：九"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence_and_the_old_answer_stays(
    opened, text, words
):
    page = opened()
    field = page.locator(".aigc-attention-input")
    field.fill(text)
    note = page.locator(".aigc-attention-note")
    note.wait_for()
    assert words in note.inner_text()
    assert "下面还是原来那一次：“10500”的译文" in note.inner_text()
    assert field.get_attribute("aria-invalid") == "true"
    assert field.get_attribute("aria-describedby") == note.get_attribute("id")
    assert page.locator(".aigc-attention-stale").count() == 1
    assert written(page) == expected("line").text
    page.wait_for_function(
        "words => document.querySelector('.aigc-unseen').textContent.includes(words)",
        arg=words,
    )  # at rest it is heard
    field.fill("12")
    wait_for(page, expected("line", text="12"))
    assert not note.is_visible() and page.locator(".aigc-attention-stale").count() == 0


def test_right_and_wrong_are_told_and_the_answer_waits_behind_its_button(opened):
    page = opened("spelled")
    assert verdict(page) == "网络写的是“五”。对。"
    assert not page.get_by_text("正确答案").is_visible()
    page.locator(".aigc-attention-input").fill("52")
    wait_for(page, expected("spelled", text="52"))
    assert verdict(page) == "网络写的是“五二”。错了。"
    right = page.get_by_text("五十二")
    assert not right.is_visible()
    page.get_by_text("正确答案").click()
    assert right.is_visible()
    page.locator(".aigc-attention-input").fill("53")
    wait_for(page, expected("spelled", text="53"))
    assert page.locator("details[open]").count() == 0


def test_a_number_longer_than_those_that_were_learnt_is_allowed_and_told(opened):
    page = opened()
    page.locator(".aigc-attention-input").fill("123456")
    wait_for(page, expected("line", text="123456"))
    assert "这个数有 6 位，网络学过的最多 4 位。" in verdict(page)
    assert "写了 12 个词元还没有停，在这里截断。" in verdict(page)
    page.locator(".aigc-attention-input").fill("1234")
    wait_for(page, expected("line", text="1234"))
    assert "学过" not in verdict(page)


def test_the_direction_follows_what_is_typed_and_turns_it(opened):
    page = opened()
    to = page.get_by_role("radio")
    assert to.nth(0).is_checked()
    page.locator(".aigc-attention-input").fill("六")
    wait_for(page, expected("line", text="六", to="数"))
    assert to.nth(1).is_checked()
    to.nth(0).check()
    wait_for(page, expected("line", text="6", to="汉"))
    assert page.locator(".aigc-attention-input").input_value() == "6"
    to.nth(0).focus()
    page.keyboard.press("ArrowRight")
    wait_for(page, expected("line", text="六", to="数"))


def test_a_line_is_read_in_its_usual_form(opened):
    page = opened()
    page.locator(".aigc-attention-input").fill(" １,234 ")
    wait_for(page, expected("line", text="1234"))


# ---- where it looked -----------------------------------------------------------------


def test_half_a_word_is_not_asked(opened):
    page = opened("line")
    asked = page.evaluate(
        f"""() => {{
          const input = document.querySelector(".aigc-attention-input");
          const before = {VIEW}.state.text;
          input.value = "qian";
          input.dispatchEvent(new InputEvent("input", {{ isComposing: true }}));
          const during = {VIEW}.state.text;
          input.value = "千";
          input.dispatchEvent(new CompositionEvent("compositionend"));
          return [during === before, {VIEW}.state.text];
        }}"""
    )
    assert asked == [True, "千"]


def test_a_token_of_the_target_shows_where_the_network_looked(opened):
    page = opened(loads=False)
    rows = expected("line").attention
    assert shares(page, ".aigc-attention-source") == percents(rows[1])
    page.locator(".aigc-attention-target button").nth(3).hover()
    assert shares(page, ".aigc-attention-source") == percents(rows[3])
    pressed = page.locator(".aigc-attention-target button[aria-pressed=true]")
    assert pressed.count() == 1
    assert pressed.text_content().endswith(facts(page))
    assert facts(page).startswith(f"写“{written(page)[3]}”时看着：")
    order = np.argsort(-rows[3], kind="stable")
    name = ["方向标记", *"10500"][order[0]]
    assert facts(page).split("：")[1].startswith(name)
    assert f"{percents(rows[3])[order[0]]}%" in facts(page)


def test_a_token_of_the_source_shows_who_looked_at_it(opened):
    page = opened(loads=False)
    rows = expected("line").attention
    page.locator(".aigc-attention-source button").nth(2).click()
    assert shares(page, ".aigc-attention-target") == percents(rows[:, 2])
    assert facts(page).startswith("看过“0”的：")
    assert shares(page, ".aigc-attention-source") == [0] * 6


def test_a_name_that_stands_twice_is_told_with_its_place(opened):
    page = opened("spelled")
    page.locator(".aigc-attention-input").fill("77")
    wait_for(page, expected("spelled", text="77"))
    page.locator(".aigc-attention-target button").nth(1).hover()
    assert facts(page) == "写“七”时看着：7（第 2 个，85%）、7（第 1 个，15%）。"


def test_the_keyboard_goes_along_the_tokens(opened):
    page = opened("spelled")
    page.locator(".aigc-attention-input").fill("1234")
    wait_for(page, expected("spelled", text="1234"))
    page.locator(".aigc-attention-input").focus()
    page.keyboard.press("Tab")
    assert page.evaluate(f"{VIEW}.state.cell") == 0
    page.keyboard.press("Tab")
    assert page.evaluate(f"[{VIEW}.state.cell, {VIEW}.state.token]") == [None, 0]
    for key, token in [("ArrowRight", 1), ("End", 3), ("ArrowRight", 3), ("Home", 0)]:
        page.keyboard.press(key)
        assert page.evaluate(f"{VIEW}.state.token") == token
        focused = page.evaluate("document.activeElement.textContent")
        assert focused.startswith(WORDS[token + 1]) and facts(page) in focused
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(f"{VIEW}.state.token") == 0


def test_the_matrix_has_the_numbers_and_follows_pointer_and_finger(opened):
    page = opened(loads=False, has_touch=True)
    rows = expected("line").attention
    found = page.locator(".aigc-attention-matrix tbody td").all_inner_texts()
    assert [int(one or 0) for one in found] == percents(rows.ravel())
    page.locator(".aigc-attention-matrix tbody tr").nth(4).locator("td").nth(1).hover()
    assert page.evaluate(f"{VIEW}.state.token") == 4
    assert page.locator("tr.aigc-attention-here th").inner_text() == written(page)[4]
    page.locator(".aigc-attention-matrix thead th").nth(5).tap()
    assert page.evaluate(f"[{VIEW}.state.token, {VIEW}.state.cell]") == [None, 5]
    assert page.locator("td.aigc-attention-here").count() == len(rows)


def test_a_finger_looks_at_a_token(opened):
    page = opened(loads=False, **PHONE)
    page.locator(".aigc-attention-target button").nth(5).tap()
    assert page.evaluate(f"{VIEW}.state.token") == 5
    page.wait_for_function(f"{VIEW}.translator")  # a touch loads the network


# ---- tables --------------------------------------------------------------------------


def test_a_cell_that_is_changed_or_cleared_is_told_anew(opened):
    page = opened("copied")
    assert written(page) == "零雨-5"
    page.get_by_label("天气", exact=True).select_option("多云")
    wait_for(page, expected("copied", table={**TABLE["table"], "天气": "多云"}))
    page.get_by_label("气温", exact=True).fill("31")
    table = {"城市": "北京", "天气": "多云", "气温": 31}
    wait_for(page, expected("copied", table=table))
    page.get_by_label("城市", exact=True).fill("拉萨")
    wait_for(page, expected("copied", table={**table, "城市": "拉萨"}))
    page.get_by_role("button", name="清空“天气”").click()
    wait_for(page, expected("copied", table={"城市": "拉萨", "气温": 31}))
    assert page.get_by_label("天气", exact=True).input_value() == ""
    assert verdict(page) == "抄了：气温。没有抄：城市。"
    heard = "text => document.querySelector('.aigc-unseen').textContent.includes(text)"
    page.wait_for_function(heard, arg="网络写的是“零31”。抄了：气温。")
    page.get_by_role("spinbutton", name="前一天气温").fill("8")
    whole = {"城市": "拉萨", "前一天气温": 8, "气温": 31}
    wait_for(page, expected("copied", table=whole))


@pytest.mark.parametrize(
    ("value", "words"),
    [("1000", "“气温”要写 −99 到 99 的整数"), ("1.5", "−99 到 99 的整数")],
)
def test_a_cell_that_cannot_be_read_is_told_and_stays_as_typed(opened, value, words):
    page = opened("copied")
    field = page.get_by_label("气温", exact=True)
    field.fill(value)
    page.locator(".aigc-attention-note").wait_for()
    assert words in page.locator(".aigc-attention-note").inner_text()
    assert "改动之前的表" in page.locator(".aigc-attention-note").inner_text()
    assert field.input_value() == value and written(page) == "零雨-5"
    assert page.locator("[aria-invalid=true]").count() == 1
    assert field.get_attribute("aria-invalid") == "true"


def test_an_empty_table_is_told(opened):
    page = opened("copied")
    for name in ("城市", "天气", "气温"):
        page.get_by_role("button", name=f"清空“{name}”").click()
    assert "表是空的" in page.locator(".aigc-attention-note").inner_text()


def test_a_copy_is_marked_and_a_row_shows_how_much_it_was_looked_at(opened):
    page = opened("copied")
    copied = page.locator(".aigc-attention-copied")
    assert copied.locator(".aigc-attention-face").all_inner_texts() == ["雨", "-5"]
    assert copied.nth(1).get_attribute("title") == "抄自“气温”"
    copied.nth(1).hover()
    assert facts(page).startswith("抄“气温”这一格（-5）时看着：气温（80%）")
    assert shares(page, ".aigc-attention-table") == [10, 10, 0, 80]
    page.get_by_label("天气", exact=True).focus()
    assert facts(page).startswith("看过“天气”的：雨（80%）")
    assert page.locator("tr.aigc-attention-here label").inner_text() == "天气"
    description = page.get_by_label("天气", exact=True).get_attribute(
        "aria-description"
    )
    assert facts(page) in description


# ---- links, presets, reset -------------------------------------------------------


def test_links_presets_and_reset_set_the_line_and_what_is_looked_at(opened):
    page = opened()
    page.get_by_role("link", name="三千零一十五").click()
    wait_for(page, expected("line", text="3015"))
    assert page.evaluate(f"[{VIEW}.state.token, {VIEW}.state.cell]") == [1, None]
    page.get_by_role("link", name="三百零四").click()
    wait_for(page, expected("line", text="304"))
    assert page.evaluate(f"[{VIEW}.state.token, {VIEW}.state.cell]") == [None, 3]
    assert facts(page).split("“")[1].startswith("4”")
    for role, name in (("link", "长的"), ("button", "长的数")):
        page.get_by_role("button", name="重置").click()
        wait_for(page, expected("line"))
        page.get_by_role(role, name=name, exact=True).click()
        wait_for(page, expected("line", text="1050000012345678"))
        assert page.evaluate(f"{VIEW}.state.token") == 2
    page.get_by_role("link", name="写不出的").click()
    assert "不认识「½」" in page.locator(".aigc-attention-note").inner_text()


def test_links_and_presets_set_cells(opened):
    page = opened("copied")
    page.get_by_role("link", name="改三格").click()
    wait_for(page, expected("copied", table={"城市": "拉萨", "气温": 30}))
    page.get_by_role("link", name="写不出的").click()
    assert page.evaluate(f"{VIEW}.state.table.气温") == 30
    page.get_by_role("button", name="只有天气").click()
    wait_for(page, expected("copied", table={"天气": "晴"}))
    assert page.evaluate(f"[{VIEW}.state.token, {VIEW}.state.cell]") == [None, 0]
    page.get_by_role("button", name="重置").click()
    wait_for(page, expected("copied"))


# ---- before the network, and without one -----------------------------------------


def test_the_first_answer_is_there_with_no_network(opened):
    page = opened(loads=False)
    wait_for(page, expected("line"))
    assert "预先算好" in page.locator(".aigc-status").inner_text()
    loaded = "performance.getEntriesByType('resource').map(entry => entry.name)"
    names = " ".join(page.evaluate(loaded))
    assert "attention.js" in names and ".onnx" not in names and "ort-wasm" not in names
    assert "只留在这个浏览器里" in page.locator(".aigc-attention-private").inner_text()


def test_without_javascript_the_poster_has_words_and_matrix(open_page):
    page = open_page("attention-line.html", java_script_enabled=False)
    poster = page.locator(".aigc-attention-poster")
    assert f"写成“{expected('line').text}”" in poster.locator("p").inner_text()
    assert poster.locator("td").count() == 1 + expected("line").attention.size


def test_a_page_without_a_network_shows_what_is_stored(opened):
    page = opened("stored", loads=False)
    assert page.locator(".aigc-attention-input").is_disabled()
    page.get_by_role("button", name="长的数").click()
    wait_for(page, expected("line", text="1050000012345678"))
    assert page.locator(".aigc-status").inner_text().startswith("预先算好的答案；")


@pytest.mark.parametrize("asset", ["attention_line.onnx", "ort-wasm.bin"])
def test_a_network_that_does_not_come_is_told_and_tried_again(opened, open_page, asset):
    page = opened(loads=False)
    page.route(f"**/{asset}*", lambda route: route.fulfill(body=b"no network"))
    page.locator(".aigc-attention-input").fill("77")
    page.wait_for_selector(".aigc-failed")
    assert "网络没有加载成功" in page.locator(".aigc-status").inner_text()
    assert "“10500”的译文" in page.locator(".aigc-attention-note").inner_text()
    page.unroute(f"**/{asset}*")
    page.wait_for_timeout(600)
    page.locator(".aigc-attention-input").fill("78")
    wait_for(page, expected("line", text="78"))
    assert page.locator(".aigc-failed").count() == 0
    open_page.problems.clear()


def test_two_on_a_page_are_independent(opened):
    page = opened("pair", loads=False)
    page.wait_for_function(BOTH)
    page.locator(".aigc-attention-input").fill("42")
    wait_for(page, expected("line", text="42"))
    page.get_by_role("button", name="清空“天气”").click()
    second = page.locator(".aigc-explorer").nth(1)
    other = "document.querySelectorAll('.aigc-explorer')[1].aigc.view"
    page.wait_for_function(f"{other}.shown.sources.length === 2")
    faces = second.locator(".aigc-attention-target .aigc-attention-face")
    assert faces.all_inner_texts() == ["零", "-5"]
    assert written(page) == expected("line", text="42").text


# ---- screens -------------------------------------------------------------------------


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", ["pair", "pair-dark"])
def test_axe_finds_nothing(opened, axe, name, width):
    page = opened(name, False, viewport={"width": width, "height": 900})
    page.wait_for_function(BOTH)
    page.get_by_text("正确答案").first.click()
    page.wait_for_timeout(400)
    assert axe(page) == []


@pytest.mark.parametrize("name", ["line", "copied"])
def test_it_fits_a_narrow_phone(opened, fits, name):
    page = opened(name, loads=False, **PHONE)
    if name != "copied":
        page.get_by_role("button", name="长的数").tap()
        page.locator(".aigc-attention-source button").nth(16).wait_for()
    parts = ".aigc-attention-asked *, .aigc-attention-written *, .aigc-attention-matrix"
    fits(page, parts, 320)


def test_the_matrix_scrolls_in_its_own_box_and_keeps_its_heads(opened):
    page = opened(loads=False, **PHONE)
    page.get_by_role("button", name="长的数").tap()
    page.locator(".aigc-attention-source button").nth(16).wait_for()
    box = page.locator(".aigc-attention-matrix")
    assert box.evaluate("node => node.scrollWidth > node.clientWidth")
    head = box.locator("tbody th").first
    before = head.bounding_box()["x"]
    box.evaluate("node => { node.scrollLeft = 100; }")
    assert abs(head.bounding_box()["x"] - before) < 3
    page.locator(".aigc-attention-source button").nth(16).tap()
    column = box.locator("thead th").nth(16).bounding_box()
    edges = box.bounding_box()
    assert column["x"] + column["width"] <= edges["x"] + edges["width"]


def test_the_matrix_does_not_scroll_under_the_pointer(opened):
    page = opened(loads=False, viewport={"width": 360, "height": 900})
    box = page.locator(".aigc-attention-matrix")
    box.evaluate("node => { node.style.maxHeight = '100px'; node.scrollTop = 30; }")
    hidden = box.locator("tbody tr").nth(0).locator("td").first
    hidden.dispatch_event("pointerover")
    assert page.evaluate(f"{VIEW}.state.token") == 0
    page.wait_for_timeout(100)
    assert box.evaluate("node => node.scrollTop") == 30
    page.locator(".aigc-attention-target button").nth(11).hover()
    page.wait_for_timeout(100)
    assert box.evaluate("node => node.scrollTop") > 100


def test_in_forced_colours_the_numbers_stay_and_the_choice_is_seen(opened):
    page = opened(loads=False, forced_colors="active")
    pressed = page.locator(".aigc-attention-target button[aria-pressed=true]")
    style = "node => getComputedStyle(node).outlineStyle"
    assert pressed.evaluate(style) == "solid"
    assert max(shares(page, ".aigc-attention-source")) > 0


# ---- live ----------------------------------------------------------------------------


@pytest.fixture
def live(open_page):
    """A page whose explorer is answered by a Python widget."""
    widget = AttentionExplorer(MODELS["line"], WORDS, **LINE)
    return show_live(open_page, widget), widget


def test_live_the_kernel_writes_and_python_follows(live):
    page, widget = live
    wait_for(page, expected("line"))
    page.locator(".aigc-attention-input").fill("６31")
    answer(page, widget)
    wait_for(page, expected("line", text="631"))
    assert widget.text == "631" and widget.written == written(page)
    page.locator(".aigc-attention-target button").nth(4).hover()
    page.wait_for_timeout(200)
    assert (widget.token, widget.cell) == (4, None)
    assert "Python 内核" in page.locator(".aigc-attention-private").inner_text()


def test_live_what_cannot_be_read_is_asked_of_nobody(live):
    page, widget = live
    page.locator(".aigc-attention-input").fill("十十")
    page.locator(".aigc-attention-note").wait_for()
    page.wait_for_timeout(200)
    assert widget.received == [] and widget.text == "10500"


def test_live_the_page_follows_python(live):
    page, widget = live
    widget.text, widget.cell, widget.token = "205", 1, None
    page.evaluate("state => model.python(state)", widget._state)
    answer(page, widget)
    wait_for(page, expected("line", text="205"))
    assert page.locator(".aigc-attention-input").input_value() == "205"
    assert facts(page).startswith("看过“2”的：") or "没有怎么看“2”" in facts(page)


def test_live_what_the_network_says_is_shown(live):
    page, widget = live
    widget._model = None
    page.locator(".aigc-attention-input").fill("66")
    answer(page, widget)
    page.wait_for_selector(".aigc-failed")
    assert "Python 内核没能写出来" in page.locator(".aigc-status").inner_text()
