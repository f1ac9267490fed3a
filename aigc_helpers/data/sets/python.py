"""Python's own source."""

import platform
import sys
import sysconfig
import tokenize
from pathlib import Path

from aigc_helpers.data.catalog import TextData
from aigc_helpers.data.splitting import Parts, is_held_out


def read(root=None) -> Parts:
    """Top-level modules of the standard library, a whole file each.

    Files are held out by the hash of the module's name. They are those of the running
    Python: another version has other files, and figures that differ a little.

    Raises
    ------
    ValueError
        If this Python keeps no source files.
    """
    folder = Path(sysconfig.get_path("stdlib"))
    names = sorted(
        name for name in sys.stdlib_module_names if (folder / f"{name}.py").is_file()
    )
    if not names:
        raise ValueError(f"{folder}: this Python has no source files of its library")
    sources = {name: _read_source(folder / f"{name}.py") for name in names}
    train = tuple(text for name, text in sources.items() if not is_held_out(name))
    test = tuple(text for name, text in sources.items() if is_held_out(name))
    return train, test


def _read_source(path: Path) -> str:
    with tokenize.open(path) as stream:
        return stream.read()


def edition() -> str:
    """The version of the running Python, whose files these are."""
    return f"Python {platform.python_version()}"


DATASET = TextData(
    name="python",
    title="Python 标准库的源代码",
    files=(),
    licence="PSF-2.0",
    credit="Python Software Foundation",
    read=read,
    unit="个文件",
    edition=edition,
)
