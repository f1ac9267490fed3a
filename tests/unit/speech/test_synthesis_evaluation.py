"""What is counted of synthetic speech, with ears whose answers are known."""

import math

import pytest
import tiny_tacotrons
import torch
from tiny_tacotrons import recordings, tone

from aigc_helpers import metrics
from aigc_helpers.speech import synthesis_evaluation as evaluation
from aigc_helpers.speech.synthesis import Synthesis, levelled, speak
from aigc_helpers.speech.synthesis_evaluation import Utterance
from aigc_helpers.speech.tacotron_training import takes_of


def utterance(text: str, heard: str, voice: int = 0, places=(0, 1, 2, 3)):
    attention = torch.eye(5)[list(places)]
    found = Synthesis("", voice, None, None, attention, True)
    return Utterance(text, voice, found, torch.zeros(100), heard)


def test_each_text_is_spoken_in_each_voice_and_heard_in_order(monkeypatch):
    """The ear counts samples: what it hears tells which waveform it heard."""

    def transcribe(recogniser, waves):
        return [f"{recogniser} {len(wave)}" for wave in waves]

    monkeypatch.setattr(evaluation, "transcribe", transcribe)
    model = tiny_tacotrons.tacotron()
    spoken = evaluation.utterances(model, "ear", ["1", "20"], [0, 1])
    pairs = [("1", 0), ("1", 1), ("20", 0), ("20", 1)]
    assert [(one.text, one.voice) for one in spoken] == pairs
    for one in spoken:
        assert one.heard == f"ear {max(800, len(one.waveform))}"  # 0.1 s at least
        wave, found = speak(model, one.text, one.voice)
        assert wave.shape == one.waveform.shape
        torch.testing.assert_close(
            one.found.spectrum, found.spectrum, rtol=0, atol=1e-3
        )
    assert spoken[2].found.letters == " two zero "


def test_texts_are_what_is_drawn_anew():
    spoken = [utterance("1", "1", voice) for voice in range(3)]
    spoken += [utterance("2", "2"), utterance("3", "8")]
    share = evaluation.understood(spoken)
    assert share.value == pytest.approx(2 / 3)  # of three texts, not 4 of 5
    assert share.interval[0] < share.value < share.interval[1]
    assert evaluation.understood_by(spoken, "text") == {"1": 1, "2": 1, "3": 0}
    assert evaluation.understood_by(spoken, "voice") == {0: 2 / 3, 1: 1, 2: 1}


def test_words_left_out_added_and_replaced_are_errors():
    heard = ["1234", "124", "12634"]
    texts = ["1234", "1254", "1234"]
    rows = list(zip(texts, heard, strict=True)) + [("7777", "7771")]
    share = evaluation.word_errors([utterance(*row) for row in rows])
    # two utterances of one text, 0 and 1 of 4 wrong, count as one text
    assert share.value == pytest.approx((1 / 8 + 1 / 4 + 1 / 4) / 3)
    assert share.interval[0] <= share.value <= share.interval[1]


def test_the_share_that_is_read_in_order():
    spoken = [utterance("1", "1")] * 3 + [utterance("1", "1", places=(0, 3, 1, 3))]
    spoken += [utterance("2", "2"), utterance("3", "3")]
    share = evaluation.read_in_order(spoken)
    assert share.value == pytest.approx((0.75 + 1 + 1) / 3)  # of three texts
    assert 0 < share.interval[0] < share.value < share.interval[1] <= 1


def test_where_all_is_right_the_interval_is_that_of_the_texts():
    spoken = [utterance(str(i), str(i), voice) for i in range(8) for voice in (0, 1)]
    low, high = metrics.wilson_interval(8, 8)
    assert evaluation.understood(spoken) == (1, (low, high))
    assert evaluation.read_in_order(spoken) == (1, (low, high))
    value, interval = evaluation.word_errors(spoken)
    assert value == 0 and interval == pytest.approx((0, 1 - low))


def test_digits_of_strings_are_counted_where_they_were_heard():
    spoken = [utterance("1221", "121"), utterance("77", "77"), utterance("7", "1")]
    found = evaluation.understood_digits(spoken)
    assert found == {"1": 1, "2": 0.5, "7": pytest.approx(2 / 3)}


# ---- how loud ------------------------------------------------------------------------


def test_the_highest_peak_is_that_of_the_loudest_sample_of_all():
    waves = [torch.tensor([0.1, -0.5]), torch.tensor([0.25])]
    assert evaluation.highest_peak(waves) == pytest.approx(-6.0206, abs=1e-4)
    assert evaluation.highest_peak([*waves, torch.tensor([1.0])]) == 0


def test_loudness_is_the_level_of_the_loudest_four_tenths_of_a_second():
    sine = (2 * torch.pi * 500 * torch.arange(8000) / 8000).sin()  # -3.01 dBFS
    swelling = torch.cat([sine * 0.1, sine[:3200], sine * 0.01])
    found = evaluation.loudness([sine, sine * 0.5, swelling, sine[:800]])
    short = 10 * math.log10(800 / 3200)  # a quarter of the window
    expected = torch.tensor([0, -6.02, 0, short]) - 3.01
    torch.testing.assert_close(found, expected, atol=0.01, rtol=0)


def test_loudness_is_compared_digit_by_digit_and_speaker_by_speaker():
    digits = [1, 2, 3]
    clips = [tone(d, who, 0.6) for d in digits for who in (0, 1, 2)]
    real = recordings([*clips, tone(9, 0, 0.6)])
    spoken = [
        Utterance(str(d), who, None, levelled(tone(d, who, 0.6).wave) * 2, str(d))
        for d in digits
        for who in (0, 1)
    ]
    found = evaluation.loudness_beside(spoken, real)
    assert found.gap.value == pytest.approx(6.02, abs=0.01)
    assert len(found.synthetic) == len(found.recorded) == 6  # neither 9 nor speaker 2
    torch.testing.assert_close(found.recorded + 6.0206, found.synthetic)


# ---- no copy -------------------------------------------------------------------------


def test_strings_have_their_length_and_all_digits():
    strings = evaluation.random_strings(200, 7)
    assert {len(string) for string in strings} == {7}
    assert strings != evaluation.random_strings(200, 7, seed=1)
    together = "".join(strings)
    assert all(100 < together.count(digit) < 180 for digit in "0123456789")


def test_a_copy_is_nearer_than_any_other_take():
    """Nearest among the takes of its own digit and speaker, others left aside."""
    pitched = [tone(digit, 0, seconds) for digit in (1, 5) for seconds in (0.2, 0.3)]
    training = takes_of(recordings(pitched))
    other = tone(1, 0, 0.25)
    other.wave = other.wave + 0.01 * torch.sin(torch.arange(len(other.wave)) * 0.4)
    (copy, held_out), wrong = (
        takes_of(recordings(clips))
        for clips in ([pitched[0], other], [tone(5, 0, 0.2)])
    )
    found = evaluation.nearness([copy], training, [held_out])
    assert found.synthetic.item() < 1e-3 < 0.1 < found.held_out.item()
    disguised = [type(copy)(1, 0, one.spectrum, one.mel) for one in wrong]
    assert evaluation.nearness(disguised, training, [copy]).synthetic.item() > 0.5


def test_the_take_of_an_utterance_is_that_of_its_sound():
    clip = tone(4)
    one = Utterance("4", 1, None, clip.wave, "4")
    found, (real,) = evaluation.take_of(one), takes_of(recordings([clip]))
    assert (found.digit, found.speaker) == (4, 1)
    assert torch.equal(found.mel, real.mel)
