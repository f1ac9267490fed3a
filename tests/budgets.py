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
    return in_force(reduce(lambda table, key: table[key], name.split("."), budgets()))


def in_force(entry: float | dict) -> float | dict:
    """A limit, or a table of limits, without the goals that stand beside them."""
    if not isinstance(entry, dict):
        return entry
    if "held" in entry:
        return entry["held"]
    return {name: in_force(part) for name, part in entry.items()}
