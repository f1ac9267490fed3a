"""Linear prediction of waveforms: what WaveNet has to beat, as strong as possible.

Each sample is predicted as a weighted sum of the last ones, as speech coders have done
since the 1970s (Makhoul, "Linear Prediction: A Tutorial Review", 1975). Weights come
from training clips, one set a speaker, by least squares; or they follow the clip itself
(backward adaptation, as in G.728): least squares over what has been heard of it, older
samples counting less, drawn towards the speaker's weights. How far a prediction may be
off is learnt too, see `prediction_errors`. Numbers are NumPy's, float64.
"""

from dataclasses import dataclass

import numpy as np

from aigc_helpers.reader import Mistake

ORDER = 32
SPAN = 64  # samples over which the size of errors is averaged for least squares
FLOOR = 2e-4**2  # of a mean square; a step of mu-law around 0 is 1.7e-4
ROUNDS = 3  # of least squares, each with weights from the errors of the last
BLOCK = 8  # samples that are predicted with the same adapted weights
RIDGE = 1e-6  # of the mean variance, so that equations can be solved


def lagged(x, order: int = ORDER):
    """(T, order): the last samples before each of x (T,), newest first; 0 before it."""
    padded = np.concatenate([np.zeros(order), x])
    return np.lib.stride_tricks.sliding_window_view(padded, order)[:-1, ::-1]


def recursive_sum(x, kept: float):
    """s_t = x_t + kept s_(t-1), along the first axis of x (T, ...)."""
    from scipy.signal import lfilter  # slow to import, seldom needed

    return lfilter([1.0], [1.0, -kept], x, axis=0)


def running_mean(x, span: float):
    """Mean (T,) of all before each of x (T,), weights falling by 1 / span a sample."""
    mean = recursive_sum(x, 1 - 1 / span) / span
    return np.concatenate([[0.0], mean[:-1]])


def error_weights(errors):
    """One over the mean square of recent errors (T,): loud places count no more."""
    return 1 / (running_mean(errors**2, SPAN) + FLOOR)


@dataclass(frozen=True, eq=False)
class Predictor:
    """Weights of the last samples, and how sure least squares is of them.

    Attributes
    ----------
    weights : (order,), of the newest sample first
    moments : (order, order), mean products of the last samples, by `error_weights`
    """

    weights: np.ndarray
    moments: np.ndarray

    def predict(self, x):
        """What is expected of each sample of x (T,) after those before."""
        return lagged(x, len(self.weights)) @ self.weights


def fit_predictor(waveforms, order: int = ORDER) -> Predictor:
    """Weighted least squares over waveforms, float64 (T,) each.

    Errors grow with loudness. Least squares proper would listen to the loudest places
    alone; divided by their recent size, errors count everywhere.

    Raises
    ------
    Mistake
        If there are no waveforms.
    """
    if not len(waveforms):
        raise Mistake("no waveforms to fit", "一段录音也没有，拟合不了。")
    predictor = Predictor(np.eye(order)[0], np.eye(order))  # the last sample again
    for _ in range(ROUNDS):
        sums = sum(_moments(x, predictor) for x in waveforms)
        moments = sums[:, :order] / sum(map(len, waveforms))
        moments += RIDGE * np.trace(moments) / order * np.eye(order)
        products = sums[:, order] / sum(map(len, waveforms))
        predictor = Predictor(np.linalg.solve(moments, products), moments)
    return predictor


def _moments(x, predictor: Predictor):
    """Weighted sums (order, order + 1) of products: last samples with all, with x."""
    before = lagged(x, len(predictor.weights))
    weights = error_weights(x - before @ predictor.weights)
    return (before * weights[:, None]).T @ np.column_stack([before, x])


@dataclass(frozen=True, eq=False)
class AdaptivePredictor:
    """A predictor that follows the clip.

    Attributes
    ----------
    start : Predictor
    memory : float
        Samples after which one counts 1 / e; 170 are 21 ms.
    strength : float
        Of ``start``: it counts as much as so many samples.
    """

    start: Predictor
    memory: float = 170.0
    strength: float = 30.0

    def predict(self, x):
        """What is expected of each sample of x (T,) after those before."""
        first = self._adapted(x, x - self.start.predict(x))
        return self._adapted(x, x - first)  # whose errors tell better what counts

    def _adapted(self, x, errors):
        """Predictions (T,) by least squares with weights from other errors (T,)."""
        order, kept = len(self.start.weights), np.exp(-1 / self.memory)
        before = _blocks(lagged(x, order))  # (n, BLOCK, order)
        weights = _blocks(error_weights(errors))  # (n, BLOCK)
        weights = weights * kept ** np.arange(BLOCK - 1, -1, -1)
        both = np.concatenate([before, _blocks(x)[:, :, None]], axis=2)
        sums = (before * weights[:, :, None]).transpose(0, 2, 1) @ both
        sums = recursive_sum(sums, kept**BLOCK)  # up to each block
        sums = np.concatenate([np.zeros_like(sums[:1]), sums[:-1]])  # before each
        moments = sums[:, :, :order] + self.strength * self.start.moments
        products = self.start.moments @ self.start.weights * self.strength
        products = sums[:, :, order:] + products[:, None]
        adapted = np.linalg.solve(moments, products)  # (n, order, 1)
        return (before @ adapted).reshape(-1)[: len(x)]


def _blocks(x):
    """(n, BLOCK, ...) of x (T, ...), with zeros behind the end."""
    n = -(-len(x) // BLOCK)
    padding = [(0, n * BLOCK - len(x))] + [(0, 0)] * (x.ndim - 1)
    return np.pad(x, padding).reshape(n, BLOCK, *x.shape[1:])
