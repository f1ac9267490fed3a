"""The table of the recogniser: who is heard for the first time, and what is counted."""

from dataclasses import dataclass, fields

import pytest
import torch
from tiny_speech import spoken

from aigc_helpers import data, speech
from aigc_helpers.tables import speech_recognition
from aigc_helpers.tables.speech_recognition import OFFICIAL, TABLE, recordings_of


@dataclass
class Recordings:
    """What the table reads of a `data.SoundSet`."""

    clips: tuple
    digits: torch.Tensor
    speakers: torch.Tensor
    takes: torch.Tensor
    speaker_names: tuple


def recordings(seed: int):
    made = spoken(60, seed=seed)
    takes = torch.arange(60) // 30
    return Recordings(
        tuple(made.clips),
        made.digits,
        made.speakers,
        takes,
        speech_recognition.SPEAKERS,
    )


@pytest.fixture(autouse=True)
def sets(monkeypatch):
    found = {"train": recordings(0), "test": recordings(1)}
    monkeypatch.setattr(data, "load_sounds", lambda name, split="train": found[split])
    return found


def test_the_official_row_takes_the_official_parts(sets):
    assert recordings_of(OFFICIAL) == (sets["train"], sets["test"])


def test_a_stranger_is_measured_on_and_not_trained_on(sets):
    train, test = recordings_of("jackson")
    assert train.speakers.unique().tolist() == [0, 2]
    assert test.speakers.unique().tolist() == [1]
    everything = sets["train"]
    for part in (train, test):
        for i in (0, 7, len(part.clips) - 1):
            place = [c is part.clips[i] for c in everything.clips].index(True)
            for field in fields(Recordings)[1:4]:
                mine, whole = (getattr(s, field.name) for s in (part, everything))
                assert mine[i] == whole[place]


def test_a_row_holds_every_column(monkeypatch):
    monkeypatch.setattr(speech_recognition, "TRAINING", {"steps": 3, "batch_size": 4})
    monkeypatch.setattr(speech_recognition, "N_STRINGS", 2)
    monkeypatch.setattr(
        speech, "SpeechRecogniser", lambda kind=speech.SpeechRecogniser: kind(1, 4)
    )
    row = speech_recognition.measure("lucas", 0)
    assert list(row) == list(TABLE.columns)
    assert 0 <= row["right"] <= 1 and 0 <= row["refused"] <= 1
