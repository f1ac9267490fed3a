"""WaveNet (van den Oord et al., 2016): each sample's distribution, given all before.

Dilated causal convolutions with gates, residual and skip paths; digit and speaker as
global conditions. Convolutions are valid, nothing is padded: a clip begins after as
much silence as the receptive field reaches, and that is all it is told.
"""

import copy

import torch
from torch import nn

from aigc_helpers.reader import Mistake
from aigc_helpers.speech.quantisation import N_LEVELS, compress, mu_law_decode

N_DIGITS, N_SPEAKERS = 10, 6
DILATIONS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
LOUDNESS = 4.0  # by which amplitudes are multiplied as input: most are below 0.25


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
        self.filter_and_gate = nn.Conv1d(width, 2 * width, 2, dilation=dilation)
        self.of_condition = nn.Linear(condition_dim, 2 * width, bias=False)
        self.to_paths = nn.Conv1d(width, width + skip_width, 1)

    def forward(self, x, h, n: int):
        """Residual (B, C, T - dilation) and the last n columns of skip (B, S, n)."""
        y = self.filter_and_gate(x) + self.of_condition(h)[:, :, None]
        residual, skip = self.split(self.to_paths(gated(y)))
        return x[:, :, self.dilation :] + residual, skip[:, :, -n:]

    def split(self, paths):
        """Residual (B, C, ...) and skip (B, S, ...) of what `to_paths` gives."""
        width = self.to_paths.in_channels
        return paths[:, :width], paths[:, width:]


def gated(y):
    """Values, the first half of the channels, each times its gate of the second."""
    values, gates = y.chunk(2, dim=1)
    return values.tanh() * gates.sigmoid()


class WaveNet(nn.Module):
    """p(x_t | x_1 .. x_{t-1}, digit, speaker) over mu-law codes, as logits.

    Parameters
    ----------
    width, skip_width, condition_dim : int
        Channels of the residual and the skip paths, numbers of a condition.
    dilations : sequence of int
        One layer each.
    n_digits, n_speakers : int
        Conditions that there are.
    """

    def __init__(
        self,
        width: int = 32,
        skip_width: int = 64,
        condition_dim: int = 16,
        dilations: tuple = DILATIONS,
        n_digits: int = N_DIGITS,
        n_speakers: int = N_SPEAKERS,
    ):
        super().__init__()
        amplitudes = mu_law_decode(torch.arange(N_LEVELS))
        inputs = torch.stack([LOUDNESS * amplitudes, compress(amplitudes)], dim=1)
        self.register_buffer("inputs", inputs, persistent=False)  # (256, 2)
        self.of_amplitude = nn.Linear(2, width)
        self.digit = nn.Embedding(n_digits, condition_dim)
        self.speaker = nn.Embedding(n_speakers, condition_dim)
        self.layers = nn.ModuleList(
            GatedLayer(width, skip_width, condition_dim, d) for d in dilations
        )
        self.to_hidden = nn.Conv1d(skip_width, skip_width, 1)
        self.to_scores = nn.Conv1d(skip_width, N_LEVELS, 1)

    @property
    def receptive_field(self) -> int:
        """Samples that one prediction depends on: 1 + sum of (2 - 1) dilation."""
        return 1 + sum(layer.dilation for layer in self.layers)

    def columns(self, codes):
        """What the first layer reads (B, C, T) of codes (B, T): amplitudes."""
        return self.of_amplitude(self.inputs[codes]).transpose(1, 2)

    def condition(self, digits, speakers):
        """Condition h (B, condition_dim) of digits and speakers (B,)."""
        return self.digit(digits) + self.speaker(speakers)

    def read(self, x, h):
        """Logits (B, 256, T - R + 1) after columns (B, C, T); see `forward`."""
        n = x.shape[2] - self.receptive_field + 1
        if n < 1:
            raise Mistake(
                f"{x.shape[2]} samples are fewer than the receptive field "
                f"{self.receptive_field}",
                f"只有 {x.shape[2]} 个采样点，比感受野 {self.receptive_field} 还短。",
            )
        skips = 0
        for layer in self.layers:
            x, skip = layer(x, h, n)
            skips = skips + skip
        return self.head(skips)

    def head(self, skips):
        """Logits (B, 256, n) of the sum of all skip paths (B, S, n)."""
        return self.to_scores(self.to_hidden(skips.relu()).relu())

    def forward(self, codes, digits, speakers):
        """Logits of the next code after each window of R codes.

        Parameters
        ----------
        codes : int64 (B, T), T >= R = `receptive_field`
        digits, speakers : int64 (B,)

        Returns
        -------
        tensor (B, T - R + 1, 256)

        Raises
        ------
        Mistake
            If there are fewer codes than the receptive field.
        """
        h = self.condition(digits, speakers)
        return self.read(self.columns(codes), h).transpose(1, 2)


def measured_receptive_field(network: WaveNet, seed: int = 0) -> int:
    """Samples on which the gradient of one prediction depends, counted.

    The input is twice as long as the formula says, so that a longer reach would show.
    """
    rng = torch.Generator().manual_seed(seed)
    network = copy.deepcopy(network).double()
    codes = torch.randint(N_LEVELS, (8, 2 * network.receptive_field), generator=rng)
    x = network.columns(codes).detach().requires_grad_()  # (8, C, T)
    h = network.condition(*torch.zeros(2, 8, dtype=torch.int64))
    scores = network.read(x, h)[:, :, -1]  # (8, 256)
    (gradient,) = torch.autograd.grad(scores.logsumexp(dim=1).sum(), x)
    used = gradient.abs().sum(dim=(0, 1)).nonzero()  # (n, 1)
    return x.shape[2] - int(used[0])
