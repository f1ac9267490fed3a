"""What a network writes of a line or a table: tokens, and where it looked at each."""

from dataclasses import dataclass

import numpy as np
import torch

from aigc_helpers.explorers.attention.setting import AttentionSetting
from aigc_helpers.explorers.checks import base64_of, float32_bytes
from aigc_helpers.language.transduction import Transducer, transduce
from aigc_helpers.reader import Mistake

FINEST = 65_535  # stored attention is uint16


@dataclass(frozen=True)
class Written:
    """A target that was written of a first line or table, or of a reader's.

    Attributes
    ----------
    start : dict
        What was read.
    tokens : list of int
        T target tokens.
    words : list of str
        What they say.
    attention : float32 array (T, S)
    is_complete : bool
        Whether the network ended the target itself.
    """

    start: dict
    tokens: list[int]
    words: list[str]
    attention: np.ndarray
    is_complete: bool

    @property
    def text(self) -> str:
        """The target in one piece."""
        return "".join(self.words)

    def facts(self) -> dict:
        """What a question is answered by, beside the attention's bytes."""
        return {"tokens": self.tokens, "complete": self.is_complete}

    def bytes(self) -> bytes:
        """The attention, row by row, float32."""
        return float32_bytes(self.attention)

    def stored(self) -> dict:
        """For the page, beside what was read."""
        rows = np.rint(self.attention * FINEST).astype("<u2")
        return {"start": self.start, **self.facts(), "attention": base64_of(rows)}


def write(setting: AttentionSetting, model: Transducer, start: dict) -> Written:
    """What the network writes of ``start``, which has been checked.

    Raises
    ------
    Mistake
        If the network does not take such a source, or gives other words or attention
        than `language.transduction.Transducer` says.
    """
    source = setting.source.tokens(start)
    shape = tuple(source.shape)
    _check_words(setting, model)
    try:
        (found,) = transduce(model, source, max_length=setting.max_length)
    except (RuntimeError, IndexError, TypeError, AttributeError) as error:
        raise Mistake(
            f"the network does not read a source {shape}. It said: {error}",
            f"网络读不了形状 {shape} 的源序列：字或字段的编号要和训练时一样。",
        ) from error
    attention = _checked(found.attention, (len(found.tokens), shape[1]))
    last = setting.n_tokens + shape[1] - 1
    if max(found.tokens, default=0) > last:
        raise Mistake(
            f"the network wrote a token above {last}", "网络写出了没有的词元。"
        )
    words = setting.words(found.tokens, start)
    return Written(start, found.tokens, words, attention, found.is_complete)


def state_shapes(setting: AttentionSetting, model: Transducer) -> list[list]:
    """Sizes of the states before the first token; "S" where a size is the source's."""
    source = setting.source.tokens(setting.start)
    longer = torch.cat([source, source], 1)  # (1, 2S, F)
    pairs = zip(model.initial_state(source), model.initial_state(longer), strict=True)
    return [
        [a if a == b else "S" for a, b in zip(short.shape, long.shape, strict=True)]
        for short, long in pairs
    ]


def _check_words(setting: AttentionSetting, model: Transducer) -> None:
    if model.n_tokens != setting.n_tokens:
        raise Mistake(
            f"the network writes {model.n_tokens} tokens, the end among them; target "
            f"has {len(setting.target)} words",
            f"网络会写 {model.n_tokens} 个词元（包括结束），target 里应当有 "
            f"{model.n_tokens - 1} 个词，这里有 {len(setting.target)} 个。",
        )


def _checked(attention: torch.Tensor, shape: tuple[int, int]) -> np.ndarray:
    """Float32 (T, S) in [0, 1], or Mistake."""
    rows = attention.detach().float().cpu().numpy()
    fits = rows.shape == shape and np.isfinite(rows).all()
    if not fits or (rows < 0).any() or (abs(rows.sum(1) - 1) > 1e-3).any():
        raise Mistake(
            f"attention must be shares {shape}, each row with the sum 1",
            f"注意力应当是形状 {shape} 的份额，每一行加起来是 1。",
        )
    return rows.clip(0, 1)
