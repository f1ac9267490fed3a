"""Recurrent networks: cells by hand, gradients through time, language models.

The functions follow chapter 07 of the book in name and order.
"""

from aigc_helpers.language.evaluation import (
    bits_per_character,
    line_bits,
    perplexity,
    sample_lines,
    token_bits,
    token_nats,
    tokens_of,
)
from aigc_helpers.language.training import (
    language_step,
    next_token_loss,
    pad_lines,
    train_lines,
    train_stream,
)
from aigc_helpers.rnn.cells import (
    RNNGradients,
    gru_cell,
    lstm_cell,
    rnn_backward,
    rnn_cell,
    rnn_forward,
    rnn_jacobian,
)
from aigc_helpers.rnn.gradients import (
    gradient_norms,
    initial_weights,
    lyapunov_exponents,
    singular_values,
    state_jacobians,
)
from aigc_helpers.rnn.networks import RecurrentLM

__all__ = [
    "RNNGradients",
    "RecurrentLM",
    "bits_per_character",
    "gradient_norms",
    "gru_cell",
    "initial_weights",
    "language_step",
    "line_bits",
    "lstm_cell",
    "lyapunov_exponents",
    "next_token_loss",
    "pad_lines",
    "perplexity",
    "rnn_backward",
    "rnn_cell",
    "rnn_forward",
    "rnn_jacobian",
    "sample_lines",
    "singular_values",
    "state_jacobians",
    "token_bits",
    "token_nats",
    "tokens_of",
    "train_lines",
    "train_stream",
]
