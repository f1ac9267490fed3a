"""A network that tells a table: a recurrent decoder that attends and copies.

It has no template: each step it writes one character, or copies a whole cell. It has no
digits and no names either, so what it says of a number it has copied (Gu et al., 2016;
See, Liu and Manning, 2017).
"""

import torch
import torch.nn.functional as F
from torch import nn

from aigc_helpers.language.transduction import transduce
from aigc_helpers.text.report_coding import END, NO_TARGET, ReportCoding, ReportPairs
from aigc_helpers.training import Run

LONGEST = 100  # tokens of a bulletin
FAR_BELOW = -1e4  # a score whose probability is 0
GRADIENT = 1.0  # longest that a step's gradient may be


class Reporter(nn.Module):
    """A table to a bulletin: a `language.transduction.Transducer` that copies.

    Each cell becomes a vector; all cells together tell each of them about the others,
    and the decoder, a GRU, what there is. It attends to cells, and a gate decides
    between its own characters and a copy of the cell that it attends to: the
    pointer-generator network of See et al. (2017), with attention behind the recurrent
    layer (Luong, Pham and Manning, 2015). A cell that was copied comes back as input by
    the name of its row.

    Parameters
    ----------
    n_tokens : int
        V, size of the vocabulary.
    n_values : list of int
        How many values each row has.
    dim, hidden : int
        Of a cell's vector and a character's, and of the recurrent state.
    copies : bool
        Without, it has to write digits and names itself, and scores are (B, V).
    """

    line_end = END

    def __init__(
        self,
        n_tokens: int,
        n_values: list[int],
        dim: int = 64,
        hidden: int = 160,
        copies: bool = True,
    ):
        super().__init__()
        self.n_tokens, self.copies = n_tokens, copies
        starts = torch.tensor([0, 0, *n_values]).cumsum(0)[:-1]  # row 0 is padding
        self.register_buffer("starts", starts, persistent=False)
        self.register_buffer(
            "sizes", torch.tensor([1, *n_values]).float(), persistent=False
        )
        self.row = nn.Embedding(len(n_values) + 1, dim)
        self.slope = nn.Embedding(len(n_values) + 1, dim)  # times the value
        self.value = nn.Embedding(sum(n_values), dim)
        self.cell = nn.Sequential(nn.Linear(dim, 2 * dim), nn.SiLU())
        self.whole = nn.Sequential(
            nn.Linear(dim, 4 * dim), nn.SiLU(), nn.Linear(4 * dim, dim)
        )
        self.about = nn.Linear(2 * dim, dim)
        self.embedding = nn.Embedding(n_tokens, dim)
        self.recurrent = nn.GRU(2 * dim, hidden, batch_first=True)
        self.ask = nn.Linear(hidden, dim)
        self.join = nn.Linear(hidden + dim, dim)
        self.write = nn.Linear(dim, n_tokens)
        self.gate = nn.Linear(hidden + dim, 1)
        for table in (self.value, self.slope):
            nn.init.normal_(table.weight, std=0.3)

    def encode(self, source):
        """Vectors of cells (B, S, D) and of the whole table (B, D), where cells are."""
        row, value = source.unbind(2)  # (B, S)
        there = (row > 0).float()
        share = (value - self.starts[row]) / self.sizes[row]  # of its range, in [0, 1)
        x = self.row(row) + self.value(value)
        x = x + self.slope(row) * (8 * share - 4)[..., None]  # (B, S, D)
        whole = self.whole((x * there[..., None]).sum(1) / 3)  # (B, D)
        return torch.tanh(self.about(self.cell(x)) + whole[:, None]), whole, there

    def read(self, source, tokens):
        """Vectors (B, T, D) of target tokens (B, T); of a copy, that of its row."""
        vectors = self.embedding(tokens.clamp(max=self.n_tokens - 1))
        if not self.copies:
            return vectors
        is_copy = tokens >= self.n_tokens
        cell = (tokens - self.n_tokens).clamp(min=0)  # (B, T)
        rows = self.row(source[..., 0].gather(1, cell))
        return torch.where(is_copy[..., None], rows, vectors)

    def forward(self, source, tokens):
        """Log probabilities (B, T, V + S) after tokens (B, T), and attention."""
        scores, attention, _ = self._run(source, tokens, None)
        return scores, attention

    def initial_state(self, source) -> tuple:
        """An empty state: h (B, hidden)."""
        return (torch.zeros(len(source), self.recurrent.hidden_size),)

    def step(self, source, tokens, state):
        """Log probabilities (B, V + S) after tokens (B,), attention (B, S), state."""
        scores, attention, h = self._run(source, tokens[:, None], state[0][None])
        return scores[:, 0], attention[:, 0], (h[0],)

    def _run(self, source, tokens, h):
        cells, whole, there = self.encode(source)
        x = self.read(source, tokens)
        x = torch.cat([x, whole[:, None].expand_as(x)], dim=2)  # (B, T, 2D)
        states, h = self.recurrent(x, h)  # (B, T, H)
        match = self.ask(states) @ cells.transpose(1, 2)  # (B, T, S)
        match = match / cells.shape[2] ** 0.5 + FAR_BELOW * (1 - there)[:, None]
        log_attention = F.log_softmax(match, dim=2)
        attention = log_attention.exp()
        both = torch.cat([states, attention @ cells], dim=2)  # (B, T, H + D)
        words = F.log_softmax(self.write(torch.tanh(self.join(both))), dim=2)
        if not self.copies:
            return words, attention, h
        gate = self.gate(both)  # (B, T, 1)
        # ln g and ln (1 - g): as a file, logsigmoid would be the logarithm of 0
        copied = log_attention - F.softplus(gate)
        return torch.cat([words - F.softplus(-gate), copied], dim=2), attention, h


# ---- training and writing ---------------------------------------------------------


def copying_loss(scores, targets):
    """Mean of -ln p(right token) in nats over all targets.

    ``scores`` are log probabilities (B, T, V + S), ``targets`` (B, T, 2): two tokens
    are both right, -1 is none. What copies of equal words have is added up (See et al.,
    2017, section 2.2).
    """
    is_target = targets != NO_TARGET  # (B, T, 2)
    p = scores.gather(2, targets.clamp(min=0))
    p = p.masked_fill(~is_target, 2 * FAR_BELOW).logsumexp(2)  # (B, T)
    counts = is_target.any(2)
    return -(p * counts).sum() / counts.sum()


def train_reporter(reporter, pairs: ReportPairs, **options):
    """Train on pairs of tables and bulletins; return the average and the history.

    Parameters
    ----------
    reporter : Reporter
        Changed in place.
    pairs : ReportPairs
    **options
        ``steps``, ``batch_size`` (64), ``lr`` (4e-3, of AdamW), ``decay`` (0.99, of the
        averaged network), ``seed``, ``watch``, ``checkpoint``: see `training.Run`.

    Raises
    ------
    Mistake
        If a number cannot be meant.
    DivergedError
        If the loss is no longer a number, or far from its first value.
    """
    optimizer = torch.optim.AdamW(
        reporter.parameters(), betas=(0.9, 0.99), weight_decay=0.01, fused=True
    )
    options = {"batch_size": 64, "lr": 4e-3, "decay": 0.99} | options
    run = Run(reporter, {"optimizer": optimizer}, **options)
    for _ in run:
        chosen = pairs.draw(run.batch_size, run.rng)
        n = pairs.lengths[chosen].max()
        source, tokens = pairs.sources[chosen], pairs.inputs[chosen, :n]
        scores, _ = reporter(source, tokens)
        loss = copying_loss(scores, pairs.targets[chosen, :n])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(reporter.parameters(), GRADIENT)
        optimizer.step()
        run.record(loss=loss)
    return run.average, run.history


def report(
    reporter, tables: list[dict], coding: ReportCoding, **options
) -> list[list[str]]:
    """Bulletins of tables, the likeliest word at each step: lists of words.

    ``pick``: see `language.transduction.transduce`.
    """
    source = coding.sources(tables)
    written = transduce(reporter, source, max_length=LONGEST, **options)
    return [
        coding.decode(one.tokens, table)
        for one, table in zip(written, tables, strict=True)
    ]


def sample_reports(
    reporter, tables: list[dict], coding: ReportCoding, *, temperature=1.0, seed=0
) -> list[list[str]]:
    """Bulletins whose words are drawn, each as often as the network finds it likely."""
    rng = torch.Generator().manual_seed(seed)

    def pick(scores):
        p = (scores / temperature).softmax(1)  # (B, V + S)
        return torch.multinomial(p, 1, generator=rng)[:, 0]  # (B,)

    return report(reporter, tables, coding, pick=pick)
