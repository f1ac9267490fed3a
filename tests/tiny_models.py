"""Small untrained language models of each family, with peaked distributions.

Each keeps the protocol of ``aigc_helpers.language.sampling``; the tests compare what
they say with the whole sequence read at once.
"""

import torch
from torch import nn

CHARACTERS = (
    "的一是不了人我在有他这为之大来以个中上们\n 春风日月山水花鸟云雨天地xyz(){}<"
)
N_TOKENS = len(CHARACTERS)


class Recurrent(nn.Module):
    """Embedding, an LSTM or GRU cell, logits."""

    def __init__(self, cell=nn.LSTMCell, n_tokens=N_TOKENS, dim=24, hidden=48):
        super().__init__()
        self.embedding = nn.Embedding(n_tokens, dim)
        self.cell = cell(dim, hidden)
        self.to_logits = nn.Linear(hidden, n_tokens)
        self.n_states = 2 if cell is nn.LSTMCell else 1
        with torch.no_grad():
            self.embedding.weight.mul_(3)
            self.to_logits.weight.mul_(12)

    def initial_state(self):
        return tuple(
            torch.zeros(1, self.cell.hidden_size) for _ in range(self.n_states)
        )

    def step(self, tokens, state):
        x = self.embedding(tokens)  # (B, dim)
        if self.n_states == 1:
            state = (self.cell(x, state[0]),)
        else:
            state = self.cell(x, state)
        return self.to_logits(state[0]), state


class Attention(nn.Module):
    """One causal attention block: keys and values of the last ``size`` tokens."""

    def __init__(self, n_tokens=N_TOKENS, dim=32, size=160):
        super().__init__()
        self.size, self.scale = size, dim**-0.5
        self.embedding = nn.Embedding(n_tokens, dim)
        self.to_qkv = nn.Linear(dim, 3 * dim)
        self.to_logits = nn.Linear(dim, n_tokens)
        with torch.no_grad():
            self.to_qkv.weight.mul_(3)
            self.to_logits.weight.mul_(8)

    def initial_state(self, batch_size=1):
        shape = (batch_size, self.size, self.embedding.embedding_dim)
        return torch.zeros(shape), torch.zeros(shape), torch.zeros(batch_size)

    def step(self, tokens, state):
        keys, values, position = state  # (B, size, dim) twice, (B,) tokens read so far
        x = self.embedding(tokens)
        q, k, v = self.to_qkv(x).chunk(3, dim=-1)
        keys = torch.cat([keys[:, 1:], k[:, None]], dim=1)  # the newest is last
        values = torch.cat([values[:, 1:], v[:, None]], dim=1)
        age = torch.arange(self.size - 1, -1, -1)  # of each slot, in tokens
        scores = self.scale * (keys @ q[:, :, None])[..., 0]  # (B, size)
        scores = scores.masked_fill(age > position[:, None], -1e9)
        mixed = (scores.softmax(dim=-1)[:, None] @ values)[:, 0]
        return self.to_logits(x + mixed), (keys, values, position + 1)


class Window(nn.Module):
    """Reads the last ``size`` token ids anew at each step; -1 is before the text."""

    def __init__(self, n_tokens=N_TOKENS, dim=16, size=8):
        super().__init__()
        self.size = size
        self.embedding = nn.Embedding(n_tokens + 1, dim)
        self.to_logits = nn.Linear(size * dim, n_tokens)
        with torch.no_grad():
            self.to_logits.weight.mul_(8)

    def initial_state(self):
        return (torch.full((1, self.size), -1.0),)

    def step(self, tokens, state):
        window = torch.cat([state[0][:, 1:], tokens[:, None].float()], dim=1)
        x = self.embedding((window + 1).long())  # (B, size, dim)
        return self.to_logits(x.flatten(1)), (window,)


def models() -> dict[str, nn.Module]:
    """One of each family, the same weights every time."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return {
            "lstm": Recurrent(nn.LSTMCell).eval(),
            "gru": Recurrent(nn.GRUCell).eval(),
            "attention": Attention().eval(),
            "window": Window().eval(),
        }
