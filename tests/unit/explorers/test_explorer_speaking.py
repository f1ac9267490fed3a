"""The speaking explorer without a browser: settings, poster, words, what is refused.

What its modules compute is compared with Python by Node.
"""

import json
import random
import re

import numpy as np
import pytest
import torch
from explorer_talk import ask, assert_runs_nothing, poster_of, stored
from scripts import run
from tiny_tacotrons import talkative

from aigc_helpers import speech, weights
from aigc_helpers.explorers import SpeakingExplorer
from aigc_helpers.explorers.speaking import page
from aigc_helpers.explorers.speaking.setting import FINEST, SpeakingSetting
from aigc_helpers.explorers.speaking.telling import looked_words
from aigc_helpers.explorers.speaking.words import WORDS
from aigc_helpers.reader import Mistake, WrongCall

OPTIONS = {"voices": [0, 1], "presets": [{"name": "两位", "text": "42", "voice": 1}]}


@pytest.fixture(scope="module")
def speaker():
    return speech.ShownSpeaker(talkative())


@pytest.fixture
def explorer(speaker):
    return SpeakingExplorer(speaker, "7", **OPTIONS)


# ---- what stands there ---------------------------------------------------------------


def test_without_a_network_the_page_has_what_presets_say_too(explorer, speaker):
    config, state = stored(explorer)
    assert state == {"text": "7", "voice": 0, "at": 0.0}
    assert config["source"] == "stored" and config["voices"] == [0, 1]
    said = [(one["text"], one["voice"]) for one in config["samples"]]
    assert said == [("7", 0), ("42", 1)]
    poster = poster_of(explorer)
    assert poster.count("<audio controls") == 2 and poster.count("<img") == 2
    assert "7（0 号嗓音）（AI 生成" in poster and "说的是“four two”" in poster
    assert "Free Spoken Digit Dataset" in poster and "合成语音" in poster
    assert WORDS["telling"]["cut"] in poster


def test_the_stored_attention_is_the_network_s(explorer, speaker):
    config, _ = stored(explorer)
    sample = config["samples"][0]
    levels = np.frombuffer(
        run("give(Uint8Array.from(atob(data.x), (c) => c.charCodeAt(0)));",
            x=sample["attention"]),
        np.uint8,
    ).reshape(-1, len(sample["letters"]))  # fmt: skip
    np.testing.assert_allclose(levels / FINEST, explorer.attention, atol=0.5 / FINEST)
    assert explorer.samples.max() <= 1


def test_its_html_runs_nothing(speaker):
    presets = [{"name": "<b>", "text": "1"}]
    assert_runs_nothing(SpeakingExplorer(speaker, "7", presets=presets))


def test_the_shipped_network_speaks_on_a_page_by_itself():
    html = page.shipped_page("speech_tacotron", weights.card("speech_tacotron"))
    assert 'data-network="speech_tacotron"' in html
    assert len(re.findall("<audio", html)) == 1
    assert len(html) < 120_000


# ---- Python, and the kernel ------------------------------------------------------


def test_python_and_the_page_set_each_other(explorer):
    explorer.at = 0.2
    explorer.text = " 4 2 "
    assert explorer._state == {"text": "42", "voice": 0, "at": 0.0}
    explorer.set_state({"_state": {"text": "305", "voice": 1, "at": 0.1}})
    assert (explorer.text, explorer.voice, explorer.at) == ("305", 1, 0.1)
    assert repr(explorer) == "SpeakingExplorer(text='305', voice=1)"


def test_the_kernel_answers_with_samples_and_attention(explorer, speaker):
    message, numbers = ask(explorer, text="31", voice=1)
    said = speaker.say("31", 1)
    assert (message["letters"], message["complete"]) == (" three one ", False)
    expected = [said["samples"], said["attention"].ravel()]
    np.testing.assert_array_equal(numbers, np.concatenate(expected))
    message, _ = ask(explorer, text="三", voice=0)
    assert message["kind"] == "error" and "“三”读不了" in message["error"]


# ---- what is refused -------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("", {}, "there are 0 digits"),
        ("12345678901", {}, "there are 11 digits"),
        ("a", {}, "'a' is no digit"),
        (314, {}, "text must be a text of digits"),
        ("1", {"voice": 5}, r"voice must be one of \[0, 1\]"),
        ("1", {"voice": True}, "voice must be one of"),
        ("1", {"voices": [0, 2]}, "voices must be an integer in 0..1"),
        ("1", {"voices": []}, "1 to 6 different numbers"),
        ("1", {"voices": [0, 0]}, "1 to 6 different numbers"),
        ("1", {"presets": [{"name": "x", "text": "x"}]}, "'x' is no digit"),
        ("1", {"presets": [{"name": "x", "at": 1}]}, "a preset has a name"),
    ],
)
def test_what_does_not_fit_is_refused(speaker, refused, text, options, words):
    with refused(words):
        SpeakingExplorer(speaker, text, **{**OPTIONS, **options})


def test_an_unknown_option_and_a_moment_that_is_none_are_refused(explorer, refused):
    with pytest.raises(WrongCall, match="unknown options"):
        SpeakingExplorer(explorer._speaker, "7", speed=2)
    with refused("at must be seconds"):
        explorer.at = float("nan")


def test_another_network_than_the_shipped_one_is_told_and_left_out(speaker, refused):
    with pytest.warns(UserWarning, match="speech_tacotron"):
        explorer = SpeakingExplorer(speaker, "7", shipped="speech_tacotron")
    assert stored(explorer)[0]["source"] == "stored"
    with refused("not a network for a speaking explorer"):
        SpeakingExplorer(speaker, "7", shipped="text_translator")


# ---- the same in JavaScript ------------------------------------------------------


def typed(rng: random.Random) -> list[str]:
    """Texts as readers write them, right and wrong."""
    texts = ["", " ", "3 1 4", "３１４", "三", "abc", "12a", "-5", "3.14", "1,000", "½"]
    texts += ["²", "①", "1" * 10, "1" * 11, "0" * 40, "😀", "1\u30002", "\u00a07", "é"]
    signs = "0123456789０９ a三-."
    texts += ["".join(rng.choices(signs, k=rng.randrange(14))) for _ in range(150)]
    return texts


def test_the_page_reads_digits_as_python_does():
    def read(text):
        try:
            return "".join(map(str, speech.digits_of(text)))
        except Mistake as error:
            return error.chinese

    texts = typed(random.Random(0))
    found = run(
        """import { digitsOf } from "speaking/digits.js";
        const read = (one) => digitsOf(one, 10);
        give(data.texts.map((one) => read(one).text ?? read(one).problem));""",
        texts=texts,
    )
    assert found == [read(text) for text in texts]
    assert sum(one.isascii() for one in found) > 10 < len(set(found))


def test_the_page_spells_and_numbers_letters_as_python_does():
    found = run(
        """import { spelled, symbolsOf } from "speaking/digits.js";
        give([spelled("0123456789"), symbolsOf(spelled("0123456789"))]);"""
    )
    letters = speech.spell(range(10))
    assert found == [
        letters,
        speech.ShownSpeaker.read(None, range(10), 0)[0][0].tolist(),
    ]


def wandering(rng, n: int, size: int) -> np.ndarray:
    """Weights (n, size) that go ahead, and now and then back or far."""
    steps = rng.choice([-3, 0, 1, 1, 1, 5], n)
    centres = np.clip(np.cumsum(steps), 0, size - 1)
    return np.exp(-((np.arange(size) - centres[:, None]) ** 2)).astype(np.float32)


def test_where_it_looked_is_told_alike_and_as_speech_reads_it():
    rng, letters = np.random.default_rng(0), speech.spell([4, 0, 7])
    cases = [wandering(rng, n, len(letters)) for n in (1, 5, 12, 30, 30, 30)]
    cases.append(np.eye(len(letters), dtype=np.float32))
    for weights_ in cases:
        told = looked_words(letters, weights_, 3)
        found = run(
            """import { lookedWords } from "speaking/telling.js";
            const size = data.letters.length;
            const n = data.rows.length / size;
            const attention = Array.from({ length: n }, (_, i) =>
              data.rows.subarray(i * size, (i + 1) * size));
            const clip = { ...data, attention, complete: true, n_frames: 3 };
            give(lookedWords(clip, data.words));""",
            letters=letters,
            rows=weights_.ravel(),
            words=WORDS["telling"],
        )
        assert found == told
        reading = speech.reading(torch.from_numpy(weights_))
        assert (WORDS["telling"]["ahead"] in told) == reading.is_monotonic
    assert WORDS["telling"]["ahead"] in told  # of the last, which goes ahead
    assert "four 0.04 到 0.19 秒、zero 0.23 到 0.38 秒、seven" in told


@pytest.mark.parametrize("seconds", [0.02, 0.5])
def test_the_page_brings_sounds_to_python_s_loudness(seconds, speaker):
    rng = np.random.default_rng(0)
    n = int(8000 * seconds)
    wave = (rng.normal(size=n) * np.linspace(0, 1, n) ** 4).astype(np.float32)
    for loud in (wave, np.float32(wave * 1e-3 + (np.arange(n) == n // 2))):
        found = run(
            """import { levelled } from "speaking/synthesis.js";
            give(levelled(data.wave, data.facts));""",
            wave=loud,
            facts=json.loads(json.dumps(speaker.facts())),
        )
        expected = speech.synthesis.levelled(torch.from_numpy(loud))
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-7)
    assert np.abs(found).max() == pytest.approx(10 ** (-1 / 20))  # a click has a limit


def test_a_setting_knows_what_presets_say():
    presets = ({"name": "x", "voice": 1}, {"name": "y", "text": "2"})
    setting = SpeakingSetting("1", 0, (0, 1), presets)
    assert setting.starts() == [{"text": "1", "voice": 1}, {"text": "2", "voice": 0}]
