"""How good a recogniser is: words, strings, refusals, speech from a vocoder."""

from collections.abc import Sequence

import torch

from aigc_helpers.reader import Mistake
from aigc_helpers.speech.recognition import recognise, transcribe
from aigc_helpers.speech.recognition_training import LONGEST_GAP, join
from aigc_helpers.speech.spectra import griffin_lim, linear_from_mel, log_mel
from aigc_helpers.speech.waveforms import RATE, normalise

LENGTH = 0.5  # seconds of a sound without a digit


def edit_distance(said: Sequence, heard: Sequence) -> int:
    """Fewest words to replace, leave out or add that make ``heard`` of ``said``.

    Levenshtein (1966), by dynamic programming, a row for each word that was said.
    """
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, start=1):
        above, row = row, [i]
        for j, other in enumerate(heard, start=1):
            replaced = above[j - 1] + (word != other)
            row.append(min(replaced, above[j] + 1, row[-1] + 1))
    return row[-1]


def word_error_rate(said: Sequence[Sequence], heard: Sequence[Sequence]) -> float:
    """Errors of all sequences together over the words that were said.

    It passes 1 where more is heard than said. A string of digits is a sequence of
    words.

    Raises
    ------
    Mistake
        If there are not as many sequences heard as said, or no word was said.
    """
    if len(said) != len(heard):
        raise Mistake(
            f"{len(said)} sequences were said, {len(heard)} heard",
            f"说了 {len(said)} 句，听写了 {len(heard)} 句：两边要一样多。",
        )
    n_words = sum(map(len, said))
    if not n_words:
        raise Mistake("no word was said", "原话里一个词也没有，算不出词错误率。")
    pairs = zip(said, heard, strict=True)
    return sum(edit_distance(*pair) for pair in pairs) / n_words


def is_heard(network, waves: Sequence, digits):
    """Whether the likeliest digit of each sound is the one that is said: (N,)."""
    return recognise(network, waves, threshold=0) == digits


def string_errors(network, waves: Sequence, texts: Sequence[str]):
    """Word error rate of each of the strings, float64 (N,)."""
    pairs = zip(texts, transcribe(network, waves), strict=True)
    errors = [edit_distance(said, heard) / len(said) for said, heard in pairs]
    return torch.tensor(errors, dtype=torch.float64)


# ---- what is listened to --------------------------------------------------------


def spoken_strings(recordings, n: int, size: int = 7, seed: int = 0) -> tuple:
    """Strings of digits that are joined from recordings: waves, texts, speakers (n,).

    Each is of one speaker, all in turn; between two digits lie 0 to 0.2 s of silence.
    """
    rng = torch.Generator().manual_seed(seed)
    names, waves, texts = recordings.speakers.unique(), [], []
    speakers = names[torch.arange(n) % len(names)]
    for speaker in speakers:
        mine = (recordings.speakers == speaker).nonzero()[:, 0]
        chosen = mine[torch.randint(len(mine), (size,), generator=rng)].tolist()
        longest = round(LONGEST_GAP * RATE)
        gaps = torch.randint(longest + 1, (size - 1,), generator=rng).tolist()
        waves.append(join([recordings.clips[i] for i in chosen], gaps))
        texts.append("".join(str(int(recordings.digits[i])) for i in chosen))
    return waves, texts, speakers


def vocoded(wave, *, seed: int = 0):
    """A wave (n,) through the log-mel spectrogram and back: what a synthesiser can do.

    Its level is that of all clips, its phases are those of `griffin_lim`, as of speech
    whose spectrogram a network has drawn.
    """
    magnitudes = linear_from_mel(log_mel(normalise(wave)).exp())  # (257, F)
    return griffin_lim(magnitudes, len(wave), seed=seed)


def other_sounds(recordings, n: int, seed: int = 0) -> dict[str, list]:
    """Sounds of half a second without a digit, ``n`` of each kind, by name.

    None of the kinds is among those that train (`recognition_training.other_sound`),
    but for the white noise.
    """
    rng = torch.Generator().manual_seed(seed)
    size = round(LENGTH * RATE)
    t = torch.arange(size) / RATE  # seconds
    shares = [i / max(n - 1, 1) for i in range(n)]
    chosen = torch.randint(len(recordings.clips), (n,), generator=rng).tolist()
    return {
        "silence": [torch.zeros(size) for _ in shares],
        "noise": [torch.randn(size, generator=rng) * 0.1 for _ in shares],
        "bursts": [_bursts(size, rng) for _ in shares],
        "chirps": [_chirp(t, 200 + 800 * share) for share in shares],
        "chords": [_chord(t, 110 * 2 ** (2 * share)) for share in shares],
        "reversed": [recordings.clips[i].flip(0) for i in chosen],
    }


def _bursts(size: int, rng: torch.Generator):
    """Three knocks: noise that dies away within 30 ms."""
    wave = torch.zeros(size)
    fading = torch.exp(-torch.arange(240) / 60)
    for start in torch.randint(size - 240, (3,), generator=rng).tolist():
        wave[start : start + 240] += torch.randn(240, generator=rng) * fading
    return wave


def _chirp(t, start: float):
    """A tone (n,) from ``start`` hertz up to three times that."""
    passed = t / t[-1]  # share of the time
    return torch.sin(2 * torch.pi * start * t * (1 + passed))


def _chord(t, root: float):
    """A major triad of pure tones (n,)."""
    return sum(torch.sin(2 * torch.pi * root * k * t) for k in (1, 1.25, 1.5)) / 3
