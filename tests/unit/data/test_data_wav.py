"""WAV files become samples, or an error that names the file."""

import re
import struct

import numpy as np
import pytest
from damage import damaged, no_hang
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.io import wavfile

from aigc_helpers.data.wav import read_wav

SAMPLES = np.array([0, 1, -1, 300, -32768, 32767], np.int16)
MOST = 2**32 - 1
LIST = b"LIST\x04\0\0\0INFO"


def wav_bytes(data: bytes = SAMPLES.tobytes(), *, sizes=None, **form) -> bytes:
    """A WAV file as it should be, but for what is given otherwise.

    ``sizes``: what it claims for RIFF and data; ``form``: fields of its chunk "fmt ".
    """
    fields = {"kind": 1, "channels": 1, "rate": 8000, "bits": 16} | form
    frame = fields["channels"] * fields["bits"] // 8
    chunk = struct.pack(
        "<4sIHHIIHH",
        *(b"fmt ", 16, fields["kind"], fields["channels"], fields["rate"]),
        *(fields["rate"] * frame, frame, fields["bits"]),
    )
    riff, claimed = sizes or (len(data) + 36, len(data))
    head = struct.pack("<4sI4s", b"RIFF", riff, b"WAVE")
    return head + chunk + struct.pack("<4sI", b"data", claimed) + data


@pytest.mark.parametrize("rate", [8000, 44100])
def test_samples_and_rate_are_those_that_were_written(rate, tmp_path):
    path = tmp_path / "a.wav"
    wavfile.write(path, rate, SAMPLES)
    samples, found = read_wav(path)
    assert found == rate and samples.dtype == np.int16
    np.testing.assert_array_equal(samples, SAMPLES)
    assert path.read_bytes() == wav_bytes(rate=rate)


def test_other_chunks_are_passed_over(tmp_path):
    content = wav_bytes()
    with_list = content[:12] + LIST + content[12:] + LIST
    path = tmp_path / "a.wav"
    size = struct.pack("<I", len(with_list) - 8)
    path.write_bytes(with_list[:4] + size + with_list[8:])
    np.testing.assert_array_equal(read_wav(path)[0], SAMPLES)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a whole WAV file of PCM (it ends too early)"),
        (b"<html>log in</html>", "not a whole WAV file"),
        (b"RIFX" + wav_bytes()[4:], "not a whole WAV file"),
        (wav_bytes().replace(b"WAVE", b"AVI "), "(not a WAVE file)"),
        (wav_bytes()[:30], "not a whole WAV file"),
        (wav_bytes()[:36], "chunk missing"),
        (wav_bytes()[:-1], "55 bytes instead of 56"),
        (wav_bytes()[:-4], "52 bytes instead of 56"),
        (wav_bytes() + b"more", "60 bytes instead of 56"),
        (wav_bytes(b""), "there are no samples"),
        (wav_bytes(channels=2), "2 channels instead of one"),
        (wav_bytes(channels=0), "(bad # of channels)"),
        (wav_bytes(bits=0), "(bad sample width)"),
        (wav_bytes(bits=8), "8 bits a sample instead of 16"),
        (wav_bytes(bits=24), "24 bits a sample instead of 16"),
        (wav_bytes(bits=32), "32 bits a sample instead of 16"),
        (wav_bytes(kind=3, bits=32), "unknown format: 3"),  # floating point
        (wav_bytes(kind=6, bits=8), "unknown format: 6"),  # A-law
        (wav_bytes(kind=2, bits=4), "unknown format: 2"),  # ADPCM
        (wav_bytes(sizes=(48, MOST)), "56 bytes cannot hold 2,147,483,647 samples"),
        (wav_bytes(sizes=(MOST, MOST)), "56 bytes cannot hold 2,147,483,647 samples"),
        (wav_bytes(sizes=(MOST, 12)), "56 bytes instead of 4,294,967,303"),
        (wav_bytes(sizes=(48, 14)), "6 samples instead of 7"),
    ],
)
def test_a_wrong_wav_file_is_named_with_its_fault(content, words, tmp_path):
    path = tmp_path / "some-file.wav"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(f"{path}: ")) as found:
        read_wav(path)
    assert words in str(found.value)


@given(content=st.binary(max_size=80) | damaged(wav_bytes()))
@settings(suppress_health_check=list(HealthCheck))
def test_any_bytes_end_in_samples_or_the_documented_error(content, tmp_path):
    path = tmp_path / "any.wav"
    path.write_bytes(content)
    with no_hang():
        try:
            samples, _ = read_wav(path)
        except ValueError as error:
            assert str(path) in str(error)
        else:
            assert samples.dtype == np.int16
            assert 0 < 2 * len(samples) <= len(content) - 44
