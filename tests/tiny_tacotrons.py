"""Small Tacotrons, and recordings of tones in the place of digits."""

import math
from types import SimpleNamespace

import torch

from aigc_helpers.speech.tacotron import Tacotron
from aigc_helpers.speech.waveforms import RATE

N_VOICES = 2


def tacotron(attention: str = "mixture", *, seed: int = 0, **options) -> Tacotron:
    """One of them, always the same for a seed, with peaked weights."""
    sizes = {"dim": 8, "hidden": 12, "n_frames": 2} | options
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Tacotron(N_VOICES, attention=attention, **sizes)
        with torch.no_grad():
            for weight in model.parameters():
                weight.add_(0.2 * torch.randn_like(weight))
    return model.eval()


def talkative(*, seed: int = 0) -> Tacotron:
    """One that never stops by itself and is not loud; 16 bits hold its numbers."""
    model = tacotron(seed=seed)
    with torch.no_grad():
        model.to_stop.weight.zero_()
        model.to_stop.bias.fill_(-1.0)
        for weight in model.postnet.parameters():
            weight.mul_(0.3)
    return model.half().float()


def tone(digit: int, speaker: int = 0, seconds: float = 0.2, silence: float = 0.1):
    """A clip: a tone whose pitch tells the digit and whose fifth tells the speaker."""
    time = torch.arange(round(seconds * RATE)) / RATE  # (L,)
    pitch = 200 + 150 * digit
    wave = 0.5 * (2 * math.pi * pitch * time).sin()
    wave += 0.3 * speaker * (3 * math.pi * pitch * time).sin()
    around = torch.zeros(round(silence * RATE))
    wave = torch.cat([around, wave, around])
    return SimpleNamespace(wave=wave, digit=digit, speaker=speaker)


def recordings(clips) -> SimpleNamespace:
    """What a `data.SoundSet` holds of clips such as tones."""
    clips = list(clips)
    return SimpleNamespace(
        clips=[clip.wave for clip in clips],
        digits=torch.tensor([clip.digit for clip in clips]),
        speakers=torch.tensor([clip.speaker for clip in clips]),
    )
