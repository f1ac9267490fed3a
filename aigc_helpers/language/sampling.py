"""Text from a language model, one character after another: the book's one sampler.

A model is anything with ``initial_state()`` and ``step(tokens, state)``. `sample_text`
writes one text; the page's sampler in JavaScript has the same functions and draws the
same characters. `sample_lines` and `sample_streams` write many texts at once, for
figures: the same distributions, other draws.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import nn

from aigc_helpers.reader import Mistake, wrong
from aigc_helpers.runtime import evaluation_mode

State = tuple[torch.Tensor, ...]
MAX_SEED = 2**32 - 1
NO_TOKEN = -1  # ends no line
_MASK = 0xFFFFFFFF


class LanguageModel(Protocol):
    """A recurrent or attention network that reads one token at a time.

    The state is a tuple of float tensors of fixed shapes: h and c of a recurrent
    network; keys, values and the position of an attention network; or a window of the
    last token ids, as floats.
    """

    def initial_state(self) -> State:
        """State before the first token, for a batch of one."""

    def step(self, tokens: torch.Tensor, state: State) -> tuple[torch.Tensor, State]:
        """Logits (B, V) of the next token after reading tokens (B,), and the state."""


def mulberry32(seed: int) -> Iterator[float]:
    """Endless uniform numbers in [0, 1): T. Ettinger's 32-bit generator."""
    a = seed & _MASK
    while True:
        a = (a + 0x6D2B79F5) & _MASK
        t = ((a ^ (a >> 15)) * (a | 1)) & _MASK
        t ^= (t + ((t ^ (t >> 7)) * (t | 61) & _MASK)) & _MASK
        yield (t ^ (t >> 14)) / 2**32


# ---- from logits to a token -----------------------------------------------------


@dataclass(frozen=True)
class Sampling:
    """How the next token is chosen.

    Parameters
    ----------
    temperature : float
        Logits are divided by it; 0 takes the most likely token (greedy).
    top_k : int
        Keep so many of the most likely tokens; 0 keeps all.
    top_p : float
        Of these keep the smallest number whose share of the probability reaches
        top_p, in (0, 1] (nucleus sampling; Holtzman et al., 2020).

    Raises
    ------
    ValueError
        If a number is out of its range.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0

    def __post_init__(self):
        if not (_is_number(self.temperature) and 0 <= self.temperature < np.inf):
            text = f"temperature must be >= 0, not {self.temperature!r}"
            raise wrong(text, "temperature", self.temperature, "0 或正数，例如 0.8")
        if not _is_integer(self.top_k) or self.top_k < 0:
            text = f"top_k must be an integer >= 0, not {self.top_k!r}"
            raise wrong(text, "top_k", self.top_k, "0（不限）或正整数")
        if not (_is_number(self.top_p) and 0 < self.top_p <= 1):
            text = f"top_p must be in (0, 1], not {self.top_p!r}"
            raise wrong(text, "top_p", self.top_p, "大于 0、不大于 1 的数，例如 0.9")


@dataclass(frozen=True)
class Candidates:
    """The next token's distribution, most likely token first."""

    tokens: np.ndarray  # (V,) int64, by falling logit; equal logits by token id
    probabilities: np.ndarray  # (V,) float64, at the temperature, before any cut
    n_kept: int  # the first n_kept are what top_k and top_p left


def candidates(logits: np.ndarray, sampling: Sampling) -> Candidates:
    """Softmax with temperature, then top-k, then top-p, of logits (V,).

    Everything after the float32 logits is float64, summed in one order: Python and
    page differ by the last bit of exp alone.

    Raises
    ------
    ValueError
        If a logit is not finite.
    """
    logits = np.asarray(logits, dtype=np.float32)
    if logits.ndim != 1 or not np.isfinite(logits).all():
        raise Mistake(
            "logits must be finite numbers (V,); is the network trained?",
            "对数几率里有 NaN 或无穷大：网络训练过了吗？",
        )
    order = np.argsort(-logits, kind="stable")
    weights = _weights(logits[order].astype(np.float64), sampling.temperature)
    total = np.cumsum(weights)
    n_kept = min(sampling.top_k or len(order), len(order))
    if sampling.temperature == 0:
        n_kept = 1
    if sampling.top_p < 1:
        goal = sampling.top_p * total[n_kept - 1]
        n_kept = min(n_kept, int(np.searchsorted(total, goal, side="left")) + 1)
    return Candidates(order, weights / total[-1], n_kept)


def _weights(falling: np.ndarray, temperature: float) -> np.ndarray:
    """Unnormalised probabilities; the first is 1."""
    if temperature == 0:
        return np.eye(1, len(falling))[0]
    return np.exp((falling - falling[0]) / temperature)


def choose(given: Candidates, u: float) -> int:
    """The token at u in [0, 1) of the distribution that was left: inverse CDF.

    Likely tokens come first, so that a small error d of the logits (float32 sums in
    another order: about 2e-6) changes a choice with a chance of at most about
    2 d / temperature times the mean rank of the chosen token; measured between torch
    and onnxruntime, 2e-5 a character at a mean rank of 20. Rounding the logits would
    not lower it: differences become rarer and larger in the same measure.
    """
    total = np.cumsum(given.probabilities[: given.n_kept])
    index = np.searchsorted(total, u * total[-1], side="right")
    return int(given.tokens[min(index, given.n_kept - 1)])


# ---- from a prompt to a text ----------------------------------------------------


def encode(text: str, vocabulary: Sequence[str]) -> list[int]:
    """Token ids of a text.

    Raises
    ------
    ValueError
        If the vocabulary lacks a character; names all that are unknown.
    """
    ids = {character: token for token, character in enumerate(vocabulary)}
    unknown = sorted(set(text) - set(ids))
    if unknown:
        raise Mistake(
            f"not in the vocabulary: {' '.join(map(repr, unknown))}",
            f"词表里没有这些字：{' '.join(unknown)}。换几个字，或者用词表里有的。",
        )
    return [ids[character] for character in text]


class Reader:
    """A model that reads one token after another and keeps its state."""

    def __init__(self, model: LanguageModel):
        self._model, self._state = model, tuple(model.initial_state())

    def read(self, token: int) -> np.ndarray:
        """Float32 logits (V,) after one more token.

        Raises
        ------
        ValueError
            If the model returns anything but logits (1, V) and a tuple.
        """
        tokens = torch.tensor([token], device=self._device())
        with torch.no_grad(), evaluation_mode(self._model):
            logits, state = self._model.step(tokens, self._state)
        if logits.ndim != 2 or len(logits) != 1:
            raise Mistake(
                f"step returned logits {tuple(logits.shape)}, not (1, V)",
                f"step 返回的形状是 {tuple(logits.shape)}，应当是 (1, V)。",
            )
        self._state = tuple(state)
        return logits[0].detach().float().cpu().numpy()

    def _device(self) -> torch.device:
        parameters = self._model.parameters() if _is_module(self._model) else ()
        for tensor in (*self._state, *parameters):
            return tensor.device
        return torch.device("cpu")


def sample_tokens(
    model: LanguageModel, prompt: Sequence[int], sampling: Sampling, *, seed: int = 0
) -> Iterator[tuple[int, np.ndarray]]:
    """Endless pairs of a drawn token and the logits (V,) that it was drawn from.

    Parameters
    ----------
    model : LanguageModel
        Put into evaluation mode for each step.
    prompt : sequence of int
        At least one token id, read first.
    sampling : Sampling
        Temperature and cuts.
    seed : int
        Of `mulberry32`, in 0..2**32 - 1; each token takes one number.

    Raises
    ------
    ValueError
        If the prompt is empty or the seed out of range.
    """
    if not len(prompt):
        raise Mistake(
            "the prompt is empty: give at least one character",
            "开头是空的：至少写一个字。",
        )
    if not _is_integer(seed) or not 0 <= seed <= MAX_SEED:
        text = f"seed must be an integer in 0..{MAX_SEED}, not {seed!r}"
        raise wrong(text, "seed", seed, f" 0 到 {MAX_SEED} 的整数")
    return _draw(Reader(model), list(prompt), sampling, mulberry32(seed))


def _draw(
    reader: Reader, prompt: list[int], sampling: Sampling, uniform: Iterator[float]
) -> Iterator[tuple[int, np.ndarray]]:
    for token in prompt:
        logits = reader.read(token)
    while True:
        token = choose(candidates(logits, sampling), next(uniform))
        yield token, logits
        logits = reader.read(token)


def sample_text(
    model: LanguageModel,
    vocabulary: Sequence[str],
    prompt: str,
    *,
    length: int = 200,
    seed: int = 0,
    **settings,
) -> str:
    """The prompt and ``length`` characters that the model adds to it.

    Parameters
    ----------
    model : LanguageModel
        Maps a token and a state to logits (1, V) and a state.
    vocabulary : sequence of str
        The V characters, by token id.
    prompt : str
        At least one character, all of the vocabulary.
    length : int
        Number of new characters.
    seed : int
        See `sample_tokens`.
    **settings
        ``temperature``, ``top_k``, ``top_p``: see `Sampling`.

    Raises
    ------
    ValueError
        If the prompt is empty or has unknown characters, or a number does not fit.

    Examples
    --------
    >>> sample_text(model, "春风又绿江南岸", "春", length=6, temperature=0.8)
    """
    if not _is_integer(length) or length < 0:
        text = f"length must be an integer >= 0, not {length!r}"
        raise wrong(text, "length", length, " 0 或正整数")
    prompted, sampling = encode(prompt, vocabulary), Sampling(**settings)
    drawn = sample_tokens(model, prompted, sampling, seed=seed)
    pairs = zip(range(length), drawn, strict=False)
    return prompt + "".join(vocabulary[token] for _, (token, _) in pairs)


# ---- many texts at once ---------------------------------------------------------


def sample_lines(
    model, starts: Sequence, *, max_length: int = 100, seed: int = 0, **settings
) -> list[list[int]]:
    """Lines from a network of lines, all at once.

    Parameters
    ----------
    model : LanguageModel
        With a ``line_end`` and ``initial_state(batch_size)``.
    starts : sequence of lists of int, all of one length
        What each line begins with, its ``line_end`` in front left out; may be empty.
    max_length : int
        Longest line; one that has not ended by then is cut off.
    seed : int
        Of the draws.
    **settings
        ``temperature``, ``top_k``, ``top_p``: see `Sampling`.

    Returns
    -------
    list of lists of int
        With their start, without the token that ends them.

    Raises
    ------
    ValueError
        If the model has no lines, or the starts are of several lengths.
    """
    if model.line_end is None:
        raise Mistake(
            "this model has no lines (no line_end): use sample_text",
            "这个网络不分行，写不出一条一条的：用 sample_text。",
        )
    if len({len(start) for start in starts}) != 1:
        raise Mistake("starts must all have one length", "各行的开头要一样长。")
    sampling = Sampling(**settings)
    rng = torch.Generator().manual_seed(seed)
    tokens = torch.tensor([[model.line_end, *start] for start in starts])  # (B, S)
    tokens = _continue(
        model, tokens, max_length, lambda logits: choose_many(logits, sampling, rng)
    )
    return [_until(row, model.line_end) for row in tokens[:, 1:].tolist()]


def sample_streams(model, n: int, length: int, *, seed: int = 0) -> list[list[int]]:
    """So many texts of so many tokens, of a network without lines, all at once.

    Each begins after token 0, with an empty state, and is drawn from the network's own
    distribution, without temperature and cuts.
    """
    rng = torch.Generator().manual_seed(seed)
    tokens = torch.zeros(n, 1, dtype=torch.int64)

    def pick(logits):
        return torch.multinomial(logits.softmax(dim=1), 1, generator=rng)[:, 0]

    return _continue(model, tokens, length, pick)[:, 1:].tolist()


def choose_many(logits, sampling: Sampling, rng: torch.Generator):
    """One token (B,) of each row of logits (B, V): `candidates` and `choose`."""
    if sampling.temperature == 0:
        return logits.argmax(dim=1)
    logits, order = logits.double().sort(dim=1, descending=True, stable=True)
    weights = ((logits - logits[:, :1]) / sampling.temperature).exp()
    if sampling.top_k:
        weights[:, sampling.top_k :] = 0
    before = weights.cumsum(dim=1) - weights
    goal = sampling.top_p * weights.sum(dim=1, keepdim=True)
    weights = weights.masked_fill((before >= goal) & (before > 0), 0)
    chosen = torch.multinomial(weights, 1, generator=rng)  # (B, 1)
    return order.gather(1, chosen)[:, 0]


@torch.no_grad()
def _continue(model, tokens, max_length: int, pick: Callable):
    """Tokens (B, S), read, and up to ``max_length`` behind the first of each row."""
    end = NO_TOKEN if model.line_end is None else model.line_end
    state, ended = model.initial_state(len(tokens)), torch.zeros(len(tokens)).bool()
    with evaluation_mode(model):
        for token in tokens.T:
            logits, state = model.step(token, state)
        while tokens.shape[1] <= max_length and not ended.all():
            token = pick(logits)
            tokens = torch.cat([tokens, token[:, None]], dim=1)  # (B, T + 1)
            ended |= token == end
            logits, state = model.step(token, state)
    return tokens


def _until(row: list[int], end: int) -> list[int]:
    """What stands before the first ``end``."""
    return row[: row.index(end)] if end in row else row


def _is_integer(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, float | np.floating) or _is_integer(value)


def _is_module(model: object) -> bool:
    return isinstance(model, nn.Module)
