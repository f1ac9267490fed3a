"""Small untrained networks that attend, of each form that the protocol allows.

Each keeps the protocol of ``aigc_helpers.language.transduction``.
"""

import torch
from torch import nn

N_SOURCE, N_TARGET = 20, 11  # ids of a source token's first feature; of target tokens


class Transducer(nn.Module):
    """A convolutional encoder, attention that knows where it was, a recurrent decoder.

    ``copies`` gives a score to each source token besides; ``n_features`` of a source
    token are added.
    """

    line_end = 0

    def __init__(self, *, copies: bool = False, n_features: int = 1, hidden: int = 24):
        super().__init__()
        self.n_tokens, self.copies = N_TARGET, copies
        self.features = nn.ModuleList(
            nn.Embedding(N_SOURCE, 16) for _ in range(n_features)
        )
        self.encoder = nn.Conv1d(16, 2 * hidden, 3, padding=1)
        self.query = nn.Linear(hidden, 2 * hidden)
        self.target = nn.Embedding(N_TARGET, 16)
        self.cell = nn.GRUCell(16 + 2 * hidden, hidden)
        self.to_scores = nn.Linear(3 * hidden, N_TARGET)
        with torch.no_grad():
            self.to_scores.weight.mul_(8)
            self.query.weight.mul_(4)

    def initial_state(self, source):
        n, length = source.shape[:2]
        return torch.zeros(n, self.cell.hidden_size), torch.zeros(n, length)

    def read(self, source):
        """Embeddings (B, S, 16) of source tokens; zeros of padding."""
        tables = enumerate(self.features)
        x = sum(table(source[..., i]) for i, table in tables)  # (B, S, 16)
        return x * (source[..., :1] > 0)

    def step(self, source, tokens, state):
        h, before = state
        x = self.read(source)
        memory = self.encoder(x.mT).mT.tanh()  # (B, S, 2 hidden)
        match = (memory @ self.query(h)[:, :, None])[..., 0] - before  # (B, S)
        match = match.masked_fill(source[..., 0] == 0, -1e9)
        attention = match.softmax(1)
        context = (attention[:, None] @ memory)[:, 0]  # (B, 2 hidden)
        own = self.target(tokens.clamp(max=N_TARGET - 1))  # (B, 16)
        place = (tokens - N_TARGET).clamp(min=0)[:, None, None]  # (B, 1, 1)
        copied = x.gather(1, place.expand(-1, 1, x.shape[2]))[:, 0]  # (B, 16)
        y = torch.where((tokens < N_TARGET)[:, None], own, copied)
        h = self.cell(torch.cat([y, context], 1), h)
        scores = self.to_scores(torch.cat([h, context], 1))  # (B, V)
        if self.copies:
            scores = torch.cat([scores, match], 1)  # (B, V + S)
        return scores, attention, (h, attention)


def transducer(*, seed: int = 0, **options) -> Transducer:
    """One of them, always the same for a seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Transducer(**options).eval()


def random_sources(lengths, *, n_features: int = 1, seed: int = 0) -> list:
    """Int64 (1, S, F) for each length S."""
    rng = torch.Generator().manual_seed(seed)
    return [
        torch.randint(1, N_SOURCE, (1, n, n_features), generator=rng) for n in lengths
    ]


class Speller(nn.Module):
    """Writes token k for a source token k, from left to right, and looks where it is.

    With ``copies`` it copies source tokens whose first feature is even.
    """

    line_end = 0

    def __init__(self, n_tokens: int = N_TARGET, *, copies: bool = False):
        super().__init__()
        self.n_tokens, self.copies = n_tokens, copies
        self.sure = nn.Parameter(torch.tensor(0.7))  # the rest is spread evenly

    def initial_state(self, source):
        return (torch.zeros(source.shape[:2]),)

    def step(self, source, tokens, state):
        (before,) = state  # (B, S), 1 where it was; zeros at the start
        first = 1 - before.sum(1, keepdim=True)  # (B, 1)
        at = torch.cat([first, before[:, :-1]], 1)  # (B, S), zeros behind the end
        there = at.sum(1, keepdim=True)  # (B, 1)
        attention = self.sure * at + (1 - self.sure * there) / source.shape[1]
        ids = torch.arange(self.n_tokens)
        words = (
            source[..., :1].clamp(max=self.n_tokens - 1) == ids
        ).float()  # (B, S, V)
        scores = (at[:, None] @ words)[:, 0] + (ids == 0) * 0.5  # (B, V)
        if self.copies:
            scores = torch.cat([scores, 2 * at * (source[..., 0] % 2 == 0)], 1)
        return scores, attention, (at,)
