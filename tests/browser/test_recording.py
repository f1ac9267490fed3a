"""A reader's own sound: recorded, chosen, dropped; each failure is one clear sentence.

The microphone is a tone of the browser's own.
"""

import base64
import io

import numpy as np
import pytest
from playwright.sync_api import expect
from scipy.io import wavfile

from aigc_helpers.explorers import kinds, modules

MOST = 2  # seconds
# A page with the input; ``microphone`` stands for the browser's own.
SHOW = """async ({ most, microphone }) => {
  const address = "/_static/explorers/front/sound/input.js";
  const { SoundInput } = await import(address);
  const getUserMedia = new Function(`return ${microphone}`)();
  Object.defineProperty(navigator, "mediaDevices", {
    value: getUserMedia && { getUserMedia }, configurable: true,
  });
  window.sounds = [];
  window.input = new SoundInput({
    most, longest: most, heard: (samples) => sounds.push(samples),
  });
  input.listen(document.querySelector("main"));
  document.querySelector("#cell").append(input.node);
}"""
TONE = """async () => {
  const context = new AudioContext();
  const tone = new OscillatorNode(context, { frequency: FREQUENCY });
  const gain = new GainNode(context, { gain: LEVEL });
  const out = new MediaStreamAudioDestinationNode(context);
  tone.connect(gain).connect(out);
  tone.start();
  window.stream = out.stream;
  return out.stream;
}"""


def tone(frequency: int = 440, level: float = 0.5) -> str:
    return TONE.replace("FREQUENCY", str(frequency)).replace("LEVEL", str(level))


def refusing(name: str) -> str:
    return f"async () => {{ throw new DOMException('', '{name}') }}"


@pytest.fixture
def shown(open_page):
    """A page with the input and this microphone."""

    def open_(microphone: str, path="empty.html", most=MOST, **options):
        page = open_page(path, **options)
        page.evaluate(SHOW, {"microphone": microphone, "most": most})
        return page

    return open_


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def note(page):
    return page.locator(".aigc-sound-note")


def heard(page) -> np.ndarray:
    page.wait_for_function("sounds.length === 1")
    return np.array(page.evaluate("Array.from(sounds[0])"))


def loudest(samples: np.ndarray) -> float:
    """The loudest frequency in Hz."""
    sizes = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return sizes.argmax() * 8000 / len(samples)


# ---- the microphone ----------------------------------------------------------------


def test_what_the_microphone_hears_comes_at_8_khz(shown):
    page = shown(tone(1000))
    press(page, "录音")
    expect(note(page)).to_contain_text("正在录音")
    page.wait_for_function("input.recorder.seconds > 0.6")
    press(page, "停")
    samples = heard(page)
    assert 0.6 * 8000 < len(samples) < 1.9 * 8000
    assert loudest(samples) == pytest.approx(1000, abs=5)
    assert 0.3 < np.abs(samples).max() < 0.6
    assert page.evaluate("stream.getTracks().every((t) => t.readyState === 'ended')")
    expect(page.get_by_role("button", name="录音", exact=True)).to_be_visible()


def test_the_microphone_is_asked_for_as_it_is(shown):
    page = shown("async (asked) => { window.asked = asked; throw new Error(); }")
    press(page, "录音")
    expect(note(page)).to_contain_text("没有允许使用话筒")
    names = ("autoGainControl", "echoCancellation", "noiseSuppression")
    off = {name: False for name in names}
    assert page.evaluate("asked.audio") == {"channelCount": 1, **off}


def test_a_recording_ends_by_itself_when_it_is_full(shown):
    page = shown(tone(), most=1)
    press(page, "录音")
    expect(note(page)).to_contain_text("录满 1 秒，自动停了。")
    assert len(heard(page)) == 8000


def test_silence_is_told(shown):
    page = shown(tone(level=0))
    press(page, "录音")
    page.wait_for_function("input.recorder?.seconds > 0.3")
    press(page, "停")
    expect(note(page)).to_contain_text("几乎没有响动")
    assert page.evaluate("sounds.length") == 0


def test_a_recording_that_is_stopped_at_once_is_too_short(shown):
    page = shown(tone())
    page.evaluate("input.toggle(), input.toggle()")
    expect(note(page)).to_contain_text("录音太短")
    expect(page.get_by_role("button", name="录音", exact=True)).to_be_visible()
    page.wait_for_function("stream.getTracks().every((t) => t.readyState === 'ended')")


@pytest.mark.parametrize(
    ("microphone", "words"),
    [
        (refusing("NotAllowedError"), "没有允许使用话筒"),
        (refusing("NotFoundError"), "没有找到话筒"),
        (refusing("NotReadableError"), "别的程序占用"),
        ("undefined", "这个浏览器不能录音"),
        ("async () => { throw new Error('x') }", "没有允许使用话筒"),
    ],
)
def test_a_microphone_that_is_not_to_be_had_is_told(shown, microphone, words):
    page = shown(microphone)
    press(page, "录音")
    expect(note(page)).to_contain_text(words)
    assert note(page).inner_text().endswith("。")
    expect(page.get_by_role("button", name="录音", exact=True)).to_be_visible()


def test_a_page_from_elsewhere_without_https_is_told(shown):
    page = shown("undefined")
    page.evaluate("Object.defineProperty(window, 'isSecureContext', { value: false })")
    press(page, "录音")
    expect(note(page)).to_contain_text("不是通过 https 打开的")


def test_a_frame_without_leave_is_told(open_page):
    page = open_page("empty.html")
    frame = "<iframe src='empty.html' allow=\"microphone 'none'\"></iframe>"
    page.evaluate(f"document.body.insertAdjacentHTML('beforeend', `{frame}`)")
    page.wait_for_function("frames[0]?.document.querySelector('#cell')")
    inner = page.frames[1]
    refused = refusing("NotAllowedError")
    inner.evaluate(SHOW, {"microphone": refused, "most": MOST})
    inner.evaluate("input.toggle()")
    expect(inner.locator(".aigc-sound-note")).to_contain_text("嵌在别的网页里")


def test_a_page_that_was_opened_from_a_file_is_told(browser, tmp_path):
    """Its modules are joined to one text, as in the archive and in Jupyter."""
    paths = []
    modules._collect(kinds.FOLDER / "front" / "sound" / "input.js", paths)
    texts = [path.read_text("utf-8") for path in paths]
    text = modules.join_modules(texts) + "export { SoundInput };"
    (tmp_path / "p.html").write_text("<main id=cell></main>")
    page = browser.new_page()
    page.goto((tmp_path / "p.html").as_uri())
    module = f"data:text/javascript;base64,{base64.b64encode(text.encode()).decode()}"
    script = SHOW.replace('"/_static/explorers/front/sound/input.js"', f'"{module}"')
    page.evaluate(script, {"microphone": refusing("NotAllowedError"), "most": MOST})
    press(page, "录音")
    expect(note(page)).to_contain_text("从本机文件打开的")
    page.close()


# ---- files -------------------------------------------------------------------------


def wav(numbers: np.ndarray, rate: int) -> bytes:
    stream = io.BytesIO()
    wavfile.write(stream, rate, numbers)
    return stream.getvalue()


def sine(frequency: int, seconds: float, rate: int) -> np.ndarray:
    t = np.arange(int(seconds * rate)) / rate
    return np.rint(16_000 * np.sin(2 * np.pi * frequency * t)).astype(np.int16)


def choose(page, content: bytes, name: str = "a.wav") -> None:
    file = {"name": name, "mimeType": "audio/wav", "buffer": content}
    page.locator(".aigc-sound-input input").set_input_files(file)


def test_a_stereo_file_of_another_rate_is_heard(shown):
    page = shown("undefined")
    left = sine(600, 0.5, 44_100)
    choose(page, wav(np.stack([left, np.zeros_like(left)], axis=1), 44_100))
    samples = heard(page)
    assert len(samples) == 4000 and loudest(samples) == pytest.approx(600, abs=2)
    assert np.abs(samples).max() == pytest.approx(0.244, abs=0.01)  # half of one side
    words = "是立体声，每秒 44100 个采样点：两个声道取了平均，合成一个"
    expect(note(page)).to_contain_text(words)


def test_what_was_done_to_a_file_is_told_and_of_any_other_nothing(shown):
    page = shown("undefined")
    choose(page, wav(sine(600, 0.5, 22_050), 22_050))
    expect(note(page)).to_have_text(
        "这个文件每秒 22050 个采样点，已经换成每秒 8000 个。"
    )
    left = sine(600, 0.5, 8000)
    choose(page, wav(np.stack([left, left], axis=1), 8000))
    expect(note(page)).to_have_text("这个文件是立体声：两个声道取了平均，合成一个。")
    choose(page, wav(left, 8000))
    page.wait_for_function("sounds.length === 3")
    assert note(page).inner_text() == ""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b"ID3" + bytes(500), "不是 WAV 文件"),
        (wav(np.full(4_800_000, 9, np.uint8), 8000), "长 600.0 秒，这里最多 2 秒"),
        (wav(np.zeros(8000, np.int16), 8000), "几乎没有响动"),
        (wav(sine(440, 1, 8000), 8000)[:5000], "不完整"),
        (wav(sine(440, 0.09, 8000), 8000), "不到 0.1 秒，太短了"),
        (wav(sine(440, 0.5, 8000), 300_000), "采样率是 300000 Hz"),
    ],
)
def test_a_file_that_gives_no_sound_is_told(shown, content, words):
    page = shown("undefined")
    choose(page, content)
    expect(note(page)).to_contain_text(words)
    assert page.evaluate("sounds.length") == 0


DROP = """(bytes) => {
  const data = new DataTransfer();
  if (bytes) data.items.add(new File([new Uint8Array(bytes)], "a.wav"));
  const event = { dataTransfer: data, bubbles: true, cancelable: true };
  document.querySelector("main").dispatchEvent(new DragEvent("drop", event));
}"""


def test_a_file_can_be_dropped_and_nothing_dropped_is_told(shown):
    page = shown("undefined")
    page.evaluate(DROP, None)
    expect(note(page)).to_contain_text("没有收到文件")
    page.evaluate(DROP, list(wav(sine(700, 0.2, 8000), 8000)))
    assert loudest(heard(page)) == pytest.approx(700, abs=5)


def test_a_file_ends_a_recording_and_nothing_is_asked_of_anybody(shown):
    page = shown(tone())
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    press(page, "录音")
    page.wait_for_function("input.recorder?.seconds > 0.2")
    choose(page, wav(sine(700, 0.2, 8000), 8000))
    assert len(heard(page)) == 1600
    expect(page.get_by_role("button", name="录音", exact=True)).to_be_visible()
    page.wait_for_timeout(300)
    assert page.evaluate("sounds.length") == 1 and asked == []


def test_it_is_accessible(shown, axe):
    page = shown(tone())
    press(page, "录音")
    expect(note(page)).to_contain_text("正在录音")
    assert axe(page) == []
