"""Ten "digits" as sounds of three "speakers": each a pair of tones of its own."""

from types import SimpleNamespace

import torch
import torch.nn.functional as F
from torch import nn

from aigc_helpers import speech

RATE = 8000


def said(digit: int, speaker: int, rng: torch.Generator):
    """A wave (n,) of about 0.2 s: two tones, higher for each speaker, and noise."""
    n = 1500 + int(torch.randint(300, (), generator=rng))
    t = torch.arange(n) / RATE
    low, high = 300 + 120 * (digit % 5), 1700 + 900 * (digit // 5)
    pitch = 1 + 0.03 * speaker
    tones = torch.sin(6.283 * low * pitch * t) + torch.sin(6.283 * high * pitch * t)
    swell = torch.sin(torch.pi * torch.arange(n) / n)
    return 0.2 * tones * swell + 1e-3 * torch.randn(n, generator=rng)


def spoken(n: int = 60, seed: int = 0, n_digits: int = 10):
    """Clips as the recogniser takes them: waves, digits, speakers, ``n`` of each."""
    rng = torch.Generator().manual_seed(seed)
    digits = torch.arange(n) % n_digits
    speakers = torch.arange(n) // n_digits % 3
    pairs = zip(digits.tolist(), speakers.tolist(), strict=True)
    waves = [said(digit, speaker, rng) for digit, speaker in pairs]
    return SimpleNamespace(clips=waves, digits=digits, speakers=speakers)


def listener():
    """Who hears: small and untrained, with probabilities of all sizes for `said`."""
    torch.manual_seed(0)
    network = speech.SpeechRecogniser(width=2, hidden=8)
    for part in network.modules():
        if isinstance(part, nn.BatchNorm1d | nn.BatchNorm2d):
            part.momentum = 1.0  # the one batch below counts alone
    waves = [said(i, 0, torch.Generator().manual_seed(i))[:1500] for i in range(8)]
    noise = torch.randn(8, 1500, generator=torch.Generator().manual_seed(0)) / 4
    network.train()(F.pad(torch.cat([torch.stack(waves), noise]), (800, 800)))
    with torch.no_grad():
        network.to_scores.weight.mul_(0.4)
        network.to_scores.bias[speech.N_DIGITS] += 6  # the blank
    return speech.ShownListener(network.eval())
