"""Tacotron: from letters to spectrograms, a few frames at a step, by attention.

A small relative of Tacotron (Wang et al., 2017) and Tacotron 2 (Shen et al., 2018).
Frames are log mel magnitudes, scaled by `normalised` to about [-3, 3]. Each step looks
somewhere into the letters; the kinds of attention differ in what decides where:

- ``"content"``: how letters fit the decoder's state (Bahdanau, Cho and Bengio, 2015);
- ``"location"``: that, and where it looked before (Chorowski et al., 2015);
- ``"mixture"``: normal curves whose centres only move ahead (Graves, 2013, in the form
  V2 of Battenberg et al., 2020): no letter's content counts, and nothing goes back.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

from aigc_helpers.reader import Mistake
from aigc_helpers.speech.spelling import N_SYMBOLS, PADDING

N_MEL, N_BINS = 40, 257
CENTRE, SCALE = -1.5, 2.0  # of log magnitudes, in nats
FLOOR = -6.907755  # ln 0.001, the smallest log magnitude
SILENCE = (FLOOR - CENTRE) / SCALE  # what a silent frame consists of
NEVER = -1e9  # energy of padding


def normalised(log_magnitude):
    """Log magnitudes in nats, as numbers that suit a network; any shape."""
    return (log_magnitude - CENTRE) / SCALE


def denormalised(x):
    """Inverse of `normalised`, and no less than the floor of log magnitudes."""
    return (x * SCALE + CENTRE).clamp(min=FLOOR)


class Encoder(nn.Module):
    """Convolutions over letters, each added to what it reads: (B, S) to (B, S, dim).

    A letter is seen with ``n_layers * reach`` neighbours on each side, and no place has
    a number of its own: a long string is read like a short one.
    """

    def __init__(self, n_symbols: int, dim: int, n_layers: int = 3, reach: int = 2):
        super().__init__()
        self.embedding = nn.Embedding(n_symbols, dim)
        self.layers = nn.ModuleList(
            nn.Conv1d(dim, dim, 2 * reach + 1, padding=reach) for _ in range(n_layers)
        )
        self.dropout = nn.Dropout(0.1)

    def forward(self, letters):
        """Features of letters, zeros where there is none."""
        is_there = (letters != PADDING)[:, None].float()  # (B, 1, S)
        x = self.embedding(letters).transpose(1, 2) * is_there  # (B, dim, S)
        for layer in self.layers:
            x = (x + self.dropout(F.relu(layer(x)))) * is_there
        return x.transpose(1, 2)  # (B, S, dim)


class ContentAttention(nn.Module):
    r"""Weights by e_s = v' tanh(W h + U x_s) for the encoder's features x_s."""

    def __init__(self, hidden: int, dim: int, width: int = 64):
        super().__init__()
        self.to_query = nn.Linear(hidden, width)
        self.to_key = nn.Linear(dim, width, bias=False)
        self.to_energy = nn.Linear(width, 1, bias=False)

    def initial(self, memory):
        """What attention remembers before the first step: nothing."""
        return ()

    def remember(self, memory):
        """What is computed once for a text: U x_s (B, S, width)."""
        return self.to_key(memory)

    def fit(self, h, keys, before):
        """How well each letter fits, before tanh: (B, S, width)."""
        return keys + self.to_query(h)[:, None]

    def forward(self, h, keys, is_there, before):
        """Weights (B, S), each row with the sum 1, and what is remembered."""
        energy = self.to_energy(self.fit(h, keys, before).tanh())[:, :, 0]  # (B, S)
        weights = energy.masked_fill(~is_there, NEVER).softmax(dim=1)
        return weights, self.after(weights, before)

    def after(self, weights, before):
        """What is remembered behind a step."""
        return ()


class LocationAttention(ContentAttention):
    """Besides, a convolution of the last weights and of the sum of all earlier ones."""

    reach = 7

    def __init__(self, hidden: int, dim: int, width: int = 64):
        super().__init__(hidden, dim, width)
        reach = self.reach
        self.to_location = nn.Conv1d(2, width, 2 * reach + 1, padding=reach)

    def initial(self, memory):
        """Weights of the last step and of all, (B, S) each: at first on letter 0."""
        first = memory.new_zeros(memory.shape[:2])
        first[:, 0] = 1
        return first, first

    def fit(self, h, keys, before):
        """`ContentAttention.fit`, and where the decoder has looked."""
        there = self.to_location(torch.stack(before, dim=1))  # (B, width, S)
        return super().fit(h, keys, before) + there.transpose(1, 2)

    def after(self, weights, before):
        """The weights, and all until now."""
        return weights, before[1] + weights


class MixtureAttention(nn.Module):
    r"""Weights :math:`\sum_k w_k \mathcal{N}(s; \mu_k, \sigma_k^2)` at the places s.

    Each step moves the centres by softplus(…) > 0; w by softmax, sigma by softplus. The
    sum of a row is less than 1 where a curve reaches beyond the letters. One curve is
    monotonic; of several, now this and now that one may be the highest.
    """

    first_move, first_width = 0.5, 1.5  # letters

    def __init__(self, hidden: int, dim: int, n_curves: int = 1):
        super().__init__()
        self.n_curves = n_curves
        self.to_shape = nn.Sequential(
            nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 3 * n_curves)
        )
        with torch.no_grad():  # what softplus makes the first move and width of
            values = [0.0, self.first_move, self.first_width]
            bias = [math.log(math.expm1(value)) if value else 0.0 for value in values]
            self.to_shape[2].bias.copy_(torch.tensor(bias).repeat_interleave(n_curves))
            self.to_shape[2].weight.mul_(0.1)

    def initial(self, memory):
        """Centres (B, K), all at the first letter."""
        return (memory.new_zeros(len(memory), self.n_curves),)

    def remember(self, memory):
        """Places of letters (S,)."""
        return torch.arange(memory.shape[1], device=memory.device, dtype=memory.dtype)

    def forward(self, h, places, is_there, before):
        """Weights (B, S), and the centres (B, K)."""
        share, move, width = self.to_shape(h).chunk(3, dim=1)  # (B, K) each
        centres = before[0] + F.softplus(move)
        width = F.softplus(width)[:, :, None] + 0.2  # (B, K, 1)
        z = (places - centres[:, :, None]) / width  # (B, K, S)
        height = share.softmax(dim=1)[:, :, None] / (math.sqrt(2 * math.pi) * width)
        weights = (height * torch.exp(-0.5 * z * z)).sum(dim=1)  # (B, S)
        return weights * is_there, (centres,)


ATTENTIONS = {
    "content": ContentAttention,
    "location": LocationAttention,
    "mixture": MixtureAttention,
}


class Prenet(nn.Module):
    """Two layers that see a frame through dropout, so that it tells only a part.

    What a decoder copies from the frame before need not come from the letters; half
    blinded, it has to look (Wang et al., 2017, section 3.3).
    """

    def __init__(self, dim: int, size: int, dropout: float):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(dim, size),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(size, size),
            nn.ReLU(),
            nn.Dropout(dropout),
        )

    def forward(self, frames):
        """(…, dim) to (…, size)."""
        return self.layers(frames)


class Postnet(nn.Module):
    """Convolutions over time from mel bands to frequencies: (B, T, 40) to (B, T, 257).

    Both are normalised log magnitudes. A frame is seen with its neighbours.
    """

    def __init__(self, size: int):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(N_MEL, size, 5, padding=2),
            nn.ReLU(),
            nn.Conv1d(size, size, 5, padding=2),
            nn.ReLU(),
            nn.Conv1d(size, N_BINS, 1),
        )

    def forward(self, mel):
        """Log magnitudes at all frequencies of frames of mel bands."""
        return self.layers(mel.transpose(1, 2)).transpose(1, 2)  # (B, T, 257)


class Tacotron(nn.Module):
    """Letters and a voice to frames, where each step looked, and when to stop.

    Parameters
    ----------
    n_voices : int
        Of speakers.
    dim, hidden : int
        Of a letter's features; of each of the decoder's two states.
    attention : str
        "content", "location" or "mixture".
    n_frames : int
        r, frames that a step gives.
    dropout : float
        Share of the prenet's numbers that are dropped in training.

    Raises
    ------
    Mistake
        If there is no such attention.
    """

    def __init__(
        self,
        n_voices: int,
        dim: int = 64,
        hidden: int = 128,
        attention: str = "mixture",
        n_frames: int = 3,
        dropout: float = 0.5,
    ):
        super().__init__()
        if attention not in ATTENTIONS:
            raise Mistake(
                f"attention must be one of {list(ATTENTIONS)}, not {attention!r}",
                f"没有 {attention!r} 这种注意力，可以写：{list(ATTENTIONS)}。",
            )
        self.n_frames, size = n_frames, hidden // 2
        self.encoder = Encoder(N_SYMBOLS, dim)
        self.voices = nn.Embedding(n_voices, size)
        self.prenet = Prenet(N_MEL, size, dropout)
        self.attention = ATTENTIONS[attention](hidden, dim)
        self.looking = nn.GRUCell(2 * size + dim, hidden)
        self.writing = nn.GRU(hidden + dim + size, hidden, batch_first=True)
        self.to_frames = nn.Linear(hidden + dim, n_frames * N_MEL)
        self.to_stop = nn.Linear(hidden + dim, 1)
        self.postnet = Postnet(96)

    def read(self, letters, voices) -> tuple:
        """What is computed once: features (B, S, dim), keys, a mask, voices (B, size).

        ``letters`` is int64 (B, S), 0 behind each end; ``voices`` int64 (B,).
        """
        memory = self.encoder(letters)
        keys = self.attention.remember(memory)
        return memory, keys, letters != PADDING, self.voices(voices)

    def initial_state(self, read) -> tuple:
        """Two states (B, hidden), what was looked at (B, dim), attention's memory."""
        memory, n = read[0], len(read[0])
        sizes = self.looking.hidden_size, self.looking.hidden_size, memory.shape[2]
        zeros = (memory.new_zeros(n, size) for size in sizes)
        return (*zeros, *self.attention.initial(memory))

    def look(self, x, read, state) -> tuple:
        """One step of attention after x (B, 2 size), the last frame and the voice."""
        memory, keys, is_there, _ = read
        h, context, *before = state
        h = self.looking(torch.cat([x, context], dim=1), h)
        weights, before = self.attention(h, keys, is_there, before)
        context = (weights[:, None] @ memory)[:, 0]  # (B, dim)
        return weights, (h, context, *before)

    def step(self, read, frame, state) -> tuple:
        """Frames (B, r, 40), stop (B,), weights (B, S), state after a frame (B, 40).

        ``stop`` is a logit. A pure function: what changes is in ``state``.
        """
        h, written, *rest = state
        x = torch.cat([self.prenet(frame), read[3]], dim=1)
        weights, (h, context, *before) = self.look(x, read, (h, *rest))
        frames, stop, written = self.write(
            h[:, None], context[:, None], read[3], written
        )
        return frames, stop[:, 0], weights, (h, written, context, *before)

    def write(self, h, contexts, voices, written) -> tuple:
        """Frames (B, n r, 40), stop (B, n) and the state behind n steps of looking."""
        n = h.shape[1]
        voices = voices[:, None].expand(-1, n, -1)
        x = torch.cat([h, contexts, voices], dim=2)
        y, written = self.writing(x, written[None])
        y = torch.cat([y, contexts], dim=2)  # (B, n, hidden + dim)
        frames = self.to_frames(y).reshape(len(y), n * self.n_frames, N_MEL)
        return frames, self.to_stop(y)[:, :, 0], written[0]

    def forward(self, letters, voices, frames) -> tuple:
        """What each step says of the frames (B, n r, 40) that follow true ones.

        Returns frames (B, n r, 40), stop (B, n), weights (B, n, S).
        """
        read = self.read(letters, voices)
        h, written, *rest = self.initial_state(read)
        state, (hs, contexts, rows) = (h, *rest), ([], [], [])
        x = self.prenet(frames_before(frames, self.n_frames))  # (B, n, size)
        x = torch.cat([x, read[3][:, None].expand(-1, x.shape[1], -1)], dim=2)
        for step in x.unbind(dim=1):
            weights, state = self.look(step, read, state)
            hs.append(state[0])
            contexts.append(state[1])
            rows.append(weights)
        hs, contexts = torch.stack(hs, 1), torch.stack(contexts, 1)
        frames, stop, _ = self.write(hs, contexts, read[3], written)
        return frames, stop, torch.stack(rows, 1)


def frames_before(frames, r: int):
    """The frame before each group of r, (B, n r, 40) to (B, n, 40): first silence."""
    return F.pad(frames[:, r - 1 : -1 : r], (0, 0, 1, 0), value=SILENCE)
