"""The player on a page and live: nothing sounds before a click, all is seen and told.

The browser of the tests has no loudspeaker; its clock runs all the same.
"""

import io
import wave

import numpy as np
import pytest
from live_page import show_live
from playwright.sync_api import expect

from aigc_helpers.explorers import PlayerExplorer, player
from aigc_helpers.explorers.sounds.poster import COLOURS
from aigc_helpers.explorers.sounds.spectra import LOWEST, log_mel_of
from aigc_helpers.explorers.sounds.telling import words_of

PHONE = {"viewport": {"width": 320, "height": 700}, "has_touch": True}
VIEW = "document.querySelector('.aigc-view').aigc.view"
STATE = f"{VIEW}.state"
AT = f"{VIEW}.deck.transport.at"
PLAYS = f"{VIEW}.deck.transport.plays"
COUNTED = """
window.contexts = 0;
window.AudioContext = class extends AudioContext {
  constructor() { super(); window.contexts += 1; }
};"""
MUTE = """
window.AudioContext = class {
  state = "suspended";
  resume() { return new Promise(() => {}); }
};"""
PIXELS = """canvas => {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  return Array.from(data);
}"""


def tone(frequency: float, seconds: float, rate: int = 8000) -> np.ndarray:
    t = np.arange(int(seconds * rate)) / rate
    return 0.25 * np.sin(2 * np.pi * frequency * t)


CLIPS = [
    player.Clip("甲", tone(500, 0.45), "one", generated=False, credit="某某，CC BY-SA"),
    player.Clip("乙", tone(900, 1.5), "two <b>", generated=True, credit="某网络"),
    player.Clip("丙", tone(1500, 0.5, 22_050), "three", generated=True, rate=22_050),
]


@pytest.fixture(scope="session", autouse=True)
def pages(write_page):
    html = PlayerExplorer(CLIPS)._static_html()
    links = "".join(
        f'<p><a href="#explorer?{setting}">{words}</a></p>'
        for setting, words in {
            "clip=乙&amp;at=0.75": "第二段",
            "clip=99&amp;at=99": "末尾",
            "clip=x&amp;at=-1": "开头",
        }.items()
    )
    write_page("player", links + html)
    write_page("player-two", html + html)
    write_page("player-one", PlayerExplorer(CLIPS[:1])._static_html())


def shows(page, condition: str) -> None:
    page.wait_for_function(condition)


def button(page, name: str):
    return page.get_by_role("button", name=name, exact=True).first


# ---- what is seen and told ---------------------------------------------------------


def test_the_picture_is_the_spectrogram_of_python_in_its_colours(explorer):
    page = explorer("player.html").page
    for i, clip in enumerate(CLIPS):
        page.evaluate(f"{VIEW}.apply({{ clip: '{i + 1}' }})")
        shows(page, f"{STATE}.clip === {i} && !{VIEW}.pump.busy")
        pixels = page.locator(".aigc-sound-spectrum canvas").evaluate(PIXELS)
        expected = log_mel_of(clip).T[::-1]  # (40, T)
        found = np.array(pixels).reshape(*expected.shape, 4)[..., :3]
        top = max(log_mel_of(one).max() for one in CLIPS)
        places = (expected - LOWEST) / (top - LOWEST) * (len(COLOURS) - 1)
        stops = range(len(COLOURS))
        parts = [np.interp(places, stops, part) for part in zip(*COLOURS, strict=True)]
        off = np.abs(found - np.stack(parts, axis=-1))
        gap = 2 if clip.rate == 8000 else 8  # SciPy's filter is another one
        assert np.quantile(off, 0.99) <= gap


def test_words_stand_beside_the_picture_and_are_its_name(explorer):
    page = explorer("player.html").page
    words = page.locator(".aigc-sound-words")
    expect(words).to_have_text(words_of(CLIPS[0]))
    picture = page.locator(".aigc-sound-plot")
    assert words_of(CLIPS[0]) in picture.get_attribute("aria-label")
    expect(page.get_by_text("录音来源：某某，CC BY-SA")).to_be_visible()
    page.get_by_role("radio", name="乙 AI 生成").check()
    expect(words).to_have_text(words_of(CLIPS[1]))
    expect(page.get_by_text("AI 生成的声音（某网络）")).to_be_visible()


def test_without_javascript_each_clip_can_be_heard_and_read(open_page):
    page = open_page("player.html", java_script_enabled=False)
    assert page.locator("audio[controls]").count() == 3
    assert page.locator(".aigc-explorer-poster").is_visible()
    expect(page.get_by_text("丙（AI 生成）：说的是“three”。")).to_be_visible()


def test_one_clip_has_no_choice(explorer):
    page = explorer("player-one.html").page
    assert not page.locator(".aigc-sound-choice").is_visible()


# ---- what is heard -----------------------------------------------------------------


@pytest.fixture
def scripted(open_page, server):
    """The page after a script of ours has run in it."""

    def open_(script: str, path: str = "player.html", **options):
        page = open_page(**options)
        page.add_init_script(script)
        page.goto(f"{server}/{path}")
        page.wait_for_selector(".aigc-explorer[data-ready]")
        return page

    return open_


def test_nothing_sounds_before_a_click_and_the_head_follows(scripted):
    page = scripted(COUNTED)
    page.get_by_text("第二段").click()
    shows(page, f"{AT} === 0.75")
    page.mouse.wheel(0, 300)
    assert page.evaluate("contexts") == 0 and not page.evaluate(PLAYS)
    button(page, "播放").click()
    shows(page, f"{AT} > 0.95")
    assert page.evaluate("contexts") == 1
    head = page.locator(".aigc-sound-head")
    share = float(head.evaluate("node => parseFloat(node.style.left)"))
    assert 50 < share <= 100
    assert page.evaluate(STATE) == {"clip": 1, "at": 0.75}  # where it rested
    button(page, "暂停").click()
    rested = page.evaluate(AT)
    assert 0.95 < rested < 1.5 and page.evaluate(STATE)["at"] == rested
    button(page, "播放").click()
    shows(page, f"{AT} === 0 && !{PLAYS}")  # it came to its end
    button(page, "播放").wait_for()
    assert page.evaluate("contexts") == 1


def test_stop_goes_to_the_beginning_and_another_clip_ends_it(explorer):
    page = explorer("player.html").page
    page.get_by_role("radio", name="乙").check()
    button(page, "播放").click()
    shows(page, f"{AT} > 0.05")
    button(page, "停止").click()
    assert page.evaluate(f"[{AT}, {PLAYS}]") == [0, False]
    button(page, "播放").click()
    shows(page, f"{AT} > 0.05")
    page.get_by_role("radio", name="甲").check()
    shows(page, f"!{PLAYS} && {AT} === 0")
    assert page.locator(".aigc-transport input").get_attribute("max") == "45"


def test_a_pause_before_it_has_begun_keeps_the_place(explorer):
    page = explorer("player.html").page
    page.get_by_text("第二段").click()
    shows(page, f"{AT} === 0.75")
    page.evaluate(f"{VIEW}.deck.transport.play(), {VIEW}.deck.transport.toggle()")
    page.wait_for_timeout(200)
    assert page.evaluate(f"[{AT}, {PLAYS}]") == [0.75, False]


def test_two_players_do_not_sound_at_once(explorer):
    page = explorer("player-two.html").page
    page.wait_for_selector(".aigc-explorer[data-ready] >> nth=1")
    for box in page.locator(".aigc-view").all():
        box.get_by_role("radio", name="乙").check()
    plays = "[...document.querySelectorAll('.aigc-view')].map(" + (
        "node => node.aigc.view.deck.transport.plays)"
    )
    buttons = page.get_by_role("button", name="播放", exact=True)
    buttons.first.click()
    shows(page, f"{AT} > 0.05")
    buttons.last.click()
    shows(page, f"JSON.stringify({plays}) === '[false,true]'")
    assert page.evaluate(AT) > 0.05  # it rests where it was


def test_a_browser_without_web_audio_says_so_and_shows_the_rest(scripted):
    page = scripted("delete window.AudioContext; delete window.webkitAudioContext;")
    expect(page.locator(".aigc-status")).to_contain_text("没有 Web Audio")
    assert button(page, "播放").is_disabled()
    page.locator(".aigc-transport input").press("ArrowRight")
    assert page.evaluate(AT) == pytest.approx(0.01)
    with page.expect_download() as download:
        button(page, "保存为 WAV").click()
    assert download.value.suggested_filename == "甲.wav"


def test_a_machine_that_lets_nothing_sound_is_told_of(scripted):
    page = scripted(MUTE)
    button(page, "播放").click()
    status = page.locator(".aigc-status.aigc-failed")
    expect(status).to_contain_text("浏览器没有放出声音")
    assert not page.evaluate(PLAYS)
    button(page, "播放").wait_for()


def test_who_wants_less_motion_sees_the_head_move_in_steps(explorer):
    counts = {}
    for motion in ("reduce", "no-preference"):
        page = explorer("player.html", reduced_motion=motion).page
        page.get_by_role("radio", name="乙").check()
        page.evaluate(f"""window.moves = 0, {VIEW}.deck.transport.moved = (_, rests) =>
            (window.moves += rests ? 0 : 1)""")
        button(page, "播放").click()
        shows(page, f"{AT} > 0.6")
        counts[motion] = page.evaluate("moves")
    assert 1 < counts["reduce"] < counts["no-preference"] / 2


# ---- by any hand -------------------------------------------------------------------


def test_the_keyboard_does_everything(explorer):
    page = explorer("player.html").page
    page.get_by_role("radio", name="甲").focus()
    keys = page.keyboard
    keys.press("ArrowRight")
    shows(page, f"{STATE}.clip === 1")
    keys.press("Tab")
    keys.press("Space")
    shows(page, f"{PLAYS} && {AT} > 0.02")
    keys.press("Space")
    assert not page.evaluate(PLAYS)
    keys.press("Tab")
    keys.press("Enter")
    keys.press("Tab")
    slider = page.locator(".aigc-transport input")
    expect(slider).to_be_focused()
    for _ in range(3):
        keys.press("ArrowRight")
    assert page.evaluate(AT) == pytest.approx(0.03)
    assert slider.get_attribute("aria-valuetext") == "0.03 秒，共 1.50 秒"
    keys.press("End")
    assert page.evaluate(STATE) == {"clip": 1, "at": 1.5}
    keys.press("Space")  # from the beginning, since it stood at the end
    shows(page, f"{PLAYS} && {AT} < 1")
    keys.press("Space")
    assert not page.evaluate(PLAYS)


def test_a_mouse_and_a_finger_choose_a_moment_in_the_picture(explorer):
    for options in ({}, PHONE):
        page = explorer("player.html", **options).page
        plot = page.locator(".aigc-sound-plot")
        plot.scroll_into_view_if_needed()
        box = plot.bounding_box()
        y = box["y"] + box["height"] / 2
        places = [box["x"] + share * box["width"] for share in (0.25, 0.75)]
        if options:
            page.touchscreen.tap(places[1], y)
        else:
            page.mouse.move(places[0], y)
            page.mouse.down()
            page.mouse.move(places[1], y, steps=3)
            page.mouse.up()
        assert page.evaluate(AT) == pytest.approx(0.75 * 0.45, abs=0.005)
        assert plot.evaluate("node => getComputedStyle(node).touchAction") == "pan-y"


def test_a_moment_that_is_chosen_while_it_plays_is_played_from(explorer):
    page = explorer("player.html").page
    page.get_by_role("radio", name="乙").check()
    button(page, "播放").click()
    shows(page, f"{AT} > 0.02")
    plot = page.locator(".aigc-sound-plot")
    box = plot.bounding_box()
    plot.click(position={"x": box["width"] * 0.6, "y": 20})
    shows(page, f"{PLAYS} && {AT} > 0.95")


def test_links_set_clip_and_moment(explorer):
    page = explorer("player.html").page
    for words, clip, at in (("第二段", 1, 0.75), ("末尾", 2, 0.5), ("开头", 0, 0)):
        page.get_by_text(words, exact=True).click()
        shows(page, f"{STATE}.clip === {clip} && !{VIEW}.pump.busy")
        assert page.evaluate(f"[{STATE}.at, {AT}]") == [at, at]
    button(page, "重置").click()
    assert page.evaluate(STATE) == {"clip": 0, "at": 0}


# ---- what is taken away ------------------------------------------------------------


def saved(page) -> tuple[str, bytes]:
    with page.expect_download() as download:
        button(page, "保存为 WAV").click()
    with open(download.value.path(), "rb") as file:
        return download.value.suggested_filename, file.read()


def test_a_generated_sound_is_saved_with_mark_and_metadata(explorer):
    page = explorer("player.html").page
    page.get_by_role("radio", name="丙").check()
    name, content = saved(page)
    assert (
        name == "丙-AI生成.wav" and b"AIGC" in content and '"Label":"1"' in str(content)
    )
    with wave.open(io.BytesIO(content)) as file:
        assert file.getframerate() == 22_050
        numbers = np.frombuffer(file.readframes(10**6), "<i2")
    own = CLIPS[2].numbers
    mark = numbers[: -len(own)] / 32768
    assert np.array_equal(numbers[-len(own) :], own)
    assert len(mark) / 22_050 == pytest.approx(0.96, abs=0.01)
    assert 0.1 < np.abs(mark).max() < 0.2


def test_a_recording_is_saved_without_a_mark_with_its_licence(explorer):
    name, content = saved(explorer("player.html").page)
    with wave.open(io.BytesIO(content)) as file:
        assert file.getparams()[:3] == (1, 2, CLIPS[0].rate)
        numbers = np.frombuffer(file.readframes(10**6), "<i2")
    assert name == "甲.wav" and np.array_equal(numbers, CLIPS[0].numbers)
    assert "某某，CC BY-SA".encode() in content


# ---- live, and for everybody -------------------------------------------------------


def test_live_python_and_the_page_follow_each_other(open_page):
    widget = PlayerExplorer(CLIPS)
    page = show_live(open_page, widget)
    page.wait_for_selector(".aigc-transport")
    page.get_by_role("radio", name="乙").check()
    page.locator(".aigc-transport input").press("End")
    page.wait_for_timeout(250)
    assert (widget.clip, widget.at) == (1, 1.5)
    page.evaluate("model.python({ clip: 0, at: 0.25 })")
    shows(page, f"{AT} === 0.25")
    expect(page.locator(".aigc-sound-words")).to_have_text(words_of(CLIPS[0]))
    assert widget.received == []  # no kernel is asked


def test_a_view_that_is_closed_falls_silent(open_page):
    page = show_live(open_page, PlayerExplorer(CLIPS, clip=1))
    page.wait_for_selector(".aigc-transport")
    button(page, "播放").click()
    shows(page, f"{AT} > 0.02")
    page.evaluate("endView()")
    assert not page.evaluate(PLAYS)


def test_a_missing_module_leaves_the_poster_and_says_so(open_page, server):
    page = open_page()
    page.route("**/player.js", lambda route: route.fulfill(status=404))
    page.goto(f"{server}/player.html")
    page.wait_for_selector(".aigc-explorer-note")
    assert page.locator("audio").first.is_visible()
    open_page.problems.clear()


@pytest.mark.parametrize("path", ["player-two.html", "player-two-dark.html"])
def test_it_is_accessible(explorer, axe, path):
    assert axe(explorer(path).page) == []


def test_it_fits_a_phone(explorer, fits):
    page = explorer("player.html", **PHONE).page
    fits(page, ".aigc-box *:not(canvas)", 320)


def test_forced_colours_keep_the_picture_and_the_choice(explorer):
    page = explorer("player.html", forced_colors="active").page
    canvas = page.locator(".aigc-sound-spectrum canvas")
    assert np.ptp(np.array(canvas.evaluate(PIXELS))[::4]) > 100
    chosen = page.locator(".aigc-sound-choice input:checked + span")
    assert chosen.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"
    line = page.locator(".aigc-sound-plot path")
    assert line.evaluate("node => getComputedStyle(node).stroke") == "rgb(0, 0, 0)"


def test_printed_it_is_picture_and_words(explorer):
    page = explorer("player.html").page
    page.emulate_media(media="print")
    assert page.locator(".aigc-sound-plot").is_visible()
    assert page.locator(".aigc-sound-words").is_visible()
    assert not page.locator(".aigc-transport").is_visible()
    assert not page.locator(".aigc-sound-choice").is_visible()
