"""A voice as an explorer shows it: the same as `speak`, as plain data."""

import numpy as np
import pytest
import torch
from tiny_tacotrons import N_VOICES, talkative

from aigc_helpers import speech
from aigc_helpers.speech.tacotron import FLOOR


@pytest.fixture(scope="module")
def speaker():
    return speech.ShownSpeaker(talkative())


def test_it_says_what_the_network_says_from_phases_of_zero(speaker):
    said = speaker.say(" 4０7 ", 1)
    (found,) = speech.synthesise(speaker.network, ["407"], [1])
    assert (said["text"], said["letters"]) == ("407", " four zero seven ")
    assert said["complete"] is found.is_complete
    np.testing.assert_array_equal(said["attention"], found.attention)
    np.testing.assert_array_equal(
        said["samples"], speech.waveform_of(found, seed=None).numpy()
    )
    assert np.abs(said["samples"] - speech.waveform_of(found).numpy()).max() > 1e-3


def test_its_parts_in_a_row_write_the_same_frames(speaker):
    opening, step, ending = speaker.parts()
    (found,) = speech.synthesise(speaker.network, ["31"], [1])
    same, moving = (opened := opening(*speaker.read([3, 1], 1)))[:3], opened[3:]
    groups, rows = [], []
    for _ in range(len(found.attention)):
        frames, stop, weights, *moving = step(*same, *moving)
        groups.append(frames)
        rows.append(weights)
    assert bool(stop > 0) is found.is_complete
    torch.testing.assert_close(torch.cat(rows), found.attention)
    frames = torch.cat(groups, 1)
    torch.testing.assert_close(ending(frames)[0].T, found.spectrum)
    assert found.spectrum.min() >= FLOOR


def test_another_network_or_another_number_is_another_speaker(speaker, monkeypatch):
    assert speaker.n_voices == N_VOICES
    assert speech.ShownSpeaker(talkative()).identity() == speaker.identity()
    before = speaker.identity()
    assert speech.ShownSpeaker(talkative(seed=1)).identity() != before
    monkeypatch.setattr(speech.synthesis, "SHARPNESS", 1.3)
    assert speaker.identity() != before


def test_what_is_no_string_of_digits_is_refused(speaker, refused):
    with refused("there are 11 digits"):
        speaker.say("12345678901", 0)
    with refused("no voice 2"):
        speaker.say("1", 2)
