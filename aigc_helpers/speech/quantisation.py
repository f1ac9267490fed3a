"""Amplitudes in few levels: uniform ones, and mu-law companding.

Speech is quiet most of the time. Equal steps spend most levels on amplitudes that
hardly occur; the mu-law of telephony (ITU-T G.711) takes steps that grow with the
amplitude, so that the error stays in proportion to the sound. Here is its continuous
formula, with as many levels as WaveNet predicts (van den Oord et al., 2016, section
2.2); G.711 itself draws it as eight straight pieces.
"""

import math
from numbers import Integral

import torch

from aigc_helpers.reader import Mistake, wrong
from aigc_helpers.speech.waveforms import require_amplitudes

N_LEVELS = 256
INTEGERS = torch.uint8, torch.int16, torch.int32, torch.int64


def compress(waveform: torch.Tensor, mu: float = N_LEVELS - 1) -> torch.Tensor:
    """sign(x) ln(1 + mu |x|) / ln(1 + mu) of amplitudes in [−1, 1], in [−1, 1].

    Raises
    ------
    ValueError
        If mu is not above 0, or an amplitude is not in [−1, 1].
    """
    _require_mu(mu)
    require_amplitudes(waveform)
    size = (mu * waveform.abs()).log1p() / math.log1p(mu)
    return waveform.sign() * size.clamp(max=1)  # in float32 it may pass 1 by a little


def expand(compressed: torch.Tensor, mu: float = N_LEVELS - 1) -> torch.Tensor:
    """sign(y) ((1 + mu)^|y| − 1) / mu, the inverse of `compress`.

    Raises
    ------
    ValueError
        If mu is not above 0, or an amplitude is not in [−1, 1].
    """
    _require_mu(mu)
    require_amplitudes(compressed)
    size = (compressed.abs() * math.log1p(mu)).expm1() / mu
    return compressed.sign() * size.clamp(max=1)


def quantise(waveform: torch.Tensor, n_levels: int = N_LEVELS) -> torch.Tensor:
    """The nearest of equally distant levels, int64 in 0..n_levels − 1.

    Level 0 is −1, level n_levels − 1 is 1: with an even number none is 0.

    Raises
    ------
    ValueError
        If there are fewer than 2 levels, or an amplitude is not in [−1, 1].
    """
    require_amplitudes(waveform)
    _require_levels(n_levels)
    return ((waveform + 1) / 2 * (n_levels - 1) + 0.5).long()


def dequantise(codes: torch.Tensor, n_levels: int = N_LEVELS) -> torch.Tensor:
    """Amplitudes, float32 in [−1, 1], of levels that `quantise` gave.

    Raises
    ------
    ValueError
        If the codes are no whole numbers in 0..n_levels − 1.
    """
    _require_levels(n_levels)
    is_whole = torch.is_tensor(codes) and codes.dtype in INTEGERS
    if not is_whole or not codes.numel():
        raise Mistake(
            "codes must be a tensor of one whole number or more",
            "编码应当是整数的张量，至少有一个，例如 mu_law_encode 给的那种。",
        )
    if not 0 <= int(codes.min()) <= int(codes.max()) < n_levels:
        raise Mistake(
            f"codes must be in 0..{n_levels - 1}",
            f"编码从 0 到 {n_levels - 1}，这里有超出范围的。",
        )
    return codes.float() / (n_levels - 1) * 2 - 1


def mu_law_encode(waveform: torch.Tensor, n_levels: int = N_LEVELS) -> torch.Tensor:
    """Levels of the compressed amplitudes, int64 in 0..n_levels − 1.

    Parameters
    ----------
    waveform : float tensor
        Amplitudes in [−1, 1].
    n_levels : int
        2 or more; mu is one less, as in WaveNet.

    Returns
    -------
    int64 tensor
        Of the waveform's shape. Codes of −x and x add up to n_levels − 1. Of 256 levels
        none is 0: silence becomes 128, which is decoded to 0.00009.

    Raises
    ------
    ValueError
        If there are fewer than 2 levels, or an amplitude is not in [−1, 1].
    """
    _require_levels(n_levels)
    return quantise(compress(waveform, n_levels - 1), n_levels)


def mu_law_decode(codes: torch.Tensor, n_levels: int = N_LEVELS) -> torch.Tensor:
    """Amplitudes, float32 in [−1, 1], of codes that `mu_law_encode` gave.

    Raises
    ------
    ValueError
        If the codes are no whole numbers in 0..n_levels − 1.
    """
    return expand(dequantise(codes, n_levels), n_levels - 1)


def _require_mu(mu) -> None:
    if not 0 < mu < math.inf:
        text = f"mu must be above 0, not {mu}"
        raise wrong(text, "mu", mu, "正数")


def _require_levels(n_levels) -> None:
    if not isinstance(n_levels, Integral) or n_levels < 2:
        text = f"n_levels must be a whole number from 2 on, not {n_levels!r}"
        raise wrong(text, "n_levels", n_levels, "2 或更大的整数")
