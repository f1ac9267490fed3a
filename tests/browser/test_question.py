"""The question explorer on a page and live: what is told, quoted, refused, and why.

What the page computes is compared with Python over hundreds of training questions, by
the shipped network; the other tests ask a small one of random numbers.
"""

import hashlib
import json
from urllib.parse import quote

import pytest
from live_page import answer, show_live
from tiny_retrievers import (
    ANSWERED,
    BROADCASTING,
    FALSE,
    REFUSED,
    TENSOR,
    TWO,
    answers,
)

from aigc_helpers import weights
from aigc_helpers.explorers import QuestionExplorer
from aigc_helpers.explorers.question import page as question_page
from aigc_helpers.explorers.question.setting import question_setting
from aigc_helpers.text.answering import checksum
from aigc_helpers.text.passages import load_passages
from aigc_helpers.text.questions import training_questions
from aigc_helpers.text.shown import ShownAnswers

ANSWERS = answers()
WHOLE = ShownAnswers(weights.load("text_retriever"))
OPTIONS = {
    "question": ANSWERED,
    "strangers": [
        {"name": "三样别的", "of": TENSOR, "text": FALSE},
        {"name": "月球", "text": "月球背面没有名字的山有许多座。"},
    ],
    "presets": [
        {"name": "没有的", "question": REFUSED},
        {"name": "要两段的", "question": TWO},
        {"name": "假段落", "planted": True, "which": 0},
    ],
}
PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True}
VIEW = "document.querySelector('.aigc-view').aigc.view"
BOTH = "document.querySelectorAll('.aigc-explorer[data-ready]').length === 2"
LINKS = {
    f"question={quote('月球由什么组成？')}": "月球",
    "preset=要两段的": "两段",
    "which=三样别的": "混进三样",
    "which=2": "混进第二段",
    "own=张量有哪三样属性要随时留意&amp;which=own": "自己写的",
    "planted=0": "拿走",
    "which=99&amp;question=": "写不出的",
}
HEARD = "document.querySelector('.aigc-unseen').innerText.includes('{}')"


@pytest.fixture(scope="session", autouse=True)
def pages(explorer_site, write_page):
    """question.html, -pair with two, -stored without a network, -whole with all."""
    networks = explorer_site / "_static" / "networks"
    for name, given in (("finder", ANSWERS), ("whole", WHOLE)):
        question_page.export_answers(given, networks / f"{name}.safetensors")
    setting = question_setting(ANSWERS, **OPTIONS)
    made = question_page.static_html(
        setting, setting.state(), ANSWERS, shipped="finder"
    )
    links = "".join(
        f'<p><a href="#explorer?{setting}">{words}</a></p>'
        for setting, words in LINKS.items()
    )
    write_page("question", links + made)
    write_page("question-pair", made + made)
    bare = question_page.static_html(setting, setting.state(), ANSWERS)
    write_page("question-stored", bare)


@pytest.fixture
def opened(explorer):
    """A page with the explorer; its tables are loaded unless ``loads`` is false."""

    def open_(name="question", loads=True, **options):
        page = explorer(f"{name}.html", **options).page
        if loads:
            page.evaluate("document.querySelector('.aigc-explorer').aigc.touch()")
            page.wait_for_function(f"{VIEW}.answerer && {VIEW}.shown.isNew")
        return page

    return open_


def ask(page, question: str) -> None:
    """Write a question, and wait for what is told of it."""
    page.locator(".aigc-question-field input").fill(question)
    page.wait_for_function(f"!{VIEW}.pump.busy")


def verdict(page):
    return page.locator(".aigc-question-verdict").first


def told(page) -> str:
    return verdict(page).locator(".aigc-question-words").inner_text()


def quoted(page, box=".aigc-question-verdict >> nth=0") -> list[str]:
    quotes = page.locator(f"{box} >> .aigc-question-quote blockquote")
    return quotes.all_inner_texts()


def text_of(key: str) -> str:
    return ANSWERS.passage(key)["text"]


# ---- the same as Python -------------------------------------------------------------


def asked_of_both() -> list[list]:
    """Questions of all kinds, some with a false passage in the index."""
    known = training_questions()
    texts = [q.text for q in (*known.answerable[::10], *known.unanswerable[::4])]
    texts += [q.text for q in known.two[::2]]
    texts += ["", " \n", "？？", "a" * 301, "问" * 301, "é" * 1200]
    texts += ["ＧＡＮ 的 ｌｏｓｓ", "😀 模式崩溃𠮷", "1,000 与 3.5 和 μ"]
    place = {"chapter": "05_gan", "number": "5.6", "heading": "模式崩溃"}
    place["address"] = "notebooks/05_gan.html#两种失败-失稳与模式崩溃"
    nowhere = dict.fromkeys(place, "")
    strangers = [
        {**place, "text": "模式崩溃是什么？😀是训练得好，判别器可以不要；损失为零。"},
        {**nowhere, "text": known.answerable[0].text * 3},
    ]
    asked = [[text, None] for text in texts]
    return asked + [[text, one] for one in strangers for text in texts[::12]]


def test_the_page_answers_as_python_does(opened):
    asked = asked_of_both()
    ours = [WHOLE.explain(question, stranger) for question, stranger in asked]
    found = opened(loads=False).evaluate(
        """async (asked) => {
          const url = "./_static/explorers/question/tables.js";
          const { loadAnswerer } = await import(url);
          const assets = new URL("./_static/", location.href).href;
          const answerer = await loadAnswerer("whole", assets);
          return asked.map((one) => answerer.explain(...one));
        }""",
        asked,
    )
    assert len(asked) > 200
    for (question, _), mine, theirs in zip(asked, ours, found, strict=True):
        assert theirs.pop("passages") == mine.pop("passages"), question
        assert without_numbers(theirs) == without_numbers(mine), question
        for one, other in zip(numbers(theirs), numbers(mine), strict=True):
            assert one == pytest.approx(other, abs=1e-5, rel=1e-5), question
    kinds = [one["told"]["kind"] for one in ours]
    for kind in ("answered", "two", "refused"):
        assert kinds.count(kind) > 15
    assert any(one["told"]["strangers"] for one in ours)


NUMBERS = ("confidence", "threshold", "score", "lexical")


def without_numbers(value):
    """The same with floating-point numbers left out."""
    if isinstance(value, dict):
        kept = {key: one for key, one in value.items() if key not in NUMBERS}
        return {key: without_numbers(one) for key, one in kept.items()}
    return [without_numbers(one) for one in value] if isinstance(value, list) else value


def numbers(told: dict) -> list[float]:
    """Confidences, threshold, scores."""
    parts = [told, told["told"], told["unchecked"] or {}, *told["candidates"]]
    return [part[name] for part in parts for name in NUMBERS if name in part]


def test_checksums_are_those_of_python(opened):
    passages = [vars(one) for one in load_passages()[::10]]
    texts = ["", "abc", "模式崩溃😀", *("x" * n for n in (55, 56, 63, 64, 65, 1000))]
    sums, hashes = opened(loads=False).evaluate(
        """async ([passages, texts]) => {
          const url = "./_static/explorers/question/checksum.js";
          const { checksum, sha256 } = await import(url);
          return [passages.map(checksum), texts.map(sha256)];
        }""",
        [passages, texts],
    )
    assert sums == [checksum(one) for one in load_passages()[::10]]
    assert hashes == [hashlib.sha256(one.encode()).hexdigest() for one in texts]


# ---- answers and refusals --------------------------------------------------------


def test_the_first_answer_is_there_before_anything_is_loaded(opened):
    page = opened(loads=False)
    assert told(page) == "书里这样说：" and quoted(page) == [text_of(TENSOR)]
    assert "预先算好" in page.locator(".aigc-status").inner_text()
    loaded = "performance.getEntriesByType('resource').map(entry => entry.name)"
    names = " ".join(page.evaluate(loaded))
    assert "question.js" in names and ".safetensors" not in names and "ort" not in names
    about = page.locator(".aigc-question-about").inner_text()
    assert "检索加摘抄" in about and "并不理解问题" in about


def test_an_answer_quotes_marks_and_links_to_the_passage(opened):
    page = opened(loads=False)
    start, end = ANSWERS.explain(ANSWERED)["told"]["citations"][0]["marked"]
    assert verdict(page).locator("mark").inner_text() == text_of(TENSOR)[start:end]
    link = verdict(page).get_by_role("link", name="《0.1 张量：一批数和它的形状》")
    address = link.evaluate("node => decodeURI(node.href)")
    place = ANSWERS.passage(TENSOR)["address"]
    assert address == f"{page.url.rpartition('/')[0]}/{place}"


def test_a_link_is_right_wherever_the_site_lies(opened):
    place = "notebooks/05_gan.html#两种"
    found = opened(loads=False).evaluate(
        """async (place) => {
          const { placeOf } = await import("./_static/explorers/question/quote.js");
          const assets = [
            "https://a.example/book/_static/0123456789ab/",
            "http://a.example/_static/x/site/_static/",
            "file:///C:/AIGC/_static/0123456789ab/",
            undefined,
          ];
          return assets.map((one) => decodeURI(placeOf(place, one)));
        }""",
        place,
    )
    assert found == [
        f"https://a.example/book/{place}",
        f"http://a.example/_static/x/site/{place}",
        f"file:///C:/AIGC/{place}",
        "../notebooks/05_gan.ipynb#两种",
    ]


def test_a_question_is_answered_as_it_is_typed_and_nothing_leaves_the_page(opened):
    page, requests = opened(), []
    page.on("request", lambda request: requests.append(request.url))
    question = "把两个形状从右边对齐的规则叫什么？"
    page.locator(".aigc-question-field input").fill("")
    page.keyboard.type(question)
    page.wait_for_function(f"!{VIEW}.pump.busy")
    assert quoted(page) == [text_of(BROADCASTING)]
    confidence = ANSWERS.explain(question)["told"]["confidence"]
    meter = verdict(page).locator(".aigc-question-meter").inner_text()
    assert confidence > 0.995
    assert meter == "把握 0.99 以上，不低于门槛 0.50，所以回答。"
    ask(page, ANSWERED + "？")
    confidence = ANSWERS.explain(ANSWERED + "？")["told"]["confidence"]
    meter = verdict(page).locator(".aigc-question-meter").inner_text()
    assert meter == f"把握 {confidence:.2f}，不低于门槛 0.50，所以回答。"
    assert requests == []
    private = page.locator(".aigc-question-private").inner_text()
    assert private == "你写的只留在这个浏览器里。"
    page.locator(".aigc-status", has_text="24 段").wait_for()


def test_two_passages_are_quoted_where_two_are_needed(opened):
    page = opened()
    ask(page, TWO)
    assert told(page) == "书里有两段说到它："
    assert set(quoted(page)) == {text_of(TENSOR), text_of(BROADCASTING)}
    assert page.locator("tr.aigc-question-quoted").count() == 2


def test_a_refusal_shows_what_came_nearest_and_that_it_is_none(opened):
    page = opened()
    ask(page, REFUSED)
    nearest = ANSWERS.explain(REFUSED)["told"]["nearest"]["key"]
    words = "这些段落里没有找到能回答它的话。最接近的是下面这一段，它不算回答。"
    assert told(page) == words
    assert quoted(page) == [text_of(nearest)]
    assert "低于门槛 0.50，所以不回答" in verdict(page).inner_text()
    assert page.locator("tr.aigc-question-quoted").count() == 0
    assert page.locator(".aigc-question-refused").count() == 1


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("  ", "还没有写问题：用一句话问一件书里讲过的事。"),
        ("问" * 1200, "问题有 1,200 个字符，太长了：最多 300 个。"),
        ("？！…", "问题里没有认得的字：请用汉字、字母或数字来问。"),
    ],
)
def test_a_question_that_cannot_be_read_is_told(opened, question, words):
    page = opened()
    ask(page, question)
    assert told(page) == words and quoted(page) == []
    assert not verdict(page).locator(".aigc-question-meter").is_visible()
    assert not page.locator(".aigc-question-candidates").is_visible()
    ask(page, ANSWERED)
    assert quoted(page) == [text_of(TENSOR)]


def test_what_is_told_is_heard_at_rest(opened):
    page = opened()
    voice = page.locator(".aigc-question .aigc-unseen[role=status]")
    ask(page, ANSWERED + "？")
    assert "把握" not in page.locator(".aigc-question-words").first.inner_text()
    page.wait_for_function(HEARD.format("所以回答"))
    heard = voice.inner_text()
    assert heard.startswith("书里这样说：《0.1 张量：一批数和它的形状》")
    ask(page, REFUSED)
    page.wait_for_function(HEARD.format("不回答"))
    assert voice.inner_text().startswith("这些段落里没有找到")


def test_half_a_word_is_not_asked(opened):
    page = opened()
    before = quoted(page)
    asked = page.evaluate(
        f"""() => {{
          const input = document.querySelector(".aigc-question-field input");
          input.value = "yueqiu";
          input.dispatchEvent(new InputEvent("input", {{ isComposing: true }}));
          const during = {VIEW}.state.question;
          input.value = "月球";
          input.dispatchEvent(new CompositionEvent("compositionend"));
          return [during, {VIEW}.state.question];
        }}"""
    )
    assert asked == [ANSWERED, "月球"] and before == [text_of(TENSOR)]


# ---- why ---------------------------------------------------------------------------


def test_the_table_has_both_ranks_and_the_scores(opened):
    page = opened()
    ask(page, TWO)
    rows = page.locator(".aigc-question-candidates tbody tr")
    expected = ANSWERS.explain(TWO)["candidates"]
    assert rows.count() == len(expected)
    for row, one in zip(rows.all(), expected, strict=True):
        cells = row.locator("td").all_inner_texts()
        vector = f"{one['score'] - one['lexical']:.1f}".replace("-", "−")
        bm25 = str(one["bm25"] or "无")
        assert cells[:3] == [str(one["rank"]), bm25, f"{one['score']:.1f}"]
        assert cells[3:5] == [f"{one['lexical']:.1f}", vector]
        assert text_of(one["key"])[:24] in cells[5]


def test_what_bm25_puts_first_has_a_row_wherever_it_ranks(opened):
    page = opened()
    page.evaluate(f"{VIEW}.answerer.network.cosine = 3000")  # vectors decide
    ask(page, TWO)
    rows = page.locator(".aigc-question-candidates tbody tr")
    assert rows.count() == 6
    cells = rows.nth(5).locator("td").all_inner_texts()
    assert int(cells[0]) > 5 and cells[1] == "1"
    caption = page.locator(".aigc-question-candidates caption").inner_text()
    assert caption.endswith("最后一行是 BM25 的第一名。")


# ---- a false passage ---------------------------------------------------------------


def test_a_false_passage_is_never_given_as_the_book_s(opened):
    page = opened()
    page.get_by_label("混进一段假的").check()
    page.wait_for_selector(".aigc-question-unchecked:visible")
    assert quoted(page) == [text_of(TENSOR)]
    assert "和书的段落表对不上" in page.locator(".aigc-question-found").inner_text()
    unchecked = page.locator(".aigc-question-unchecked")
    assert unchecked.locator("blockquote").inner_text() == FALSE
    assert "没有这道核对" in unchecked.inner_text()
    assert "不是这本书的" in unchecked.locator("figcaption").inner_text()
    assert "冒充《0.1 张量" in unchecked.locator("figcaption").inner_text()
    assert unchecked.get_by_role("link").count() == 0
    assert "不是这本书的" in page.locator("tr.aigc-question-false").inner_text()
    page.get_by_label("混进一段假的").uncheck()
    page.wait_for_selector(".aigc-question-unchecked", state="hidden")
    assert page.locator(".aigc-question-false:visible").count() == 0


def test_a_false_passage_that_fits_the_question_less_changes_nothing(opened):
    page = opened()
    page.get_by_label("哪一段").select_option("月球")
    page.wait_for_selector("text=没有排到前面")
    assert quoted(page) == [text_of(TENSOR)]
    assert not page.locator(".aigc-question-unchecked").is_visible()
    assert "没有出处" in page.locator(".aigc-question-stranger").inner_text()


def test_a_reader_writes_a_false_passage(opened):
    page = opened()
    page.get_by_label("哪一段").select_option("自己写一段")
    assert page.get_by_label("混进一段假的").is_checked()
    assert "先写一段" in page.locator(".aigc-question-stranger").inner_text()
    page.get_by_label("你写的假段落").fill(FALSE)
    page.wait_for_selector(".aigc-question-unchecked:visible")
    assert quoted(page) == [text_of(TENSOR)]
    assert quoted(page, ".aigc-question-unchecked") == [FALSE]


# ---- links, presets, reset -------------------------------------------------------


def test_links_presets_and_reset_set_question_and_false_passage(opened):
    page = opened()

    def state():
        found = page.evaluate(f"{VIEW}.state")
        return found["question"], found["planted"], found["which"], found["own"]

    for words, expected in {
        "月球": ("月球由什么组成？", False, 0, ""),
        "两段": (TWO, False, 0, ""),
        "混进三样": (TWO, True, 0, ""),
        "混进第二段": (TWO, True, 1, ""),
        "自己写的": (TWO, True, 2, "张量有哪三样属性要随时留意"),
        "拿走": (TWO, False, 2, "张量有哪三样属性要随时留意"),
        "写不出的": ("", False, 2, "张量有哪三样属性要随时留意"),
    }.items():
        page.get_by_role("link", name=words, exact=True).click()
        assert state() == expected, words
    page.get_by_role("button", name="重置").click()
    assert state() == (ANSWERED, False, 0, "")
    page.get_by_role("button", name="假段落").click()
    assert state() == (ANSWERED, True, 0, "")
    page.get_by_role("button", name="没有的").click()
    assert state() == (REFUSED, False, 0, "")
    page.wait_for_function(f"!{VIEW}.pump.busy")
    assert "没有找到" in told(page)


def test_the_keyboard_asks_and_plants(opened):
    page = opened()
    page.locator(".aigc-question-field input").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(REFUSED)
    assert "没有找到" in told(page)
    for _ in range(5):  # reset, three presets, the link of the quotation
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.get_by_label("混进一段假的").is_checked()


# ---- without the tables --------------------------------------------------------------


def test_without_javascript_the_poster_has_words_and_quotation(open_page):
    page = open_page("question.html", java_script_enabled=False)
    poster = page.locator(".aigc-question-poster")
    assert poster.locator("blockquote").inner_text() == text_of(TENSOR)
    assert "所以回答" in poster.inner_text() and "检索加摘抄" in poster.inner_text()


def test_a_page_without_tables_shows_what_is_stored(opened):
    page = opened("question-stored", loads=False)
    assert page.locator(".aigc-question-field input").is_disabled()
    page.get_by_role("button", name="要两段的").click()
    page.wait_for_function(f"{VIEW}.shown.told.kind === 'two'")
    assert len(quoted(page)) == 2
    page.get_by_role("button", name="假段落").click()
    page.wait_for_selector(".aigc-question-unchecked:visible")
    assert quoted(page, ".aigc-question-unchecked") == [FALSE]
    assert "不能写新的问题" in page.locator(".aigc-status").inner_text()


def test_tables_that_do_not_come_are_told_and_asked_for_again(opened, open_page):
    page = opened(loads=False)
    page.route("**/finder.safetensors", lambda route: route.fulfill(body=b"none"))
    ask(page, TWO + "！")
    page.wait_for_selector(".aigc-failed")
    assert "没有加载成功" in page.locator(".aigc-status").inner_text()
    assert quoted(page) == [text_of(TENSOR)]
    note = page.locator(".aigc-question-note").first
    assert note.inner_text() == "下面还是上一个问题的回答。"
    page.unroute("**/finder.safetensors")
    page.wait_for_timeout(600)
    ask(page, TWO + "？")
    page.wait_for_function(f"{VIEW}.shown.told.kind === 'two'")
    assert not note.is_visible() and page.locator(".aigc-failed").count() == 0
    open_page.problems.clear()


def test_two_on_a_page_are_independent_and_load_once(opened):
    page = opened("question-pair", loads=False)
    page.wait_for_function(BOTH)
    loads = []
    page.on("request", lambda request: loads.append(request.url))
    page.locator(".aigc-question-field input").first.fill(REFUSED)
    second = page.locator(".aigc-explorer").nth(1)
    second.get_by_label("混进一段假的").check()
    second.locator(".aigc-question-unchecked:visible").wait_for()
    page.wait_for_function(f"{VIEW}.shown.told.kind === 'refused'")
    field = second.locator(".aigc-question-field input")
    assert field.input_value() == ANSWERED
    assert not page.get_by_label("混进一段假的").first.is_checked()
    assert sum("finder" in url for url in loads) == 1


# ---- screens -------------------------------------------------------------------------


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", ["question-pair", "question-pair-dark"])
def test_axe_finds_nothing(opened, axe, name, width):
    page = opened(name, viewport={"width": width, "height": 900})
    page.get_by_role("button", name="假段落").first.click()
    page.get_by_role("button", name="没有的").nth(1).click()
    page.wait_for_selector(".aigc-question-unchecked:visible")
    page.wait_for_timeout(400)
    assert axe(page) == []


def test_it_fits_a_narrow_phone_and_a_finger_asks(opened, fits):
    page = opened(**PHONE)
    page.get_by_role("button", name="假段落").tap()
    page.wait_for_selector(".aigc-question-unchecked:visible")
    page.get_by_label("哪一段").select_option("自己写一段")
    page.get_by_label("你写的假段落").fill("字" * 400)
    fits(page, ".aigc-question *:not(option)", 320)


def test_in_forced_colours_what_is_false_and_what_is_marked_are_told_apart(opened):
    page = opened(forced_colors="active")
    page.get_by_role("button", name="假段落").click()
    page.wait_for_selector(".aigc-question-unchecked:visible")
    style = "node => getComputedStyle(node).borderLeftStyle"
    styles = [one.evaluate(style) for one in page.locator(".aigc-question-quote").all()]
    assert styles == ["solid", "dashed", "dashed"]
    background = "node => getComputedStyle(node).backgroundColor"
    mark = page.locator("mark").first.evaluate(background)
    assert mark != page.locator("blockquote").first.evaluate(background)


def test_in_print_the_answer_stands_without_controls(opened):
    page = opened()
    page.emulate_media(media="print")
    assert verdict(page).is_visible()
    assert not page.locator(".aigc-question-planting").is_visible()
    assert not page.locator(".aigc-actions").is_visible()


# ---- live ----------------------------------------------------------------------------


@pytest.fixture
def live(open_page):
    """A page whose explorer is answered by a Python widget."""
    widget = QuestionExplorer(ANSWERS, **OPTIONS)
    return show_live(open_page, widget), widget


def test_the_kernel_answers_and_python_follows(live):
    page, widget = live
    page.wait_for_selector("[data-ready]")
    assert quoted(page) == [text_of(TENSOR)] and widget.received == []
    page.locator(".aigc-question-field input").fill(TWO)
    answer(page, widget)
    page.locator(".aigc-question-quote").nth(1).wait_for()
    assert widget.question == TWO
    link = verdict(page).get_by_role("link").first
    assert link.get_attribute("href").startswith("../notebooks/00_primer.ipynb#")
    assert "Python 内核" in page.locator(".aigc-question-private").inner_text()


def test_python_sets_the_page(live):
    page, widget = live
    page.wait_for_selector("[data-ready]")
    widget.planted = True
    page.evaluate("state => model.python(state)", widget._state)
    answer(page, widget)
    page.wait_for_selector(".aigc-question-unchecked:visible")
    assert page.get_by_label("混进一段假的").is_checked()
    assert json.loads(json.dumps(widget.answer))["told"]["strangers"] == ["stranger"]
