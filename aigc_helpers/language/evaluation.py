"""How good is a language model: bits on held-out texts, and what it copies."""

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F

from aigc_helpers import metrics
from aigc_helpers.language.corpora import Corpus, as_lines, as_stream
from aigc_helpers.language.ngram import fit_ngram
from aigc_helpers.language.training import PADDING, pad_lines
from aigc_helpers.reader import Mistake
from aigc_helpers.runtime import evaluation_mode

CONTEXT = 256  # characters that a reader in the middle of a text reads before its part
BLOCK = 2000  # characters of one long text that an interval takes as one
ORDERS = (2, 3, 4)  # of the n-grams that a network is compared with


def bits_per_character(model, tokens, *, n_readers: int = 32) -> float:
    """Mean of `token_bits`; 2 to this power is the perplexity."""
    return float(token_bits(model, tokens, n_readers=n_readers).mean())


@torch.no_grad()
def token_bits(model, tokens, *, n_readers: int = 32):
    """-log2 p of each next character of a text, the state carried through.

    Parameters
    ----------
    model : nn.Module
        Put into evaluation mode; computed in float32.
    tokens : int64 tensor (N,)
        The text; all but its first character are predicted.
    n_readers : int
        1 reads it from end to end. More read parts of it side by side, which is faster;
        each reads the 256 characters before its part first (those of them that there
        are), and they do not count.

    Returns
    -------
    float64 tensor (N - 1,)
        In the order of the text.

    Raises
    ------
    ValueError
        If the text has fewer than two characters.
    """
    n = len(tokens) - 1
    if n < 1:
        raise Mistake(
            "the text must have two characters or more", "文本至少要有两个字。"
        )
    size = math.ceil(n / max(1, min(n_readers, n // (2 * CONTEXT))))
    ends = torch.arange(size, n + size, size).clamp(max=n)
    starts = torch.cat([torch.zeros(1, dtype=torch.int64), ends[:-1]])  # (readers,)
    begins = (ends - size - CONTEXT).clamp(min=0)
    pieces = [tokens[i : j + 1] for i, j in zip(begins, ends, strict=True)]
    inputs, targets, _ = pad_lines(pieces)
    places = begins[:, None] + torch.arange(inputs.shape[1])  # (readers, T)
    targets = targets.masked_fill(places < starts[:, None], PADDING)
    nats = token_nats(model, inputs, targets)
    return nats[targets != PADDING].double() / math.log(2)


@torch.no_grad()
def line_bits(model, lines: Sequence, *, batch_size: int = 256):
    """Bits of each line (N,), float64, and how many characters were predicted (N,).

    The line's end is one of them. ``bits.sum() / counts.sum()`` is the figure in bits a
    character; the parts are there for intervals. See `pad_lines` for ``lines``.
    """
    inputs, targets, lengths = pad_lines(lines, line_end=model.line_end)
    chunks = zip(inputs.split(batch_size), targets.split(batch_size), strict=True)
    nats = [token_nats(model, *chunk).sum(dim=1) for chunk in chunks]
    return torch.cat(nats).double() / math.log(2), lengths  # (N,) each


@torch.no_grad()
def bits_given_length(model, tokens):
    """-log2 p (N, L), float64, of texts of L characters by one who knows L.

    The end of a line, token 0, is impossible before them and certain behind them. Any
    `LanguageModel` in evaluation mode; ``tokens`` int64 (N, L).
    """
    before = torch.cat([torch.zeros_like(tokens[:, :1]), tokens[:, :-1]], dim=1)
    state, bits = model.initial_state(len(tokens)), []
    for read, wanted in zip(before.T, tokens.T, strict=True):  # (N,) each
        logits, state = model.step(read, state)  # (N, V)
        logits[:, 0] = -math.inf
        nats = F.cross_entropy(logits.double(), wanted, reduction="none")
        bits.append(nats / math.log(2))
    return torch.stack(bits, dim=1)  # (N, L)


@torch.no_grad()
def token_nats(model, inputs, targets, *, length: int = 128):
    """-ln p(target) (B, T) in float32, 0 where the target is -100; state carried."""
    nats, state = [], None
    with evaluation_mode(model):
        for x, y in zip(inputs.split(length, 1), targets.split(length, 1), strict=True):
            logits, state = model(x, state)  # (B, length, V)
            # cross_entropy wants the classes second: (B, V, length)
            nats.append(F.cross_entropy(logits.movedim(1, 2), y, reduction="none"))
    return torch.cat(nats, dim=1)  # (B, T)


# ---- on the held-out texts of a corpus ------------------------------------------


def likelihoods(model, corpus: Corpus, *, n_resamples: int = 400) -> dict:
    """Bits a character on the held-out texts, of a network and of n-grams.

    Returns
    -------
    dict
        ``bits_per_character`` and ``bits_N_gram``: each the value and its interval of
        95 %, texts drawn anew (blocks of 2,000 characters of one long text).
    """
    bits, counts = corpus_bits(model, corpus)
    results = {"bits_per_character": _mean_bits(bits, counts, n_resamples)}
    for order in ORDERS:
        rival = fit_ngram(corpus.train, order, vocabulary=corpus.vocabulary)
        bits = _blocks(ngram_bits(rival, corpus.test), counts)
        results[f"bits_{order}_gram"] = _mean_bits(bits, counts, n_resamples)
    return results


def corpus_bits(model, corpus: Corpus):
    """Bits and number of predicted characters of each held-out text, or block."""
    if model.line_end is not None:
        return line_bits(model, as_lines(corpus.test, corpus.vocabulary))
    bits = token_bits(model, as_stream(corpus.test, corpus.vocabulary))
    counts = torch.tensor([len(block) for block in bits.split(BLOCK)])
    return _blocks(bits, counts), counts


def ngram_bits(model, texts: Sequence[str]):
    """-log2 p of all characters of texts and the boundary after each, float32 (N,)."""
    parts = model.log2_probabilities(texts)
    return -torch.tensor([value for part in parts for value in part.tolist()])


def _blocks(bits, counts):
    """Sums of the bits (N,) over blocks of so many characters each."""
    parts = bits.split(counts.tolist())
    return torch.stack([part.sum() for part in parts])  # (blocks,)


def _mean_bits(bits, counts, n_resamples: int) -> tuple[float, tuple[float, float]]:
    """Bits a character and its interval, the blocks drawn anew."""

    def mean(rows):
        return rows[:, 0].sum() / rows[:, 1].sum()

    rows = torch.stack([bits, counts.double()], dim=1)  # (blocks, 2)
    interval = metrics.bootstrap_interval(mean, rows, n_resamples=n_resamples)
    return float(mean(rows)), interval


def run_lengths(texts: Sequence[str], training):
    """Length of the longest copied run of each text, float32 (N,).

    ``training`` is a `metrics.TrainingText`.
    """
    return torch.tensor([float(len(training.longest_copied_run(t))) for t in texts])
