"""Is synthetic speech understood, read in order, equally loud, and no copy?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

import torch
import torch.nn.functional as F

from aigc_helpers.metrics import nested_interval, share_interval
from aigc_helpers.speech.alignment import warped_distances
from aigc_helpers.speech.recognition import SHORTEST, transcribe
from aigc_helpers.speech.recognition_evaluation import edit_distance
from aigc_helpers.speech.synthesis import (
    Synthesis,
    levelled,
    reading,
    synthesise,
    waveform_of,
)
from aigc_helpers.speech.tacotron import denormalised
from aigc_helpers.speech.tacotron_training import MARGIN, Take, take
from aigc_helpers.speech.waveforms import RATE, STEP, level

WINDOW = 0.4  # seconds over which loudness is measured


@dataclass(frozen=True)
class Utterance:
    """A string of digits in a voice: what it became, and what was heard of it."""

    text: str
    voice: int
    found: Synthesis
    waveform: torch.Tensor
    heard: str


def utterances(model, recogniser, texts: Sequence[str], voices: Sequence[int]) -> list:
    """Each text in each voice, spoken, and transcribed by a recogniser.

    Parameters
    ----------
    model : Tacotron
    recogniser : SpeechRecogniser
        It should have heard real recordings only.
    texts, voices : sequences
        All pairs are spoken, voice by voice for each text.
    """
    pairs = [(text, voice) for text in texts for voice in voices]
    found = synthesise(model, *zip(*pairs, strict=True))
    waves = [waveform_of(one) for one in found]
    heard = transcribe(recogniser, [_long_enough(wave) for wave in waves])
    rows = zip(pairs, found, waves, heard, strict=True)
    return [Utterance(*pair, *rest) for pair, *rest in rows]


def _long_enough(wave):
    """A waveform with silence behind it, where a recogniser would refuse it."""
    return F.pad(wave, (0, max(0, round(SHORTEST * RATE) - len(wave))))


def random_strings(n: int, size: int, seed: int = 0) -> list[str]:
    """Strings of ``size`` digits, each digit equally likely; n of them."""
    rng = torch.Generator().manual_seed(seed)
    rows = torch.randint(10, (n, size), generator=rng).tolist()
    return ["".join(map(str, row)) for row in rows]


class Share(NamedTuple):
    """A share or a mean, and the interval that holds the population's."""

    value: float
    interval: tuple[float, float]


def understood(spoken: Sequence[Utterance]) -> Share:
    """Share of the utterances that are transcribed as they were said.

    One text in several voices is no several pieces of news, nor is one voice with
    several texts: texts are groups, drawn anew with their voices.
    """
    right = torch.tensor([float(one.heard == one.text) for one in spoken])
    return Share(*share_interval(right, _texts(spoken)))


def word_errors(spoken: Sequence[Utterance]) -> Share:
    """Word error rate, a mean over texts of equal length, which are the groups."""
    errors = [edit_distance(one.text, one.heard) / len(one.text) for one in spoken]
    return Share(*share_interval(errors, _texts(spoken)))


def _texts(spoken: Sequence[Utterance]) -> list[str]:
    """The groups of utterances."""
    return [one.text for one in spoken]


def understood_by(spoken: Sequence[Utterance], name: str) -> dict:
    """The share that is understood for each value of ``"text"`` or ``"voice"``."""
    values = [getattr(one, name) for one in spoken]
    return {
        value: sum(
            one.heard == one.text for one in spoken if getattr(one, name) == value
        )
        / values.count(value)
        for value in sorted(set(values))
    }


def understood_digits(spoken: Sequence[Utterance]) -> dict[str, float]:
    """The share of the times that each digit is said in which it is transcribed too.

    In strings: a digit counts if it stands in one of the stretches that text and
    transcription share, as `difflib` finds them.
    """
    said, right = Counter(), Counter()
    for one in spoken:
        said.update(one.text)
        matcher = SequenceMatcher(None, one.text, one.heard)
        for start, _, size in matcher.get_matching_blocks():
            right.update(one.text[start : start + size])
    return {digit: right[digit] / said[digit] for digit in sorted(said)}


def read_in_order(spoken: Sequence[Utterance]) -> Share:
    """Share whose attention goes from the first letter to the last, see `Reading`."""
    right = [float(reading(one.found.attention).is_monotonic) for one in spoken]
    return Share(*share_interval(right, _texts(spoken)))


# ---- how loud -------------------------------------------------------------------


def highest_peak(waves: Sequence[torch.Tensor]) -> float:
    """Level of the highest sample of waveforms, dBFS: below 0, nothing is clipped."""
    return 20 * float(torch.cat(list(waves)).abs().max().log10())


def loudness(waves: Sequence[torch.Tensor]) -> torch.Tensor:
    """Levels (N,) of the loudest ``WINDOW`` of each waveform, in dBFS.

    The window is that of momentary loudness in broadcasting (EBU Tech 3341),
    without its filter; silence follows each sound.
    """
    size = round(WINDOW * RATE)
    padded = [F.pad(wave, (0, size)) for wave in waves]
    return torch.stack([level(wave.unfold(0, size, STEP)).max() for wave in padded])


class Loudness(NamedTuple):
    """How loud synthetic digits are, beside recordings that are levelled alike.

    Attributes
    ----------
    gap : Share
        Decibels by which a synthetic digit is louder than recordings of the same digit
        by the same speaker, a mean over digits, which are the groups.
    synthetic, recorded : float tensors (N,), (M,)
        Their `loudness`.
    """

    gap: Share
    synthetic: torch.Tensor
    recorded: torch.Tensor


def loudness_beside(spoken: Sequence[Utterance], recordings) -> Loudness:
    """Loudness of utterances of one digit each, and of recordings by their speakers.

    Parameters
    ----------
    spoken : sequence of Utterance
    recordings : data.SoundSet
        Of each digit by each speaker who is a voice, one or more; of other speakers
        none counts. They pass `synthesis.levelled`, as synthetic speech does.
    """
    synthetic = loudness([one.waveform for one in spoken])
    recorded = loudness([levelled(clip) for clip in recordings.clips])
    who = list(
        zip(recordings.digits.tolist(), recordings.speakers.tolist(), strict=True)
    )
    pairs = [(int(one.text), one.voice) for one in spoken]
    means = [recorded[[w == pair for w in who]].mean() for pair in pairs]
    gaps = synthetic - torch.stack(means)
    used = recorded[[w in pairs for w in who]]
    return Loudness(Share(*nested_interval(gaps, _texts(spoken))), synthetic, used)


# ---- no copy --------------------------------------------------------------------


class Nearness(NamedTuple):
    """How far from the nearest training take of the same digit and speaker.

    Attributes
    ----------
    synthetic, held_out : float tensors (N,), (M,)
        Of synthetic digits, and of real ones that did not train: nats, a root mean
        square over bands, as `alignment.warped_distances` has it.
    """

    synthetic: torch.Tensor
    held_out: torch.Tensor


def nearness(synthetic, training, held_out) -> Nearness:
    """Distances of takes to the nearest training take of their digit and speaker.

    A copy would be much nearer than any held-out take is. That synthetic digits are
    somewhat nearer on average proves nothing: a mean of many takes is nearer to each
    than they are to one another.

    Parameters
    ----------
    synthetic, training, held_out : sequences of Take
        Synthetic ones by `take_of`, so that all are trimmed and levelled alike.
    """
    return Nearness(*(_to_nearest(takes, training) for takes in (synthetic, held_out)))


def take_of(one: Utterance) -> Take:
    """The take of an utterance of a single digit."""
    return take(one.waveform, int(one.text), one.voice)


def _to_nearest(takes, training) -> torch.Tensor:
    distances = []
    for one in takes:
        own = [
            other
            for other in training
            if (other.digit, other.speaker) == (one.digit, one.speaker)
        ]
        others = [_sounding(other) for other in own]
        distances.append(warped_distances(_sounding(one), others).min())
    return torch.stack(distances)


def _sounding(one: Take) -> torch.Tensor:
    """Log mel (40, T) in nats, without the silence at both ends."""
    return denormalised(one.mel[MARGIN:-MARGIN]).T
