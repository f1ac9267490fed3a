"""Errors in strings, the strings themselves, and what is listened to besides."""

import pytest
import torch
from tiny_speech import spoken

from aigc_helpers import speech
from aigc_helpers.reader import Mistake
from aigc_helpers.speech import spectra


@pytest.mark.parametrize(
    ("said", "heard", "distance"),
    [
        ("", "", 0),
        ("407", "407", 0),
        ("407", "47", 1),  # one left out
        ("407", "4007", 1),  # one added
        ("407", "417", 1),  # one replaced
        ("1234567", "", 7),
        ("", "12", 2),
        ("123", "321", 2),
        ("1212", "2121", 2),
        ("99", "1234", 4),
    ],
)
def test_the_edit_distance_of_hand_made_examples(said, heard, distance):
    assert speech.edit_distance(said, heard) == distance
    assert speech.edit_distance(heard, said) == distance
    words = "zero one two three four five six seven eight nine".split()
    as_words = [[words[int(digit)] for digit in text] for text in (said, heard)]
    assert speech.edit_distance(*as_words) == distance


def test_the_word_error_rate_weighs_long_strings_more():
    assert speech.word_error_rate(["1", "234"], ["", "234"]) == 0.25
    assert speech.word_error_rate(["1", "234"], ["1", ""]) == 0.75
    assert speech.word_error_rate(["1"], ["222"]) == 3


def test_a_word_error_rate_needs_words_and_pairs():
    with pytest.raises(Mistake):
        speech.word_error_rate(["1"], [])
    with pytest.raises(Mistake):
        speech.word_error_rate([""], ["1"])


class Parrot(torch.nn.Module):
    """Hears in a wave whose samples are all d / 10 the digit d."""

    def forward(self, waves):
        digit = (waves.amax(dim=1) * 10).round().long()  # (B,)
        n_times = waves.shape[1] // 200 + 1
        symbols = torch.full((len(waves), n_times), 10)
        symbols[:, n_times // 2] = digit
        return (20.0 * torch.nn.functional.one_hot(symbols, 11)).log_softmax(2)


def test_what_is_heard_is_compared_with_what_is_said():
    waves = [torch.full((2000,), d / 10) for d in (3, 5, 7)]
    digits = torch.tensor([3, 4, 7])
    heard = speech.is_heard(Parrot(), waves, digits)
    assert heard.tolist() == [True, False, True]
    errors = speech.string_errors(Parrot(), waves, ["3", "5", "77"])
    assert errors.tolist() == [0, 0, 0.5]


def test_strings_are_joined_from_clips_of_each_speaker_in_turn():
    clips = spoken(30)
    waves, texts, speakers = speech.spoken_strings(clips, 6, 5)
    assert speakers.tolist() == [0, 1, 2, 0, 1, 2]
    assert [len(text) for text in texts] == [5] * 6
    lengths = [len(wave) for wave in clips.clips]
    assert all(5 * min(lengths) <= len(w) <= 5 * max(lengths) + 6400 for w in waves)
    again, same, _ = speech.spoken_strings(clips, 6, 5)
    assert same == texts and all(map(torch.equal, waves, again))
    assert speech.spoken_strings(clips, 6, 5, seed=1)[1] != texts


def test_vocoded_speech_keeps_its_spectrum_and_loses_its_phases():
    wave = spoken(1).clips[0]
    found = speech.vocoded(wave)
    assert found.shape == wave.shape
    before, after = (spectra.mel_spectrogram(w).flatten() for w in (wave, found))
    assert torch.cosine_similarity(before, after, dim=0) > 0.95
    assert torch.cosine_similarity(wave, found, dim=0).abs() < 0.9


def test_other_sounds_are_finite_of_half_a_second_and_of_each_kind_as_many():
    clips = spoken(10)
    sounds = speech.other_sounds(clips, 4)
    assert all(len(waves) == 4 for waves in sounds.values())
    lengths = {len(w) for kind, ws in sounds.items() if kind != "reversed" for w in ws}
    assert lengths == {4000}
    assert all(w.isfinite().all() and w.abs().max() <= 1.5 for w in sounds["chords"])
    flipped = [clip.flip(0) for clip in clips.clips]
    assert all(any(torch.equal(w, f) for f in flipped) for w in sounds["reversed"])
    assert all((w == 0).all() for w in sounds["silence"])


def test_a_chirp_rises_to_three_times_its_pitch():
    (wave,) = speech.other_sounds(spoken(1), 1)["chirps"]
    first, last = (torch.fft.rfft(w).abs().argmax() for w in (wave[:800], wave[-800:]))
    assert 10 * float(first) == pytest.approx(200 * 1.2, abs=60)
    assert 10 * float(last) == pytest.approx(200 * 2.8, abs=60)
