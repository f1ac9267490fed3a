"""The player in Python: what it stores, shows, tells, marks, and refuses."""

import base64
import io
import json
import re
import struct
import wave
import zlib

import numpy as np
import pytest
import torch
from explorer_talk import assert_runs_nothing, poster_of, stored
from PIL import Image
from scripts import run

from aigc_helpers.explorers import PlayerExplorer, marking, modules, player
from aigc_helpers.explorers.player.setting import MOST_BYTES, player_setting
from aigc_helpers.explorers.sounds import companding
from aigc_helpers.explorers.sounds.clips import TEXTS
from aigc_helpers.explorers.sounds.spectra import log_mel_of, mel_edges
from aigc_helpers.explorers.sounds.telling import silences, words_of
from aigc_helpers.reader import Mistake

RATE = 8000


def tone(frequency: float, seconds: float = 0.5, rate: int = RATE) -> np.ndarray:
    t = np.arange(int(seconds * rate)) / rate
    return (0.25 * np.sin(2 * np.pi * frequency * t)).astype(np.float32)


def syllables() -> np.ndarray:
    """A tone of 0.2 s, 0.15 s of silence, another of 0.25 s, 0.03 s of silence."""
    pieces = tone(500, 0.2), np.zeros(1200), tone(900, 0.25), np.zeros(240)
    return np.concatenate(pieces).astype(np.float32)


def noise(seconds: float = 0.3) -> np.ndarray:
    return np.random.default_rng(3).uniform(-0.6, 0.6, int(seconds * RATE))


CREDIT = "FSDD，CC BY-SA 4.0"


@pytest.fixture
def clips() -> list:
    return [
        player.Clip("甲", syllables(), "two", generated=False, credit=CREDIT),
        player.Clip("乙", torch.from_numpy(tone(1000)), "a <b>", generated=True),
    ]


@pytest.fixture
def explorer(clips):
    return PlayerExplorer(clips)


# ---- what it stores ----------------------------------------------------------------


def sounds(html: str) -> list[bytes]:
    """The WAV files of the page's poster."""
    return [base64.b64decode(text) for text in re.findall(r"wav;base64,([^\"]+)", html)]


def chunks(content: bytes) -> dict[str, bytes]:
    """The parts of a WAV file by their names."""
    found, at = {}, 12
    while at < len(content):
        size = struct.unpack_from("<I", content, at + 4)[0]
        found[content[at : at + 4].decode()] = content[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    return found


def test_the_page_carries_each_sound_once_by_mu_law(explorer, clips):
    html = explorer._static_html()
    for content, clip in zip(sounds(html), clips, strict=True):
        parts = chunks(content)
        facts = struct.unpack("<HHIIHHH", parts["fmt "])
        assert facts == (7, 1, RATE, RATE, 1, 8, 0)
        assert struct.unpack("<I", parts["fact"]) == (len(clip.samples),)
        numbers = companding.decode(np.frombuffer(parts["data"], np.uint8))
        np.testing.assert_allclose(numbers / 32768, clip.samples, rtol=0.032, atol=2e-4)
    config, state = stored(explorer)
    assert config["source"] == "page" and "wav" not in config["clips"][0]
    assert state == {"clip": 0, "at": 0.0}
    assert [clip["generated"] for clip in config["clips"]] == [False, True]


def test_live_the_sounds_travel_with_the_widget(explorer):
    config = explorer._config
    assert config["source"] == "kernel"
    files = [base64.b64decode(clip["wav"]) for clip in config["clips"]]
    assert files == sounds(explorer._static_html())


def test_its_html_runs_nothing_and_plays_nothing_by_itself(explorer):
    assert_runs_nothing(explorer)
    html = poster_of(explorer)
    assert "autoplay" not in html and html.count('preload="none"') == 2
    assert "a &lt;b&gt;" in html


def test_the_poster_is_the_spectrogram_and_says_what_is_said(explorer, clips):
    html = poster_of(explorer)
    assert words_of(clips[0]) in html and "录音：FSDD，CC BY-SA 4.0" in html
    assert "乙（AI 生成）" in html
    content = re.search('image/webp;base64,([^"]+)"', html)[1]
    picture = Image.open(io.BytesIO(base64.b64decode(content)))
    light = np.asarray(picture.convert("L"), float)  # (160, W)
    assert light.shape[0] == 160
    first = light[:, : light.shape[1] // 5].mean(axis=1)  # the tone of 500 Hz
    band = int(np.argmin(np.abs(mel_edges()[:, 1] - 500)))
    assert abs(159 - int(first.argmax()) - 4 * band) <= 8


def test_the_other_clip_is_the_poster_s_if_it_is_shown(explorer, clips):
    explorer.clip = 1
    assert words_of(clips[1]).split("。")[1] in poster_of(explorer)
    assert explorer._state == {"clip": 1, "at": 0.0}


def test_page_and_python_set_each_other(explorer):
    explorer.at = 0.25
    assert explorer._state == {"clip": 0, "at": 0.25}
    explorer._state = {"clip": 1, "at": 0.125}
    assert (explorer.clip, explorer.at) == (1, 0.125)
    explorer.at = 99.0
    assert explorer.at == 0.5  # its end
    explorer.clip = 0
    assert explorer.at == 0.0
    with pytest.raises(Mistake, match="clip must be an integer in 0..1"):
        explorer.clip = 2
    assert repr(explorer) == "PlayerExplorer(['甲', '乙'])"


def test_the_module_is_one_text_without_imports():
    text = modules.module_text("player")
    assert "function resample(" in text and "import {" not in text


# ---- words -------------------------------------------------------------------------


def test_words_tell_what_is_in_the_sound(clips):
    words = words_of(clips[0])
    assert words.startswith("说的是“two”。长 0.63 秒，每秒 8000 个采样点。")
    heard = clips[0].numbers / 32768  # by mu-law a little louder than it was
    peak = 20 * np.log10(np.abs(heard).max())
    assert f"峰值 −{-peak:.1f} dB" in words and "0.20 到 0.35 秒。" in words
    assert abs(peak + 12.04) < 0.3
    rms = 10 * np.log10(np.mean(heard**2))
    assert f"响度（均方根）−{-rms:.1f} dB" in words
    low, high = map(int, re.search(r"频带是 (\d+) 到 (\d+) Hz", words).groups())
    assert low < 900 < high


def test_short_pauses_are_no_silence_and_silence_has_no_loudness():
    assert silences(syllables()) == [(0.2, 0.35)]
    assert "没有 50 毫秒以上的静音。" in words_of(clip("丙", tone(440)))
    quiet = words_of(clip("丁", np.zeros(4000)))
    assert quiet.endswith("从头到尾没有声音。") and "dB" not in quiet


def clip(name: str, samples, **options):
    return player.Clip(name, samples, "x", generated=True, **options)


TOLD = {
    "syllables": (syllables(), RATE),
    "noise": (noise(), RATE),
    "still": (np.zeros(800), RATE),
    "one click": (np.eye(1, 2000, 700)[0], RATE),
    "16 kHz": (tone(700, rate=16_000), 16_000),
    "44.1 kHz": (tone(2500, rate=44_100), 44_100),
}


@pytest.mark.parametrize("name", TOLD)
def test_the_page_tells_the_same(name):
    samples, rate = TOLD[name]
    told = clip("x", samples, rate=rate)
    words = run(
        """import { wordsOf } from "front/sound/telling.js";
        import { resample } from "front/sound/resampling.js";
        import { decodeWav } from "front/sound/wav.js";
        import { logMelOf } from "front/sound/spectra.js";
        const sound = decodeWav(data.wav);
        sound.duration = sound.samples.length / sound.rate;
        const samples = resample(sound.samples, sound.rate, 8000);
        const bands = logMelOf(samples);
        give(wordsOf({ transcript: "x", sound, samples, bands }, data.words));""",
        wav=np.frombuffer(told.wav(), np.uint8),
        words=player_setting([told]).config("page")["words"],
    )
    assert words == words_of(told)


def test_the_picture_is_of_the_page_s_spectrogram():
    told = clip("x", noise())
    bands = run(
        """import { logMelOf } from "front/sound/spectra.js";
        give(logMelOf(data.x));""",
        x=(told.numbers / 32768).astype(np.float32),
    )
    expected = log_mel_of(told)  # (T, 40)
    np.testing.assert_allclose(bands.reshape(-1, 40), expected, atol=1e-4)


# ---- marks -------------------------------------------------------------------------


def entries(content: bytes) -> dict[str, str]:
    """Texts of a WAV file's list INFO, by their four letters."""
    found, at = {}, content.index(b"LIST") + 12
    while at < len(content):
        (size,) = struct.unpack("<I", content[at + 4 : at + 8])
        text = content[at + 8 : at + 8 + size]
        assert text.endswith(b"\0")
        found[content[at : at + 4].decode()] = text[:-1].decode()
        at += 8 + size + size % 2
    return found


def test_metadata_say_that_a_sound_was_generated(clips):
    texts = entries(clips[1].wav())
    label = json.loads(texts["AIGC"])
    assert label["Label"] == "1" and label["ContentProducer"] == "AIGC 从入门到实战"
    assert label["ProduceID"] == f"crc32-{zlib.crc32(clips[1].numbers.tobytes()):08x}"
    assert texts["INAM"] == "乙" and "AI 生成" in texts["ICMT"]
    recorded = entries(clips[0].wav())
    assert recorded == {"INAM": "甲", "ICOP": CREDIT}


MARKED = """import { audibleMark, markedWav } from "front/marking.js";
const { samples, rate, mark } = data;
give([markedWav({ samples, rate, name: "乙" }, mark), audibleMark(rate)]);"""


@pytest.mark.parametrize("rate", [8000, 44_100])
def test_what_is_saved_begins_with_short_long_short_short(rate):
    samples = (clip("x", noise()).numbers / 32768).astype(np.float32)
    saved, mark = run(MARKED, samples=samples, rate=rate, mark=marking.facts())
    with wave.open(io.BytesIO(saved.tobytes())) as file:
        assert file.getframerate() == rate
        numbers = np.frombuffer(file.readframes(10**7), "<i2") / 32768
    assert np.array_equal(numbers[len(mark) :], samples)
    np.testing.assert_allclose(numbers[: len(mark)], mark, atol=1e-4)
    size = rate // 200  # of a block of 5 ms
    blocks = mark[: len(mark) // size * size].reshape(-1, size)
    loud = np.sqrt((blocks**2).mean(axis=1)) > 0.05
    edges = np.flatnonzero(np.diff(loud, prepend=False, append=False)).reshape(-1, 2)
    tones = edges[:, 1] - edges[:, 0]
    assert np.array_equal(np.rint(tones / tones[0]), [1, 3, 1, 1])
    pauses = edges[1:, 0] - edges[:-1, 1]
    assert pauses[1] > 2 * pauses[0] and pauses[0] == pytest.approx(pauses[2], abs=1)


def test_page_and_python_write_the_same_metadata():
    told = clip("乙", noise())
    samples = (told.numbers / 32768).astype(np.float32)
    saved, _ = run(MARKED, samples=samples, rate=RATE, mark=marking.facts())
    assert entries(saved.tobytes()) == entries(told.wav())


def test_the_page_reads_all_codes_as_python_does():
    codes = np.arange(256, dtype=np.uint8)
    content = marking.wav_bytes(codes, RATE, {})
    samples = run(
        """import { decodeWav } from "front/sound/wav.js";
        give(decodeWav(data.content).samples);""",
        content=np.frombuffer(content, np.uint8),
    )
    assert (samples * 32768 == companding.decode(codes)).all()


def test_codes_are_those_of_g_711_and_the_nearest():
    known = {0x00: -32124, 0x80: 32124, 0xFF: 0, 0x7F: 0, 0x8F: 16764, 0xFE: 8}
    assert {code: int(companding.levels()[code]) for code in known} == known
    numbers = np.arange(-32768, 32768)
    errors = np.abs(companding.decode(companding.encode(numbers)) - numbers)
    levels = np.sort(companding.levels().astype(int))
    nearest = np.abs(levels - numbers[::37, None]).min(axis=1)
    assert (errors[::37] == nearest).all()


# ---- what is refused ---------------------------------------------------------------


GOOD = {"name": "甲", "samples": tone(440), "transcript": "x", "generated": True}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "name of a clip is empty"),
        ({"name": "长" * (TEXTS["name"] + 1)}, "name must be a text of at most"),
        ({"transcript": ""}, "transcript of a clip is empty"),
        ({"transcript": None}, "transcript must be a text"),
        ({"samples": tone(440)[None]}, r"floats \(n,\)"),
        ({"samples": np.zeros(900, np.int16)}, "not int16"),
        ({"samples": np.zeros(399)}, "lasts 0.0499 s"),
        ({"samples": np.zeros(240_001)}, "not 0.05 to 30 s"),
        ({"samples": np.full(900, np.nan)}, "NaN or infinity"),
        ({"samples": np.full(900, 1.1)}, r"lie in \[-1, 1\]"),
        ({"rate": 4000}, "rate must be an integer in 8000..48000"),
        ({"generated": "yes"}, "must be True or False"),
        ({"generated": False}, "has no credit"),
    ],
)
def test_a_clip_that_does_not_fit_is_refused(changes, words, refused):
    with refused(words):
        PlayerExplorer([player.Clip(**{**GOOD, **changes})])


def test_clips_that_do_not_fit_together_are_refused(refused):
    good = player.Clip(**GOOD)
    with refused("clips must be a list"):
        PlayerExplorer("甲")
    with refused("1 to 20 clips, not 0"):
        PlayerExplorer([])
    with refused("shows Clips, not ndarray"):
        PlayerExplorer([tone(440)])
    with refused("two clips are called"):
        PlayerExplorer([good, good])
    long = [clip(str(i), np.zeros(MOST_BYTES // 2 + 1)) for i in range(2)]
    with refused(f"{MOST_BYTES + 2} bytes together, at most {MOST_BYTES}"):
        PlayerExplorer(long)
    with refused("clip must be an integer in 0..0"):
        PlayerExplorer([good], clip=1)
    with refused("at must be seconds"):
        PlayerExplorer([good], at=float("nan"))
