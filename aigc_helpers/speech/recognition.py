"""A recogniser of spoken digits: a small convolutional network, read by CTC.

The network says at each 25 ms which digit is heard there, or none (the blank). CTC,
connectionist temporal classification (Graves et al., 2006), turns that into words: a
sequence of digits is as likely as all its alignments together. So one network reads a
single digit, a string of them, and a sound without any, of whatever length, and knows
when "one digit" does not describe what it heard. It is the ruler of chapter 10.
"""

import math
from collections import defaultdict
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import nn

from aigc_helpers.reader import Mistake
from aigc_helpers.runtime import evaluation_mode
from aigc_helpers.speech.spectra import (
    FLOOR,
    HOP,
    N_BANDS,
    N_FFT,
    hann_window,
    log_mel,
    mel_filters,
)
from aigc_helpers.speech.waveforms import RATE

N_DIGITS = 10
BLANK = N_DIGITS  # index of "no digit here"
NONE, SEVERAL = N_DIGITS, N_DIGITS + 1  # columns of `word_probabilities`
UNSURE = -1
SHORTEST, LONGEST = 0.1, 20.0  # seconds of a sound
MARGIN = 0.1  # seconds of silence on both sides
STEP = 0.1  # seconds; sounds are filled up to whole steps with silence
CHUNK = 64  # sounds that are read at once
DYNAMIC_RANGE = 8.0  # nats below the loudest band at which silence begins
FAINTEST = 1e-3  # peak below which a sound is not made louder
NEVER = -1e9  # logarithm of an impossibility


class SpeechRecogniser(nn.Module):
    """What is said: waves (B, N) to log probabilities (B, T, 11), T = N / 200 + 1.

    Convolutions over time and pitch, then over time alone, whose reach is 0.45 s; no
    layer knows where in the sound it is. Columns 0 to 9 are digits, 10 the blank.

    Parameters
    ----------
    width : int
        Channels of the first convolution; the third has four times as many.
    hidden : int
        Channels of the convolutions over time.
    """

    def __init__(self, width: int = 16, hidden: int = 80):
        super().__init__()
        self.pitches = nn.Sequential(
            *_block(1, width, stride=(2, 1)),  # (B, w, 20, F)
            *_block(width, 2 * width, stride=(2, 2)),  # (B, 2w, 10, T)
            *_block(2 * width, 4 * width, stride=(2, 1)),  # (B, 4w, 5, T)
        )
        self.to_hidden = nn.Sequential(
            nn.Conv1d(4 * width * N_BANDS // 8, hidden, 1, bias=False),
            nn.BatchNorm1d(hidden),
            nn.ReLU(),
        )
        self.times = nn.Sequential(_TimeBlock(hidden, 1), _TimeBlock(hidden, 2))
        self.to_scores = nn.Conv1d(hidden, N_DIGITS + 1, 1)

    def hear(self, waves):
        """Log-mel spectrograms (B, 40, F) in [0, 1], whatever the loudness.

        The loudest band is 1; 0 is silence, ``DYNAMIC_RANGE`` nats (69 dB) below.
        """
        return relative_levels(log_mel(amplified(waves)))

    def read(self, mel):
        """Log probabilities (B, T, 11) of what `hear` gives (B, 40, F)."""
        x = self.pitches(mel[:, None]).flatten(1, 2)  # (B, 20w, T)
        x = self.times(self.to_hidden(x))  # (B, hidden, T)
        return self.to_scores(x).transpose(1, 2).log_softmax(dim=2)  # (B, T, 11)

    def forward(self, waves):
        return self.read(self.hear(waves))


class AudibleRecogniser(nn.Module):
    """A recogniser as a page runs it: a wave (1, N), 1024 <= N, to (1, T, 11).

    It reads samples, so that no second program has to compute spectra as this package
    does: a file for browsers holds the transform (an operator, no numbers), window and
    filters. `spectra.log_mel` is the same with checks that no such file can hold. The
    wave has its margins of silence, see `with_margins`.

    Parameters
    ----------
    recogniser : SpeechRecogniser
    """

    def __init__(self, recogniser: SpeechRecogniser):
        super().__init__()
        self.recogniser = recogniser
        self.register_buffer("window", hann_window().float(), persistent=False)
        self.register_buffer("filters", mel_filters().float(), persistent=False)

    def forward(self, wave):
        mirrored = F.pad(amplified(wave), [N_FFT // 2] * 2, mode="reflect")
        frames = mirrored.unfold(1, N_FFT, HOP) * self.window  # (1, F, 512)
        spectrum = torch.view_as_real(torch.fft.rfft(frames))  # (1, F, 257, 2)
        magnitudes = spectrum.square().sum(3).sqrt()  # (1, F, 257)
        mel = self.filters @ magnitudes.transpose(1, 2)  # (1, 40, F)
        return self.recogniser.read(relative_levels(mel.clamp_min(FLOOR).log()))


def amplified(waves):
    """Waves (B, N) whose peaks are 0.5, so that no faint one falls below the floor."""
    peak = waves.abs().amax(dim=1, keepdim=True)  # (B, 1)
    return waves * (0.5 / peak.clamp_min(FAINTEST))


def relative_levels(mel):
    """Log-mel spectrograms (B, 40, F): the loudest band at 1, ``DYNAMIC_RANGE`` to 0.

    A click may be the wave's peak without being its loudest band. The floor of
    `log_mel` is never above 0.
    """
    least = DYNAMIC_RANGE + math.log(FLOOR)
    loudest = mel.amax(dim=(1, 2), keepdim=True).clamp_min(least)  # (B, 1, 1)
    return ((mel - loudest) / DYNAMIC_RANGE + 1).clamp_min(0)


class _TimeBlock(nn.Module):
    """What is added to x (B, C, T): a convolution over five times."""

    def __init__(self, channels: int, dilation: int):
        super().__init__()
        self.conv = nn.Conv1d(
            channels, channels, 5, padding=2 * dilation, dilation=dilation, bias=False
        )
        self.norm = nn.BatchNorm1d(channels)

    def forward(self, x):
        return x + F.relu(self.norm(self.conv(x)))


def _block(n_in: int, n_out: int, *, stride):
    conv = nn.Conv2d(n_in, n_out, 3, stride=stride, padding=1, bias=False)
    return conv, nn.BatchNorm2d(n_out), nn.ReLU()


# ---- from log probabilities to words --------------------------------------------


def word_probabilities(log_probs):
    """How likely one digit is, none, or several: (B, 12), each row with the sum 1.

    Column d is the sum over all alignments that spell the one digit d: some blanks,
    some frames of d, some blanks (the forward variables of Graves et al., 2006,
    section 4.1, for a label of one symbol). ``NONE`` is blanks alone; ``SEVERAL`` is
    what is left.

    Parameters
    ----------
    log_probs : tensor (B, T, 11)
    """
    silent, spoken = log_probs[:, :, BLANK:], log_probs[:, :, :BLANK]
    before = torch.zeros_like(silent[:, 0])  # (B, 1): blanks alone so far
    inside = after = torch.full_like(spoken[:, 0], NEVER)  # (B, 10): in d, behind it
    for t in range(log_probs.shape[1]):
        after = torch.logaddexp(after, inside) + silent[:, t]
        inside = torch.logaddexp(inside, before) + spoken[:, t]
        before = before + silent[:, t]
    known = torch.cat([torch.logaddexp(inside, after), before], dim=1).exp()  # (B, 11)
    return torch.cat([known, (1 - known.sum(1, keepdim=True)).clamp_min(0)], dim=1)


def best_path(log_probs) -> list[str]:
    """The digits of the likeliest alignment of each row of (B, T, 11).

    Repetitions are one digit, unless a blank lies between them: best path decoding of
    Graves et al. (2006), section 3.2.
    """
    texts = []
    for row in log_probs.argmax(dim=2):  # (T,)
        symbols = row.unique_consecutive().tolist()
        texts.append("".join(str(s) for s in symbols if s != BLANK))
    return texts


# ---- recognising ----------------------------------------------------------------


def hear_words(network, waves: Sequence):
    """`word_probabilities` (N, 12) of sounds, see `log_probabilities`."""
    found = [word_probabilities(one[None]) for one in log_probabilities(network, waves)]
    return torch.cat(found)  # (N, 12)


def recognise(network, waves: Sequence, *, threshold: float = 0.5):
    """The one digit that is said in each sound, int64 (N,); ``UNSURE`` where none is.

    Parameters
    ----------
    network : SpeechRecogniser
    waves : sequence of float tensors or arrays (n,)
        At 8 kHz, each of 0.1 to 20 seconds, of any loudness.
    threshold : float
        A digit less likely than that is not said to be one. With 0.5, a digit is more
        likely than all else together; with 0, every sound is a digit.

    Raises
    ------
    Mistake
        If a sound is too short, too long, or not a row of finite numbers.
    """
    best, digits = hear_words(network, waves)[:, :N_DIGITS].max(dim=1)
    return torch.where(best >= threshold, digits, UNSURE)


def transcribe(network, waves: Sequence) -> list[str]:
    """The string of digits that is said in each sound, such as "407"; perhaps empty.

    See `recognise` for what ``waves`` are.
    """
    rows = log_probabilities(network, waves)
    return [best_path(one[None])[0] for one in rows]


@torch.no_grad()
def log_probabilities(network, waves: Sequence) -> list:
    """Log probabilities (T, 11) of each sound, alike whatever stands beside it.

    Sounds get ``MARGIN`` of silence on both sides and are filled up to whole ``STEP``,
    so that those of about one length are read together.
    """
    padded = [with_margins(wave) for wave in waves]
    groups, found = defaultdict(list), [None] * len(padded)
    for i, wave in enumerate(padded):
        groups[len(wave)].append(i)
    with evaluation_mode(network):
        for members in groups.values():
            for start in range(0, len(members), CHUNK):
                chunk = members[start : start + CHUNK]
                rows = network(torch.stack([padded[i] for i in chunk]))  # (b, T, 11)
                for i, row in zip(chunk, rows, strict=True):
                    found[i] = row
    return found


def with_margins(wave):
    """A sound (n,) between silences, of a whole number of steps, float32."""
    wave = _require_sound(torch.as_tensor(wave, dtype=torch.float32))
    margin, step = round(MARGIN * RATE), round(STEP * RATE)
    return F.pad(wave, (margin, margin + -len(wave) % step))


def _require_sound(wave):
    """The wave (n,), unless nobody can listen to it."""
    if wave.ndim != 1 or not torch.isfinite(wave).all():
        raise Mistake(
            f"a sound is a row (n,) of finite numbers, not {tuple(wave.shape)}",
            f"一段声音应当是 (n,) 个有限的数，这里的形状是 {tuple(wave.shape)}："
            "两个声道要先合成一个。",
        )
    if not SHORTEST <= len(wave) / RATE <= LONGEST:
        raise Mistake(
            f"a sound of {len(wave)} samples; {SHORTEST} to {LONGEST} s at {RATE} Hz",
            f"这段声音有 {len(wave)} 个样本，合 {len(wave) / RATE:.2f} 秒"
            f"（每秒 {RATE} 个）：应当在 {SHORTEST} 到 {LONGEST:g} 秒之间。",
        )
    return wave
