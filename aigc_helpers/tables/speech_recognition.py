"""How well spoken digits are recognised, of voices that are known and of strangers.

``official`` trains on takes 5-49 of all six speakers and is measured on takes 0-4 of
the same six. Each other row leaves one speaker out of the training and is measured on
the 450 clips of that speaker that ``official`` trains on. The shipped network's recipe,
half as long.
"""

import time
from dataclasses import replace

from aigc_helpers import data, speech
from aigc_helpers.runtime import set_seed
from aigc_helpers.tables.measuring import Table

SPEAKERS = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")
OFFICIAL = "official"
TRAINING = {"steps": 600, "batch_size": 64}
N_STRINGS = 60
DIGITS = 4


def measure(variant: str, seed: int) -> dict[str, float | None]:
    """Train one network, and judge it on clips that it has not heard."""
    begun = time.process_time()
    train, test = recordings_of(variant)
    set_seed(seed)
    network = speech.SpeechRecogniser()
    network, _ = speech.train_recogniser(network, train, seed=seed, **TRAINING)
    seconds = time.process_time() - begun
    waves, texts, _ = speech.spoken_strings(test, N_STRINGS)
    vocoded = [speech.vocoded(wave) for wave in test.clips]
    unsure = speech.recognise(network, test.clips) == speech.UNSURE
    return {
        "right": mean(speech.is_heard(network, test.clips, test.digits)),
        "refused": mean(unsure),
        "vocoded": mean(speech.is_heard(network, vocoded, test.digits)),
        "string_errors": mean(speech.string_errors(network, waves, texts)),
        "cpu_seconds": round(seconds, 1),
    }


def recordings_of(variant: str) -> tuple:
    """What trains, and what measures."""
    train = data.load_sounds("spoken_digits")
    if variant == OFFICIAL:
        return train, data.load_sounds("spoken_digits", "test")
    is_stranger = train.speakers == train.speaker_names.index(variant)
    return chosen(train, ~is_stranger), chosen(train, is_stranger)


def chosen(recordings, which):
    """Those recordings for which the Booleans (N,) are true."""
    places = which.nonzero()[:, 0]
    return replace(
        recordings,
        clips=tuple(recordings.clips[i] for i in places.tolist()),
        digits=recordings.digits[places],
        speakers=recordings.speakers[places],
        takes=recordings.takes[places],
    )


def mean(values) -> float:
    """Of numbers or Booleans (N,)."""
    return round(float(values.double().mean()), DIGITS)


TABLE = Table(
    name="speech_recognition",
    measure=measure,
    variants={
        OFFICIAL: "官方的划分：六个人都学过",
        **{name: f"没有学过 {name}" for name in SPEAKERS},
    },
    columns={
        "right": ("正确率", ".1%"),
        "refused": ("不作答", ".1%"),
        "vocoded": ("经声码器之后的正确率", ".1%"),
        "string_errors": ("七位数字串的词错误率", ".1%"),
        "cpu_seconds": ("训练的 CPU 秒", ".0f"),
    },
    seeds=(0, 1, 2),
    data="spoken_digits",
    times=("cpu_seconds",),
)
