"""Which frequencies sound when: spectra of a waveform, and the way back.

A waveform (…, L) is cut into overlapping frames, each frame is faded in and out by a
Hann window, and its discrete Fourier transform says how much of every frequency it
holds. The magnitudes are the spectrogram; sums of them over triangles, which get wider
as the ear's resolution gets coarser, are the mel spectrogram. Phases are thrown away:
`griffin_lim` finds some that fit.
"""

import math
from numbers import Integral

import torch
import torch.nn.functional as F

from aigc_helpers.reader import Mistake, wrong
from aigc_helpers.speech.waveforms import RATE, require_waveform

N_FFT = 512  # samples of a frame, the window with zeros on both sides
N_BINS = N_FFT // 2 + 1  # frequencies 0, 15.625, …, 4000 Hz
WINDOW = 400  # samples, 50 ms
HOP = 100  # samples from one frame to the next, 12.5 ms: 80 frames a second
N_BANDS = 40
FLOOR = 1e-3  # smallest mel magnitude that is told from silence
TINY = 1e-12  # instead of a division by 0


def hann_window() -> torch.Tensor:
    """(1 − cos(2πn/400)) / 2 for n in 0..399, in the middle of (512,), float64."""
    n = torch.arange(WINDOW, dtype=torch.float64)
    window = (1 - (2 * math.pi * n / WINDOW).cos()) / 2
    return F.pad(window, [(N_FFT - WINDOW) // 2] * 2)  # (512,)


def split_frames(waveform: torch.Tensor) -> torch.Tensor:
    """Frames (…, T, 512) of a waveform (…, L), T = 1 + L // 100.

    The middle of frame t is sample 100 t. Before its first and behind its last sample
    the waveform goes on as in a mirror.

    Raises
    ------
    ValueError
        If the waveform is empty, has NaN, or is no float32 or float64 tensor.
    """
    require_waveform(waveform)
    length = waveform.shape[-1]
    places = torch.arange(-N_FFT // 2, length + N_FFT // 2)
    period = max(2 * (length - 1), 1)  # there and back
    places = places % period
    mirrored = waveform[..., torch.minimum(places, period - places)]
    return mirrored.unfold(-1, N_FFT, HOP)  # (…, T, 512)


def stft(waveform: torch.Tensor) -> torch.Tensor:
    """Short-time Fourier transform, complex (…, 257, T), of a waveform (…, L).

    X[k, t] = Σ_n w[n] x_t[n] exp(−2πi k n / 512), with frame x_t and window w. Equal to
    ``torch.stft`` and ``librosa.stft`` with ``center=True`` and reflection.

    Raises
    ------
    ValueError
        If the waveform is empty, has NaN, or is no float32 or float64 tensor.
    """
    faded = split_frames(waveform) * hann_window().to(waveform)
    return torch.fft.rfft(faded).transpose(-1, -2)  # (…, 257, T)


def istft(spectrum: torch.Tensor, length: int) -> torch.Tensor:
    """The waveform (…, length) whose transform is nearest to complex (…, 257, T).

    Nearest in squared error over all frames, mirrors at both ends aside: Griffin and
    Lim (1984), equation 6. Each frame is transformed back, faded once more and added
    where it lies; the sum is divided by that of the squared windows.

    Parameters
    ----------
    spectrum : complex tensor (…, 257, T)
    length : int
        Samples, 100 (T − 1) to 100 T − 1.

    Raises
    ------
    ValueError
        If there are not 257 frequencies, or another number of frames.
    """
    _require_rows(spectrum, N_BINS)
    _require_length(length, spectrum.shape[-1])
    frames = torch.fft.irfft(spectrum.transpose(-1, -2), N_FFT)  # (…, T, 512)
    window = hann_window().to(frames)
    total = _overlap_add(frames * window)
    weight = _overlap_add((window**2).expand(frames.shape[-2:]))
    inside = slice(N_FFT // 2, N_FFT // 2 + length)
    return total[..., inside] / weight[inside]


def _overlap_add(frames: torch.Tensor) -> torch.Tensor:
    """Sum (…, 100 (T − 1) + 512) of frames (…, T, 512), each 100 samples further."""
    *batch, n_frames, _ = frames.shape
    columns = frames.reshape(-1, n_frames, N_FFT).transpose(1, 2)  # (B, 512, T)
    length = HOP * (n_frames - 1) + N_FFT
    total = F.fold(columns, (1, length), (1, N_FFT), stride=(1, HOP))
    return total.reshape(*batch, length)  # from (B, 1, 1, length)


def spectrogram(waveform: torch.Tensor) -> torch.Tensor:
    """Magnitudes |X|, not powers, (…, 257, T) of a waveform (…, L).

    Raises
    ------
    ValueError
        If the waveform is empty, has NaN, or is no float32 or float64 tensor.
    """
    return stft(waveform).abs()


def hz_to_mel(frequency: torch.Tensor) -> torch.Tensor:
    """Pitch in mel of frequencies in hertz, by the formula of HTK."""
    return 2595 * (1 + torch.as_tensor(frequency) / 700).log10()


def mel_to_hz(mel: torch.Tensor) -> torch.Tensor:
    """Frequencies in hertz of pitches in mel."""
    return 700 * (10 ** (torch.as_tensor(mel) / 2595) - 1)


def mel_filters() -> torch.Tensor:
    """Triangles (40, 257) of height 1 over the frequencies, float64.

    Their corners are equally far apart in mel from 0 to 4000 Hz, their sides straight
    in hertz: ``librosa.filters.mel`` with ``htk=True`` and ``norm=None``.
    """
    f = torch.arange(N_BINS, dtype=torch.float64) * RATE / N_FFT  # Hz, (257,)
    highest = float(hz_to_mel(f[-1]))
    corners = torch.linspace(0, highest, N_BANDS + 2, dtype=torch.float64)
    corners = mel_to_hz(corners)[:, None]  # (42, 1)
    low, middle, high = corners[:-2], corners[1:-1], corners[2:]
    rising, falling = (f - low) / (middle - low), (high - f) / (high - middle)
    return torch.minimum(rising, falling).clamp(min=0)  # (40, 257)


def mel_spectrogram(waveform: torch.Tensor) -> torch.Tensor:
    """Magnitudes (…, 40, T) in 40 bands of a waveform (…, L).

    Raises
    ------
    ValueError
        If the waveform is empty, has NaN, or is no float32 or float64 tensor.
    """
    magnitudes = spectrogram(waveform)
    return mel_filters().to(magnitudes) @ magnitudes


def log_mel(waveform: torch.Tensor) -> torch.Tensor:
    """Natural logarithms of the mel magnitudes (…, 40, T), at least ln 0.001.

    Of a waveform (…, L) in [−1, 1]; the input of recognition, the output of synthesis.

    Raises
    ------
    ValueError
        If the waveform is empty, has NaN, or is no float32 or float64 tensor.
    """
    return mel_spectrogram(waveform).clamp(min=FLOOR).log()


def linear_from_mel(mel: torch.Tensor, n_updates: int = 12) -> torch.Tensor:
    """Magnitudes (…, 257, T) whose sums over the 40 bands come near those given.

    Many would do. These stay smooth and are never negative: they start equal, and each
    update multiplies them by how much too little their bands hold (Richardson, 1972;
    Lucy, 1974; equation 5 of Lee and Seung, 2001).

    Parameters
    ----------
    mel : float tensor (…, 40, T)
        Magnitudes, 0 or more; of logarithms take ``exp`` first.
    n_updates : int
        1 or more; 1 is an interpolation between the bands.

    Raises
    ------
    ValueError
        If there are not 40 bands, or a number is negative or NaN.
    """
    _require_magnitudes(mel, N_BANDS)
    _require_count("n_updates", n_updates, least=1)
    filters = mel_filters().to(mel)  # (40, 257)
    total = filters.sum(0)[:, None]  # (257, 1), 0 at 0 and at 4000 Hz
    found = (total > 0).to(mel).expand(*mel.shape[:-2], N_BINS, mel.shape[-1])
    for _ in range(n_updates):
        missing = mel / (filters @ found).clamp(min=TINY)  # (…, 40, T)
        found = found * (filters.T @ missing) / total.clamp(min=TINY)
    return found


@torch.no_grad()
def griffin_lim(
    magnitudes: torch.Tensor,
    length: int | None = None,
    *,
    n_iterations: int = 60,
    momentum: float = 0.99,
    seed: int | None = 0,
) -> torch.Tensor:
    """A waveform (…, length) with nearly these magnitudes; phases are searched for.

    Each iteration makes a waveform of magnitudes and phases, transforms it, and keeps
    the phases of what comes out (Griffin and Lim, 1984), after one step more in the
    direction of the last change (Perraudin, Balazs and Søndergaard, 2013).

    Parameters
    ----------
    magnitudes : float tensor (…, 257, T)
    length : int, optional
        Samples, 100 (T − 1) to 100 T − 1; by default the fewest, at least 1.
    n_iterations : int
    momentum : float
        0 or more; 0 is the version of 1984.
    seed : int, optional
        Of the phases at the start, the same for each waveform of a batch. None lets all
        be 0, from which every program gets the same waveform.

    Raises
    ------
    ValueError
        If these are no magnitudes, do not fit the length, or a number is negative.
    """
    _require_magnitudes(magnitudes, N_BINS)
    _require_count("n_iterations", n_iterations, least=0)
    if not momentum >= 0:
        text = f"momentum must be 0 or more, not {momentum}"
        raise wrong(text, "momentum", momentum, "0 或正数")
    n_frames = magnitudes.shape[-1]
    length = max(HOP * (n_frames - 1), 1) if length is None else length
    phases, before = _first_phases(magnitudes, seed), 0
    for _ in range(n_iterations):
        reached = stft(istft(magnitudes * phases, length))
        phases = torch.sgn(reached + momentum * (reached - before))  # z / |z|
        before = reached
    return istft(magnitudes * phases, length)


def _first_phases(magnitudes: torch.Tensor, seed: int | None) -> torch.Tensor:
    """Complex numbers of modulus 1, one for each frequency and frame."""
    if seed is None:
        return torch.ones_like(magnitudes)
    rng = torch.Generator().manual_seed(seed)
    shape = magnitudes.shape[-2:]  # (257, T)
    turns = torch.rand(shape, generator=rng, dtype=magnitudes.dtype)
    return torch.exp(2j * math.pi * turns)


def spectral_convergence(
    waveform: torch.Tensor, magnitudes: torch.Tensor
) -> torch.Tensor:
    """How far a waveform's magnitudes are from wanted ones, (…,) in dB; less is nearer.

    20 log10 of ‖|STFT(x)| − M‖ / ‖M‖, norms over frequencies and frames; 0 dB is as far
    as silence. It says nothing of phases.

    Parameters
    ----------
    waveform : float tensor (…, L)
    magnitudes : float tensor (…, 257, 1 + L // 100)

    Raises
    ------
    ValueError
        If these are no magnitudes, or have another number of frames.
    """
    _require_magnitudes(magnitudes, N_BINS)
    _require_length(waveform.shape[-1], magnitudes.shape[-1])
    error = (spectrogram(waveform) - magnitudes).square().sum((-1, -2))
    return 10 * (error / magnitudes.square().sum((-1, -2))).log10()


def _require_magnitudes(values, n: int) -> None:
    """Raise a Mistake unless these are finite floats (…, n, T) from 0 on, T ≥ 1."""
    _require_rows(values, n)
    if values.is_complex() or not values.is_floating_point():
        raise Mistake(
            f"magnitudes are {values.dtype}; pass floats",
            f"幅度应当是小数的张量，这里是 {values.dtype}。",
        )
    if not ((values >= 0) & (values < math.inf)).all():
        raise Mistake(
            "magnitudes must be finite, 0 or more; take exp of logarithms first",
            "幅度不能是负数、NaN 或无穷大；对数梅尔谱先用 exp 还原。",
        )


def _require_rows(values, n: int) -> None:
    if not torch.is_tensor(values) or values.ndim < 2 or not values.numel():
        raise Mistake(
            f"a spectrogram is a tensor (…, {n}, T) with 1 frame or more",
            f"频谱应当是张量，形状 (…, {n}, 帧数)，至少有一帧。",
        )
    if values.shape[-2] != n:
        raise Mistake(
            f"the spectrogram has {values.shape[-2]} rows, {n} are meant here; "
            "linear_from_mel leads from 40 bands to 257 frequencies",
            f"这里要 {n} 行的频谱，给的是 {values.shape[-2]} 行："
            "从 40 个梅尔频带到 257 个频率，用 linear_from_mel。",
        )


def _require_count(name: str, value, *, least: int) -> None:
    if not isinstance(value, Integral) or value < least:
        text = f"{name} must be a whole number from {least} on, not {value!r}"
        raise wrong(text, name, value, f"从 {least} 起的整数")


def _require_length(length: int, n_frames: int) -> None:
    """Raise a Mistake unless a waveform of this length has so many frames."""
    if not isinstance(length, Integral) or length < 1 or 1 + length // HOP != n_frames:
        low, high = max(HOP * (n_frames - 1), 1), HOP * n_frames - 1
        text = f"{n_frames} frames have {low} to {high} samples, not {length!r}"
        raise wrong(text, "length", length, f"{low} 到 {high} 之间的整数")
