"""The explorers' front-end files, and one module text of each for anywidget."""

import re
from pathlib import Path

FRONT = Path(__file__).parent / "front"

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const|let)\b)", re.M)
_NAME = re.compile(r"^(?:async )?(?:function\*?|class|const|let) (\w+)", re.MULTILINE)


def page_files() -> dict[str, str]:
    """Name and text of all files that a page needs: modules and one style sheet."""
    texts = {path.name: path.read_text("utf-8") for path in sorted(FRONT.glob("*.js"))}
    return {**texts, "explorers.css": style_text()}


def module_text(kind: str) -> str:
    """One ES module without imports: an explorer's own, after all that it uses.

    anywidget runs a module from a blob address, where ``./core.js`` leads nowhere.

    Raises
    ------
    ValueError
        If two of the files declare the same name, or an import is left.
    """
    names: list[str] = []
    _collect(kind, names)
    return join_modules([(FRONT / f"{name}.js").read_text("utf-8") for name in names])


def _collect(name: str, names: list[str]) -> None:
    """Append a module's name after those of the modules that it imports."""
    for other in _IMPORT.findall((FRONT / f"{name}.js").read_text("utf-8")):
        if other not in names:
            _collect(other, names)
    if name not in names:
        names.append(name)


def join_modules(texts: list[str]) -> str:
    """Texts in the order of their use as one module; only the last one exports."""
    declared = [name for text in texts for name in set(_NAME.findall(_plain(text)))]
    twice = {name for name in declared if declared.count(name) > 1}
    if twice:
        raise ValueError(f"declared in two modules: {sorted(twice)}")
    joined = "\n".join(_plain(text) for text in texts)
    if re.search(r"^import\b", joined, re.MULTILINE):
        raise ValueError("a static import is left in the joined module")
    return joined


def _plain(text: str) -> str:
    return _EXPORT.sub("", _IMPORT.sub("", text))


def style_text() -> str:
    """The style sheet of all explorers: what they share, then each kind's own."""
    shared = FRONT / "explorers.css"
    own = sorted(path for path in FRONT.glob("*.css") if path != shared)
    return "\n".join(path.read_text("utf-8") for path in [shared, *own])
