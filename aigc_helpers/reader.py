"""What is told to a reader when something goes wrong: in Chinese, in a few lines.

An exception speaks English, to programs and to whoever debugs them. One that a reader
of a chapter causes has a Chinese sentence besides: what is wrong, and what to do. A
notebook shows that sentence and the reader's own line in place of a traceback through
the package; the command line prints the sentence alone.
"""

import sys
import traceback
from pathlib import Path

_MAGIC = "get_ipython().run_"  # how IPython writes %time and %%time


class ForReader:
    """What an exception is, besides, that has words for the reader.

    Parameters
    ----------
    text : str
        In English, for programs.
    chinese : str
        One sentence or two for the reader: what is wrong, and what to do.
    """

    def __init__(self, text: str = "", chinese: str = ""):
        super().__init__(text)
        self.chinese = chinese or text

    def __str__(self) -> str:
        return str(self.args[0])  # a KeyError would put it in quotes

    def _render_traceback_(self) -> list[str]:
        """The lines that IPython shows instead of a traceback."""
        where = line_of_reader(self.__traceback__)
        return [self.chinese, *where, f"（{type(self).__name__}: {self}）"]


class Mistake(ForReader, ValueError):
    """A value that cannot be meant: out of range, of the wrong kind, or forgotten."""


class WrongCall(ForReader, TypeError):
    """A call with an argument that does not exist, or without one that it needs."""


def wrong(text: str, name: str, value, meant: str) -> Mistake:
    """A value that does not fit; ``meant`` says in Chinese what would."""
    return Mistake(text, f"{name} 写成了 {value!r}，应当是{meant}。")


class Stopped(ForReader, KeyboardInterrupt):
    """The reader stopped something long; what it had reached is kept.

    An interrupt like any other: it ends a script, and in a notebook the cell and those
    that wait behind it.

    Attributes
    ----------
    kept
        What was reached: a `training.Run`, or what a sweep had computed. In a notebook
        it is ``sys.last_value.kept``.
    """

    kept = None


def line_of_reader(trace) -> list[str]:
    """Number and text of the line of the cell that was run, if they are known.

    Of a cell under a magic (``%%time``) only the call of the magic is known.
    """
    frames = traceback.extract_tb(trace)
    while frames and Path(frames[0].filename).name == "interactiveshell.py":
        frames.pop(0)
    if not frames or not frames[0].line or frames[0].line.startswith(_MAGIC):
        return []
    return [f"这一格第 {frames[0].lineno} 行：{frames[0].line}"]


def in_notebook() -> bool:
    """Is this the kernel of a notebook?

    A loaded ipykernel is no answer: widgets import it in plain scripts too.
    """
    ipython = sys.modules.get("IPython")  # never imported for this question
    return hasattr(ipython.get_ipython() if ipython else None, "kernel")
