"""The hearing explorer: what is heard and told; the page reads as Python does."""

import base64
import re

import numpy as np
import pytest
import tiny_speech
import torch
from explorer_talk import assert_runs_nothing, facts_in, poster_of, stored
from scripts import run
from tiny_speech import said

from aigc_helpers import speech, weights
from aigc_helpers.explorers import HearingExplorer, hearing, site
from aigc_helpers.explorers.hearing import page
from aigc_helpers.explorers.hearing.setting import WORDS, verdict_of
from aigc_helpers.reader import Mistake
from aigc_helpers.speech import recognition

CREDIT = "某某，CC BY-SA 4.0"


@pytest.fixture(scope="module")
def listener():
    return tiny_speech.listener()


def clip(name: str, samples, **options) -> hearing.Clip:
    return hearing.Clip(name, samples, "x", generated=False, credit=CREDIT, **options)


@pytest.fixture(scope="module")
def clips() -> list:
    rng = torch.Generator().manual_seed(0)
    return [clip(name, said(i, 0, rng).clamp(-1, 1)) for i, name in enumerate("甲乙")]


@pytest.fixture
def explorer(listener, clips):
    return HearingExplorer(listener, clips)


# ---- what is heard and stored --------------------------------------------------------


def test_what_is_stored_is_what_the_recogniser_says_of_each_clip(explorer, clips):
    config, state = stored(explorer)
    assert config["source"] == "stored" and state == {"clip": 0, "at": 0.0}
    network = explorer._setting.listener.recogniser
    waves = [one.numbers / 32_768 for one in clips]
    shares = speech.hear_words(network, waves).numpy()
    for one, share in zip(config["clips"], shares, strict=True):
        assert sum(one["heard"]["probabilities"]) == pytest.approx(1, abs=1e-5)
        np.testing.assert_allclose(one["heard"]["probabilities"], share, atol=2e-6)
    texts = [one["heard"]["text"] for one in config["clips"]]
    assert texts == speech.transcribe(network, waves)


def test_the_kernel_hears_what_the_page_sends(explorer):
    wave = said(3, 0, torch.Generator().manual_seed(4)).numpy()
    packed = base64.b64encode(wave.astype("<f4").tobytes()).decode()
    answer, buffers = explorer._answer({"samples": packed})
    shares = speech.hear_words(explorer._setting.listener.recogniser, [wave])[0]
    np.testing.assert_allclose(answer["heard"]["probabilities"], shares, atol=2e-6)
    assert buffers == []
    with pytest.raises(Mistake, match="no sound"):
        explorer._answer({"samples": "?"})
    with pytest.raises(Mistake, match="samples"):
        explorer._answer({"samples": packed[:80]})


def test_page_and_python_set_each_other(explorer):
    explorer.at = 0.125
    assert explorer._state == {"clip": 0, "at": 0.125}
    explorer._state = {"clip": 1, "at": 0.0625}
    assert (explorer.clip, explorer.at) == (1, 0.0625)
    assert explorer.heard == stored(explorer)[0]["clips"][1]["heard"]
    explorer.clip = 0
    assert explorer._state == {"clip": 0, "at": 0.0}
    assert repr(explorer) == "HearingExplorer(['甲', '乙'])"


def test_its_html_runs_nothing_and_says_what_is_heard(explorer):
    assert_runs_nothing(explorer)
    html = poster_of(explorer)
    assert verdict_of(explorer.heard) in html and html.count("<audio") == 2
    assert "autoplay" not in html and CREDIT in html


def test_live_the_sounds_travel_with_the_widget(explorer):
    config = explorer._config
    assert config["source"] == "kernel"
    files = [base64.b64decode(one["wav"]) for one in config["clips"]]
    found = re.findall(r"wav;base64,([^\"]+)", explorer._static_html())
    assert files == [base64.b64decode(text) for text in found]


# ---- the shipped network -------------------------------------------------------------


def test_a_shipped_page_hears_no_digit_in_a_tone():
    html = site.shipped_page("speech_recogniser")
    assert 'data-explorer="hearing" data-network="speech_recogniser"' in html
    config = facts_in(html)["_config"]
    (tone,) = config["clips"]
    assert tone["generated"] and max(tone["heard"]["probabilities"][:10]) < 0.5
    assert config["source"] == "network" and WORDS["verdict"]["unsure"] in html


def test_another_network_than_the_shipped_one_has_stored_answers_alone(listener, clips):
    card = weights.card("speech_recogniser")
    shipped = page.shipped_listener("speech_recogniser", card)
    same = HearingExplorer(shipped, clips, shipped="speech_recogniser")
    assert stored(same)[0]["network"] == "speech_recogniser"
    with pytest.warns(UserWarning, match="听到的不一样"):
        other = HearingExplorer(listener, clips, shipped="speech_recogniser")
    assert stored(other)[0]["source"] == "stored"
    with pytest.raises(Mistake, match="is not a network for a hearing"):
        page.shipped_listener("x", {"explorer": {"kind": "paint"}})


def test_the_page_s_network_has_numbers_of_16_bits_and_says_the_same(tmp_path):
    import onnxruntime

    path = site.export_network("speech_recogniser", tmp_path)
    assert path.stat().st_size < 300_000
    session = onnxruntime.InferenceSession(path)
    network = weights.load("speech_recogniser")
    wave = recognition.with_margins(said(3, 0, torch.Generator().manual_seed(4)))[None]
    (found,) = session.run(None, {"wave": wave.numpy()})
    with torch.no_grad():
        np.testing.assert_allclose(found, network(wave), atol=1e-4)


# ---- the page reads as Python does ---------------------------------------------------


def test_probabilities_and_digits_are_those_of_python():
    rng = torch.Generator().manual_seed(2)
    scores = 4 * torch.randn(20, 37, 11, generator=rng)
    rows = scores.log_softmax(dim=2)  # (20, 37, 11)
    rows[0, :, 10] = 0  # blanks alone
    found = run(
        """import { readScores } from "hearing/reading.js";
        give(data.rows.map((row) => readScores(row)));""",
        rows=[row.flatten().numpy() for row in rows],
    )
    shares = recognition.word_probabilities(rows.double())
    np.testing.assert_allclose([o["probabilities"] for o in found], shares, atol=1e-9)
    assert [one["text"] for one in found] == recognition.best_path(rows)
    assert found[0]["text"] == "" and max(len(one["text"]) for one in found) > 9


@pytest.mark.parametrize("n", [800, 801, 1599, 1600, 4321])
def test_a_sound_has_the_same_silence_around_it(n):
    wave = np.random.default_rng(n).uniform(-1, 1, n).astype(np.float32)
    found = run(
        """import { withMargins } from "hearing/reading.js";
        give(withMargins(data.wave));""",
        wave=wave,
    )
    expected = recognition.with_margins(torch.from_numpy(wave))
    assert np.array_equal(found, expected.numpy())


def shares(**known: float) -> list[float]:
    """Twelve probabilities: those of digits "d3", "none", "several"."""
    found = [0.0] * 12
    for name, share in known.items():
        place = {"none": 10, "several": 11}.get(name)
        found[int(name[1:]) if place is None else place] = share
    return found


VERDICTS = {
    "听到的是 3，概率 97.2 %。": (shares(d3=0.972, none=0.028), "3"),
    "听到的是 0，概率大于 99.9 %。": (shares(d0=0.99999), "0"),
    "听到的是 9，概率 50.0 %。": (shares(d9=0.5, d1=0.5 - 1e-9), "9"),
    "像几个数字连着说，听到的是 407。": (shares(d4=0.1, several=0.9), "407"),
    "更像是一个数字也没有。": (shares(d4=0.0001, none=0.9), ""),
    "最像的是 4，概率 40.0 %。": (shares(d4=0.4, d5=0.3, none=0.3), "4"),
    "最像的是 5，概率小于 0.1 %。": (shares(d5=0.0004, several=0.9), "5"),
}


@pytest.mark.parametrize("words", VERDICTS)
def test_the_verdict_is_told_alike(words):
    probabilities, text = VERDICTS[words]
    heard = {"probabilities": probabilities, "text": text}
    verdict = run(
        """import { verdictOf } from "hearing/reading.js";
        give(verdictOf(data.heard, data.words));""",
        heard=heard,
        words=WORDS["verdict"],
    )
    assert verdict == verdict_of(heard) and verdict.endswith(words)
    unsure = max(probabilities[:10]) < 0.5 and len(text) < 2
    assert verdict.startswith("没把握") == unsure


# ---- mistakes ------------------------------------------------------------------------


def test_what_does_not_fit_is_told(listener, clips):
    for options, words in [
        ({"clips": []}, "1 to 6 clips"),
        ({"clips": clips * 4}, "1 to 6 clips, not 8"),
        ({"clips": [clips[0]] * 2}, "two clips are called"),
        ({"clips": [clip("短", np.zeros(500))]}, "lasts 0.0625 s"),
        ({"clips": clips, "clip": 2}, "clip must be an integer in 0..1"),
        ({"clips": clips, "listener": speech.RATE}, "must have a method explain"),
    ]:
        with pytest.raises(Mistake, match=re.escape(words)):
            HearingExplorer(**{"listener": listener, **options})
