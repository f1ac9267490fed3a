"""How the recogniser learns: real recordings, varied and joined, and other sounds.

Each step sees as many clips, as single words, pairs or strings of four, so that one
network learns where a digit begins and ends. What varies is what differs between
strangers and their microphones: pace and pitch, tone colour, noise; and SpecAugment
(Park et al., 2019) hides bands and moments, so that no single one decides.
"""

import torch
import torch.nn.functional as F
from torch import nn

from aigc_helpers.reader import Mistake
from aigc_helpers.speech.recognition import BLANK, MARGIN, N_DIGITS
from aigc_helpers.speech.waveforms import RATE
from aigc_helpers.training import Run

SIZES = (1, 1, 1, 2, 4)  # digits of the strings of a step, in turn
POOL = 4  # strings for each one that is taken
SPEED = 0.1  # at most so much faster or slower
LONGEST_GAP = 0.2  # seconds between two digits of a string
FADE = 0.01  # seconds in which a clip comes and goes
OTHERS = 1 / 8  # sounds without a digit, for each string
COLOUR = 0.06  # in units of the dynamic range: about 4 dB
NOISE = (1e-4, 3e-2)  # standard deviations, of sounds whose peak is 1
N_MASKS, MASKED_BANDS, MASKED_FRAMES = 2, 6, 8  # SpecAugment: bands of 40, of 80 a s
GRADIENT = 5.0  # longest that a gradient may be


# ---- sounds ---------------------------------------------------------------------


def uniform(low: float, high: float, rng: torch.Generator) -> float:
    """A random number between two."""
    return low + (high - low) * torch.rand((), generator=rng).item()


def change_speed(wave, factor: float):
    """A wave (n,) played ``factor`` times as fast, and so much higher."""
    size = max(1, round(len(wave) / factor))
    return F.interpolate(wave[None, None], size, mode="linear")[0, 0]


def join(waves, gaps):
    """Clips one after the other, ``gaps`` (samples) between them: one wave.

    Each clip fades in and out within ``FADE`` seconds, so that no cut clicks.
    """
    parts = []
    for wave, gap in zip(waves, [*gaps, 0], strict=True):
        parts += [fade(wave), wave.new_zeros(gap)]
    return torch.cat(parts)


def fade(wave):
    """The wave (n,), its ends faded linearly from and to silence."""
    n = min(round(FADE * RATE), len(wave) // 2)
    ramp = torch.linspace(0, 1, n + 1)[1:]
    shape = torch.ones(len(wave))
    shape[:n], shape[len(wave) - n :] = ramp, ramp.flip(0)
    return wave * shape


def say_string(clips, rng: torch.Generator):
    """A string of digits: clips as one wave of peak 1, each at a pace of its own."""
    paces = [uniform(1 - SPEED, 1 + SPEED, rng) for _ in clips]
    gaps = [int(uniform(0, LONGEST_GAP * RATE, rng)) for _ in clips[1:]]
    levels = [uniform(0.7, 1, rng) / wave.abs().max().clamp_min(1e-3) for wave in clips]
    varied = [
        change_speed(wave, pace) * level
        for wave, pace, level in zip(clips, paces, levels, strict=True)
    ]
    return join(varied, gaps)


def other_sound(wave, rng: torch.Generator):
    """A sound without a digit, as long as ``wave`` (n,): noise, a tone, or its pieces.

    The pieces of speech, 40 ms each, stand in random order.
    """
    n, kind = len(wave), int(uniform(0, 3, rng))
    if kind == 0:
        noise = torch.randn(n, generator=rng)
        share = uniform(0, 1, rng)  # of its low pitches
        return (1 - share) * noise + share * noise.cumsum(0) / n**0.5
    if kind == 1:
        phase = torch.arange(n) * (2 * torch.pi * uniform(60, 3000, rng) / RATE)
        harmonics = range(1, 1 + int(uniform(1, 6, rng)))
        return sum(phase.mul(k).sin() / k for k in harmonics)
    size = round(0.04 * RATE)
    pieces = wave[: n - n % size].view(-1, size)  # (n / size, size)
    return pieces[torch.randperm(len(pieces), generator=rng)].flatten()


def lay_out(sounds, rng: torch.Generator):
    """Sounds in one tensor (B, N), each at a random place, with noise of its own.

    Around each lie ``MARGIN`` seconds of silence, or more.
    """
    margin = round(MARGIN * RATE)
    n = max(map(len, sounds)) + 2 * margin
    waves = torch.zeros(len(sounds), n)
    for row, sound in zip(waves, sounds, strict=True):
        start = margin + int(uniform(0, n - 2 * margin - len(sound) + 1, rng))
        row[start : start + len(sound)] = sound / sound.abs().max().clamp_min(1e-3)
    low, high = torch.tensor(NOISE).log()
    level = (low + (high - low) * torch.rand(len(sounds), 1, generator=rng)).exp()
    return waves + level * torch.randn(waves.shape, generator=rng)


# ---- spectrograms ---------------------------------------------------------------


def colour(mel, rng: torch.Generator):
    """Spectrograms (B, M, F) as other microphones would take them: a smooth curve.

    Where there is silence, it stays.
    """
    knots = torch.randn(len(mel), 1, 5, generator=rng) * COLOUR
    curve = F.interpolate(knots, mel.shape[1], mode="linear", align_corners=True)
    return (mel + curve.transpose(1, 2)).clamp_min(0) * (mel > 0)  # (B, M, F)


def mask(mel, rng: torch.Generator):
    """SpecAugment: some bands and some moments of each spectrogram (B, M, F) are 0."""
    for _ in range(N_MASKS):
        mel = mel * ~_stretch(mel.shape[1], MASKED_BANDS, len(mel), rng)[:, :, None]
        mel = mel * ~_stretch(mel.shape[2], MASKED_FRAMES, len(mel), rng)[:, None]
    return mel


def _stretch(size: int, most: int, n: int, rng: torch.Generator):
    """Booleans (n, size), true along a random stretch of 0 to ``most`` in each row."""
    length = torch.randint(most + 1, (n, 1), generator=rng)
    start = torch.rand(n, 1, generator=rng) * (size - length + 1)
    place = torch.arange(size)
    return (place >= start.floor()) & (place < start.floor() + length)


# ---- training -------------------------------------------------------------------


def draw_strings(recordings, size: int, n: int, rng: torch.Generator):
    """Which ``size`` clips of one speaker each string is made of: int64 (n, size).

    Of ``POOL`` times as many, those that are about equally long, so that little of a
    batch is filled up with silence.
    """
    n_clips, speakers = len(recordings.clips), recordings.speakers
    first = torch.randint(n_clips, (POOL * n,), generator=rng)
    strings = first[:, None].repeat(1, size)  # (POOL n, size)
    for speaker in speakers[first].unique():
        mine, mates = speakers[first] == speaker, (speakers == speaker).nonzero()[:, 0]
        more = torch.randint(len(mates), (int(mine.sum()), size - 1), generator=rng)
        strings[mine, 1:] = mates[more]
    lengths = torch.tensor([len(clip) for clip in recordings.clips])
    order = lengths[strings].sum(dim=1).argsort(stable=True)
    part = int(torch.randint(POOL, (), generator=rng))
    return strings[order[part * n : (part + 1) * n]]


def draw_sounds(recordings, size: int, n: int, rng: torch.Generator) -> tuple:
    """Strings of ``size`` digits and other sounds, and which digits: (waves, labels).

    Each string is said by one speaker.

    Parameters
    ----------
    recordings : data.SoundSet
        Its ``clips``, ``digits`` and ``speakers`` are read.
    n : int
        Clips in all the strings.
    """
    sounds, labels = [], []
    for chosen in draw_strings(recordings, size, n // size, rng):
        sounds.append(say_string([recordings.clips[i] for i in chosen], rng))
        labels.append(recordings.digits[chosen])
    for sound in sounds[: round(OTHERS * len(sounds))]:
        sounds.append(other_sound(sound, rng))
        labels.append(recordings.digits[:0])
    return sounds, labels


def train_recogniser(recogniser, recordings, **options):
    """Train on clips of single digits and the strings that are made of them.

    Parameters
    ----------
    recogniser : SpeechRecogniser
        Changed in place.
    recordings : data.SoundSet
        Of single digits.
    **options
        ``steps``, ``batch_size`` (64, clips in a step), ``lr`` (3e-3, of AdamW),
        ``decay`` (0.99), ``seed``, ``watch``, ``checkpoint``: see `training.Run`.

    Returns
    -------
    recogniser : nn.Module
        The averaged network, in evaluation mode.
    history : History
        ``loss`` in nats a digit.

    Raises
    ------
    Mistake
        If there are no clips, or one of them is no digit.
    DivergedError
        If the loss is no longer a number, or far from its first value.
    """
    _require_digits(recordings)
    optimizer = torch.optim.AdamW(
        recogniser.parameters(), weight_decay=0.01, fused=True
    )
    options = {"batch_size": 64, "lr": 3e-3, "decay": 0.99} | options
    run = Run(recogniser, {"optimizer": optimizer}, **options)
    for step in run:
        size = SIZES[step % len(SIZES)]
        sounds, labels = draw_sounds(recordings, size, run.batch_size, run.rng)
        mel = recogniser.hear(lay_out(sounds, run.rng))
        log_probs = recogniser.read(mask(colour(mel, run.rng), run.rng))
        loss = ctc_loss(log_probs, labels) / size
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(recogniser.parameters(), GRADIENT)
        optimizer.step()
        run.record(loss=loss)
    return run.average, run.history


def ctc_loss(log_probs, labels):
    """-log p(label) in nats, the mean over rows (B, T, 11); Graves et al., eq. 8."""
    sizes = torch.tensor([len(label) for label in labels])
    lengths = torch.full((len(labels),), log_probs.shape[1])
    losses = F.ctc_loss(
        log_probs.transpose(0, 1),  # (T, B, 11)
        torch.cat(labels),
        lengths,
        sizes,
        blank=BLANK,
        reduction="none",
    )
    return losses.mean()


def _require_digits(recordings) -> None:
    if not len(recordings.clips):
        raise Mistake("there are no clips", "一段录音也没有，没法训练。")
    low, high = map(int, recordings.digits.aminmax())
    if low < 0 or high >= N_DIGITS:
        raise Mistake(
            f"labels are {low} to {high}; digits are 0 to 9",
            f"标签从 {low} 到 {high}：这里只有 0 到 9 十个数字。",
        )
