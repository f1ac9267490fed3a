"""Tables over several seeds: measured by ``make results``, shown by the chapters.

A table is a module here that defines ``TABLE``, which is found by listing, and a JSON
file of the same name with what was measured. Reading one needs neither torch nor data.
"""

from aigc_helpers.reader import Mistake
from aigc_helpers.tables.stored import FOLDER, StoredTable, path_of, read

__all__ = ["StoredTable", "load", "names"]


def names() -> list[str]:
    """Names of all tables, measured or not."""
    sources = {path.stem: path.read_text("utf-8") for path in FOLDER.glob("*.py")}
    return sorted(name for name, text in sources.items() if "\nTABLE = " in text)


def load(name: str) -> StoredTable:
    """The measured table of that name; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If there is no such table, or it has not been measured, or its file is damaged.
    """
    if name not in names():
        raise Mistake(
            f"no table named {name!r}; there are {names()}",
            f"没有叫 {name!r} 的表，可以写：{names()}。",
        )
    if not path_of(name).exists():
        raise Mistake(
            f"table {name!r} has not been measured; run `make results`",
            f"{name!r} 这张表还没有量过：运行 make results。",
        )
    return read(path_of(name))
