"""Waveforms as tensors: channels, rate, level, silence at both ends.

A waveform is a float tensor (…, L): air pressure, 8,000 times a second, 1 where the
converter is at its full scale. Levels are in dBFS, decibels against full scale: a
square wave of amplitude 1 has 0 dBFS, a sine of amplitude 1 has −3.01.
"""

import math
from numbers import Integral

import torch
import torch.nn.functional as F

from aigc_helpers.reader import Mistake, wrong

RATE = 8000  # samples a second
RATES = 1000, 384_000  # that recordings come in, lowest and highest
FRAME, STEP = 400, 100  # samples over which silence is measured, to the next ones


def require_waveform(waveform) -> None:
    """Raise a Mistake unless this is a float tensor (…, L), L ≥ 1, without NaN.

    Raises
    ------
    ValueError
        If it is no float32 or float64 tensor, is empty, or is not finite throughout.
    """
    _require_numbers(waveform)
    if not waveform.ndim:
        raise Mistake(
            "a waveform is (…, L), not a single number",
            "波形应当是一串数，形状 (…, L)，这里只有一个数。",
        )


def _require_numbers(waveform) -> None:
    """Raise a Mistake unless this is a float tensor, not empty, without NaN."""
    if not torch.is_tensor(waveform):
        raise Mistake(
            f"a waveform is a tensor (…, L), not {type(waveform).__name__}",
            "波形应当是张量，形状 (…, L)；NumPy 数组先用 torch.from_numpy 转换。",
        )
    if waveform.dtype not in (torch.float32, torch.float64):
        raise Mistake(
            f"the waveform is {waveform.dtype}; divide 16-bit samples by 32768",
            f"波形的类型是 {waveform.dtype}，这里要 -1 到 1 的 float32："
            "16 位的整数先除以 32768。",
        )
    if not waveform.numel():
        raise Mistake("the waveform is empty", "波形是空的，至少要一个采样点。")
    if not waveform.isfinite().all():
        raise Mistake(
            "the waveform has NaN or infinite samples",
            "波形里有 NaN 或无穷大，先看看它从哪里来。",
        )


def require_amplitudes(waveform) -> None:
    """Raise a Mistake unless these are floats in [−1, 1]; a single one will do."""
    _require_numbers(waveform)
    low, high = (float(value) for value in waveform.aminmax())
    if low < -1 or high > 1:
        raise Mistake(
            f"amplitudes must be in [-1, 1], got [{low:.3g}, {high:.3g}]; normalise "
            "the waveform",
            f"振幅应当在 -1 到 1 之间，这里从 {low:.3g} 到 {high:.3g}："
            "先用 normalise 调一调音量。",
        )


def to_mono(waveform: torch.Tensor) -> torch.Tensor:
    """The mean (L,) of the channels of a recording (C, L)."""
    require_waveform(waveform)
    if waveform.ndim != 2:
        raise Mistake(
            f"a recording is (C, L), got {tuple(waveform.shape)}",
            f"录音的形状应当是（声道数、采样点数），这里是 {tuple(waveform.shape)}。",
        )
    return waveform.mean(0)


def resample(waveform: torch.Tensor, rate: int) -> torch.Tensor:
    """A waveform at 8,000 samples a second.

    Upsampled by zeros, low-pass filtered, every n-th sample kept: scipy's
    ``resample_poly`` with its Kaiser window, which keeps what lies below 4 kHz.

    Parameters
    ----------
    waveform : float tensor (…, L)
    rate : int
        Its samples a second, 1,000 to 384,000.

    Returns
    -------
    float tensor (…, ceil(8000 L / rate))
        At a rate of 8,000 the waveform itself. It may pass ±1 a little where the
        original was near.

    Raises
    ------
    ValueError
        If there is no such rate, or the waveform is empty, NaN or of integers.
    """
    require_waveform(waveform)
    if not isinstance(rate, Integral) or not RATES[0] <= rate <= RATES[1]:
        text = f"rate must be a whole number in {RATES[0]}..{RATES[1]}, not {rate!r}"
        raise wrong(
            text, "rate", rate, f"{RATES[0]} 到 {RATES[1]} 的整数（每秒采样点数）"
        )
    from scipy.signal import resample_poly  # slow to import, seldom needed

    common = math.gcd(RATE, rate)
    samples = waveform.detach().cpu().numpy()
    found = resample_poly(samples, RATE // common, rate // common, axis=-1)
    return torch.from_numpy(found).to(waveform)


def level(waveform: torch.Tensor) -> torch.Tensor:
    """Level (…,) in dBFS, 20 log10 of the root mean square; silence has −inf."""
    require_waveform(waveform)
    return 10 * waveform.square().mean(-1).log10()


def normalise(
    waveform: torch.Tensor, to: float = -23.0, *, peak: float = -1.0
) -> torch.Tensor:
    """A waveform made as loud as others, and never so loud that it clips.

    Parameters
    ----------
    waveform : float tensor (…, L)
        Each is amplified by one factor; silence stays silence.
    to : float
        Level in dBFS that is wanted. At −23 fewer than 1 in 100 of the Free Spoken
        Digit Dataset's clips meet the limit of the peaks, at −20 9 in 100.
    peak : float
        Level in dBFS, at most 0, that no sample passes: a clip whose peaks would, gets
        less than it asks for.

    Raises
    ------
    ValueError
        If the peak is above 0, or the waveform is empty, NaN or of integers.
    """
    require_waveform(waveform)
    if not peak <= 0:
        text = f"peak must be 0 dBFS or less, not {peak}"
        raise wrong(text, "peak", peak, "0 或负数（dBFS）：再高就削波了")
    loudest = waveform.abs().amax(-1, keepdim=True)  # (…, 1)
    unit = waveform / loudest.where(loudest > 0, 1)  # squares of these do not vanish
    rms = unit.square().mean(-1, keepdim=True).sqrt()
    return unit * (10 ** (to / 20) / rms).clamp(max=10 ** (peak / 20))


def trim_silence(waveform: torch.Tensor, below: float = 30.0) -> torch.Tensor:
    """A waveform (L,) without what is quiet at its ends.

    Parameters
    ----------
    waveform : float tensor (L,)
    below : float
        Decibels, above 0: frames of 50 ms that are so much quieter than the loudest
        are quiet.

    Returns
    -------
    float tensor (L',)
        From the middle of the first frame that is not quiet to 12.5 ms after that of
        the last, 1 ≤ L' ≤ L. What is silent throughout is returned whole.

    Raises
    ------
    ValueError
        If ``below`` is not above 0, or this is no waveform (L,).
    """
    require_waveform(waveform)
    if waveform.ndim != 1:
        raise Mistake(
            f"one waveform (L,) at a time, got {tuple(waveform.shape)}",
            f"一次只给一段波形，形状 (L,)，这里是 {tuple(waveform.shape)}。",
        )
    if not below > 0:
        text = f"below must be above 0 dB, not {below}"
        raise wrong(text, "below", below, "正数（分贝）")
    padded = F.pad(waveform, (FRAME // 2, FRAME // 2))
    power = padded.unfold(0, FRAME, STEP).square().mean(-1)  # (T,)
    heard = (power >= power.max() * 10 ** (-below / 10)).nonzero()
    first, last = int(heard[0]), int(heard[-1])
    return waveform[first * STEP : (last + 1) * STEP]


def signal_to_noise(original: torch.Tensor, found: torch.Tensor) -> torch.Tensor:
    """Power of waveforms (…, L) over that of the error, (…,) in dB.

    Raises
    ------
    ValueError
        If one is no waveform, or the two differ in shape.
    """
    require_waveform(original)
    require_waveform(found)
    if original.shape != found.shape:
        shapes = tuple(original.shape), tuple(found.shape)
        raise Mistake(
            f"waveforms must have one shape, got {shapes[0]} and {shapes[1]}",
            f"两段波形的形状应当一样，这里是 {shapes[0]} 和 {shapes[1]}。",
        )
    noise = (found - original).square().sum(-1)
    return 10 * (original.square().sum(-1) / noise).log10()
