"""What every explorer's Python class shares: a widget, a page, answers to questions."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anywidget
import traitlets
from IPython.display import display

from aigc_helpers.explorers.modules import module_text, notebook_style
from aigc_helpers.explorers.saved import HTML, VIEW, poster, token_of
from aigc_helpers.explorers.words import WORDS

SMALL = 1 / 64  # of a picture's range: two networks that far apart draw alike


def is_small(gap: float, warning: str) -> bool:
    """Whether a shipped network draws what the explorer's does; warn if it does not.

    The warning names the line that made the explorer, whose class asks this in a
    function of its own.
    """
    if gap > SMALL:
        warnings.warn(warning, stacklevel=4)
    return gap <= SMALL


class Explorer(anywidget.AnyWidget):
    """An interactive picture: alive in Jupyter by its kernel, on a page without one.

    A subclass sets ``_kind``, the name of its folder, and gives
    ``_static_html()``, what a page without a kernel shows, and, if its module asks the
    kernel, ``_answer``. Its traits and ``_state`` follow each other by its own hand: it
    observes both, does nothing unless ``self._follows``, and sets the other within
    ``with self._one_change():``, as ``convolution/widget.py`` does.

    Parameters
    ----------
    config : dict
        What never changes; the module reads it as ``_config``. Its ``source`` says
        who answers: ``"kernel"`` here.
    state : dict
        What moves, at its start; page and Python set it for each other.
    module : str, optional
        Text of the ES module, if it is not that of the kind alone.
    traits
        First values of the subclass's own traits.
    """

    _kind = ""
    _saved_words = WORDS["saved"]
    _config = traitlets.Dict().tag(sync=True)
    # No echo: it would bring a slider that still moves back to where it was.
    _state = traitlets.Dict().tag(sync=True, echo_update=False)
    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    _follows = False

    def __init__(self, config: dict, state: dict, *, module: str = "", **traits: Any):
        super().__init__(
            _config=config,
            _state=state,
            _esm=module or module_text(self._kind),
            _css=notebook_style(),
            **traits,
        )
        self._follows = True
        self.on_msg(self._receive)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        data, metadata = super()._repr_mimebundle_(**kwargs)
        data["text/plain"] = repr(self)
        if "google.colab" not in sys.modules:  # Colab would show the page's version
            token = self._config.get("poster", "")  # of the first, if it has moved
            data[HTML] = poster(self._static_html(), self._saved_words, token)
        return data, metadata

    def _ipython_display_(self) -> None:
        """Two outputs, so that the poster outlives the view; see ``saved.py``."""
        data, metadata = self._repr_mimebundle_()
        if HTML in data:
            view = data.pop(VIEW)
            self._config = {**self._config, "poster": token_of(data[HTML])}
            display(data, raw=True)
            data = {VIEW: view}
        display(data, metadata=metadata, raw=True)

    @contextmanager
    def _one_change(self) -> Iterator[None]:
        """Traits that are set inside do not answer each other."""
        self._follows = False
        try:
            yield
        finally:
            self._follows = True

    def _answer(self, content: dict) -> tuple[dict, list[bytes]]:
        """Facts and bytes for one question of the module; by default it has none."""
        raise ValueError(f"{type(self).__name__} answers no questions: {content}")

    def _receive(self, _: Any, content: dict, buffers: list) -> None:
        """Take the state that comes with a question of the module, and answer it."""
        reply = {"id": content.get("id")}
        try:
            if "state" in content:
                self.set_state({"_state": content["state"]})
            facts, payload = self._answer(content)
            self.send({"kind": "answer", **reply, **facts}, payload)
        except KeyboardInterrupt:  # its words are of a cell: here nothing is kept
            self.send({"kind": "stopped", **reply})
            raise
        except Exception as error:  # the page must hear of any failure
            words = getattr(error, "chinese", str(error) or type(error).__name__)
            self.send({"kind": "error", **reply, "error": words})
