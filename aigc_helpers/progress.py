"""A progress bar that shows only where somebody watches; needs no torch."""

import sys

from tqdm.auto import tqdm

from aigc_helpers import environment


def progress(items=None, *, total: int | None = None, label=None, unit: str = "it"):
    """A progress bar around an iterable, or one to ``update`` by hand.

    Silent if ``AIGC_PROGRESS=0`` and where nobody watches: in a script whose messages
    go to a file or a pipe. Bytes (``unit="B"``) are counted in k, M and G.
    """
    return tqdm(
        items,
        total=total,
        desc=label,
        unit=unit,
        unit_scale=unit == "B",
        leave=False,
        disable=not (environment.is_on("AIGC_PROGRESS") and is_watched()),
    )


def is_watched() -> bool:
    """Is this a notebook or a terminal?

    A loaded ipykernel is no answer: widgets import it in plain scripts too.
    """
    ipython = sys.modules.get("IPython")  # never imported for this question
    shell = ipython.get_ipython() if ipython else None
    return hasattr(shell, "kernel") or sys.stderr.isatty()
