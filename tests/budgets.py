"""The limits of ``budgets.toml``: ``held("notebook.seconds")``."""

import tomllib
from functools import cache, reduce
from pathlib import Path

LIST = Path(__file__).with_suffix(".toml")


@cache
def budgets() -> dict:
    """The whole list, as tables within tables."""
    return tomllib.loads(LIST.read_text("utf-8"))


def held(name: str) -> float | dict:
    """What is held today of one entry, named by its tables: "page.chapter_kb"."""
    entry = reduce(lambda table, key: table[key], name.split("."), budgets())
    return entry.get("held", entry) if isinstance(entry, dict) else entry
