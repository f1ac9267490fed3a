"""Samples of a WaveNet, one code after another: plainly, and with queues.

A plain sampler runs the network on the last R codes for each new one: O(2^L) columns
of L layers. Queues keep what each layer has computed (Paine et al., 2016, "Fast WaveNet
Generation Algorithm"): one column a layer, O(L). Both draw the same codes.
"""

import copy
import math

import torch

from aigc_helpers.reader import wrong
from aigc_helpers.speech.clips import SILENCE
from aigc_helpers.speech.wavenet import GatedLayer, WaveNet
from aigc_helpers.training import require_counts


class LayerQueue:
    """One layer, column by column; a ring of its last ``dilation`` inputs.

    Parameters
    ----------
    layer : GatedLayer
    x : tensor (B, C)
        What the layer was given at every step before the first.
    h : tensor (B, condition_dim)
    """

    def __init__(self, layer: GatedLayer, x, h):
        self.layer, self.condition = layer, layer.of_condition(h)  # (B, 2 C)
        self.ring = x.expand(layer.dilation, *x.shape).clone()  # (d, B, C)

    def push(self, x, t: int):
        """Residual (B, C) and skip (B, S) of column number t, x (B, C)."""
        slot = self.ring[t % self.layer.dilation]  # x of dilation steps ago
        paths = self.layer.paths(slot, x, self.condition)
        slot.copy_(x)
        return paths


class Queues:
    """All layers of a network with their queues, after endless silence.

    Parameters
    ----------
    network : WaveNet
    digits, speakers : int64 (B,)
    """

    def __init__(self, network: WaveNet, digits, speakers):
        self.network, self.layers, self.t = network, [], 0
        h = network.condition(digits, speakers)
        silence = torch.full((len(digits), network.taps), SILENCE)
        self.samples = network.inputs[silence]  # (B, taps, 2), the last ones
        x = network.columns(self.samples)[:, 0]  # (B, C)
        for layer in network.layers:
            self.layers.append(LayerQueue(layer, x, h))
            x, _ = self.layers[-1].push(x, 0)

    def push(self, codes):
        """Natural logarithm of p (B, 256) of the code that follows codes (B,)."""
        new = self.network.inputs[codes][:, None]  # (B, 1, 2)
        self.samples = torch.cat([self.samples[:, 1:], new], dim=1)
        x, skips = self.network.columns(self.samples)[:, 0], 0
        for layer in self.layers:
            x, skip = layer.push(x, self.t)
            skips = skips + skip
        self.t += 1
        found = self.network.head(skips[:, None], self.samples)
        return found.log_probabilities()[:, 0]


class Window:
    """The last R codes (B, R), at first silence: the plain way."""

    def __init__(self, network: WaveNet, digits, speakers):
        self.network, self.given = network, (digits, speakers)
        self.codes = torch.full((len(digits), network.receptive_field), SILENCE)

    def push(self, codes):
        """Natural logarithm of p (B, 256) of the code that follows codes (B,)."""
        self.codes = torch.cat([self.codes[:, 1:], codes[:, None]], dim=1)
        return self.network(self.codes, *self.given).log_probabilities()[:, 0]


def sample_plainly(network: WaveNet, digits, speakers, length: int, **options):
    """Codes as of `sample_codes`, each from the network run on the last R."""
    return _sample(Window, network, (digits, speakers), length, **options)


def sample_codes(network: WaveNet, digits, speakers, length: int, **options):
    """Codes of spoken digits, one clip for each digit and speaker, drawn with queues.

    Computed in float64, so that the order of sums decides about no code: with the same
    seed `sample_plainly` draws the same.

    Parameters
    ----------
    network : WaveNet
    digits, speakers : (B,) integers
    length : int
        Samples of a clip.
    temperature : float
        Logits are divided by it; 0 takes the likeliest code. Default 1.
    seed : int
        Of the draws, default 0.

    Returns
    -------
    int64 (B, length)

    Raises
    ------
    Mistake
        If the length is not a whole number from 1, or the temperature negative.
    """
    return _sample(Queues, network, (digits, speakers), length, **options)


@torch.no_grad()
def _sample(way, network, given, length, *, temperature: float = 1.0, seed: int = 0):
    require_counts(length=length)
    if not 0 <= temperature < math.inf:
        text = f"temperature must be >= 0, not {temperature}"
        raise wrong(text, "temperature", temperature, "0 或正数，例如 0.9")
    digits, speakers = (torch.as_tensor(x).long() for x in given)
    network = copy.deepcopy(network).double().eval()
    rng = torch.Generator().manual_seed(seed)
    reader, codes = way(network, digits, speakers), []
    code = torch.full((len(digits),), SILENCE)
    for _ in range(length):
        code = draw(reader.push(code), temperature, rng)
        codes.append(code)
    return torch.stack(codes, dim=1)


def draw(logits, temperature: float, rng: torch.Generator):
    """One code (B,) of each row of logits (B, 256): inverse CDF of a uniform number."""
    if temperature == 0:
        return logits.argmax(dim=1)
    total = (logits / temperature).softmax(dim=1).cumsum(dim=1)  # (B, 256)
    u = torch.rand(len(logits), 1, generator=rng, dtype=total.dtype)
    return torch.searchsorted(total, u * total[:, -1:], right=True)[:, 0]
