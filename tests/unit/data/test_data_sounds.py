"""Spoken digits become clips with what they are; tones stand in for them."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.io import wavfile

from aigc_helpers.data import catalog, data_dir, find_dataset, load_images, load_sounds
from aigc_helpers.data.catalog import FileGroup
from aigc_helpers.data.download import DatasetUnavailable
from aigc_helpers.data.sets.spoken_digits_files import RECORDINGS
from aigc_helpers.data.sets.tones import MELODIES, VOICES
from aigc_helpers.reader import Mistake

WHERE = "fsdd/recordings"
SPEAKERS = ("george", "theo")
TAKES = (0, 4, 5, 10, 49)


def clip_of(digit: int, speaker: str, take: int) -> np.ndarray:
    """Samples that tell what they are."""
    start = 1000 * digit + 100 * SPEAKERS.index(speaker) + take
    return np.array([-32768, start, 32767, *range(digit)], np.int16)


@pytest.fixture
def tiny_digits(monkeypatch, tmp_path):
    """Clips of three digits in the form of the real files, in the catalogue's place."""
    for name in ("AIGC_DATA_DIR", "AIGC_MIRROR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AIGC_OFFLINE", "1")
    folder = tmp_path / WHERE
    folder.mkdir(parents=True)

    def publish(rate: int = 8000):
        groups = []
        for digit in (2, 0, 9):
            for speaker in SPEAKERS:
                names = tuple(f"{digit}_{speaker}_{take}.wav" for take in TAKES)
                for name, take in zip(names, TAKES, strict=True):
                    wavfile.write(folder / name, rate, clip_of(digit, speaker, take))
                content = b"".join((folder / name).read_bytes() for name in names)
                checksum = "sha256:" + hashlib.sha256(content).hexdigest()
                name = f"{digit}_{speaker}"
                groups.append(
                    FileGroup(
                        *(name, len(content), checksum, ()), members=names, folder=WHERE
                    )
                )
        real = find_dataset("spoken_digits")
        dataset = replace(real, files=tuple(groups), speakers=SPEAKERS)
        monkeypatch.setitem(catalog.datasets(), "spoken_digits", dataset)
        return tmp_path

    return publish


@pytest.mark.parametrize(
    ("split", "takes"), [("train", (5, 10, 49)), ("test", (0, 4))], ids=str
)
def test_clips_are_in_order_and_know_what_they_are(split, takes, tiny_digits):
    sounds = load_sounds("spoken_digits", split, root=tiny_digits())
    expected = [(d, s, t) for d in (0, 2, 9) for s in (0, 1) for t in takes]
    facts = torch.stack([sounds.digits, sounds.speakers, sounds.takes], dim=1)
    assert facts.dtype == torch.int64 and facts.tolist() == [list(f) for f in expected]
    assert len(sounds) == len(sounds.clips) == len(expected)
    for clip, (digit, speaker, take) in zip(sounds.clips, expected, strict=True):
        assert clip.dtype == torch.float32
        wanted = clip_of(digit, SPEAKERS[speaker], take) / 32768
        np.testing.assert_array_equal(clip, wanted.astype(np.float32))
    assert min(clip.min() for clip in sounds.clips) == -1
    assert sounds.speaker_names == SPEAKERS and sounds.rate == 8000
    assert (sounds.name, sounds.split, sounds.is_fallback) == (
        *("spoken_digits", split),
        False,
    )


def test_the_sentence_counts_clips_and_minutes(tiny_digits):
    sounds = load_sounds(root=tiny_digits())
    assert sounds.seconds == sum(3 + d for d in (0, 2, 9)) * 2 * 3 / 8000
    assert sounds.describe() == (
        "正在使用 Free Spoken Digit Dataset 里的英语数字录音"
        "（训练 18 段，共 0.0 分钟）。"
    )


def test_a_recording_of_another_rate_is_named(tiny_digits):
    root = tiny_digits(rate=16000)
    with pytest.raises(ValueError, match=r"0_george_5.wav: 16,000 samples a second"):
        load_sounds(root=root)


def test_a_damaged_recording_is_not_read(tiny_digits):
    root = tiny_digits()
    path = root / WHERE / "9_theo_49.wav"
    path.write_bytes(path.read_bytes()[:-2] + b"??")
    for split in ("train", "test"):  # the set is there as a whole, or not
        with pytest.raises(DatasetUnavailable, match="recordings/9_theo .*SHA256"):
            load_sounds("spoken_digits", split, root=root)


def test_the_fall_back_says_what_it_is_and_why(tmp_path, monkeypatch):
    monkeypatch.setenv("AIGC_OFFLINE", "1")
    with pytest.raises(DatasetUnavailable, match="recordings/0_george is not avail"):
        load_sounds(root=tmp_path)
    sounds = load_sounds(fallback="tones", root=tmp_path)
    assert (sounds.name, sounds.wanted) == ("tones", "spoken_digits")
    assert sounds.is_fallback and len(sounds) == 600
    assert sounds.describe() == (
        "没有找到 Free Spoken Digit Dataset 里的英语数字录音，也无法下载"
        "（AIGC_OFFLINE 禁止联网），改用合成音：正弦波拼成的短旋律，不是人声"
        f"（训练 600 段，共 {sounds.seconds / 60:.1f} 分钟）。"
    )
    assert not load_sounds("tones").is_fallback


def test_unknown_names_list_the_known_ones():
    with pytest.raises(Mistake, match="known: spoken_digits, tones"):
        load_sounds("mnist")
    with pytest.raises(Mistake, match="'valid'; known: train, test") as found:
        load_sounds("tones", "valid")
    assert found.value.chinese == "没有 'valid' 这一份，可以写：train test。"
    with pytest.raises(Mistake, match="one of 'tones'; got 'digits'"):
        load_sounds(fallback="digits")
    with pytest.raises(Mistake, match="'tones'; known: .*mnist"):
        load_images("tones")


# Tones --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tones():
    return {split: load_sounds("tones", split) for split in ("train", "test")}


def test_every_voice_plays_every_melody_in_both_parts(tones):
    for split, takes in (("train", range(5, 15)), ("test", range(5))):
        sounds = tones[split]
        facts = torch.stack([sounds.digits, sounds.speakers, sounds.takes], dim=1)
        assert facts.tolist() == [
            [d, s, t] for d in range(10) for s in range(6) for t in takes
        ]
        assert len(set(sounds.speaker_names)) == 6 and sounds.rate == 8000


def test_tones_fit_into_their_range_and_are_heard(tones):
    for clip in tones["train"].clips + tones["test"].clips:
        assert clip.dtype == torch.float32 and 0.25 < clip.abs().max() < 0.95
        assert 0.2 < len(clip) / 8000 < 0.8
        assert clip[-40:].abs().max() < 0.1, "it dies away"


def test_takes_differ_and_the_same_take_is_the_same(tones):
    again = load_sounds("tones", "test")
    for clip, other in zip(tones["test"].clips, again.clips, strict=True):
        assert torch.equal(clip, other)
    every = tones["train"].clips + tones["test"].clips
    assert len({clip.numpy().tobytes() for clip in every}) == 900


def pitch(clip: torch.Tensor) -> float:
    """The strongest frequency in Hz."""
    spectrum = torch.fft.rfft(clip * torch.hann_window(len(clip)), n=8192).abs()
    return spectrum.argmax().item() * 8000 / 8192


def test_the_ends_of_a_clip_have_the_pitches_of_its_melody_and_voice(tones):
    sounds = tones["test"]
    for i, clip in enumerate(sounds.clips):
        melody, voice = MELODIES[sounds.digits[i]], VOICES[sounds.speakers[i]]
        first, last = pitch(clip[:800]), pitch(clip[-800:])
        assert 12 * np.log2(first / voice[0]) == pytest.approx(melody[0], abs=0.9)
        steps = 12 * np.log2(last / first)
        assert steps == pytest.approx(melody[-1] - melody[0], abs=0.8)
    assert len(set(MELODIES)) == 10


# The real recordings ------------------------------------------------------------------


def test_real_recordings_are_those_that_the_book_counts():
    folder = data_dir() / WHERE
    names = sorted(path.name for path in folder.glob("[!.]*"))
    if not names:
        pytest.skip("spoken_digits is not in the data folder; tests download nothing")
    digest = hashlib.sha256()
    for name in names:  # in C order
        digest.update((folder / name).read_bytes())
    assert digest.hexdigest() == (
        "ddb17656a0bca4c5ddace082be188ca630516dc2ef1110afe3c4e9cc71173de4"
    )
    files = find_dataset("spoken_digits").files
    assert sorted(member for group in files for member in group.members) == names
    train, test = load_sounds(), load_sounds("spoken_digits", "test")
    for sounds, n_takes in ((train, 45), (test, 5)):
        assert sounds.digits.bincount().tolist() == [6 * n_takes] * 10
        assert sounds.speakers.bincount().tolist() == [10 * n_takes] * 6
    assert train.speaker_names == tuple(sorted(RECORDINGS))
    assert sum(map(len, train.clips)) + sum(map(len, test.clips)) == 10_498_424
