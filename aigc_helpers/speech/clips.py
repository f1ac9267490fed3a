"""Clips as codes: what the models of waveforms read."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
import torch.nn.functional as F

from aigc_helpers.data.sounds import FULL_SCALE
from aigc_helpers.reader import Mistake
from aigc_helpers.speech.quantisation import mu_law_decode, mu_law_encode
from aigc_helpers.speech.waveforms import normalise

SILENCE = 128  # the code of amplitude 0; before a clip there is nothing else
NEAR = 80  # samples to both sides, 10 ms, over which it is measured what is quiet


@dataclass(frozen=True, eq=False)
class CodedClips:
    """Clips of any lengths, each as loud as the others, coded by mu-law.

    Attributes
    ----------
    codes : list of int64 (T,)
    digits, speakers : int64 (N,)
    """

    codes: list
    digits: torch.Tensor
    speakers: torch.Tensor

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, rows) -> "CodedClips":
        """The clips of these rows: a slice, or a list or tensor of indices."""
        rows = torch.arange(len(self))[rows].reshape(-1)
        codes = [self.codes[row] for row in rows.tolist()]
        return CodedClips(codes, self.digits[rows], self.speakers[rows])

    @cached_property
    def lengths(self) -> torch.Tensor:
        """Samples of each clip, int64 (N,)."""
        return torch.tensor([len(codes) for codes in self.codes])


def code_clips(sounds, *, seed: int = 0) -> CodedClips:
    """Coded clips of a `data.SoundSet`, or of what else has its clips and facts.

    The steps of each recording are filled, see `fill_steps`; then it is brought to
    -23 dBFS, see `waveforms.normalise`: by one factor from the whole clip, which is
    the same for every model.

    Parameters
    ----------
    sounds
        With ``clips``, float tensors (T,), and integers (N,) ``digits``, ``speakers``.
    seed : int
        Of the noise between the steps.

    Raises
    ------
    Mistake
        If there is not one digit and one speaker for each clip.
    """
    digits, speakers = torch.as_tensor(sounds.digits), torch.as_tensor(sounds.speakers)
    sizes = len(sounds.clips), len(digits), len(speakers)
    if len(set(sizes)) > 1:
        raise Mistake(
            f"{sizes[0]} clips, {sizes[1]} digits, {sizes[2]} speakers: each clip has "
            "one of each",
            f"录音 {sizes[0]} 段，数字 {sizes[1]} 个，说话人 {sizes[2]} 个："
            "三样要一样多。",
        )
    rng = torch.Generator().manual_seed(seed)
    clips = (normalise(fill_steps(clip, rng)) for clip in sounds.clips)
    codes = [mu_law_encode(clip) for clip in clips]
    return CodedClips(codes, digits.long(), speakers.long())


def fill_steps(waveform, rng: torch.Generator):
    """A recording (T,) of 16 bits with uniform noise as wide as its own steps.

    Some recordings have fewer bits than their files: all samples are multiples of 256,
    say. Amplified, they leave most codes out, and what models of them learn is the
    converter's grid, not the voice. Noise of one step makes all amplitudes possible
    that the converter would have rounded so (uniform dequantisation; Uria, Murray and
    Larochelle, 2013).
    """
    whole = (waveform * FULL_SCALE).round().to(torch.int32)
    step = int(np.gcd.reduce(whole.numpy()))
    noise = torch.rand(waveform.shape, generator=rng) - 0.5
    return waveform + noise * step / FULL_SCALE


def is_quiet(codes, below: float = 20.0):
    """Which samples (T,) are nearly silent: 10 ms to both sides are far below the clip.

    Parameters
    ----------
    codes : int64 (T,)
    below : float
        Decibels between the mean power of the clip and that of the samples around.
    """
    power = mu_law_decode(codes).double().square()[None]  # (1, T)
    around = F.avg_pool1d(power, 2 * NEAR + 1, 1, NEAR, count_include_pad=False)[0]
    return around < power.mean() * 10 ** (-below / 10)
