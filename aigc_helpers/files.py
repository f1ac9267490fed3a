"""Files and folders that are there whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: Path | str) -> Iterator[Path]:
    """Context that gives a path to write to; at its end that takes the name ``path``.

    Until then, and for good if the block raises or the process is killed, whatever
    stood at ``path`` stands there. The block makes a file, or a folder, which may take
    the place of an empty one only.

    Examples
    --------
    >>> with whole(path) as scratch:
    ...     save_file(tensors, scratch)
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f"{path.name}.{os.getpid()}.part")
    _remove(scratch)  # of a process that died with this number
    usual = _usual_mode(scratch)
    try:
        yield scratch
        if scratch.is_file():
            scratch.chmod(usual)  # some libraries write for one user alone
        if scratch.is_dir() and path.is_dir():
            path.rmdir()  # raises unless it is empty
        os.replace(scratch, path)
    finally:
        _remove(scratch)


def write_text(path: Path | str, text: str) -> None:
    """Put a file of this text, UTF-8 with Unix line ends, at ``path`` in one step."""
    with whole(path) as scratch:
        scratch.write_text(text, encoding="utf-8", newline="\n")


def _usual_mode(path: Path) -> int:
    """Permissions of a new file at ``path``, as the user's umask has them."""
    path.touch()
    mode = path.stat().st_mode
    path.unlink()
    return mode


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
