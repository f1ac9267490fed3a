"""The speaking explorer on a page and live: what it says, and where it looked.

The page runs the shipped network; what it computes is compared with Python's.
"""

import io
import re
import wave
from urllib.parse import quote

import numpy as np
import pytest
import torch
from live_page import answer, show_live
from playwright.sync_api import expect
from tiny_tacotrons import talkative

from aigc_helpers import speech, weights
from aigc_helpers.explorers import SpeakingExplorer
from aigc_helpers.explorers.speaking import page as speaking_page
from aigc_helpers.explorers.speaking.setting import speaking_setting
from aigc_helpers.reader import Mistake
from aigc_helpers.speech.tacotron import denormalised
from aigc_helpers.weights.speaking import export_speaker

NAME = "speech_tacotron"
TEXT, VOICE = "314", 2
PRESETS = [{"name": "一位", "text": "7"}, {"name": "五号", "voice": 5}]
PHONE = {"viewport": {"width": 320, "height": 700}, "has_touch": True}
VIEW = "document.querySelector('.aigc-view').aigc.view"
STATE, DECK = f"{VIEW}.state", f"{VIEW}.deck"
AT, PLAYS = f"{DECK}.transport.at", f"{DECK}.transport.follows"
COUNTED = """
window.contexts = 0;
window.AudioContext = class extends AudioContext {
  constructor() { super(); window.contexts += 1; }
};"""
SAID = """async ([text, voice]) => {
  const { view } = document.querySelector(".aigc-view").aigc;
  const spoken = await view.speaker.speak(text, voice);
  const attention = spoken.attention.map((row) => Array.from(row));
  const { letters, complete } = spoken;
  const frames = Array.from(spoken.frames);
  return { letters, complete, attention, frames, samples: Array.from(spoken.samples) };
}"""


@pytest.fixture(scope="session")
def speaker():
    return speech.ShownSpeaker(weights.load(NAME))


@pytest.fixture(scope="session", autouse=True)
def pages(explorer_site, write_page, speaker):
    """speaking.html, -two with two, -stored without a network."""
    export_speaker(speaker, explorer_site / "_static" / "networks" / f"{NAME}.onnx")
    setting = speaking_setting(
        speaker, TEXT, voice=VOICE, voices=[0, 2, 5], presets=PRESETS
    )
    html = speaking_page.static_html(setting, setting.state(), speaker, shipped=NAME)
    links = "".join(
        f'<p><a href="#explorer?{asked}">{words}</a></p>'
        for asked, words in {
            "text=90&amp;voice=5": "念九零",
            f"text={quote('８')}&amp;at=9": "念八的末尾",
            "text=三&amp;voice=1": "念不出的",
        }.items()
    )
    write_page("speaking", links + html)
    write_page("speaking-two", html + html)
    few = SpeakingExplorer(speech.ShownSpeaker(talkative()), "7", presets=PRESETS[:1])
    write_page("speaking-stored", few._static_html())


def shows(page, condition: str) -> None:
    page.wait_for_function(condition)


def button(page, name: str):
    return page.get_by_role("button", name=name, exact=True).first


def field(page):
    return page.locator(".aigc-entry").first


def load(page) -> None:
    page.evaluate("document.querySelector('.aigc-explorer').aigc.touch()")
    shows(page, f"{VIEW}.speaker")


def shown(page, text: str, voice: int) -> None:
    """Until this is what stands there."""
    asked = f'{{"text":"{text}","voice":{voice}}}'
    shows(page, f"JSON.stringify({VIEW}.shown) === '{asked}'")


# ---- the same as Python -------------------------------------------------------------


def test_the_page_says_what_python_says(explorer, speaker):
    page = explorer("speaking.html").page
    load(page)
    for text, voice in (("0", 0), ("77777", 2), ("8675309", 5), ("2718281828", 2)):
        said = page.evaluate(SAID, [text, voice])
        (expected,) = speech.synthesise(speaker.network, [text], [voice])
        assert said["letters"] == expected.letters
        assert said["complete"] is expected.is_complete is True
        np.testing.assert_allclose(said["attention"], expected.attention, atol=1e-3)
        mel = denormalised(torch.tensor(said["frames"]).view(-1, 40)).T  # (40, T)
        np.testing.assert_allclose(mel, expected.mel, atol=5e-3)  # nats: 0.04 dB
        ours, theirs = np.array(said["samples"]), speaker.say(text, voice)["samples"]
        noise = 10 * np.log10(np.mean((ours - theirs) ** 2) / np.mean(theirs**2))
        assert len(ours) == len(theirs) and noise < -20  # dB


def test_what_python_stored_is_seen_told_and_heard_without_a_network(explorer, speaker):
    page = explorer("speaking.html").page
    setting = speaking_setting(speaker, TEXT, voice=VOICE, voices=[VOICE])
    spoken = setting.checked(speaker, TEXT, VOICE)
    words = page.locator(".aigc-sound-words")
    expect(words.first).to_have_text("写成英文是“three one four”。声音是预先算好的。")
    expect(words.last).to_have_text(spoken.words)
    assert spoken.words in page.locator(".aigc-sound-plot").get_attribute("aria-label")
    levels = page.evaluate(f"Array.from({DECK}.clip.attention, (row) => [...row])")
    np.testing.assert_allclose(levels, spoken.levels / 255, atol=1e-6)
    button(page, "播放").click()
    shows(page, f"{AT} > 0.1")
    page.get_by_text("合成语音，不是录音；网络用 Free Spoken Digit Dataset").wait_for()


def test_the_matrix_is_the_attention_and_lies_over_its_frames(explorer):
    page = explorer("speaking.html").page
    found = page.evaluate(
        f"""() => {{
          const {{ canvas }} = {VIEW}.panel;
          const {{ width, height }} = canvas;
          const {{ data }} = canvas.getContext("2d").getImageData(0, 0, width, height);
          const sums = Array.from({{ length: width * height }}, (_, i) =>
            data[4 * i] + data[4 * i + 1] + data[4 * i + 2]);
          const brightest = Array.from({{ length: width }}, (_, t) => {{
            const column = sums.filter((_, i) => i % width === t);
            return column.indexOf(Math.max(...column));
          }});
          const places = {DECK}.clip.attention.map((row) =>
            row.indexOf(Math.max(...row)));
          const all = [...document.querySelectorAll(".aigc-sound-spectrum canvas")];
          const spans = all.map((one) => {{
            const {{ left, right }} = one.getBoundingClientRect();
            return [left, right];
          }});
          return {{ brightest, places, spans }};
        }}"""
    )
    assert found["brightest"] == found["places"]
    np.testing.assert_allclose(found["spans"][0], found["spans"][1], atol=0.5)
    labels = page.locator(".aigc-sound-frequencies").first
    expect(labels).to_have_text("threeonefour")


# ---- what is heard ------------------------------------------------------------------


@pytest.fixture
def counted(open_page, server):
    """The page, which counts what could sound."""
    page = open_page()
    page.add_init_script(COUNTED)
    page.goto(f"{server}/speaking.html")
    page.wait_for_selector(".aigc-explorer[data-ready]")
    return page


def test_nothing_sounds_before_the_click_and_then_the_head_runs(counted):
    page = counted
    field(page).fill("12")
    page.get_by_role("radio", name="0 号").check()
    note = page.locator(".aigc-sound-note")
    expect(note).to_have_text("下面还是“314”（2 号嗓音）。按“念”才会换。")
    page.get_by_text("念九零").click()
    shown(page, "90", 5)
    assert page.evaluate(f"[contexts, {PLAYS}]") == [0, False]
    expect(field(page)).to_have_value("90")
    field(page).fill("12")
    field(page).press("Enter")
    shown(page, "12", 5)
    shows(page, f"{PLAYS} && {AT} > 0.2")
    assert page.evaluate("contexts") == 1
    assert page.evaluate(f"parseFloat({DECK}.picture.head.style.left)") > 10
    line = page.locator(".aigc-sound-words").first
    expect(line).to_contain_text(re.compile(r"“one two”。浏览器算了 \d+ ms：网络"))
    expect(note).to_have_text("")
    button(page, "停止").click()
    assert page.evaluate(f"[{AT}, {PLAYS}]") == [0, False]
    button(page, "念").click()  # once more, from what is there
    shows(page, f"{PLAYS} && {AT} > 0.1")


def test_a_click_before_the_network_is_there_is_answered_when_it_is(explorer):
    page = explorer("speaking.html").page
    page.evaluate(f"{VIEW}.form.show({{ text: '5', voice: 0 }})")
    button(page, "念").click()
    shows(page, f"{PLAYS} && {AT} > 0.1")
    shown(page, "5", 0)


def test_of_two_clicks_the_last_one_sounds(explorer):
    page = explorer("speaking.html").page
    load(page)
    starts = page.evaluate(
        f"""async () => {{
          const starts = [];
          const play = {DECK}.transport.play.bind({DECK}.transport);
          {DECK}.transport.play = () => (starts.push({VIEW}.shown.text), play());
          for (const text of ["0123456789", "9876543210", "4"]) {{
            {VIEW}.form.show({{ text, voice: 0 }});
            {VIEW}.form.button.click();
            await new Promise((done) => setTimeout(done, 30));
          }}
          while (!starts.length) await new Promise((done) => setTimeout(done, 20));
          return starts;
        }}"""
    )
    assert starts == ["4"]
    assert not page.evaluate(f"{VIEW}.clips.has('0123456789 0')")


# ---- what is written ----------------------------------------------------------------


def test_what_cannot_be_spoken_is_told_as_python_tells_it(explorer):
    page = explorer("speaking.html").page
    note = page.locator(".aigc-sound-note")
    for text in ("", "12a", "三", "-5", "3.5", "12345678901"):
        with pytest.raises(Mistake) as caught:
            speech.digits_of(text)
        field(page).fill(text)
        field(page).press("Enter")
        expect(note).to_have_text(caught.value.chinese)
        assert field(page).get_attribute("aria-invalid") == "true"
    assert field(page).get_attribute("aria-describedby") == note.get_attribute("id")
    assert page.evaluate(STATE)["text"] == TEXT
    field(page).fill("３ １４")  # full width is a way to write it
    expect(note).to_have_text("")
    assert field(page).get_attribute("aria-invalid") == "false"


def test_links_presets_and_reset_set_text_and_voice_in_silence(explorer):
    page = explorer("speaking.html").page
    page.get_by_text("念八的末尾").click()
    shown(page, "8", 2)
    at = page.evaluate(AT)
    assert at == page.evaluate(f"{DECK}.clip.sound.duration") > 0.2
    page.get_by_text("念不出的").click()
    page.wait_for_timeout(50)
    assert page.evaluate(f"[{STATE}.text, {STATE}.voice]") == ["8", 2]
    button(page, "五号").click()
    shown(page, TEXT, 5)
    button(page, "重置").click()
    shown(page, TEXT, VOICE)
    assert not page.evaluate(PLAYS)


def test_the_keyboard_does_everything(explorer):
    page = explorer("speaking.html").page
    field(page).focus()
    keys = page.keyboard
    keys.press("Control+a")
    keys.type("6")
    keys.press("Tab")
    keys.press("ArrowRight")  # the next voice
    keys.press("Tab")
    expect(button(page, "念")).to_be_focused()
    keys.press("Space")
    shown(page, "6", 5)
    shows(page, f"{PLAYS} && {AT} > 0.02")
    keys.press("Tab")
    keys.press("Space")
    assert not page.evaluate(PLAYS)


# ---- what is taken away -------------------------------------------------------------


def test_it_is_saved_with_mark_and_metadata(explorer):
    page = explorer("speaking.html").page
    with page.expect_download() as download:
        button(page, "保存为 WAV").click()
    assert download.value.suggested_filename == "314（2 号嗓音）-AI生成.wav"
    with open(download.value.path(), "rb") as file:
        content = file.read()
    assert b"AIGC" in content and b'"Label":"1"' in content
    with wave.open(io.BytesIO(content)) as file:
        n, rate = file.getnframes(), file.getframerate()
    own = page.evaluate(f"{DECK}.clip.samples.length")
    assert rate == 8000 and (n - own) / rate == pytest.approx(0.96, abs=0.01)


# ---- without what it needs ----------------------------------------------------------


def test_without_javascript_it_can_be_heard_seen_and_read(open_page):
    page = open_page("speaking.html", java_script_enabled=False)
    assert page.locator("audio[controls]").count() == 1
    assert page.locator("img.aigc-explorer-poster:visible").count() == 2
    expect(page.get_by_text("写成英文是“three one four”")).to_be_visible()
    expect(page.get_by_text("看各个词的时间")).to_be_visible()


def test_a_network_that_does_not_come_is_told_and_asked_for_again(open_page, server):
    page = open_page()
    blocked = re.compile(r"-ending\.onnx")
    page.route(blocked, lambda route: route.fulfill(status=404))
    page.goto(f"{server}/speaking.html")
    page.wait_for_selector(".aigc-explorer[data-ready]")
    field(page).fill("12")
    expect(page.locator(".aigc-status.aigc-failed")).to_contain_text("没有加载成功")
    page.unroute(blocked)
    page.wait_for_timeout(600)  # one gesture after a failure makes one attempt
    button(page, "念").click()
    shown(page, "12", VOICE)
    open_page.problems.clear()


def test_stored_sounds_alone_are_played_and_nothing_is_asked_for(explorer):
    page = explorer("speaking-stored.html").page
    assert field(page).is_disabled() and button(page, "念").is_disabled()
    expect(page.locator(".aigc-status")).to_contain_text("只有预先算好的声音")
    button(page, "播放").click()
    shows(page, f"{AT} > 0.05")
    assert not page.evaluate(f"{VIEW}.speaker")


# ---- live, and for everybody --------------------------------------------------------


def test_live_the_kernel_speaks_and_python_follows(open_page):
    speaker = speech.ShownSpeaker(talkative())
    widget = SpeakingExplorer(speaker, "7", voices=[0, 1])
    page = show_live(open_page, widget)
    page.wait_for_selector(".aigc-transport")
    assert widget.received == []  # the first one is stored
    field(page).fill("12x")
    field(page).press("Enter")
    page.wait_for_timeout(150)
    assert widget.received == [] and widget.text == "7"
    field(page).fill("42")
    page.get_by_role("radio", name="1 号").check()
    field(page).press("Enter")
    answer(page, widget)
    shown(page, "42", 1)
    shows(page, f"{PLAYS}")
    page.wait_for_timeout(150)
    assert (widget.text, widget.voice) == ("42", 1)
    samples = page.evaluate(f"Array.from({DECK}.clip.sound.samples)")
    np.testing.assert_allclose(samples, widget.samples, atol=1e-7)
    line = page.locator(".aigc-sound-words").first
    expect(line).to_contain_text("“four two”。Python 内核算了")
    page.evaluate("model.python({ text: '7', voice: 0, at: 0.1 })")
    shown(page, "7", 0)
    expect(field(page)).to_have_value("7")
    button(page, "播放").click()
    shows(page, f"{PLAYS}")
    page.evaluate("endView()")
    assert not page.evaluate(PLAYS)


@pytest.mark.parametrize("path", ["speaking-two.html", "speaking-two-dark.html"])
def test_it_is_accessible(explorer, axe, path):
    page = explorer(path).page
    page.locator("summary").first.click()
    assert axe(page) == []


def test_it_fits_a_phone(explorer, fits):
    page = explorer("speaking.html", **PHONE).page
    page.locator("summary").click()
    page.evaluate(f"{VIEW}.form.show({{ text: '0123456789x', voice: 0 }})")
    fits(page, ".aigc-box *:not(canvas)", 320)


def test_printed_it_is_picture_and_words(explorer):
    page = explorer("speaking.html").page
    page.emulate_media(media="print")
    assert page.locator(".aigc-sound-plot").is_visible()
    assert not field(page).is_visible() and not button(page, "念").is_visible()
