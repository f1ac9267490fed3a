"""What a language model needs, whatever its network.

A network is sampled (`LanguageModel`) by ``initial_state()`` and ``step(tokens,
state)``. To be trained and judged it has besides:

- ``n_tokens``, the size V of its vocabulary;
- ``line_end``, the token that starts and ends a line with an empty state, or None for
  a network that reads one long text;
- ``initial_state(batch_size)``, a tuple of float tensors;
- ``forward(tokens (B, T), state=None)``: logits (B, T, V) after each token, and the
  state behind the last one.
"""

import importlib

_HOMES = {
    "Corpus": "corpora",
    "as_lines": "corpora",
    "as_stream": "corpora",
    "idioms": "corpora",
    "marked": "corpora",
    "poems": "corpora",
    "python_source": "corpora",
    "bits_per_character": "evaluation",
    "corpus_bits": "evaluation",
    "likelihoods": "evaluation",
    "line_bits": "evaluation",
    "ngram_bits": "evaluation",
    "run_lengths": "evaluation",
    "token_bits": "evaluation",
    "token_nats": "evaluation",
    "NGram": "ngram",
    "fit_ngram": "ngram",
    "LanguageModel": "sampling",
    "Sampling": "sampling",
    "sample_lines": "sampling",
    "sample_streams": "sampling",
    "sample_text": "sampling",
    "sample_tokens": "sampling",
    "language_step": "training",
    "next_token_loss": "training",
    "pad_lines": "training",
    "train_language": "training",
    "train_lines": "training",
    "train_stream": "training",
}
__all__ = list(_HOMES)


def __getattr__(name: str):
    """Load a part on first use: a page's sampler needs no training."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
