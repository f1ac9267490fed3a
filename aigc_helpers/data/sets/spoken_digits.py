"""The Free Spoken Digit Dataset: 3,000 recordings of English digits by six speakers.

It comes file by file, eight at once: whoever is interrupted goes on where it stopped,
which an archive of GitHub (of no stable bytes, sent without a length) does not allow.
GitHub answers few requests for raw files from one address, jsDelivr any number, so
jsDelivr is asked first. Checked are groups of 50 files.
"""

import numpy as np

from aigc_helpers.data.catalog import FileGroup, SoundData
from aigc_helpers.data.gathering import fetch_all
from aigc_helpers.data.sets.spoken_digits_files import (
    FOLDER,
    N_TAKES,
    RECORDINGS,
    REVISION,
)
from aigc_helpers.data.wav import read_wav

N_TEST = 5  # takes of each digit by each speaker


def read(dataset: SoundData, split: str, root=None):
    """Clips, a list of int16 (T,), and int64 (N, 3): digit, speaker, take.

    Sorted by digit, speaker and take. Takes 0 to 4 are for test, as the authors have
    it: the same speakers say the same words in both parts.

    Raises
    ------
    DatasetUnavailable
        If a file is neither here nor to be had.
    ValueError
        If a file is not what it should be.
    """
    folder = fetch_all(dataset.name, root=root)
    names = [name for group in dataset.files for name in group.members]
    clips = {_facts_of(name, dataset): name for name in names}
    chosen = sorted(f for f in clips if (f[2] < N_TEST) == (split == "test"))
    sounds = [_read_clip(folder / clips[facts], dataset.rate) for facts in chosen]
    return sounds, np.array(chosen, np.int64).reshape(-1, 3)


def _facts_of(name: str, dataset: SoundData) -> tuple[int, int, int]:
    """Digit, speaker's number and take, which the name of a file tells."""
    digit, speaker, take = name.removesuffix(".wav").split("_")
    return int(digit), dataset.speakers.index(speaker), int(take)


def _read_clip(path, rate: int) -> np.ndarray:
    samples, found = read_wav(path)
    if found != rate:
        raise ValueError(f"{path}: {found:,} samples a second instead of {rate:,}")
    return samples


DATASET = SoundData(
    name="spoken_digits",
    title="Free Spoken Digit Dataset",
    part="Free Spoken Digit Dataset 里的英语数字录音",
    files=tuple(
        FileGroup(
            f"{digit}_{speaker}",
            RECORDINGS[speaker][digit][0],
            f"sha256:{RECORDINGS[speaker][digit][1]}",
            (
                "https://cdn.jsdelivr.net/gh/Jakobovski/free-spoken-digit-dataset@"
                f"{REVISION}/{FOLDER}/",
                "https://raw.githubusercontent.com/Jakobovski/free-spoken-digit-dataset/"
                f"{REVISION}/{FOLDER}/",
            ),
            members=tuple(f"{digit}_{speaker}_{take}.wav" for take in range(N_TAKES)),
            folder=f"fsdd/{FOLDER}",
        )
        for speaker in RECORDINGS
        for digit in range(10)
    ),
    licence="CC BY-SA 4.0",
    credit="Zohar Jackson and contributors",
    read=read,
    stand_in="tones",
    rate=8000,
    n_classes=10,
    speakers=tuple(RECORDINGS),
)
