"""The linear predictor finds a process's weights; its codes have probabilities."""

import numpy as np
import pytest
import torch
from scipy.signal import lfilter
from scipy.stats import logistic

from aigc_helpers.reader import Mistake
from aigc_helpers.speech.clips import CodedClips
from aigc_helpers.speech.linear_prediction import (
    BLOCK,
    FLOOR,
    SPAN,
    AdaptivePredictor,
    Predictor,
    fit_predictor,
    lagged,
    running_mean,
)
from aigc_helpers.speech.prediction_errors import (
    UNIFORM,
    ErrorModel,
    code_edges,
    error_signs,
    fit_linear_coder,
)
from aigc_helpers.speech.quantisation import mu_law_encode

WEIGHTS = np.array([1.6, -0.9])  # of the last two samples: a resonance


def process(length: int, weights=WEIGHTS, size: float = 0.02, seed: int = 0):
    """An autoregressive process (T,), driven by noise of this size."""
    noise = size * np.random.default_rng(seed).standard_normal(length)
    return lfilter([1], [1, *-np.asarray(weights)], noise)


def coded(n: int = 6, length: int = 2000) -> CodedClips:
    """Two speakers with different resonances."""
    weights = (WEIGHTS, [0.5, -0.5])
    waves = [process(length, weights[i % 2], seed=i).clip(-1, 1) for i in range(n)]
    codes = [mu_law_encode(torch.from_numpy(wave)) for wave in waves]
    return CodedClips(codes, torch.zeros(n).long(), torch.arange(n) % 2)


def test_last_samples_come_newest_first():
    rows = lagged(np.array([1.0, 2.0, 3.0]), 2)
    assert rows.tolist() == [[0, 0], [1, 0], [2, 1]]


def test_running_means_are_of_what_was_before():
    x = np.array([1.0, 2.0, 3.0])
    assert running_mean(x, 2).tolist() == [0, 0.5, 1.25]


def test_least_squares_finds_the_weights_of_a_process():
    waves = [process(8000, seed=seed) for seed in range(3)]
    found = fit_predictor(waves, order=4)
    np.testing.assert_allclose(found.weights, [*WEIGHTS, 0, 0], atol=0.03)


def test_loud_and_quiet_places_count_alike():
    """Of two processes with other weights, the loud one does not have the only word."""
    waves = [process(9000, [w], size, 1) for w, size in ((0.9, 0.1), (0.1, 0.01))]
    plain = np.linalg.lstsq(
        np.concatenate([lagged(x, 1) for x in waves]), np.concatenate(waves), rcond=None
    )[0]
    found = fit_predictor(waves, order=1).weights
    assert plain[0] > 0.85 and abs(found[0] - 0.75) < 0.1


def adapted_plainly(x, adaptive, errors, t):
    """The sample t by one least squares over all blocks before its own."""
    start, last = adaptive.start, t // BLOCK * BLOCK
    before = lagged(x, len(start.weights))
    weights = 1 / (running_mean(errors**2, SPAN) + FLOOR)
    weights = weights[:last] * np.exp(-(last - 1 - np.arange(last)) / adaptive.memory)
    moments = (before[:last].T * weights) @ before[:last]
    moments += adaptive.strength * start.moments
    products = (before[:last].T * weights) @ x[:last]
    products += adaptive.strength * start.moments @ start.weights
    return before[t] @ np.linalg.solve(moments, products)


def test_adaptation_is_least_squares_over_the_past():
    x = process(200)
    start = fit_predictor([process(2000, seed=1)], order=3)
    adaptive, errors = AdaptivePredictor(start, 80.0, 7.0), x - start.predict(x)
    for _ in range(2):
        expected = [adapted_plainly(x, adaptive, errors, t) for t in range(200)]
        errors = x - expected
    np.testing.assert_allclose(adaptive.predict(x), expected, rtol=1e-8)


def test_a_clip_unlike_the_training_clips_is_followed():
    start = fit_predictor([process(4000, [0.2, 0.1])], order=2)
    x = process(4000)
    adaptive = AdaptivePredictor(start, memory=1000.0, strength=10.0)
    errors = [np.mean((x - p.predict(x))[2000:] ** 2) for p in (start, adaptive)]
    assert errors[1] < 1.1 * 0.02**2 < 0.5 * errors[0]


def test_no_prediction_sees_its_own_sample():
    x, start = process(200), Predictor(WEIGHTS, np.eye(2))
    changed = x.copy()
    changed[100:] += 0.5
    for predictor in (start, AdaptivePredictor(start)):
        before, after = predictor.predict(x), predictor.predict(changed)
        assert (before[:101] == after[:101]).all() and (
            before[101:] != after[101:]
        ).any()
        signs = error_signs(x, before), error_signs(changed, after)
        assert (signs[0][:101] == signs[1][:101]).all()


def test_intervals_of_codes_are_those_of_the_encoder():
    edges = code_edges()
    inner = edges[1:-1]
    assert mu_law_encode(inner - 1e-9).tolist() == list(range(255))
    assert mu_law_encode(inner + 1e-9).tolist() == list(range(1, 256))


def test_one_logistic_is_scipy_s():
    model, signs = ErrorModel(1).requires_grad_(False), torch.randn(40, 6).double() - 3
    expected = torch.linspace(-0.9, 0.9, 40).double()
    found = model.probabilities(expected, signs).numpy()
    law = logistic(expected[:, None].numpy(), model.sizes(signs).numpy())
    masses = np.diff(law.cdf(code_edges()[None].numpy()), axis=1)
    np.testing.assert_allclose(
        found, (1 - UNIFORM) * masses + UNIFORM / 256, rtol=0, atol=1e-12
    )
    codes = torch.arange(40) * 6
    bits = -np.log2(found[np.arange(40), codes])
    np.testing.assert_allclose(model.bits(codes, expected, signs), bits, rtol=1e-9)


@pytest.mark.parametrize("adaptive", [False, True])
def test_bits_are_those_of_probabilities_that_sum_to_one(adaptive):
    clips = coded()
    coder = fit_linear_coder(clips[:4], adaptive=adaptive, every=1)
    p = coder.probabilities(clips.codes[4], 0)
    torch.testing.assert_close(p.sum(dim=1), torch.ones(len(p)).double())
    bits = coder.code_bits(clips[[4, 5]])
    own = p.gather(1, clips.codes[4][:, None])[:, 0]
    torch.testing.assert_close(bits[0], -own.log2())
    with pytest.raises(Mistake, match="no predictor"):
        coder.probabilities(clips.codes[4], 2)


def test_bits_of_a_known_process_come_near_its_entropy():
    """Of normal noise around a known mean; 3 logistics are no normal distribution."""
    clips = coded(8, 4000)
    found = torch.cat(fit_linear_coder(clips[:6], every=1).code_bits(clips[[6]])).mean()
    x = process(4000, seed=6)
    expected = torch.from_numpy(lagged(x, 2) @ WEIGHTS)[:, None]
    law = torch.distributions.Normal(expected, 0.02)
    mass = law.cdf(code_edges()[1:]) - law.cdf(code_edges()[:-1])
    best = -mass.gather(1, clips.codes[6][:, None]).log2().mean()
    assert -0.01 < found - best < 0.12
