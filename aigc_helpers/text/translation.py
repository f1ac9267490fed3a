"""Networks that translate: a recurrent encoder and decoder, with attention or without.

They keep the contract of `aigc_helpers.language.transduction`. The three kinds differ
in one thing, what the decoder is told of the source at each step:

- ``"none"``: always the encoder's two last states (Cho et al., 2014);
- ``"content"``: a mean of all its states, weighted by how they fit the decoder's state
  (Bahdanau, Cho and Bengio, 2015);
- ``"location"``: the same, and the fit depends on where the decoder has looked before
  (Chorowski et al., 2015, section 2.2).
"""

import torch
from torch import nn

from aigc_helpers.language.training import next_token_loss, pad_lines
from aigc_helpers.language.transduction import transduce
from aigc_helpers.reader import Mistake
from aigc_helpers.runtime import evaluation_mode
from aigc_helpers.text.numeral_pairs import (
    LONGEST,
    draw_pairs,
    encode_sources,
    vocabulary,
)
from aigc_helpers.training import Run

NEVER = -1e9  # energy of padding
MOST_WRITTEN = 48  # tokens of a target; the longest right one has 37
POOL = 8  # batches that are drawn together and sorted by length
CHUNK = 1000  # sources that are translated at once


class Encoder(nn.Module):
    """Two GRUs over the characters of a source, one from each end.

    Parameters
    ----------
    n_tokens, dim, size : int
        Characters, sizes of their embedding and of the state of each GRU.
    """

    def __init__(self, n_tokens: int, dim: int, size: int):
        super().__init__()
        self.embedding = nn.Embedding(n_tokens, dim)
        self.forwards = nn.GRU(dim, size, batch_first=True)
        self.backwards = nn.GRU(dim, size, batch_first=True)

    def forward(self, characters):
        """States (B, S, 2 size) of characters (B, S), 0 on padding."""
        is_there = characters != 0
        order = reversal(is_there)
        x = self.embedding(characters)  # (B, S, dim)
        there, _ = self.forwards(x)  # (B, S, size)
        back, _ = self.backwards(reordered(x, order))
        states = torch.cat([there, reordered(back, order)], dim=2)  # (B, S, 2 size)
        return states * is_there[:, :, None]


def reversal(is_there):
    """Each place of a row as seen from the row's other end (B, S); its own inverse.

    Padding, which stands behind, stays where it is.
    """
    places = torch.arange(is_there.shape[1], device=is_there.device)
    mirrored = is_there.sum(dim=1, keepdim=True) - 1 - places  # (B, S)
    return torch.where(is_there, mirrored, places)


def reordered(x, order):
    """Rows (B, S, D) in the order (B, S)."""
    return x.gather(1, order[:, :, None].expand_as(x))


class FixedVector(nn.Module):
    """No attention: the last states of both GRUs (B, 2 size), the same at each step."""

    n_places = 0  # how many numbers for each source token are carried on

    def __init__(self, hidden: int, size: int, width: int):
        super().__init__()

    def remember(self, states, is_there):
        """What is computed once for a source: states (B, S, 2 size) to (B, 2 size)."""
        there, back = states.chunk(2, dim=2)  # (B, S, size) each
        last = is_there.sum(dim=1) - 1  # (B,)
        ends = there.gather(1, last[:, None, None].expand_as(there[:, :1]))
        return torch.cat([ends[:, 0], back[:, 0]], dim=1)

    def forward(self, h, memory, places):
        """Equal weights (B, S), on which nothing depends, and the vector."""
        _, vector, is_there = memory
        return is_there / is_there.sum(dim=1, keepdim=True), vector


class ContentAttention(nn.Module):
    r"""Weights by e_s = v' tanh(W h + U x_s) for the encoder's states x_s."""

    n_places = 0

    def __init__(self, hidden: int, size: int, width: int):
        super().__init__()
        self.to_query = nn.Linear(hidden, width)
        self.to_key = nn.Linear(2 * size, width, bias=False)
        self.to_energy = nn.Linear(width, 1, bias=False)

    def remember(self, states, is_there):
        """U x_s (B, S, width)."""
        return self.to_key(states)

    def fit(self, h, keys, places):
        """How well each source token fits, before tanh: (B, S, width)."""
        return keys + self.to_query(h)[:, None]

    def forward(self, h, memory, places):
        """Weights (B, S), each row with the sum 1, and the mean state (B, 2 size)."""
        states, keys, is_there = memory
        energy = self.to_energy(self.fit(h, keys, places).tanh())[:, :, 0]  # (B, S)
        weights = energy.masked_fill(~is_there, NEVER).softmax(dim=1)
        return weights, (weights[:, None] @ states)[:, 0]


class LocationAttention(ContentAttention):
    """Besides, a convolution of the last weights and of the sum of all earlier ones.

    It reaches 7 places to both sides; no place has a number of its own.
    """

    n_places, reach = 2, 7

    def __init__(self, hidden: int, size: int, width: int):
        super().__init__(hidden, size, width)
        reach = self.reach
        self.to_location = nn.Conv1d(2, width, 2 * reach + 1, padding=reach)

    def fit(self, h, keys, places):
        """`ContentAttention.fit`, and where the decoder has looked, 2 times (B, S)."""
        there = self.to_location(torch.stack(places, dim=1))  # (B, width, S)
        return super().fit(h, keys, places) + there.transpose(1, 2)


ATTENTIONS = {
    "none": FixedVector,
    "content": ContentAttention,
    "location": LocationAttention,
}


class Translator(nn.Module):
    """Encoder, attention, decoder; keeps the contract of `language.transduction`.

    One vocabulary serves source and target; 0 is padding, start and end.

    Parameters
    ----------
    n_tokens : int
        V, size of the vocabulary.
    dim, size, hidden : int
        Of a character's embedding, of each of the encoder's two states, of the
        decoder's state. Source tokens are compared with it in half as many numbers.
    attention : str
        "none", "content" or "location".
    dropout : float
        Share of the encoder's numbers, and of those before the scores, that are dropped
        in training.

    Raises
    ------
    Mistake
        If there is no such attention.
    """

    line_end = 0
    encoder_is_recurrent = True  # see `weights.export.export_transducer`

    def __init__(
        self,
        n_tokens: int,
        dim: int = 32,
        size: int = 64,
        hidden: int = 96,
        attention: str = "location",
        dropout: float = 0.1,
    ):
        super().__init__()
        if attention not in ATTENTIONS:
            raise Mistake(
                f"attention must be one of {list(ATTENTIONS)}, not {attention!r}",
                f"没有 {attention!r} 这种注意力，可以写：{list(ATTENTIONS)}。",
            )
        self.n_tokens = n_tokens
        self.encoder = Encoder(n_tokens, dim, size)
        self.attention = ATTENTIONS[attention](hidden, size, hidden // 2)
        self.embedding = nn.Embedding(n_tokens, dim)
        self.cell = nn.GRUCell(dim + 2 * size, hidden)
        self.to_scores = nn.Linear(hidden + 2 * size, n_tokens)
        self.dropout = nn.Dropout(dropout)

    def initial_state(self, source) -> tuple:
        """Zeros: h (B, hidden), what was attended to (B, 2 size), places (B, S)."""
        n, length = source.shape[:2]
        sizes = [
            self.cell.hidden_size,
            self.cell.input_size - self.embedding.embedding_dim,
        ]
        sizes += [length] * self.attention.n_places
        weight = self.to_scores.weight
        return tuple(weight.new_zeros(n, size) for size in sizes)

    def read(self, source) -> tuple:
        """What is computed once for sources (B, S, 1): states, memory, mask."""
        characters = source[:, :, 0]
        states, is_there = self.dropout(self.encoder(characters)), characters != 0
        return states, self.attention.remember(states, is_there), is_there

    def advance(self, x, memory, state) -> tuple:
        """Features (B, hidden + 2 size) after x (B, dim), weights (B, S), state."""
        h, context, *places = state
        h = self.cell(torch.cat([x, context], dim=1), h)
        weights, context = self.attention(h, memory, places)
        if places:
            places = weights, places[1] + weights
        return torch.cat([h, context], dim=1), weights, (h, context, *places)

    def step_from(self, memory, tokens, state) -> tuple:
        """Scores (B, V), weights (B, S), state after tokens (B,); see `read`."""
        features, *rest = self.advance(self.embedding(tokens), memory, state)
        return self.to_scores(self.dropout(features)), *rest

    def step(self, source, tokens, state) -> tuple:
        """Scores (B, V), weights (B, S), state after tokens (B,); reads the source."""
        return self.step_from(self.read(source), tokens, state)

    def forward(self, source, tokens) -> tuple:
        """Scores (B, T, V) after each of tokens (B, T), weights (B, T, S)."""
        memory, state = self.read(source), self.initial_state(source)
        features, rows = [], []
        for x in self.embedding(tokens).unbind(dim=1):  # (B, dim)
            feature, weights, state = self.advance(x, memory, state)
            features.append(feature)
            rows.append(weights)
        scores = self.to_scores(self.dropout(torch.stack(features, 1)))  # (B, T, V)
        return scores, torch.stack(rows, 1)


# ---- training -------------------------------------------------------------------


def train_translator(
    model,
    *,
    longest: int = LONGEST,
    weight_decay: float = 0.3,
    clip: float = 1.0,
    **options,
):
    """Train on endless exact pairs, numbers and dates, both ways.

    Parameters
    ----------
    model : nn.Module
        Changed in place; over the characters of `numeral_pairs.vocabulary`.
    longest : int
        Most digits of a number.
    weight_decay : float
        Of AdamW: in a step each weight loses the share ``lr * weight_decay``.
    clip : float
        A longer gradient is shortened to this norm (Pascanu et al., 2013).
    **options
        ``steps``, ``batch_size`` (64), ``lr`` (4e-3), ``decay`` (0.99), ``seed``,
        ``watch``, ``checkpoint``: see `training.Run`.

    Returns
    -------
    model : nn.Module
        The averaged model, in evaluation mode.
    history : History
        ``loss`` in nats a character.

    Raises
    ------
    DivergedError
        If the loss is no longer a number, or far from its first value.
    """
    optimizer = torch.optim.AdamW(
        model.parameters(), betas=(0.9, 0.99), weight_decay=weight_decay, fused=True
    )
    options = {"batch_size": 64, "lr": 4e-3, "decay": 0.99} | options
    parts = {"optimizer": optimizer, "dropout": torch.default_generator}
    run = Run(model, parts, **options)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(run.seed)
        batches = []
        for step in run:
            if step % POOL == 0 or not batches:
                batches = similar_batches(run, step // POOL, longest)
            pairs = batches[step % POOL]
            run.record(loss=translation_step(model, optimizer, pairs, clip=clip))
    return run.average, run.history


def similar_batches(run: Run, number: int, longest: int) -> list:
    """Batches of pairs that are about equally long, so that little is padded.

    They are pool ``number`` of an endless row, the same whenever it is asked for.
    """
    rng = torch.Generator().manual_seed(run.seed * 1_000_003 + number)
    size = run.batch_size
    pairs = draw_pairs(POOL * size, rng, longest=longest)
    pairs.sort(key=lambda pair: (len(pair.target), len(pair.source)))
    order = torch.randperm(POOL, generator=rng).tolist()
    return [pairs[i * size : (i + 1) * size] for i in order]


def translation_step(model, optimizer, pairs, *, clip: float = 1.0):
    """One update; the mean loss in nats a target character, its end included."""
    source, inputs, targets = encode_pairs(pairs)
    scores, _ = model(source, inputs)  # (B, T, V)
    loss = next_token_loss(scores, targets)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), clip)
    optimizer.step()
    return loss.detach()


def encode_pairs(pairs) -> tuple:
    """Sources (B, S, 1), inputs (B, T), and targets (B, T) with -100 behind the end."""
    characters = vocabulary()
    lines = [torch.tensor([0, *characters.encode(target), 0]) for _, target in pairs]
    inputs, targets, _ = pad_lines(lines, line_end=0)
    return encode_sources([source for source, _ in pairs]), inputs, targets


# ---- translating ----------------------------------------------------------------


class _Reader:
    """A translator that has read its sources: a transducer that reads them once."""

    def __init__(self, model, source):
        self.n_tokens, self.line_end = model.n_tokens, model.line_end
        self.initial_state, self.step_from = model.initial_state, model.step_from
        self.memory = model.read(source)

    def step(self, source, tokens, state):
        """`Translator.step`, without reading again."""
        return self.step_from(self.memory, tokens, state)


@torch.no_grad()
def translations(model, sources, *, max_length: int = MOST_WRITTEN) -> list:
    """A `transduction.Transduction` of each source, the likeliest token at each step.

    ``sources`` are texts that begin with their direction, see `numeral_pairs`.
    """
    found = []
    with evaluation_mode(model):
        for start in range(0, len(sources), CHUNK):
            source = encode_sources(sources[start : start + CHUNK])
            reader = _Reader(model, source)
            found += transduce(reader, source, max_length=max_length)
    return found


def translate(model, sources) -> list[str]:
    """What the network makes of each source; … behind a target that does not end."""
    characters = vocabulary()
    return [
        characters.decode(found.tokens) + ("" if found.is_complete else "…")
        for found in translations(model, sources)
    ]
