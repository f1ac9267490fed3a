"""The format of recordings: WAV files of one channel, 16 bits, uncompressed."""

import wave
from pathlib import Path

import numpy as np


def read_wav(path: str | Path) -> tuple[np.ndarray, int]:
    """Samples of a WAV file, int16 (T,), and how many there are a second.

    Raises
    ------
    ValueError
        Names the file and what is wrong with it: no WAV file or not a whole one,
        another form than one channel of 16 bits as PCM, or no samples.
    """
    path = Path(path)
    try:
        with path.open("rb") as file, wave.open(file) as stream:
            _check_form(stream, path)
            _check_size(stream, path)
            n = stream.getnframes()
            samples = stream.readframes(n)
    except (wave.Error, EOFError, RuntimeError) as error:  # what wave raises
        why = str(error) or "it ends too early"
        raise ValueError(f"{path}: not a whole WAV file of PCM ({why})") from error
    if len(samples) != 2 * n:
        raise ValueError(f"{path}: {len(samples) // 2:,} samples instead of {n:,}")
    return np.frombuffer(samples, "<i2").astype(np.int16), stream.getframerate()


def _check_form(stream: wave.Wave_read, path: Path) -> None:
    channels, bits = stream.getnchannels(), 8 * stream.getsampwidth()
    if channels != 1:
        raise ValueError(f"{path}: {channels} channels instead of one")
    if bits != 16:
        raise ValueError(f"{path}: {bits} bits a sample instead of 16")


def _check_size(stream: wave.Wave_read, path: Path) -> None:
    """Refuse a file without samples, and one whose headers claim what it cannot hold.

    To read what is claimed would take memory for all of it.
    """
    n, size = stream.getnframes(), path.stat().st_size
    if n == 0:
        raise ValueError(f"{path}: there are no samples")
    if 2 * n > size:
        raise ValueError(f"{path}: {size:,} bytes cannot hold {n:,} samples")
    with path.open("rb") as file:
        claimed = 8 + int.from_bytes(file.read(8)[4:], "little")
    if claimed != size:
        raise ValueError(f"{path}: {size:,} bytes instead of {claimed:,}")
