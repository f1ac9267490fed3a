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

from aigc_helpers.language.corpora import (
    Corpus,
    as_lines,
    as_stream,
    idioms,
    marked,
    poems,
    python_source,
)
from aigc_helpers.language.evaluation import (
    bits_given_length,
    bits_per_character,
    corpus_bits,
    likelihoods,
    line_bits,
    ngram_bits,
    run_lengths,
    token_bits,
    token_nats,
)
from aigc_helpers.language.ngram import (
    NGram,
    fit_ngram,
)
from aigc_helpers.language.sampling import (
    LanguageModel,
    Sampling,
    sample_lines,
    sample_streams,
    sample_text,
    sample_tokens,
)
from aigc_helpers.language.training import (
    language_step,
    next_token_loss,
    pad_lines,
    train_language,
    train_lines,
    train_stream,
)
