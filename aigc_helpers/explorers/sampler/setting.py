"""What a sampler shows: vocabulary, prompt, sampling, presets, and stored samples."""

from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np

from aigc_helpers.explorers.checks import (
    check_integer,
    check_sequence,
    check_text,
    options_of,
    preset_of,
)
from aigc_helpers.explorers.sampler.words import WORDS
from aigc_helpers.explorers.seeded import MAX_SEED
from aigc_helpers.language.sampling import (
    Candidates,
    LanguageModel,
    Sampling,
    candidates,
    encode,
    sample_tokens,
)
from aigc_helpers.reader import Mistake

PRESETS = (
    {"name": WORDS["greedy"], "temperature": 0},
    {"name": WORDS["cooler"], "temperature": 0.8},
    {"name": WORDS["nucleus"], "top_p": 0.9},
)
MAX_LENGTH = 1000
MAX_PROMPT = 200
N_ROWS = 12  # of the next character's distribution
_KEYS = ("prompt", "temperature", "top_k", "top_p", "seed", "length")


@dataclass(frozen=True)
class SamplerSetting:
    """A checked setting; raises ValueError if anything does not fit."""

    vocabulary: tuple[str, ...]
    prompt: str
    start: str = ""
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 0
    length: int = 200
    monospace: bool = False
    verse: str = ""
    presets: tuple[dict, ...] = ()

    def __post_init__(self):
        _check_vocabulary(self.vocabulary)
        check_text("prompt", self.prompt, MAX_PROMPT)
        check_text("start", self.start, MAX_PROMPT)
        check_text("verse", self.verse, MAX_PROMPT)
        if not self.context:
            raise Mistake(
                "the prompt is empty: give it or start a character",
                "开头是空的：prompt 和 start 里，至少有一个字。",
            )
        _ = self.sampling
        check_integer("seed", self.seed, 0, MAX_SEED)
        check_integer("length", self.length, 1, MAX_LENGTH)

    @property
    def sampling(self) -> Sampling:
        """Temperature and cuts."""
        return Sampling(self.temperature, self.top_k, self.top_p)

    @property
    def context(self) -> list[int]:
        """Token ids that the model reads first: start and prompt."""
        return encode(self.start + self.prompt, self.vocabulary)

    def config(self, **facts: Any) -> dict:
        """The part of the module's state that never changes."""
        return {
            "vocabulary": "".join(self.vocabulary),
            "start": encode(self.start, self.vocabulary),
            "monospace": bool(self.monospace),
            "verse": self.verse,
            "presets": list(self.presets),
            **facts,
        }

    def state(self) -> dict:
        """The part that moves, at its start; position null is the text's end."""
        return {**{key: getattr(self, key) for key in _KEYS}, "position": 0}

    def with_preset(self, preset: dict) -> "SamplerSetting":
        """The setting after a press on a preset's button: no cuts, temperature 1."""
        changes = {key: value for key, value in preset.items() if key != "name"}
        neutral = {"temperature": 1.0, "top_k": 0, "top_p": 1.0}
        return replace(self, **{**neutral, **changes})


def sampler_setting(vocabulary: Any, presets: Any, **options: Any) -> SamplerSetting:
    """Check everything and fill in what is left out.

    Raises
    ------
    ValueError
        If a character, a number or a preset does not fit.
    """
    try:
        characters = tuple(vocabulary)
    except TypeError as error:
        raise Mistake(
            f"vocabulary must be characters: {error}", "vocabulary 应当是一串字。"
        ) from error
    setting = options_of(SamplerSetting, {"vocabulary": characters, **options})
    presets = PRESETS if presets is None else presets
    check_sequence("presets", presets)
    return replace(setting, presets=tuple(_preset(one, setting) for one in presets))


def _preset(preset: Any, setting: SamplerSetting) -> dict:
    full = preset_of(preset, _KEYS)
    setting.with_preset(full)  # raises if a number does not fit
    return full


def _check_vocabulary(vocabulary: tuple) -> None:
    if not vocabulary:
        raise Mistake("the vocabulary is empty", "词表是空的。")
    for entry in vocabulary:
        if (
            not isinstance(entry, str)
            or len(entry) != 1
            or "\ud800" <= entry < "\ue000"
        ):
            raise Mistake(
                f"the vocabulary holds {entry!r}, which is no character",
                f"词表里有 {entry!r}，它不是一个字。",
            )
    if len(set(vocabulary)) < len(vocabulary):
        twice = sorted({one for one in vocabulary if vocabulary.count(one) > 1})
        raise Mistake(
            f"twice in the vocabulary: {' '.join(map(repr, twice))}",
            f"词表里有重复的字：{' '.join(map(repr, twice))}。",
        )


# ---- what Python stores for a page ------------------------------------------------


def stored_sample(model: LanguageModel, setting: SamplerSetting) -> dict:
    """A text, and the distribution that its first character was drawn from.

    "text" is without the prompt; "next" is that of `summary`.
    """
    pairs = sample_tokens(model, setting.context, setting.sampling, seed=setting.seed)
    drawn = list(islice(pairs, setting.length))
    _check_size(setting, drawn[0][1])
    first, logits = drawn[0]
    state = setting.state()
    del state["position"]
    return {
        "state": state,
        "text": "".join(setting.vocabulary[token] for token, _ in drawn),
        "next": summary(candidates(logits, setting.sampling), first),
    }


def summary(found: Candidates, drawn: int) -> dict:
    """The most likely tokens and the one that was drawn, as the page shows them.

    "rows" are [rank, token, probability] before any cut, "kept" tells how many ranks
    the cuts left, "share" their probability. ``distribution.js`` does the same.
    """
    ranks = list(range(min(N_ROWS, len(found.tokens))))
    rank = int(np.flatnonzero(found.tokens == drawn)[0])
    rows = [
        [i, int(found.tokens[i]), float(f"{found.probabilities[i]:.6g}")]
        for i in (ranks if rank in ranks else [*ranks, rank])
    ]
    share = float(found.probabilities[: found.n_kept].sum())
    return {"rows": rows, "kept": found.n_kept, "share": float(f"{share:.6g}")}


def _check_size(setting: SamplerSetting, logits: np.ndarray) -> None:
    if len(logits) != len(setting.vocabulary):
        raise Mistake(
            f"step returned {len(logits)} logits for a vocabulary of "
            f"{len(setting.vocabulary)} characters",
            f"网络给出 {len(logits)} 个对数几率，词表却有 "
            f"{len(setting.vocabulary)} 个字：要用训练它的那张词表。",
        )
