"""From a predicted amplitude to a distribution over the 256 codes of mu-law.

The error of a prediction is a mixture of logistic distributions around 0, all in
proportion to one size; its logarithm is a linear function of how large errors have been
lately, over five spans, and of the predicted amplitude. A code's probability is that of
the amplitudes it stands for, so that bits compare with a network's over codes.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from aigc_helpers.reader import Mistake
from aigc_helpers.speech.clips import CodedClips
from aigc_helpers.speech.linear_prediction import (
    FLOOR,
    AdaptivePredictor,
    fit_predictor,
    running_mean,
)
from aigc_helpers.speech.quantisation import N_LEVELS, expand, mu_law_decode

SPANS = (4, 16, 64, 256, 1024)  # samples
QUIETEST = 1e-3  # of predicted amplitudes, added before the logarithm
UNIFORM = 1e-6  # share of the uniform distribution: no code is impossible
ITERATIONS = 60  # of L-BFGS


def code_edges():
    """Amplitudes (257,) between which codes lie; the outer ones are infinite."""
    between = torch.arange(1, N_LEVELS, dtype=torch.float64) - 0.5  # in codes
    inner = expand(between * 2 / (N_LEVELS - 1) - 1)
    infinite = torch.tensor([math.inf], dtype=torch.float64)
    return torch.cat([-infinite, inner, infinite])


class ErrorModel(nn.Module):
    """Distribution of a sample around its prediction, over codes.

    Parameters
    ----------
    n_logistics : int
        Of the mixture: one alone has tails that are too thin or too thick.
    """

    def __init__(self, n_logistics: int = 3):
        super().__init__()
        n_signs = len(SPANS) + 1
        starts = (
            torch.full((n_signs,), 0.5 / n_signs),
            torch.linspace(-1, 1, n_logistics),
        )
        self.of_signs = nn.Parameter(starts[0].double())
        self.log_sizes = nn.Parameter(starts[1].double())
        self.shares = nn.Parameter(torch.zeros(n_logistics, dtype=torch.float64))

    def sizes(self, signs):
        """Sizes of the logistics (T, n_logistics) from `error_signs` (T, 6)."""
        return ((signs @ self.of_signs)[:, None] + self.log_sizes).exp()

    def between(self, low, high, expected, signs):
        """Probability (...,) of amplitudes from low to high, expected (T, 1) or (T,).

        low and high are (T,) for one interval a sample, or (T, n) for n of them.
        """
        sizes = self.sizes(signs)  # (T, J)
        if low.ndim == 2:
            sizes = sizes[:, None]  # (T, 1, J)
        ends = [(x - expected)[..., None] / sizes for x in (low, high)]
        inside = ends[1].sigmoid() - ends[0].sigmoid()
        share = (inside * self.shares.softmax(0)).sum(dim=-1)
        return (1 - UNIFORM) * share + UNIFORM / N_LEVELS

    def probabilities(self, expected, signs):
        """(T, 256) over codes, for expected amplitudes (T,)."""
        edges = code_edges().expand(len(expected), -1)
        return self.between(edges[:, :-1], edges[:, 1:], expected[:, None], signs)

    def bits(self, codes, expected, signs):
        """-log2 p (T,) of codes (T,)."""
        edges = code_edges()
        return -self.between(edges[codes], edges[codes + 1], expected, signs).log2()


def error_signs(x, expected):
    """Signs (T, 6) of how far a prediction may be off, from what was before each x."""
    squares = (x - expected) ** 2
    recent = [np.log(running_mean(squares, span) + FLOOR) for span in SPANS]
    return np.stack([*recent, np.log(np.abs(expected) + QUIETEST)], axis=1)


def fit_error_model(examples, n_logistics: int = 3) -> ErrorModel:
    """The likeliest error model of (codes, expected, signs), by L-BFGS."""
    codes, expected, signs = (torch.cat(parts) for parts in zip(*examples, strict=True))
    model = ErrorModel(n_logistics)
    optimizer = torch.optim.LBFGS(
        model.parameters(), max_iter=ITERATIONS, line_search_fn="strong_wolfe"
    )

    def closure():
        optimizer.zero_grad()
        loss = model.bits(codes, expected, signs).mean()
        loss.backward()
        return loss

    optimizer.step(closure)
    return model.requires_grad_(False)


@dataclass(frozen=True, eq=False)
class LinearCoder:
    """Probabilities of codes: a predictor for each speaker, one model of its errors.

    Attributes
    ----------
    predictors : dict of int
        With ``predict``, see `linear_prediction`.
    errors : ErrorModel
    """

    predictors: dict
    errors: ErrorModel

    def probabilities(self, codes, speaker: int):
        """(T, 256), float64: row t is given codes[:t]."""
        _, *given = _example(codes, self._predictor(speaker))
        return self.errors.probabilities(*given)

    def code_bits(self, clips: CodedClips) -> list:
        """-log2 p of each code of each clip, float64 (T,)."""
        rows = zip(clips.codes, clips.speakers.tolist(), strict=True)
        return [self.errors.bits(*_example(c, self._predictor(s))) for c, s in rows]

    def _predictor(self, speaker: int):
        if speaker not in self.predictors:
            raise Mistake(
                f"no predictor for speaker {speaker}; there are {set(self.predictors)}",
                f"没有第 {speaker} 号说话人的系数：拟合时没有听过这个人。",
            )
        return self.predictors[speaker]


def _example(codes, predictor):
    """Codes, expected amplitudes (T,), signs of errors (T, 6) of one clip."""
    x = mu_law_decode(codes).double().numpy()
    expected = predictor.predict(x)
    signs = error_signs(x, expected)
    return codes, torch.from_numpy(expected), torch.from_numpy(signs)


def fit_linear_coder(
    clips: CodedClips, *, adaptive: bool = True, every: int = 20, **options
) -> LinearCoder:
    """Fit a linear predictor for each speaker, and how far it may be off.

    Parameters
    ----------
    clips : CodedClips
        For training; all fit the predictors.
    adaptive : bool
        Do predictors follow the clip?
    every : int
        One clip in so many fits the error model, which has a dozen numbers.
    **options
        ``memory``, ``strength``: see `AdaptivePredictor`.
    """
    predictors = {}
    for speaker in clips.speakers.unique().tolist():
        own = clips[clips.speakers == speaker]
        waveforms = [mu_law_decode(codes).double().numpy() for codes in own.codes]
        predictor = fit_predictor(waveforms)
        predictors[speaker] = (
            AdaptivePredictor(predictor, **options) if adaptive else predictor
        )
    few = clips[::every]
    rows = zip(few.codes, few.speakers.tolist(), strict=True)
    examples = [_example(codes, predictors[speaker]) for codes, speaker in rows]
    return LinearCoder(predictors, fit_error_model(examples))
