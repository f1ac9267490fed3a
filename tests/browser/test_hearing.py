"""The hearing explorer on a page and live: what it hears is what Python hears.

Its network is small and untrained, so that its probabilities are of all sizes; the
microphone is a sound of the browser's own.
"""

import io

import numpy as np
import pytest
import tiny_speech
import torch
from live_page import answer, show_live
from playwright.sync_api import expect
from scipy.io import wavfile
from scipy.signal import resample_poly
from tiny_speech import said

from aigc_helpers import speech
from aigc_helpers.explorers import HearingExplorer, hearing
from aigc_helpers.explorers.hearing import page as hearing_page
from aigc_helpers.explorers.hearing.setting import rounded, verdict_of
from aigc_helpers.weights.listening import export_listener

RATE = 8000
VIEW = "document.querySelector('.aigc-view').aigc.view"
STATE = f"{VIEW}.state"
OWN = f"{VIEW}.heard.get({VIEW}.own)"
# The microphone plays these numbers once it is asked for, then nothing.
MICROPHONE = """(numbers) => {
  const getUserMedia = async () => {
    const context = new AudioContext();
    const buffer = context.createBuffer(1, numbers.length, 8000);
    buffer.copyToChannel(Float32Array.from(numbers), 0);
    const node = new AudioBufferSourceNode(context, { buffer });
    const out = new MediaStreamAudioDestinationNode(context);
    node.connect(out);
    setTimeout(() => node.start(), 500);
    window.stream = out.stream;
    return out.stream;
  };
  const value = { getUserMedia };
  Object.defineProperty(navigator, "mediaDevices", { value, configurable: true });
}"""


def word(seed: int, digit: int = 3) -> np.ndarray:
    return said(digit, 0, torch.Generator().manual_seed(seed)).clamp(-1, 1).numpy()


@pytest.fixture(scope="session")
def listener():
    return tiny_speech.listener()


@pytest.fixture(scope="session")
def clips() -> list:
    credit = "某某，CC BY-SA"
    return [
        hearing.Clip("甲", word(1), "three", generated=False, credit=credit),
        hearing.Clip("乙", word(2, 7), "seven", generated=False, credit=credit),
    ]


@pytest.fixture(scope="session", autouse=True)
def pages(write_page, explorer_site, listener, clips):
    setting = HearingExplorer(listener, clips)._setting
    networks = explorer_site / "_static" / "networks"
    export_listener(listener, networks / "listener.onnx")
    html = hearing_page.static_html(setting, setting.state(), shipped="listener")
    link = '<p><a href="#explorer?clip=乙&amp;at=0.1">第二段</a></p>'
    write_page("hearing", html)
    write_page("hearing-link", link + html)
    write_page("hearing-stored", hearing_page.static_html(setting, setting.state()))


def wav(numbers: np.ndarray, rate: int) -> bytes:
    stream = io.BytesIO()
    wavfile.write(stream, rate, numbers)
    return stream.getvalue()


def choose(page, content: bytes, name: str = "a.wav") -> None:
    file = {"name": name, "mimeType": "audio/wav", "buffer": content}
    page.locator(".aigc-sound-input input").set_input_files(file)


def shares_of(page) -> list[float]:
    page.wait_for_function(f"{OWN} && !{VIEW}.pump.busy")
    return page.evaluate(f"{OWN}.probabilities")


def note(page):
    return page.locator(".aigc-sound-note")


def verdict(page):
    return page.locator(".aigc-hearing-verdict")


# ---- stored clips --------------------------------------------------------------------


def test_before_a_touch_a_stored_answer_is_seen_and_told(explorer, listener, clips):
    page = explorer("hearing.html").page
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    heard = rounded(listener.explain(clips[0].numbers / 32_768))
    expect(verdict(page)).to_have_text(verdict_of(heard))
    bars = page.get_by_role("list", name="网络给的概率").get_by_role("listitem")
    assert bars.count() == 12
    for i, share in enumerate(heard["probabilities"]):
        height = bars.nth(i).locator("i").evaluate("node => node.style.height")
        assert float(height[:-1]) == pytest.approx(100 * share, abs=0.01)
    assert f"1：{100 * heard['probabilities'][1]:.1f} %" in bars.nth(1).inner_text()
    expect(page.get_by_text("这是分析，不是生成")).to_be_visible()
    expect(page.get_by_text("录音来源：某某，CC BY-SA")).to_be_visible()
    expect(page.get_by_text("声音只留在这个浏览器里")).to_be_visible()
    assert asked == []


def test_the_network_says_of_a_stored_clip_what_was_stored(explorer, listener, clips):
    page = explorer("hearing.html").page
    page.get_by_role("radio", name="乙 录音").check()
    expect(page.get_by_text("网络在这个浏览器里听的。")).to_be_visible()
    heard = listener.explain(clips[1].numbers / 32_768)
    found = page.evaluate(f"{VIEW}.heard.get({VIEW}.open(1))")
    np.testing.assert_allclose(
        found["probabilities"], heard["probabilities"], atol=1e-3
    )
    assert found["text"] == heard["text"]
    expect(verdict(page)).to_have_text(verdict_of(heard))


def test_a_link_sets_clip_and_moment_and_the_head_stays_where_it_rests(explorer):
    page = explorer("hearing-link.html").page
    page.get_by_text("第二段").click()
    assert page.evaluate(STATE) == {"clip": 1, "at": 0.1}
    page.locator(".aigc-row input").press("ArrowRight")
    assert page.evaluate(f"{STATE}.at") == pytest.approx(0.11)
    page.get_by_role("button", name="重置").click()
    assert page.evaluate(STATE) == {"clip": 0, "at": 0}


# ---- the reader's own sound ----------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "kind"), [(8000, "f4"), (44_100, "i2"), (48_000, "f4")]
)
def test_a_file_of_any_rate_is_heard_as_python_hears_it(explorer, listener, rate, kind):
    page = explorer("hearing.html").page
    common = np.gcd(rate, RATE)
    samples = resample_poly(word(5), rate // common, RATE // common).clip(-1, 1)
    if kind == "i2":
        samples = np.rint(samples * 32_767)
    choose(page, wav(samples.astype(kind), rate))
    found = shares_of(page)
    scale = 32_768 if kind == "i2" else 1
    samples = torch.from_numpy(samples.astype("f4") / np.float32(scale))
    heard = listener.explain(speech.resample(samples, rate))
    gap = 1e-3 if rate == RATE else 0.02  # SciPy's filter is another one
    np.testing.assert_allclose(found, heard["probabilities"], atol=gap)
    assert np.ptp(heard["probabilities"][:10]) > 0.02
    assert ("已经换成每秒 8000 个" in note(page).inner_text()) == (rate != RATE)


def test_what_is_said_is_heard_seen_and_can_be_played_again(explorer, listener):
    page = explorer("hearing.html").page
    page.evaluate(MICROPHONE, word(6).tolist())
    page.get_by_role("button", name="录音", exact=True).click()
    page.wait_for_function(f"{VIEW}.input.recorder?.seconds > 1.2")
    page.get_by_role("button", name="停", exact=True).click()
    found = shares_of(page)
    assert sum(found) == pytest.approx(1, abs=1e-6)
    samples = page.evaluate(f"Array.from({VIEW}.own.samples)")
    heard = listener.explain(np.float32(samples))
    np.testing.assert_allclose(found, heard["probabilities"], atol=1e-3)
    expect(verdict(page)).to_have_text(verdict_of({**heard, "probabilities": found}))
    own = page.get_by_role("radio", name="自己的声音")
    assert own.is_checked()
    expect(page.get_by_text("录音来源：你自己，声音只留在这个浏览器里")).to_be_visible()
    assert "说的是" not in page.locator(".aigc-sound-words").inner_text()
    page.get_by_role("button", name="播放", exact=True).click()
    page.wait_for_function(f"{VIEW}.deck.transport.at > 0.1")
    page.get_by_role("button", name="停止", exact=True).click()
    assert page.evaluate("stream.getTracks().every((t) => t.readyState === 'ended')")
    page.get_by_role("radio", name="甲 录音").check()
    expect(page.get_by_text("录音来源：某某")).to_be_visible()
    own.check()
    expect(page.get_by_text("录音来源：你自己")).to_be_visible()
    page.get_by_role("button", name="重置").click()
    assert not own.is_checked() and page.evaluate(STATE) == {"clip": 0, "at": 0}


def test_nothing_of_it_leaves_the_page(explorer):
    page = explorer("hearing.html").page
    page.evaluate(f"{VIEW}.touch()")
    expect(page.get_by_text("网络在这个浏览器里听的。")).to_be_visible()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    choose(page, wav(word(5), RATE))
    shares_of(page)
    assert asked == []
    assert page.evaluate(STATE) == {"clip": 0, "at": 0}


def test_a_dropped_file_is_heard_and_one_that_gives_no_sound_is_told(explorer):
    page = explorer("hearing.html").page
    box = page.locator(".aigc-hearing").element_handle()
    drop = """([box, bytes]) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], "a.wav"));
      const event = { dataTransfer: data, bubbles: true, cancelable: true };
      box.dispatchEvent(new DragEvent("drop", event));
    }"""
    page.evaluate(drop, [box, list(b"ID3\x04" + bytes(99))])
    expect(note(page)).to_contain_text("这是 MP3，不是 WAV 文件")
    expect(page.get_by_role("radio", name="自己的声音")).to_have_count(0)
    page.evaluate(drop, [box, list(wav(word(5), RATE))])
    assert len(shares_of(page)) == 12


def test_a_string_of_digits_is_told_as_one(explorer):
    page = explorer("hearing.html").page
    scores = np.full((9, 11), -9.0)
    for t, symbol in enumerate([10, 4, 10, 0, 0, 10, 7, 7, 10]):
        scores[t, symbol] = -1e-3
    page.evaluate(
        f"""(scores) => {{
          const log_probs = {{ data: Float32Array.from(scores) }};
          {VIEW}.network = {{ outputs: async () => ({{ log_probs }}) }};
        }}""",
        scores.flatten().tolist(),
    )
    choose(page, wav(word(5), RATE))
    expect(verdict(page)).to_have_text("不像单个数字，像几个数字连着说，听到的是 407。")


def test_a_network_that_does_not_come_is_told_and_clips_keep_their_answers(
    explorer, open_page
):
    page = explorer("hearing.html").page
    page.route("**/listener.onnx", lambda route: route.abort())
    before = verdict(page).inner_text()
    choose(page, wav(word(5), RATE))
    expect(page.locator(".aigc-status")).to_contain_text("网络没有加载成功")
    expect(verdict(page)).to_have_text("正在听…")
    page.get_by_role("radio", name="甲 录音").check()
    expect(verdict(page)).to_have_text(before)
    page.unroute("**/listener.onnx")
    page.wait_for_timeout(600)  # in which a move starts no new attempt
    page.get_by_role("radio", name="自己的声音").check()
    assert len(shares_of(page)) == 12
    open_page.problems.clear()


def test_where_nothing_hears_no_sound_is_asked_for(explorer):
    page = explorer("hearing-stored.html").page
    assert page.locator(".aigc-sound-input").count() == 0
    expect(page.get_by_text("这里没有网络可用")).to_be_visible()


def test_without_javascript_each_clip_can_be_heard_and_read(open_page):
    page = open_page("hearing.html", java_script_enabled=False)
    assert page.locator("audio[controls]").count() == 2
    expect(page.get_by_text("网络的分析：")).to_be_visible()


# ---- live ----------------------------------------------------------------------------


def test_live_the_kernel_hears(open_page, listener, clips):
    widget = HearingExplorer(listener, clips)
    page = show_live(open_page, widget)
    expect(verdict(page)).to_have_text(verdict_of(widget.heard))
    expect(page.get_by_text("交给运行这个笔记本的 Python 内核")).to_be_visible()
    view = VIEW.replace(".aigc-view", "#cell")
    wave = word(5)
    choose(page, wav(wave, RATE))
    answer(page, widget)
    page.wait_for_function(f"{view}.heard.get({view}.own)")
    found = page.evaluate(f"{view}.heard.get({view}.own).probabilities")
    np.testing.assert_allclose(
        found, listener.explain(wave)["probabilities"], atol=1e-5
    )
    assert widget._state == {"clip": 0, "at": 0}
    page.get_by_role("radio", name="乙 录音").check()
    page.wait_for_timeout(200)
    assert widget.clip == 1
    widget.clip = 0
    page.evaluate("model.python({ clip: 0, at: 0 })")
    expect(verdict(page)).to_have_text(verdict_of(widget.heard))


# ---- who sees it how -----------------------------------------------------------------


@pytest.mark.parametrize("path", ["hearing.html", "hearing-dark.html"])
def test_it_is_accessible_and_fits_a_phone(explorer, axe, fits, path):
    phone = {"viewport": {"width": 360, "height": 700}, "has_touch": True}
    page = explorer(path, **phone).page
    choose(page, wav(word(5), RATE))
    shares_of(page)
    fits(page, ".aigc-hearing *:not(.aigc-unseen, svg *, canvas)")
    assert axe(page) == []


def test_it_is_used_by_keys_alone(explorer):
    page = explorer("hearing.html").page
    page.evaluate(MICROPHONE, word(6).tolist())
    page.locator(".aigc-sound-choice input").first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(f"{STATE}.clip") == 1
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function(f"{VIEW}.input.recorder?.seconds > 1")
    page.keyboard.press("Enter")
    assert len(shares_of(page)) == 12
