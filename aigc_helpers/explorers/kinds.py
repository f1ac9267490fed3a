"""Which kinds of explorers there are: the folders beside this file with a widget."""

import re
from importlib import import_module
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).resolve().parent
_CLASS = re.compile(r"^class (\w+Explorer)\(", re.MULTILINE)


def names() -> list[str]:
    """Names of the kinds, in alphabetical order."""
    return sorted(path.parent.name for path in FOLDER.glob("*/widget.py"))


def part(kind: str, name: str) -> ModuleType:
    """A module of a kind's folder: "widget", "setting" or "page"."""
    return import_module(f"aigc_helpers.explorers.{kind}.{name}")


def class_kinds() -> dict[str, str]:
    """The kind of each explorer's class, by the class's name; imports none of them."""
    return {
        name: kind
        for kind in names()
        for name in _CLASS.findall((FOLDER / kind / "widget.py").read_text("utf-8"))
    }


def kind_of(card: dict) -> str:
    """The kind that a shipped network's card asks for; "" if no explorer shows it."""
    return (card.get("explorer") or {}).get("kind", "")
