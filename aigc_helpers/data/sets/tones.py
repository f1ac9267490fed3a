"""Tones in the form of the spoken digits, made from a seed; they need no download.

They are no speech: a "digit" is a short melody, a "speaker" a pitch, a timbre and a
tempo. Only what does not depend on real voices can be tried on them.
"""

import numpy as np

from aigc_helpers.data.catalog import SoundData

N_TEST, N_TAKES = 5, 15
RATE = 8000  # samples a second
# Two or three notes each, in semitones above the speaker's own: a major triad.
MELODIES = (
    (0, 4),
    (4, 0),
    (0, 7),
    (7, 0),
    (0, 4, 7),
    (0, 7, 4),
    (4, 0, 7),
    (4, 7, 0),
    (7, 0, 4),
    (7, 4, 0),
)
# Lowest note in Hz, strength of a harmonic relative to the one below, seconds a note.
VOICES = (
    (110.0, 0.8, 0.20),
    (131.0, 0.4, 0.15),
    (147.0, 0.6, 0.17),
    (175.0, 0.3, 0.13),
    (208.0, 0.7, 0.18),
    (247.0, 0.5, 0.14),
)
N_HARMONICS = 6


def read(dataset: SoundData, split: str, root=None):
    """Clips, a list of int16 (T,), and int64 (N, 3): digit, speaker, take.

    Sorted by digit, speaker and take; takes 0 to 4 are for test, 5 to 14 for training.
    """
    takes = range(N_TEST) if split == "test" else range(N_TEST, N_TAKES)
    chosen = [
        (digit, speaker, take)
        for digit in range(len(MELODIES))
        for speaker in range(len(VOICES))
        for take in takes
    ]
    return [_clip(*facts) for facts in chosen], np.array(chosen, np.int64)


def _clip(digit: int, speaker: int, take: int) -> np.ndarray:
    """One melody in one voice, int16 (T,); a take always sounds the same."""
    rng = np.random.default_rng((digit, speaker, take))
    lowest, strength, seconds = VOICES[speaker]
    lowest *= 2 ** (rng.uniform(-0.5, 0.5) / 12)  # up to half a semitone off
    notes = [
        _note(lowest * 2 ** (step / 12), strength, seconds * rng.uniform(0.85, 1.15))
        for step in MELODIES[digit]
    ]
    sound = np.concatenate(notes)
    sound = rng.uniform(0.3, 0.9) * sound / np.abs(sound).max()
    sound += 0.003 * rng.standard_normal(len(sound))
    return np.round(32767 * sound.clip(-1, 1)).astype(np.int16)


def _note(pitch: float, strength: float, seconds: float) -> np.ndarray:
    """A harmonic tone of ``pitch`` Hz that swells for 15 ms, then dies away, (T,)."""
    t = np.arange(round(seconds * RATE)) / RATE
    order = np.arange(1, N_HARMONICS + 1)[:, None]  # (harmonics, 1)
    waves = strength**order * np.sin(2 * np.pi * order * pitch * t)  # (harmonics, T)
    envelope = np.minimum(t / 0.015, 1) * np.cos(np.pi / 2 * t / seconds)
    return waves.sum(0) * envelope


DATASET = SoundData(
    name="tones",
    title="合成音",
    part="合成音：正弦波拼成的短旋律，不是人声",
    files=(),
    licence="Apache-2.0",
    credit="this book",
    read=read,
    rate=RATE,
    n_classes=len(MELODIES),
    speakers=("音色一", "音色二", "音色三", "音色四", "音色五", "音色六"),
)
