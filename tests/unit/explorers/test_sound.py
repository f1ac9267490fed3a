"""The page's sounds: transforms, spectrograms, phases, rates and WAV files, by Node.

What the modules of ``front/sound`` compute is compared with NumPy, SciPy and torch.
"""

import io
import struct
from itertools import repeat

import numpy as np
import pytest
import torch
from scipy.io import wavfile
from scripts import run

from aigc_helpers.explorers.seeded import mulberry32

RATE, HOP, N_FFT, WINDOW, BANDS = 8000, 100, 512, 400, 40
RANDOM = np.random.default_rng(0)
HANN = torch.hann_window(WINDOW, periodic=True, dtype=torch.float64)


def voice(seconds: float = 0.5) -> np.ndarray:
    """A buzz that glides, with two resonances that move, float32 at 8 kHz."""
    t = np.arange(int(seconds * RATE)) / RATE
    pitch = 2 * np.pi * np.cumsum(110 + 40 * t) / RATE
    sound = np.zeros_like(t)
    for k in range(1, 30):
        near = [np.exp(-(((110 * k - f) / 200) ** 2)) for f in (500 + 400 * t, 1800)]
        sound += sum(near) * np.sin(k * pitch)
    noise = np.random.default_rng(1).normal(size=len(t))
    return (0.05 * sound + 0.003 * noise).astype(np.float32)


# ---- transforms and spectrograms ---------------------------------------------------


@pytest.mark.parametrize("n", [4, 8, 64, 512, 2048])
def test_the_transform_is_numpy_s_and_goes_back(n):
    x = RANDOM.normal(size=n)
    re, im, back = run(
        """import { RealFourier } from "front/sound/fourier.js";
        const fourier = new RealFourier(data.x.length);
        const [re, im] = [0, 0].map(() => new Float64Array(fourier.bins));
        const back = new Float64Array(fourier.n);
        fourier.forward(data.x, re, im);
        fourier.inverse(re, im, back);
        give([re, im, back]);""",
        x=x,
    )
    np.testing.assert_allclose(re + 1j * im, np.fft.rfft(x), atol=1e-12)
    np.testing.assert_allclose(back, x, atol=1e-13)


def spectrogram(x: np.ndarray) -> torch.Tensor:
    """Torch's, complex (257, T), of a sound that goes on as its mirror image."""
    padded = np.pad(x.astype(np.float64), N_FFT // 2, mode="reflect")
    return torch.stft(
        torch.from_numpy(padded), N_FFT, HOP, WINDOW, HANN, False, return_complex=True
    )


def rows(values: np.ndarray) -> np.ndarray:
    return values.reshape(-1, N_FFT // 2 + 1)  # (T, 257)


STFT = """import { inverseStft, stft } from "front/sound/spectra.js";
const { frames, re, im } = stft(data.x);
give([frames, re, im, inverseStft({ frames, re, im }, data.x.length)]);"""


@pytest.mark.parametrize("n", [2, 57, 100, 300, 1999, 4000])
def test_the_spectrogram_is_torch_s_and_goes_back(n):
    x = RANDOM.uniform(-1, 1, n).astype(np.float32)
    frames, re, im, back = run(STFT, x=x)
    expected = spectrogram(x).T.numpy()  # (T, 257)
    assert expected.shape == (frames, 257)
    np.testing.assert_allclose(rows(re) + 1j * rows(im), expected, atol=2e-4)
    np.testing.assert_allclose(back, x, atol=1e-5)


def test_one_number_has_a_spectrogram_too():
    frames, re, _, _ = run(STFT, x=np.float32([0.5]))
    assert frames == 1 and re[0] == pytest.approx(100)  # half of the window's sum


def test_a_spectrogram_of_no_sound_gives_the_sound_of_torch():
    n, frames = 1200, 13
    re, im = RANDOM.normal(size=(2, frames, 257)).astype(np.float32)
    im[:, [0, -1]] = 0
    back = run(
        """import { inverseStft } from "front/sound/spectra.js";
        const { frames, re, im } = data;
        give(inverseStft({ frames, re, im }, data.n));""",
        frames=frames,
        re=re,
        im=im,
        n=n,
    )
    given = torch.from_numpy((re + 1j * im).T).to(torch.complex128)
    expected = torch.istft(given, N_FFT, HOP, WINDOW, HANN, length=n)
    np.testing.assert_allclose(back, expected, atol=1e-5)


def mel_filters() -> np.ndarray:
    """Triangles (40, 257) of height 1 by the HTK formula."""
    top = 2595 * np.log10(1 + 4000 / 700)
    edges = 700 * (10 ** (np.linspace(0, top, BANDS + 2) / 2595) - 1)
    bins = np.linspace(0, 4000, 257)
    return np.stack([np.interp(bins, edges[i : i + 3], [0, 1, 0]) for i in range(40)])


def test_log_mel_magnitudes_are_those_of_the_formula():
    x = voice()
    found = run(
        """import { logMelOf } from "front/sound/spectra.js";
        give(logMelOf(data.x));""",
        x=x,
    ).reshape(-1, BANDS)
    mel = np.abs(spectrogram(x).T.numpy()) @ mel_filters().T  # (T, 40)
    np.testing.assert_allclose(found, np.log(np.maximum(mel, 1e-3)), atol=1e-4)


@pytest.mark.parametrize("updates", [1, 12])
def test_magnitudes_of_mel_magnitudes_are_those_of_richardson_and_lucy(updates):
    filters, mel = mel_filters(), RANDOM.uniform(0, 30, (7, BANDS)).astype(np.float32)
    mel[3] = 0  # a frame of silence
    found = run(
        """import { magnitudesOfMel } from "front/sound/spectra.js";
        give(magnitudesOfMel(data.mel, data.updates));""",
        mel=mel,
        updates=updates,
    ).reshape(-1, 257)
    total = filters.sum(axis=0)
    expected = np.ones((7, 257)) * (total > 0)
    for _ in range(updates):
        missing = mel / np.maximum(expected @ filters.T, 1e-12)  # (7, 40)
        expected = expected * (missing @ filters) / np.maximum(total, 1e-12)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    assert (found >= 0).all() and not found[3].any()


def test_from_mel_magnitudes_of_a_voice_its_mel_magnitudes_come_back():
    mel = np.abs(spectrogram(voice()).T.numpy()) @ mel_filters().T  # (T, 40)
    found = run(
        """import { magnitudesOfMel } from "front/sound/spectra.js";
        give(magnitudesOfMel(data.mel));""",
        mel=mel.astype(np.float32),
    ).reshape(-1, 257)
    gap = np.abs(found @ mel_filters().T - mel).sum() / mel.sum()
    assert gap < 0.03


# ---- phases ------------------------------------------------------------------------


GRIFFIN_LIM = """import * as spectra from "front/sound/spectra.js";
const magnitudes = spectra.magnitudesOf(spectra.stft(data.x));
const { iterations, seed } = data;
let ticks = 0;
const timer = setInterval(() => (ticks += 1), 1);
const n = data.x.length;
const made = await spectra.griffinLim(magnitudes, n, { iterations, seed });
clearInterval(timer);
give([made, ticks]);"""


def by_torch(x: np.ndarray, iterations: int, seed: int | None) -> np.ndarray:
    """The fast Griffin–Lim algorithm in torch, from the page's phases."""
    size = spectrogram(x).abs()  # (257, T)
    uniform = repeat(0.0) if seed is None else mulberry32(seed)
    angles = [2 * np.pi * next(uniform) for _ in range(size.numel())]
    angles = torch.tensor(angles).double().reshape(size.T.shape).T  # (257, T)
    phases, before = torch.polar(torch.ones_like(size), angles), 0
    sound = torch.istft(size * phases, N_FFT, HOP, WINDOW, HANN, length=len(x))
    for _ in range(iterations):
        found = spectrogram(sound.numpy())
        pushed = found + 0.99 * (found - before)
        before = found
        spectrum = size * pushed / pushed.abs()
        sound = torch.istft(spectrum, N_FFT, HOP, WINDOW, HANN, length=len(x))
    return sound.numpy()


def convergence(made: np.ndarray, x: np.ndarray) -> float:
    """Distance of the magnitudes from those that were wanted, relative to these."""
    wanted = spectrogram(x).abs()
    return float((spectrogram(made).abs() - wanted).norm() / wanted.norm())


@pytest.mark.parametrize("seed", [3, None])
def test_a_few_steps_of_griffin_lim_are_torch_s(seed):
    x = voice(0.3)
    made, _ = run(GRIFFIN_LIM, x=x, iterations=4, seed=seed)
    np.testing.assert_allclose(made, by_torch(x, 4, seed), atol=2e-4)


def test_griffin_lim_comes_as_near_as_torch_s_and_leaves_the_page_alive():
    x = voice(0.5)
    made, ticks = run(GRIFFIN_LIM, x=x, iterations=60, seed=0)
    reached, start = convergence(made, x), convergence(by_torch(x, 0, 0), x)
    assert reached < 0.12 < 0.4 < start
    assert reached == pytest.approx(convergence(by_torch(x, 60, 0), x), abs=1e-4)
    assert ticks > 3  # timers ran in between


def test_griffin_lim_is_seeded_and_can_be_stopped():
    first, again, other, stopped, silence = run(
        """import { griffinLim, magnitudesOf, stft } from "front/sound/spectra.js";
        const magnitudes = magnitudesOf(stft(data.x));
        const n = data.x.length;
        const made = (seed) => griffinLim(magnitudes, n, { iterations: 2, seed });
        const stop = new AbortController();
        setTimeout(() => stop.abort(), 5);
        const long = { iterations: 1e6, signal: stop.signal };
        const stopped = await griffinLim(magnitudes, n, long).catch(({ name }) => name);
        const silence = await griffinLim(magnitudes.map(() => 0), n);
        give([await made(1), await made(1), await made(2), stopped, silence]);""",
        x=voice(0.1),
    )
    assert np.array_equal(first, again) and not np.allclose(first, other, atol=1e-3)
    assert stopped == "AbortError"
    assert len(silence) == 800 and not silence.any()


# ---- rates -------------------------------------------------------------------------


def resampled(x: np.ndarray, rate: int, to: int = RATE) -> np.ndarray:
    script = """import { resample } from "front/sound/resampling.js";
    give(resample(data.x, data.rate, data.to));"""
    return run(script, x=x.astype(np.float32), rate=rate, to=to)


RATES = (48_000, 44_100, 22_050, 16_000, 11_025)


def tones(frequencies, rate: int, seconds: float = 0.25) -> np.ndarray:
    t = np.arange(int(seconds * rate)) / rate
    return sum(0.1 * np.sin(2 * np.pi * f * t + f) for f in frequencies)


@pytest.mark.parametrize("rate", RATES)
def test_tones_below_3_5_khz_pass(rate):
    heard = (60, 440, 1000, 2500, 3500)
    found = resampled(tones(heard, rate), rate)
    expected = tones(heard, RATE)
    assert len(found) == len(expected)
    inner = slice(200, -200)  # away from the ends, where the sound begins
    np.testing.assert_allclose(found[inner], expected[inner], atol=1e-4)


@pytest.mark.parametrize("rate", RATES)
def test_tones_above_the_half_of_the_rate_do_not_come_back_as_others(rate):
    high = [f for f in (4050, 4600, 5000, 7000, 9000, 15_000) if f < rate / 2]
    found = resampled(tones(high, rate), rate)[200:-200]
    assert np.abs(found).max() < 1e-4  # of tones of 0.1: 60 dB down


def test_a_constant_stays_at_any_rate_and_more_numbers_say_the_same():
    for rate in (7919, 44_056, 8001):  # no common divisor
        found = resampled(np.full(rate // 8, 0.5), rate)
        np.testing.assert_allclose(found[150:-150], 0.5, atol=1e-6)
    up = resampled(tones((300, 2000), RATE), RATE, 16_000)
    expected = tones((300, 2000), 16_000)
    np.testing.assert_allclose(up[400:-400], expected[400:-400], atol=1e-4)
    x = voice(0.05)
    assert np.array_equal(resampled(x, RATE), x)


# ---- WAV files ---------------------------------------------------------------------


READ = """import { readWav } from "front/sound/wav.js";
const read = (bytes) => {
  try {
    return readWav(bytes);
  } catch (error) {
    if (error.constructor.name !== "NoSound") throw error;
    return { cause: error.cause, message: error.message };
  }
};
give(data.files.map(read));"""


def read(*files: bytes) -> list[dict]:
    return run(READ, files=[np.frombuffer(file, np.uint8) for file in files])


def wav(numbers: np.ndarray, rate: int = RATE) -> bytes:
    """A file as SciPy writes it; numbers (n,) or (n, channels)."""
    stream = io.BytesIO()
    wavfile.write(stream, rate, numbers)
    return stream.getvalue()


def of_24_bits(x: np.ndarray) -> bytes:
    """A file of 24 bits in the extensible format, which SciPy does not write."""
    numbers = np.rint(x.astype(np.float64) * 2**23).astype("<i4")
    data = numbers.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    head = struct.pack("<HHIIHHHHI", 0xFFFE, 1, RATE, 3 * RATE, 3, 24, 22, 24, 4)
    head += struct.pack("<H", 1) + bytes(14)
    chunks = b"WAVE" + riff(b"fmt ", head) + riff(b"junk", b"odd") + riff(b"data", data)
    return riff(b"RIFF", chunks)


def riff(tag: bytes, content: bytes) -> bytes:
    return tag + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def test_every_usual_kind_of_wav_is_read():
    x = voice(0.1)
    stereo = np.stack([x, np.zeros_like(x)], axis=1)  # (n, 2)
    files = {
        "8 bits": (wav(np.rint(x * 128 + 128).astype(np.uint8)), 1 / 128),
        "16 bits": (wav(np.rint(x * 32767).astype(np.int16)), 1e-4),
        "24 bits": (of_24_bits(x), 1e-6),
        "32 bits": (wav(np.rint(x * 2.0**31).astype(np.int32)), 1e-6),
        "floats": (wav(x), 1e-7),
        "doubles": (wav(x.astype(np.float64)), 1e-7),
        "stereo": (wav(2 * stereo, 44_100), 1e-7),
    }
    found = read(*(file for file, _ in files.values()))
    for (name, (_, gap)), one in zip(files.items(), found, strict=True):
        assert one["rate"] == (44_100 if name == "stereo" else RATE), name
        np.testing.assert_allclose(one["samples"], x, atol=gap, err_msg=name)


def test_a_size_that_was_never_filled_in_ends_with_the_file():
    file = bytearray(wav(np.rint(voice(0.1) * 32767).astype(np.int16)))
    file[40:44] = b"\xff" * 4
    assert len(read(bytes(file))[0]["samples"]) == 800


def altered(at: int, content: bytes) -> bytes:
    """A file of 16 bits with other bytes at one place of its head of 44."""
    file = bytearray(wav(np.rint(voice(0.1) * 32767).astype(np.int16)))
    file[at : at + len(content)] = content
    return bytes(file)


REFUSED = {
    "empty": (b"", "空的"),
    "notWav": (b"OggS" + bytes(80), "不是 WAV"),
    "notWav short": (b"RIFF", "不是 WAV"),
    "mp3": (b"\xff\xfb\x90\x00" * 20, "这是 MP3"),
    "mp3 with words": (b"ID3\x04" + bytes(80), "这是 MP3"),
    "compressed": (altered(20, struct.pack("<H", 0x55)), "压缩过"),
    "damaged": (altered(34, struct.pack("<H", 12)), "坏了"),
    "damaged block": (altered(32, struct.pack("<H", 3)), "坏了"),
    "damaged head": (riff(b"RIFF", b"WAVE" + riff(b"data", bytes(8))), "坏了"),
    "damaged end": (altered(0, b"")[:30], "坏了"),
    "damaged float": (wav(np.float32([0.1, np.nan])), "坏了"),
    "truncated": (altered(0, b"")[:-100], "声音，实际只有 1500 字节"),
    "nothing": (wav(np.zeros(0, np.int16)), "一个采样点也没有"),
    "channels": (wav(np.zeros((9, 6), np.int16)), "6 个声道"),
    "rate": (wav(np.zeros(9, np.int16), 1000), "1000 Hz"),
    "long": (wav(np.zeros(31 * RATE, np.int16)), "长 31.0 秒，这里最多 30 秒"),
    "long cut off": (wav(np.zeros(600 * RATE, np.uint8))[:900], "长 600.0 秒"),
    "silent": (wav(np.full(900, 3, np.int16)), "几乎没有响动"),
    "silent offset": (wav(np.full(900, 0.5, np.float32)), "几乎没有响动"),
}


def test_what_gives_no_sound_is_told_in_one_clear_sentence():
    found = read(*(file for file, _ in REFUSED.values()))
    for (name, (_, words)), one in zip(REFUSED.items(), found, strict=True):
        assert one["cause"] == name.split()[0], (name, one)
        assert words in one["message"] and one["message"].endswith("。"), name


def test_hostile_bytes_give_a_sound_or_a_sentence_and_nothing_else():
    x = np.rint(voice(0.05) * 32767).astype(np.int16)
    seeds = [wav(x), wav(x / 32768), of_24_bits(voice(0.05)), wav(np.stack([x, x], 1))]
    random, files = np.random.default_rng(5), []
    for i in range(1500):
        file = np.frombuffer(seeds[i % len(seeds)], np.uint8).copy()
        for at in random.integers(0, 60 if i % 3 else len(file), random.integers(1, 9)):
            file[at] = random.choice([0, 1, 0x7F, 0x80, 0xFF, random.integers(256)])
        files.append(file[: random.integers(len(file))] if i % 5 == 0 else file)
    found = run(READ, files=files)
    assert len({one.get("cause") for one in found}) > 5
    for one in found:
        if "cause" not in one:
            assert np.abs(one["samples"]).max() <= 1


def test_what_is_written_is_read_by_scipy_and_by_the_page():
    x = voice(0.05)
    script = """import { int16Of, readWav, writeWav } from "front/sound/wav.js";
    const bytes = writeWav(int16Of(data.x), data.rate, { INAM: "三", ICMT: "四五" });
    give([bytes, readWav(bytes)]);"""
    content, back = run(script, x=x, rate=11_025)
    rate, numbers = wavfile.read(io.BytesIO(content.tobytes()))
    assert rate == back["rate"] == 11_025 and numbers.dtype == np.int16
    np.testing.assert_allclose(numbers / 32768, x, atol=0.5 / 32768 + 1e-9)
    assert np.array_equal(back["samples"], numbers.astype(np.float32) / 32768)
    assert struct.unpack("<I", content[4:8].tobytes())[0] == len(content) - 8
    assert riff(b"INAM", "三\0".encode()) in content.tobytes()
    loud = run(
        """import { int16Of } from "front/sound/wav.js"; give(int16Of(data.x));""",
        x=np.float32([-2, -1, 0, 1, 2]),
    )
    assert loud.tolist() == [-32768, -32768, 0, 32767, 32767]
