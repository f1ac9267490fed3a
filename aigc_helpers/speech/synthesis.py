"""Speaking strings of digits: letters to mel bands to frequencies to a waveform."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch

from aigc_helpers.reader import Mistake
from aigc_helpers.runtime import evaluation_mode
from aigc_helpers.speech import spectra, waveforms
from aigc_helpers.speech.spelling import digits_of, encode_all, spell
from aigc_helpers.speech.tacotron import N_MEL, SILENCE, denormalised

SHARPNESS = 1.2  # power of magnitudes before phases are sought
N_ITERATIONS = 40  # of Griffin and Lim
LEVEL = -22.0  # dBFS of what is not silent
QUIET = 35.0  # dB below the loudest 50 ms: what is less counts as silence
FRAMES_PER_DIGIT, FRAMES_BESIDES = 60, 20  # frames that are written at most


@dataclass(frozen=True)
class Synthesis:
    """What a network made of a text.

    Attributes
    ----------
    letters : str
        S letters, spaces at both ends.
    voice : int
    mel : float tensor (40, T)
        Log magnitudes in mel bands, in nats.
    spectrum : float tensor (257, T)
        Log magnitudes at all frequencies, as the post-network has them.
    attention : float tensor (n, S)
        Where each step looked; a step gives T / n frames.
    is_complete : bool
        Whether the network stopped itself.
    """

    letters: str
    voice: int
    mel: torch.Tensor
    spectrum: torch.Tensor
    attention: torch.Tensor
    is_complete: bool


@torch.no_grad()
def synthesise(model, texts: Sequence, voices: Sequence[int]) -> list[Synthesis]:
    """Spectrograms of strings of digits, each in one voice.

    Parameters
    ----------
    model : Tacotron
        Put into evaluation mode: nothing is drawn, the same text sounds the same.
    texts : sequence of str
        Of 1 to 10 digits each.
    voices : sequence of int
        One for each text.

    Raises
    ------
    Mistake
        If a text is no such string, there is no such voice, or not one for each text.
    """
    digits = [digits_of(text) for text in texts]
    _require_voices(voices, len(texts), model.voices.num_embeddings)
    letters = [spell(row) for row in digits]
    most = FRAMES_BESIDES + FRAMES_PER_DIGIT * max(map(len, digits))
    with evaluation_mode(model):
        frames, weights, ends = _write(
            model, encode_all(letters), torch.tensor(list(voices)), most
        )
        found = []
        for i, (text, voice) in enumerate(zip(letters, voices, strict=True)):
            n = int(ends[i]) + 1 if ends[i] >= 0 else weights.shape[1]
            mel = frames[i, : n * model.n_frames]  # (T, 40)
            spectrum = denormalised(model.postnet(mel[None])[0])  # (T, 257)
            rows = weights[i, :n, : len(text)]
            mel = denormalised(mel)
            found.append(
                Synthesis(text, int(voice), mel.T, spectrum.T, rows, bool(ends[i] >= 0))
            )
    return found


def _write(model, letters, voices, most: int) -> tuple:
    """Frames (B, n r, 40), weights (B, n, S), the step that stopped (B,), -1: none."""
    read = model.read(letters, voices)
    state, n = model.initial_state(read), len(letters)
    frame, ends = torch.full((n, N_MEL), SILENCE), torch.full((n,), -1)
    frames, rows = [], []
    while (ends < 0).any() and len(rows) * model.n_frames < most:
        group, stop, weights, state = model.step(read, frame, state)
        ends = torch.where((ends < 0) & (stop > 0), len(rows), ends)
        frame = group[:, -1]
        frames.append(group)
        rows.append(weights)
    return torch.cat(frames, 1), torch.stack(rows, 1), ends


def _require_voices(voices, n: int, n_voices: int) -> None:
    if len(voices) != n:
        raise Mistake(
            f"{n} texts and {len(voices)} voices; each text has one",
            f"有 {n} 串数字、{len(voices)} 个嗓音：每串要有一个嗓音。",
        )
    strange = [voice for voice in voices if not 0 <= voice < n_voices]
    if strange:
        raise Mistake(
            f"there is no voice {strange[0]}, only 0 to {n_voices - 1}",
            f"没有 {strange[0]} 号嗓音，只有 0 到 {n_voices - 1}。",
        )


def waveform_of(
    found: Synthesis,
    *,
    sharpness: float = SHARPNESS,
    n_iterations: int = N_ITERATIONS,
    seed: int | None = 0,
) -> torch.Tensor:
    """A waveform (100 (T - 1),) in [-1, 1] with the magnitudes of a synthesis.

    Magnitudes are raised to the power ``sharpness`` first: what a network averages is
    blurred between the harmonics, and sounds muffled (Wang et al., 2017, section 3.4).
    ``seed`` is of the first phases, see `spectra.griffin_lim`.
    """
    magnitude = (found.spectrum * sharpness).exp()
    wave = spectra.griffin_lim(magnitude, n_iterations=n_iterations, seed=seed)
    return levelled(wave)


def levelled(wave: torch.Tensor) -> torch.Tensor:
    """A waveform (L,) as loud as others where it is not silent, without clipping.

    The root mean square of the 50 ms that are not silent becomes ``LEVEL``, unless a
    peak would pass -1 dBFS.
    """
    frames = wave.unfold(0, min(len(wave), waveforms.FRAME), waveforms.STEP)  # (T, F)
    power = frames.square().mean(1)
    heard = power[power >= power.max() * 10 ** (-QUIET / 10)].mean()
    gain = 10 ** (LEVEL / 20) / heard.sqrt()
    most = 10 ** (-1 / 20) / wave.abs().max()
    return wave * torch.minimum(gain, most)


def speak(model, text: str, voice: int = 0) -> tuple[torch.Tensor, Synthesis]:
    """Waveform of a string of digits at 8,000 samples a second, and how it came about.

    Raises
    ------
    Mistake
        If the text is no string of 1 to 10 digits, or there is no such voice.
    """
    (found,) = synthesise(model, [text], [voice])
    return waveform_of(found), found


# ---- where it looked ------------------------------------------------------------


class Reading(NamedTuple):
    """How attention went through the letters, all in letters.

    Attributes
    ----------
    back : int
        The farthest that it went back behind where it had been.
    jump : int
        The longest move ahead in a step.
    left : int
        How many letters lay ahead of the farthest point that it reached.
    """

    back: int
    jump: int
    left: int

    @property
    def is_monotonic(self) -> bool:
        """It never goes back by two letters or past three, and reads to the end.

        One letter is no finer than a blurred look; at the end, a letter and the space
        behind it may be left.
        """
        return self.back <= 1 and self.jump <= 3 and self.left <= 2


def reading(attention: torch.Tensor) -> Reading:
    """How the largest weight of each step (n, S) went from the first letter on."""
    place = attention.argmax(1)  # (n,)
    place = torch.cat([place.new_zeros(1), place])
    farthest = place.cummax(0).values
    return Reading(
        int((farthest - place).max()),
        int(place.diff().max()),
        int(attention.shape[1] - 1 - farthest[-1]),
    )
