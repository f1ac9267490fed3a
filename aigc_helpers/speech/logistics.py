"""Mixtures of logistic distributions of amplitudes, as probabilities of mu-law codes.

Salimans et al. (2017, "PixelCNN++", section 2.1) for pixels, van den Oord et al. (2018,
"Parallel WaveNet", section 2) for samples: a code's probability is that of the
amplitudes it stands for. Three numbers a logistic, where a softmax needs one a code,
and neighbouring codes are neighbours from the start.
"""

import math
from dataclasses import dataclass
from functools import cache

import torch
import torch.nn.functional as F

from aigc_helpers.speech.prediction_errors import UNIFORM, code_edges
from aigc_helpers.speech.quantisation import N_LEVELS

FAR = 100.0  # amplitude in the place of infinity, which has no gradient


@cache
def edges_of(dtype) -> torch.Tensor:
    """Amplitudes (257,) between which codes lie."""
    return code_edges().clamp(-FAR, FAR).to(dtype)


@dataclass(frozen=True, eq=False)
class Logistics:
    """A mixture of K logistics for each sample, in any shape (...) of samples.

    Attributes
    ----------
    means, log_scales, log_shares : tensors (..., K)
        Amplitudes, logarithms of amplitudes, and of shares that sum to 1.
    """

    means: torch.Tensor
    log_scales: torch.Tensor
    log_shares: torch.Tensor

    def log_probability(self, codes):
        """Natural logarithm of p (...) of codes (...)."""
        edges = edges_of(self.means.dtype)
        return self._between(edges[codes], edges[codes + 1])

    def log_probabilities(self):
        """Natural logarithm of p (..., 256) of all codes."""
        edges = edges_of(self.means.dtype)
        parts = self.means, self.log_scales, self.log_shares
        each = Logistics(*(part.unsqueeze(-2) for part in parts))  # (..., 1, K)
        return each._between(edges[:-1], edges[1:])

    def _between(self, low, high):
        """Logarithm of the mass from low to high, (...) each.

        sigma(b) - sigma(a) = sigma(b) sigma(-a) (1 - e^(a - b)): no difference of two
        numbers near 1. A small uniform share leaves no code impossible.
        """
        scales = self.log_scales.exp()
        a, b = ((x[..., None] - self.means) / scales for x in (low, high))
        width = (high - low)[..., None] / scales  # b - a, were they not rounded
        logs = F.logsigmoid(b) + F.logsigmoid(-a) + (-torch.expm1(-width)).log()
        mixed = (logs + self.log_shares).logsumexp(dim=-1)
        rest = torch.full_like(mixed, math.log(UNIFORM / N_LEVELS))
        return torch.logaddexp(mixed + math.log1p(-UNIFORM), rest)
