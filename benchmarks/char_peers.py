"""The peers of `benchmarks/rnn.py`, written from their settings.

- char-rnn (https://github.com/karpathy/char-rnn, defaults): two LSTM layers of 128 on
  one-hot characters, batches of 50 readers, 50 characters a piece, RMSProp with lr 2e-3
  and decay 0.95, gradients cut at 5 each, weights from U(-0.08, 0.08), forget bias 1.
- nanoGPT (https://github.com/karpathy/nanoGPT, the run that its README gives for a
  CPU): 4 layers, 4 heads, width 128, 64 characters, batches of 12, AdamW with betas
  (0.9, 0.99) and weight decay 0.1 on matrices, 100 steps of warm-up, cosine from 1e-3
  to 1e-4 over 2,000 steps, gradients of norm 1 at most, no biases, no dropout.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

GPT_STEPS = 2000
BLOCK = 64


def precision(bf16: bool):
    """Context of the forward pass."""
    return torch.autocast("cpu", torch.bfloat16, enabled=bf16)


def cross_entropy(logits, targets):
    """Mean over all characters, in float32."""
    return F.cross_entropy(logits.float().flatten(0, 1), targets.flatten())


class CharRNN(nn.Module):
    """Tokens (B, T) and a state to logits (B, T, V) and a state."""

    def __init__(self, n_tokens: int, hidden: int = 128, n_layers: int = 2):
        super().__init__()
        self.n_tokens = n_tokens
        self.recurrent = nn.LSTM(n_tokens, hidden, n_layers, batch_first=True)
        self.to_logits = nn.Linear(hidden, n_tokens)
        for name, weight in self.named_parameters():
            nn.init.uniform_(weight, -0.08, 0.08)
            if name.startswith("recurrent.bias_ih"):
                nn.init.ones_(weight.data[hidden : 2 * hidden])
            elif name.startswith("recurrent.bias_hh"):
                nn.init.zeros_(weight.data[hidden : 2 * hidden])

    def forward(self, tokens, state=None):
        x = F.one_hot(tokens, self.n_tokens).float()
        h, state = self.recurrent(x, state)
        return self.to_logits(h), state


def train_char_rnn(tokens, n_tokens: int, *, seed: int, bf16: bool):
    """Train for ever; yield the model after every step."""
    torch.manual_seed(seed)
    model, state = CharRNN(n_tokens), None
    optimizer = torch.optim.RMSprop(model.parameters(), lr=2e-3, alpha=0.95, eps=1e-8)
    rows = tokens[: len(tokens) // 50 * 50].view(50, -1)
    while True:
        for start in range(0, rows.shape[1] - 50, 50):
            piece = rows[:, start : start + 51]
            with precision(bf16):
                logits, state = model(piece[:, :-1], state)
            state = tuple(part.detach().float() for part in state)
            loss = cross_entropy(logits, piece[:, 1:])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_value_(model.parameters(), 5.0)
            optimizer.step()
            yield model


class Block(nn.Module):
    """Causal attention, then a two-layer network, each after a layer norm."""

    def __init__(self, dim: int = 128, n_heads: int = 4):
        super().__init__()
        self.n_heads = n_heads
        self.norms = nn.ModuleList(nn.LayerNorm(dim, bias=False) for _ in range(2))
        self.to_qkv = nn.Linear(dim, 3 * dim, bias=False)
        self.mix = nn.Linear(dim, dim, bias=False)
        self.up = nn.Linear(dim, 4 * dim, bias=False)
        self.down = nn.Linear(4 * dim, dim, bias=False)

    def forward(self, x):
        heads = self.to_qkv(self.norms[0](x)).unflatten(2, (3 * self.n_heads, -1))
        q, k, v = heads.transpose(1, 2).chunk(3, dim=1)  # (B, heads, T, dim / heads)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.mix(mixed.transpose(1, 2).flatten(2))
        return x + self.down(F.gelu(self.up(self.norms[1](x))))


class GPT(nn.Module):
    """Tokens (B, T), T at most 64, to logits (B, T, V)."""

    def __init__(self, n_tokens: int, dim: int = 128, n_layers: int = 4):
        super().__init__()
        self.embedding = nn.Embedding(n_tokens, dim)
        self.position = nn.Embedding(BLOCK, dim)
        self.blocks = nn.Sequential(*(Block(dim) for _ in range(n_layers)))
        self.norm = nn.LayerNorm(dim, bias=False)
        for name, weight in self.named_parameters():
            if weight.ndim == 2:
                last = name.endswith(("mix.weight", "down.weight"))
                std = 0.02 / math.sqrt(2 * n_layers) if last else 0.02
                nn.init.normal_(weight, std=std)

    def forward(self, tokens):
        x = self.embedding(tokens) + self.position.weight[: tokens.shape[1]]
        return F.linear(self.norm(self.blocks(x)), self.embedding.weight)


def gpt_lr(step: int) -> float:
    """Warm-up, then a cosine, then constant."""
    if step < 100:
        return 1e-3 * (step + 1) / 101
    share = min(1.0, (step - 100) / (GPT_STEPS - 100))
    return 1e-4 + 0.5 * (1 + math.cos(math.pi * share)) * 9e-4


def train_gpt(tokens, n_tokens: int, *, seed: int, bf16: bool):
    """Train for ever; yield the model after every step."""
    torch.manual_seed(seed)
    model, step = GPT(n_tokens), 0
    matrices = [w for w in model.parameters() if w.ndim >= 2]
    vectors = [w for w in model.parameters() if w.ndim < 2]
    groups = [
        {"params": matrices, "weight_decay": 0.1},
        {"params": vectors, "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.99))
    while True:
        for group in optimizer.param_groups:
            group["lr"] = gpt_lr(step)
        starts = torch.randint(len(tokens) - BLOCK, (12,))
        piece = tokens[starts[:, None] + torch.arange(BLOCK + 1)]
        with precision(bf16):
            logits = model(piece[:, :-1])
        loss = cross_entropy(logits, piece[:, 1:])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        yield model


@torch.no_grad()
def char_rnn_bits(model, tokens) -> float:
    """Bits a character of a text, read from end to end in 32 parts, state carried.

    Each part begins with the last 256 characters before it, which do not count.
    """
    size, nats = math.ceil((len(tokens) - 1) / 32), 0.0
    for start in range(0, len(tokens) - 1, size):
        before = max(0, start - 256)
        piece = tokens[before : start + size + 1][None]
        logits = model(piece[:, :-1])[0][:, start - before :]
        nats += (
            float(cross_entropy(logits, piece[:, 1 + start - before :]))
            * (logits.shape[1])
        )
    return nats / (len(tokens) - 1) / math.log(2)


@torch.no_grad()
def gpt_bits(model, tokens) -> float:
    """Bits a character of a text; each is predicted from 32 to 64 before it.

    Kinder than windows side by side, of which many characters see only a few.
    """
    half, n = BLOCK // 2, len(tokens) - 1
    nats = float(cross_entropy(model(tokens[None, :half]), tokens[None, 1 : half + 1]))
    nats *= half
    starts = torch.arange(0, n - BLOCK + 1, half)
    for chunk in starts.split(256):
        piece = tokens[chunk[:, None] + torch.arange(BLOCK + 1)]
        logits = model(piece[:, :-1])[:, half:]
        targets = piece[:, 1 + half :]
        nats += float(cross_entropy(logits, targets)) * targets.numel()
    return nats / (half + len(starts) * half) / math.log(2)
