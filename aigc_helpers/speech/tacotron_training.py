"""Training a Tacotron on strings of recorded digits, put together anew each time."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from aigc_helpers.speech import spectra
from aigc_helpers.speech.spelling import encode_all, spell
from aigc_helpers.speech.tacotron import SILENCE, normalised
from aigc_helpers.speech.waveforms import normalise, trim_silence
from aigc_helpers.training import Run

LEVEL = -20.0  # dBFS, of a trimmed recording
QUIET = 35.0  # dB below the loudest 50 ms: what is less is not speech
FADE = 40  # samples
MARGIN = (
    6  # silent frames on both sides of a recording; of two at most 12 stand between
)
LEAST_MARGIN = 2  # so that windows of 400 samples never see two recordings
FIRST_MARGIN = 4  # before a string
LONGEST_TAKE = 70  # frames
POOL = 8  # batches that are drawn together and sorted by length
LONGEST = 4  # digits of a training string
WIDTH = 0.2  # of the diagonal in `guide`, as a share of the whole


@dataclass(frozen=True)
class Take:
    """A recording of a digit, trimmed, levelled, between silences.

    Attributes
    ----------
    digit, speaker : int
    spectrum : float tensor (T, 257)
        Normalised log magnitudes; ``MARGIN`` frames at each end are silent.
    mel : float tensor (T, 40)
        The same in mel bands.
    """

    digit: int
    speaker: int
    spectrum: torch.Tensor
    mel: torch.Tensor


def trimmed(wave: torch.Tensor) -> torch.Tensor:
    """A waveform (L,) without silence, at LEVEL; its length is a multiple of a hop.

    The ends fade over 5 ms: a cut would be heard as a click.
    """
    wave = normalise(trim_silence(wave, QUIET), LEVEL, peak=0.0)
    ramp = torch.linspace(0, 1, FADE)
    wave[:FADE] *= ramp
    wave[-FADE:] *= ramp.flip(0)
    return F.pad(wave, (0, -len(wave) % spectra.HOP))


def take(wave: torch.Tensor, digit: int, speaker: int) -> Take:
    """A `Take` of a recording (samples,)."""
    hop = spectra.HOP
    padded = F.pad(trimmed(wave), (MARGIN * hop, MARGIN * hop))
    magnitude = spectra.spectrogram(padded)[:, :-1].T  # (T, 257)
    mel = magnitude @ spectra.mel_filters().T.to(magnitude)  # (T, 40)
    spectrum, mel = (x.clamp(min=spectra.FLOOR).log() for x in (magnitude, mel))
    return Take(digit, speaker, normalised(spectrum), normalised(mel))


def takes_of(recordings, keep=None) -> list[Take]:
    """Takes of a `data.SoundSet`, or of those that ``keep`` (N,) says.

    What is longer than ``LONGEST_TAKE`` frames is left out: a noise stands beside it.
    """
    rows = zip(
        recordings.clips,
        recordings.digits.tolist(),
        recordings.speakers.tolist(),
        [True] * len(recordings.clips) if keep is None else keep,
        strict=True,
    )
    found = [take(*row) for *row, is_kept in rows if is_kept]
    return [take for take in found if len(take.mel) <= LONGEST_TAKE + 2 * MARGIN]


@dataclass(frozen=True)
class Sentence:
    """A string of takes of one speaker: letters, mel (T, 40), spectrum (T, 257)."""

    letters: str
    speaker: int
    mel: torch.Tensor
    spectrum: torch.Tensor


def string_together(parts: list[Take], rng: torch.Generator) -> Sentence:
    """Takes in a row, with gaps of 50 to 150 ms that ``rng`` draws."""
    sides = torch.randint(LEAST_MARGIN, MARGIN + 1, (len(parts), 2), generator=rng)
    sides[0, 0], sides[-1, 1] = FIRST_MARGIN, MARGIN
    cuts = [
        slice(MARGIN - left, len(part.mel) - MARGIN + right)
        for part, (left, right) in zip(parts, sides.tolist(), strict=True)
    ]
    rows = list(zip(parts, cuts, strict=True))
    return Sentence(
        spell(part.digit for part in parts),
        parts[0].speaker,
        torch.cat([part.mel[cut] for part, cut in rows]),
        torch.cat([part.spectrum[cut] for part, cut in rows]),
    )


def draw_sentences(n: int, of_speaker, rng: torch.Generator, longest: int = LONGEST):
    """Sentences of 1 to ``longest`` digits; ``of_speaker`` holds lists of takes."""
    found = []
    for _ in range(n):
        own = of_speaker[_below(len(of_speaker), rng)]
        size = 1 + _below(longest, rng)
        parts = [own[_below(len(own), rng)] for _ in range(size)]
        found.append(string_together(parts, rng))
    return found


def _below(n: int, rng: torch.Generator) -> int:
    """A random whole number from 0 to n - 1."""
    return int(torch.randint(n, (1,), generator=rng))


def by_speaker(takes: list[Take]) -> list[list[Take]]:
    """Takes in one list for each speaker who has some, in the speakers' order."""
    speakers = sorted({take.speaker for take in takes})
    return [[take for take in takes if take.speaker == one] for one in speakers]


@dataclass(frozen=True)
class Batch:
    """Sentences side by side, silent behind their ends.

    ``letters`` (B, S), ``voices`` (B,), ``mel`` (B, n r, 40), ``spectrum``
    (B, n r, 257), ``steps`` (B,): how many steps of r frames each sentence has.
    """

    letters: torch.Tensor
    voices: torch.Tensor
    mel: torch.Tensor
    spectrum: torch.Tensor
    steps: torch.Tensor


def batch_of(sentences, r: int) -> Batch:
    """A `Batch` for a network that gives r frames at a step."""
    steps = torch.tensor([-(-len(sentence.mel) // r) for sentence in sentences])
    n = int(steps.max()) * r

    def padded(rows):
        return torch.stack(
            [F.pad(row, (0, 0, 0, n - len(row)), value=SILENCE) for row in rows]
        )

    return Batch(
        encode_all([sentence.letters for sentence in sentences]),
        torch.tensor([sentence.speaker for sentence in sentences]),
        padded([sentence.mel for sentence in sentences]),
        padded([sentence.spectrum for sentence in sentences]),
        steps,
    )


def train_tacotron(
    model,
    takes: list[Take],
    *,
    longest: int = LONGEST,
    guided: float = 0.0,
    clip: float = 1.0,
    **options,
):
    """Teach a network to say strings of digits as the speakers of ``takes`` do.

    Parameters
    ----------
    model : Tacotron
        Changed in place.
    takes : list of Take
        Recordings of single digits.
    longest : int
        Most digits of a training string.
    guided : float
        Weight of the loss that pulls attention to the diagonal; 0 leaves it free.
    clip : float
        A longer gradient is shortened to this norm (Pascanu et al., 2013).
    **options
        ``steps``, ``batch_size`` (32), ``lr`` (2e-3), ``decay`` (0.998), ``seed``,
        ``watch``, ``checkpoint``: see `training.Run`.

    Returns
    -------
    model : nn.Module
        The averaged model, in evaluation mode.
    history : History
        ``mel`` and ``spectrum`` in units of `tacotron.SCALE` nats, ``stop`` in nats a
        step, ``guide`` in [0, 1].

    Raises
    ------
    DivergedError
        If a loss is no longer a number, or far from its first value.
    """
    optimizer = torch.optim.AdamW(
        model.parameters(), betas=(0.9, 0.99), weight_decay=0.01, fused=True
    )
    options = {"batch_size": 32, "lr": 2e-3, "decay": 0.998} | options
    run = Run(
        model, {"optimizer": optimizer, "dropout": torch.default_generator}, **options
    )
    of_speaker = by_speaker(takes)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(run.seed)
        batches = []
        for step in run:
            if step % POOL == 0 or not batches:
                batches = similar_batches(run, step // POOL, of_speaker, longest)
            losses = tacotron_losses(
                model, batch_of(batches[step % POOL], model.n_frames)
            )
            loss = losses["mel"] + losses["spectrum"] + losses["stop"]
            loss = loss + guided * losses["guide"]
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), clip)
            optimizer.step()
            run.record(**losses)
    return run.average, run.history


def similar_batches(run: Run, number: int, of_speaker, longest: int) -> list:
    """Batches of sentences that are about equally long, so that little is padded.

    They are pool ``number`` of an endless row, the same whenever it is asked for.
    """
    rng = torch.Generator().manual_seed(run.seed * 1_000_003 + number)
    size = run.batch_size
    sentences = draw_sentences(POOL * size, of_speaker, rng, longest)
    sentences.sort(key=lambda sentence: len(sentence.mel))
    order = torch.randperm(POOL, generator=rng).tolist()
    return [sentences[i * size : (i + 1) * size] for i in order]


def tacotron_losses(model, batch: Batch) -> dict:
    r"""Means over the frames, or steps, that sentences have.

    ``mel`` is :math:`|d| + d^2`, ``spectrum`` :math:`|d|`, ``stop`` the cross entropy
    of whether a step is a sentence's last, ``guide`` see there.
    """
    mel, stop, weights = model(batch.letters, batch.voices, batch.mel)
    spectrum = model.postnet(mel)
    numbers = torch.arange(stop.shape[1])
    is_there = numbers < batch.steps[:, None]  # (B, n)
    frames = is_there.repeat_interleave(model.n_frames, dim=1)  # (B, n r)
    gap = (mel - batch.mel)[frames]  # (frames, 40)
    is_last = (numbers == batch.steps[:, None] - 1).float()
    return {
        "mel": (gap.abs() + gap.square()).mean(),
        "spectrum": (spectrum - batch.spectrum)[frames].abs().mean(),
        "stop": F.binary_cross_entropy_with_logits(
            stop[is_there], is_last[is_there], pos_weight=torch.tensor(5.0)
        ),
        "guide": guide(weights, batch),
    }


def guide(weights, batch: Batch):
    r"""How much attention lies off the diagonal, a mean over steps.

    Weight (n, s) counts :math:`1 - \exp(-(n/N - s/S)^2 / 2g^2)` with g = ``WIDTH``
    (Tachibana et al., 2018, equation 5).
    """
    n, s = (torch.arange(size) for size in weights.shape[1:])
    n = n / batch.steps[:, None]  # (B, n)
    s = s / (batch.letters > 0).sum(1, keepdim=True)  # (B, S)
    far = 1 - torch.exp(-((n[:, :, None] - s[:, None]) ** 2) / (2 * WIDTH**2))
    return ((weights * far).sum(2) * (n < 1)).sum() / batch.steps.sum()
