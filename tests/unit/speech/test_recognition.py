"""The recogniser reads sounds of any length and loudness; CTC makes words of frames."""

import math
from itertools import product

import pytest
import torch
import torch.nn.functional as F
from tiny_speech import said, spoken

from aigc_helpers import speech
from aigc_helpers.reader import Mistake
from aigc_helpers.speech import recognition
from aigc_helpers.speech.recognition import BLANK, NONE, SEVERAL
from aigc_helpers.weights import listening


@pytest.fixture(scope="module")
def network():
    """Small and untrained, with scores that differ, running averages not 0 and 1."""
    torch.manual_seed(0)
    found = speech.SpeechRecogniser(width=2, hidden=8)
    found.train()(torch.randn(4, 4000))
    with torch.no_grad():
        found.to_scores.weight.mul_(5)
    return found.eval()


def random_log_probs(n_rows: int, n_times: int, seed: int = 0):
    rng = torch.Generator().manual_seed(seed)
    scores = 2 * torch.randn(n_rows, n_times, 11, generator=rng, dtype=torch.float64)
    return scores.log_softmax(dim=2)


def collapsed(path) -> tuple:
    """What an alignment spells, by the definition of Graves et al., section 3.1."""
    kept = [s for i, s in enumerate(path) if i == 0 or s != path[i - 1]]
    return tuple(s for s in kept if s != BLANK)


# ---- words from frames ----------------------------------------------------------


def test_word_probabilities_are_the_sums_over_all_alignments():
    log_probs = random_log_probs(1, 3)
    expected = torch.zeros(12, dtype=torch.float64)
    for path in product(range(11), repeat=3):
        spelt = collapsed(path)
        p = math.exp(sum(float(log_probs[0, t, s]) for t, s in enumerate(path)))
        expected[spelt[0] if len(spelt) == 1 else SEVERAL if spelt else NONE] += p
    found = recognition.word_probabilities(log_probs)
    torch.testing.assert_close(found[0], expected)


def test_the_probability_of_a_digit_is_that_of_torchs_ctc_loss():
    log_probs = random_log_probs(10, 20)
    digits = torch.arange(10)
    losses = F.ctc_loss(
        log_probs.transpose(0, 1),
        digits[:, None],
        torch.full((10,), 20),
        torch.ones(10, dtype=torch.int64),
        blank=BLANK,
        reduction="none",
    )
    found = recognition.word_probabilities(log_probs)[digits, digits]
    torch.testing.assert_close(found, losses.neg().exp())


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ([BLANK, BLANK], ""),
        ([3, 3, 3], "3"),
        ([3, BLANK, 3], "33"),
        ([BLANK, 1, 1, 2, BLANK, BLANK, 2, 0], "1220"),
    ],
)
def test_best_path_drops_repetitions_and_then_blanks(path, text):
    log_probs = F.one_hot(torch.tensor([path]), 11).double().log_softmax(dim=2)
    assert recognition.best_path(log_probs) == [text]


# ---- the network ----------------------------------------------------------------


def test_a_score_for_each_25_ms(network):
    assert network(torch.randn(2, 4000)).shape == (2, 21, 11)
    total = network(torch.randn(2, 4000)).exp().sum(dim=2)
    torch.testing.assert_close(total, torch.ones(2, 21))


def test_loudness_does_not_count(network):
    rng = torch.Generator().manual_seed(1)
    wave = said(4, 0, rng)
    loud, quiet = (
        recognition.log_probabilities(network, [wave * k])[0] for k in (2, 0.02)
    )
    torch.testing.assert_close(loud, quiet, atol=1e-3, rtol=0)


def test_levels_are_relative_to_the_loudest_band_and_silence_is_zero(network):
    noise = 0.1 * torch.randn(1, 4000)
    levels = network.hear(noise)
    assert levels.shape == (1, 40, 41) and float(levels.max()) == 1
    assert network.hear(torch.zeros(1, 4000)).abs().max() == 0


def test_a_sound_is_read_alike_alone_and_among_others(network):
    waves = spoken(12).clips
    together = recognition.log_probabilities(network, waves)
    for wave, row in zip(waves, together, strict=True):
        (alone,) = recognition.log_probabilities(network, [wave])
        torch.testing.assert_close(row, alone, atol=1e-5, rtol=0)


def test_what_is_less_likely_than_the_threshold_is_unsure(network):
    waves = spoken(10).clips
    best, digits = speech.hear_words(network, waves)[:, :10].max(dim=1)
    middle = float(best.median())
    found = speech.recognise(network, waves, threshold=middle)
    assert (found[best >= middle] == digits[best >= middle]).all()
    assert (found[best < middle] == speech.UNSURE).all()
    assert 0 < int((found == speech.UNSURE).sum()) < 10
    assert (speech.recognise(network, waves, threshold=0) == digits).all()


def test_arrays_are_sounds_too(network):
    wave = spoken(1).clips[0]
    (expected,) = speech.transcribe(network, [wave])
    assert speech.transcribe(network, [wave.double().numpy()]) == [expected]


@pytest.mark.parametrize(
    "wave",
    [
        torch.zeros(700),
        torch.zeros(8000 * 21),
        torch.zeros(2, 4000),
        torch.full((4000,), torch.nan),
    ],
)
def test_what_nobody_can_listen_to_is_refused(network, wave):
    with pytest.raises(Mistake):
        speech.transcribe(network, [wave])


# ---- the file for browsers ------------------------------------------------------


def test_the_file_reads_samples_as_the_network_does(network, tmp_path):
    ear = speech.AudibleRecogniser(network)
    path = listening.export_listener(ear, tmp_path / "ear.onnx")
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    for wave in spoken(3).clips:
        wave = recognition.with_margins(wave)[None]  # (1, N)
        (found,) = session.run(None, {"wave": wave.numpy()})
        with torch.no_grad():
            expected = network(wave)
        torch.testing.assert_close(torch.from_numpy(found), expected, atol=1e-3, rtol=0)
