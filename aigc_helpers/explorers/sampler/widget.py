"""The sampler explorer: text from a language model, character by character."""

import time
import warnings
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import traitlets

from aigc_helpers import weights
from aigc_helpers.explorers import kinds
from aigc_helpers.explorers.base import Explorer
from aigc_helpers.explorers.checks import float32_bytes
from aigc_helpers.explorers.sampler.page import static_html
from aigc_helpers.explorers.sampler.setting import sampler_setting, stored_sample
from aigc_helpers.language.sampling import (
    LanguageModel,
    Reader,
    Sampling,
    sample_tokens,
)
from aigc_helpers.reader import Mistake

_SECONDS = 0.15  # an answer takes about so long, so that stopping works
_MOST_RUNS = 4  # texts in the making that the kernel remembers
_SAMPLING = ("temperature", "top_k", "top_p")
_SAME = 1e-3  # logits of one network, here and shipped


class SamplerExplorer(Explorer):
    """Text that a recurrent or attention network writes, one character at a time.

    The reader chooses prompt, temperature, cuts and seed, and sees the distribution
    of the next character at any place. Live, the kernel answers with ``model``;
    stored in a notebook and on a page, stored texts and then the exported network
    ``shipped`` answer, with the same characters for the same seed.

    Parameters
    ----------
    model : LanguageModel
        ``step(tokens (B,), state) -> logits (B, V), state`` and ``initial_state()``,
        see `aigc_helpers.language.sampling`.
    vocabulary : sequence of str
        The V characters, by token id.
    prompt : str
        What the text begins with, at most 200 characters of the vocabulary.
    shipped : str, optional
        Name of the shipped network that answers where no kernel runs. If it gives
        other logits than ``model``, a warning says so and the page has the stored
        texts alone.
    presets : sequence of dict, optional
        Named settings: "name" and any of "temperature", "top_k", "top_p", "prompt",
        "seed", "length"; temperature 1 and no cuts if they are left out.
    temperature : float
        Logits are divided by it; 0 takes the most likely character.
    top_k : int
        Keep so many of the most likely characters; 0 keeps all.
    top_p : float
        Keep the nucleus of that probability, in (0, 1].
    seed : int
        Of the random choices.
    length : int
        Number of new characters, at most 1,000.
    start : str, optional
        Characters that the model reads before the prompt and that nobody sees; with
        them the prompt may be empty.
    monospace : bool
        Letters of equal width, for code.
    verse : str
        Characters behind each of which a line ends, for poems.

    Attributes
    ----------
    prompt, temperature, top_k, top_p, seed, length
        The present settings; those of the reader follow.
    text : str
        The text that was generated last, prompt included; read-only.

    Raises
    ------
    ValueError
        If a character, a number, a preset or the model does not fit.
    """

    _kind = "sampler"
    prompt = traitlets.Unicode()
    temperature = traitlets.Float()
    top_k = traitlets.Int()
    top_p = traitlets.Float()
    seed = traitlets.Int()
    length = traitlets.Int()
    text = traitlets.Unicode(read_only=True)

    def __init__(
        self,
        model: LanguageModel,
        vocabulary: Sequence[str],
        *,
        prompt: str,
        shipped: str | None = None,
        presets: Sequence[dict] | None = None,
        **options: Any,
    ):
        setting = sampler_setting(vocabulary, presets, prompt=prompt, **options)
        self._setting, self._model, self._runs = setting, model, OrderedDict()
        sample = stored_sample(model, setting)
        self._shipped = shipped if shipped and self._is_shipped(shipped) else ""
        state = setting.state()
        traits = {key: value for key, value in state.items() if key != "position"}
        config = setting.config(source="kernel", samples=[sample])
        super().__init__(config, state, **traits)
        self.set_trait("text", setting.prompt + sample["text"])

    def __repr__(self) -> str:
        setting = self._setting
        return (
            f"SamplerExplorer(n_characters={len(setting.vocabulary)}, "
            f"prompt={setting.prompt!r}, temperature={setting.temperature:g}, "
            f"seed={setting.seed})"
        )

    def _is_shipped(self, name: str) -> bool:
        """Whether the shipped network gives the model's logits after the prompt."""
        card = weights.card(name)
        if kinds.kind_of(card) != "sampler":
            raise Mistake(
                f"{name!r} is not a network for a sampler",
                f"{name!r} 不是会写字的网络。",
            )
        ours, theirs = map(self._logits, (self._model, weights.load(name, facts=card)))
        if ours.shape == theirs.shape and np.abs(ours - theirs).max() < _SAME:
            return True
        warnings.warn(
            f"随书的网络 {name!r} 和这里的 model 不是同一个：保存下来的图不用随书的"
            "网络，只有预先生成的文字。",
            stacklevel=3,
        )
        return False

    def _logits(self, model: LanguageModel, tokens: Sequence[int] = ()) -> np.ndarray:
        """Logits (V,) after these tokens, by default after the prompt."""
        reader = Reader(model)
        for token in tokens or self._setting.context:
            logits = reader.read(token)
        return logits

    def _static_html(self) -> str:
        return static_html(self._setting, self._model, network=self._shipped)

    # ---- page and Python follow each other ----------------------------------------

    @traitlets.validate("prompt", "temperature", "top_k", "top_p", "seed", "length")
    def _fits(self, proposal: Any) -> Any:
        replace(self._setting, **{proposal["trait"].name: proposal["value"]})
        return proposal["value"]

    @traitlets.observe(
        "prompt", "temperature", "top_k", "top_p", "seed", "length", "_state"
    )
    def _follow(self, change: Any) -> None:
        if not self._follows:
            return
        with self._one_change():
            if change.name == "_state":
                for name in set(change.new) - {"position"}:
                    setattr(self, name, change.new[name])
            else:
                self._state = {**self._state, change.name: change.new}

    # ---- answers --------------------------------------------------------------------

    def _answer(self, content: dict) -> tuple[dict, list[bytes]]:
        """More characters of a text, or the logits after some tokens."""
        if content["ask"] == "logits":
            tokens = self._checked(content["tokens"])
            return {}, [float32_bytes(self._logits(self._model, tokens))]
        pairs = self._more(content)
        tokens = [token for token, _ in pairs]
        prompt = content["tokens"][len(self._setting.start) :]
        before = self.text if content["made"] else self._text_of(prompt)
        self.set_trait("text", before + self._text_of(tokens))
        return {"tokens": tokens}, [float32_bytes(np.stack([row for _, row in pairs]))]

    def _text_of(self, tokens: list[int]) -> str:
        return "".join(self._setting.vocabulary[token] for token in tokens)

    def _more(self, content: dict) -> list[tuple[int, np.ndarray]]:
        """At most ``content["most"]`` tokens, as many as the time allows."""
        run, end = self._run(content), time.monotonic() + _SECONDS
        pairs = [next(run)]
        while len(pairs) < content["most"] and time.monotonic() < end:
            pairs.append(next(run))
        self._runs[content["run"]] = run  # not before: an error has ended it
        while len(self._runs) > _MOST_RUNS:
            self._runs.popitem(last=False)
        return pairs

    def _run(self, content: dict) -> Iterator[tuple[int, np.ndarray]]:
        """The text in the making; one that was forgotten is made again."""
        run = self._runs.pop(content["run"], None)
        if run is not None and content["made"]:
            return run
        sampling = Sampling(*(content[key] for key in _SAMPLING))
        context = self._checked(content["tokens"])
        run = sample_tokens(self._model, context, sampling, seed=content["seed"])
        return islice(run, content["made"], None)

    def _checked(self, tokens: list) -> list[int]:
        n = len(self._setting.vocabulary)
        if not tokens or not all(isinstance(t, int) and 0 <= t < n for t in tokens):
            raise Mistake(
                f"tokens must be some integers in 0..{n - 1}",
                f"词元应当是 0 到 {n - 1} 的整数。",
            )
        return tokens
