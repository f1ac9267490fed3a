"""Ten "digits" as sounds of three "speakers": each a pair of tones of its own."""

from types import SimpleNamespace

import torch

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
