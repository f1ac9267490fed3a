"""The attention explorer: where a network looks while it writes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets

from aigc_helpers import weights
from aigc_helpers.explorers.attention import page
from aigc_helpers.explorers.attention.setting import (
    PLACES,
    attention_setting,
    place_of,
)
from aigc_helpers.explorers.attention.translating import Written, write
from aigc_helpers.explorers.base import Explorer, is_small
from aigc_helpers.language.transduction import Transducer
from aigc_helpers.reader import Mistake


class AttentionExplorer(Explorer):
    """What a network looks at while it translates a line, or tells a table.

    The reader writes a line or fills in a table, and points at a token: of the target,
    to see which source tokens the network looked at when it wrote it; of the source,
    to see which target tokens looked at it.

    Parameters
    ----------
    model : Transducer
        See `aigc_helpers.language.transduction`.
    target : sequence of str
        What target tokens 1, 2, … say; token 0 is the end.
    source : sequence of str
        Of a network that reads a line: its characters, the first has feature 1.
    directions : sequence of str
        Those of its characters with which a line begins, to say what is wanted.
    fields : sequence of dict
        Of a network that reads a table: its rows, see `source.Field`.
    text, to : str, or table : dict
        The first line and its direction, or the first values by names of the fields.
    shipped : str, optional
        Name of the shipped network that answers where no kernel runs. If it writes or
        looks otherwise than ``model``, a warning says so and the page has the stored
        answers alone.
    token, cell : int, optional
        The target token, or the source token, that is looked at first, from 0.
    presets : sequence of dict, optional
        "name" and any of "text" or "table", "token", "cell".
    max_length : int
        Target tokens at most, up to 200.
    rules : str
        "numerals" if the lines are numbers and dates, so that the page knows what is
        no number, and what would be right.
    learnt : int
        How many digits the numbers had that the network learnt, 0 if any.

    Attributes
    ----------
    text and to, or table
        What is read; the reader's follows.
    token, cell : int or None
    written : str
        What the network writes of it.
    attention : float32 array (T, S)
        How much it looks at each source token, a row for each target token.

    Raises
    ------
    Mistake
        If the words, the input, a preset, a number or the network do not fit.
    """

    _kind = "attention"
    text = traitlets.Unicode()
    to = traitlets.Unicode()
    table = traitlets.Dict()
    token = traitlets.Int(None, allow_none=True)
    cell = traitlets.Int(None, allow_none=True)

    def __init__(
        self,
        model: Transducer,
        target: Sequence[str],
        *,
        shipped: str | None = None,
        **options: Any,
    ):
        setting = attention_setting(target, **options)
        self._setting, self._model = setting, model
        first = write(setting, model, setting.start)
        self._shipped = shipped if shipped and _writes_alike(shipped, self) else ""
        config = setting.config(source="kernel", samples=[first.stored()])
        super().__init__(config, setting.state(), **setting.state())

    def __repr__(self) -> str:
        key = self._setting.source.keys[0]
        return f"AttentionExplorer({key}={getattr(self, key)!r})"

    @property
    def written(self) -> str:
        """What the network writes of the present line or table."""
        return self._write(self._state).text

    @property
    def attention(self) -> np.ndarray:
        """How much it looks at each source token (T, S), float32."""
        return self._write(self._state).attention

    def _write(self, asked: dict) -> Written:
        return write(self._setting, self._model, self._setting.source.checked(asked))

    @traitlets.validate("text", "to", "table")
    def _fit_input(self, proposal: Any) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        start = {key: self._state[key] for key in self._setting.start}
        if name not in start:
            raise Mistake(
                f"this explorer reads {list(start)}, no {name}",
                f"这个探索器没有 {name}，可以改的是：{'、'.join(start)}。",
            )
        return self._setting.source.checked({**start, name: value})[name]

    @traitlets.validate(*PLACES)
    def _fit_place(self, proposal: Any) -> int | None:
        return place_of(proposal["trait"].name, proposal["value"])

    @traitlets.observe("text", "to", "table", *PLACES, "_state")
    def _follow(self, change: Any) -> None:
        """Page and Python set input and places for each other."""
        if not self._follows:
            return
        names = (*self._setting.start, *PLACES)
        with self._one_change():
            if change.name == "_state":
                for name in names:
                    setattr(self, name, change.new[name])
            else:
                self._state = {name: getattr(self, name) for name in names}

    def _static_html(self) -> str:
        state = {key: self._state[key] for key in (*self._setting.start, *PLACES)}
        return page.static_html(
            self._setting, state, self._model, shipped=self._shipped
        )

    def _answer(self, content: dict) -> tuple[dict, list[bytes]]:
        """Target tokens of the line or table in the question, and the attention."""
        written = self._write(content)
        return written.facts(), [written.bytes()]


def _writes_alike(shipped: str, explorer: AttentionExplorer) -> bool:
    """Whether a shipped network looks at the first input as the explorer's does."""
    card, setting = weights.card(shipped), explorer._setting
    page.shipped_setting(shipped, card)  # raises if it is for none
    theirs = write(setting, weights.load(shipped, facts=card), setting.start)
    ours, gap = write(setting, explorer._model, setting.start), np.inf
    if theirs.tokens == ours.tokens:
        gap = np.abs(theirs.attention - ours.attention).max(initial=0)
    return is_small(
        gap,
        f"随书的网络 {shipped!r} 和这里的 model 不是同一个：保存下来的图不用随书的"
        "网络，只有预先算好的几个例子。",
    )
