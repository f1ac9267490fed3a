"""WaveNet (van den Oord et al., 2016): each sample's distribution, given all before.

Dilated causal convolutions with gates, residual and skip paths; digit and speaker as
global conditions. The distribution is a mixture of logistics, as in Parallel WaveNet
(2018), around a weighted sum of the last samples that is learnt with the rest: the
layers say how the mixture differs from that, in its own scale. Convolutions are valid,
nothing is padded: a clip begins after as much silence as the receptive field reaches,
and that is all it is told.

Columns lie in rows, (B, T, C), and convolutions are linear maps of several columns side
by side: on a CPU, in bfloat16, forward and back take a third of `nn.Conv1d`'s time.
"""

import copy

import torch
from torch import nn

from aigc_helpers.reader import Mistake
from aigc_helpers.speech.logistics import Logistics
from aigc_helpers.speech.quantisation import N_LEVELS, compress, mu_law_decode

N_DIGITS, N_SPEAKERS = 10, 6
DILATIONS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
LOUDNESS = 4.0  # by which amplitudes are multiplied as input: most are below 0.25
FIRST_WEIGHTS = -0.8, 1.7  # of the last two samples at first: a slow wave goes on
FIRST_SCALE = -5.0  # logarithm of an amplitude
QUIETEST = -12.0  # logarithm of the least scale, a twentieth of the least step


class GatedLayer(nn.Module):
    r"""z = tanh(W_f * x + V_f h) \odot sigma(W_g * x + V_g h), section 2.3 and 2.5.

    Parameters
    ----------
    width, skip_width, condition_dim : int
        Channels of the residual path, of the skip path, of the condition h.
    dilation : int
        Distance in samples between the two inputs of the convolution.
    """

    def __init__(self, width: int, skip_width: int, condition_dim: int, dilation: int):
        super().__init__()
        self.dilation = dilation
        self.filter_and_gate = nn.Linear(2 * width, 2 * width)
        self.of_condition = nn.Linear(condition_dim, 2 * width, bias=False)
        self.to_paths = nn.Linear(width, width + skip_width)

    def forward(self, x, h, n: int):
        """Residual (B, T - dilation, C) and the last n columns of skip (B, n, S)."""
        before, now = x[:, : -self.dilation], x[:, self.dilation :]
        residual, skip = self.paths(before, now, self.of_condition(h)[:, None])
        return residual, skip[:, -n:]

    def paths(self, before, now, condition):
        """Residual (..., C) and skip (..., S) of pairs of columns (..., C)."""
        y = self.filter_and_gate(torch.cat([before, now], dim=-1)) + condition
        values, gates = y.chunk(2, dim=-1)
        paths = self.to_paths(values.tanh() * gates.sigmoid())
        width = now.shape[-1]
        return now + paths[..., :width], paths[..., width:]


class WaveNet(nn.Module):
    """p(x_t | x_1 .. x_{t-1}, digit, speaker) over mu-law codes.

    Parameters
    ----------
    width, skip_width, condition_dim : int
        Channels of the residual and the skip paths, numbers of a condition.
    dilations : sequence of int
        One layer each.
    taps : int
        Samples that the first convolution reads, and the weighted sum; 2 or more.
    n_logistics : int
    """

    def __init__(
        self,
        width: int = 32,
        skip_width: int = 64,
        condition_dim: int = 16,
        dilations: tuple = DILATIONS,
        taps: int = 16,
        n_logistics: int = 4,
    ):
        super().__init__()
        codes = torch.arange(N_LEVELS, device="cpu")  # on "meta" there are no values
        amplitudes = mu_law_decode(codes)
        inputs = torch.stack([LOUDNESS * amplitudes, compress(amplitudes)], dim=1)
        self.register_buffer("inputs", inputs, persistent=False)  # (256, 2)
        spread = torch.linspace(-1, 1, n_logistics) + FIRST_SCALE
        self.register_buffer("spread", spread, persistent=False)  # (K,)
        weights = torch.zeros(taps)
        weights[-2:] = torch.tensor(FIRST_WEIGHTS)
        self.weights = nn.Parameter(weights)  # of the last samples, oldest first
        self.of_samples = nn.Linear(2 * taps, width)
        self.digit = nn.Embedding(N_DIGITS, condition_dim)
        self.speaker = nn.Embedding(N_SPEAKERS, condition_dim)
        self.layers = nn.ModuleList(
            GatedLayer(width, skip_width, condition_dim, d) for d in dilations
        )
        self.to_hidden = nn.Linear(skip_width, skip_width)
        self.to_logistics = nn.Linear(skip_width, 3 * n_logistics)

    @property
    def taps(self) -> int:
        """Samples that the first convolution reads."""
        return len(self.weights)

    @property
    def receptive_field(self) -> int:
        """Samples that one prediction depends on: 1 + sum of (taps - 1) dilation."""
        return self.taps + sum(layer.dilation for layer in self.layers)

    def condition(self, digits, speakers):
        """Condition h (B, condition_dim) of digits and speakers (B,)."""
        return self.digit(digits) + self.speaker(speakers)

    def columns(self, samples):
        """What the first layer reads (B, T - taps + 1, C), of samples (B, T, 2)."""
        return self.of_samples(samples.unfold(1, self.taps, 1).flatten(2))

    def read(self, samples, h) -> Logistics:
        """Mixtures (B, T - R + 1, K) after samples (B, T, 2), as ``inputs`` has them.

        Raises
        ------
        Mistake
            If there are fewer samples than the receptive field.
        """
        n = samples.shape[1] - self.receptive_field + 1
        if n < 1:
            raise Mistake(
                f"{samples.shape[1]} samples are fewer than the receptive field "
                f"{self.receptive_field}",
                f"只有 {samples.shape[1]} 个采样点，比感受野 {self.receptive_field} "
                "还短。",
            )
        x, skips = self.columns(samples), 0
        for layer in self.layers:
            x, skip = layer(x, h, n)
            skips = skips + skip
        return self.head(skips, samples[:, -n - self.taps + 1 :])

    def head(self, skips, samples) -> Logistics:
        """Mixtures (B, n, K) of the sums of skip paths (B, n, S), after samples.

        The samples (B, n + taps - 1, 2) are the last ones.
        """
        numbers = self.to_logistics(self.to_hidden(skips.relu()).relu()).float()
        shifts, scales, shares = numbers.to(samples.dtype).chunk(3, dim=-1)
        windows = samples[:, :, 0].unfold(1, self.taps, 1) / LOUDNESS  # (B, n, taps)
        expected = (windows * self.weights).sum(dim=-1, keepdim=True)  # never bfloat16
        log_scales = (scales + self.spread).clamp(min=QUIETEST)
        means = expected + shifts * log_scales.exp()
        return Logistics(means, log_scales, shares.log_softmax(dim=-1))

    def forward(self, codes, digits, speakers) -> Logistics:
        """Distribution of the next code after each window of R codes.

        Parameters
        ----------
        codes : int64 (B, T), T >= R = `receptive_field`
        digits, speakers : int64 (B,)

        Returns
        -------
        Logistics (B, T - R + 1, K)

        Raises
        ------
        Mistake
            If there are fewer codes than the receptive field.
        """
        return self.read(self.inputs[codes], self.condition(digits, speakers))


def measured_receptive_field(network: WaveNet, seed: int = 0) -> int:
    """Samples on which the gradient of one prediction depends, counted.

    The input is twice as long as the formula says, so that a longer reach would show.
    """
    rng = torch.Generator().manual_seed(seed)
    network = copy.deepcopy(network).double()
    codes = torch.randint(N_LEVELS, (8, 2 * network.receptive_field), generator=rng)
    samples = network.inputs[codes].requires_grad_()  # (8, T, 2)
    h = network.condition(*torch.zeros(2, 8, dtype=torch.int64))
    found = network.read(samples, h)  # (8, R + 1, K)
    last = found.means[:, -1] + found.log_scales[:, -1]
    (gradient,) = torch.autograd.grad(last.sum(), samples)
    used = gradient.abs().sum(dim=(0, 2)).nonzero()  # (n, 1)
    return codes.shape[1] - int(used[0])
