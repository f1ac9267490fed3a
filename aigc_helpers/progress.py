"""A progress bar that shows only where somebody watches; needs no torch."""

import io
import sys

from tqdm import tqdm

from aigc_helpers import environment
from aigc_helpers.reader import in_notebook


def progress(items=None, *, total: int | None = None, label=None, unit: str = "it"):
    """A progress bar around an iterable, or one to ``update`` by hand.

    Silent if ``AIGC_PROGRESS=0`` and where nobody watches: in a script whose messages
    go to a file or a pipe. Bytes (``unit="B"``) are counted in k, M and G.
    """
    kind = NotebookBar if in_notebook() else tqdm
    return kind(
        items,
        total=total,
        desc=label,
        unit=unit,
        unit_scale=unit == "B",
        leave=False,
        disable=not (environment.is_on("AIGC_PROGRESS") and is_watched()),
    )


def is_watched() -> bool:
    """Is this a notebook or a terminal?"""
    return in_notebook() or sys.stderr.isatty()


class NotebookBar(tqdm):
    """A bar in an output of its own, which holds nothing once the bar is done.

    tqdm's own for notebooks is a widget: a notebook that is opened again says of it
    that its model was not found.
    """

    def __init__(self, *args, **options):
        # The file takes the moves of a cursor, and would be thought to know no blocks.
        super().__init__(*args, **options, file=io.StringIO(), ascii=False)

    @staticmethod
    def status_printer(_):
        """A function that puts a text into the output, or empties it."""
        from IPython.display import DisplayHandle

        output = DisplayHandle()
        output.display({}, raw=True)
        return lambda text: output.update(
            {"text/plain": text} if text else {}, raw=True
        )
