"""Recurrent networks of chapter 07: cells by hand, gradients through time, networks."""

from aigc_helpers.rnn.cells import (
    RNNGradients,
    gru_cell,
    lstm_cell,
    rnn_backward,
    rnn_cell,
    unroll,
)
from aigc_helpers.rnn.gradients import (
    gradient_norms,
    initial_weights,
    state_jacobians,
)
from aigc_helpers.rnn.networks import CharLM, LineLM, StreamLM

__all__ = [
    "CharLM",
    "LineLM",
    "RNNGradients",
    "StreamLM",
    "gradient_norms",
    "gru_cell",
    "initial_weights",
    "lstm_cell",
    "rnn_backward",
    "rnn_cell",
    "state_jacobians",
    "unroll",
]
