"""The explorers' front-end files, and one module text of each kind for anywidget.

What all kinds share lies in ``front``, the rest in each kind's folder: ``NAME.js``,
``NAME.css`` and what they need. A page serves the folders as they are. A sheet goes
with the module, or the folder of modules, that has its name: who imports
``front/chart.js`` has ``front/chart.css``, and no page has the sheet of a kind that it
does not show.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from aigc_helpers.explorers import kinds

STYLE = "explorers.css"  # of all explorers, joined

_IMPORT = re.compile(r'^import \{[^}]*\} from "(\.[^"]*\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const|let)\b)", re.M)
_REM = re.compile(r"(\d*\.?\d+)rem\b")
_NAME = re.compile(r"^(?:async )?(?:function\*?|class|const|let) (\w+)", re.MULTILINE)


def page_files() -> dict[str, str]:
    """Path and text of all files that pages need: modules, the sheet of all kinds."""
    paths = [path for folder in _folders() for path in sorted(folder.rglob("*.js"))]
    texts = {
        path.relative_to(kinds.FOLDER).as_posix(): path.read_text("utf-8")
        for path in paths
    }
    return {**texts, STYLE: style_text()}


def _folders() -> list[Path]:
    """What all share, then each kind's own."""
    return [kinds.FOLDER / name for name in ("front", *kinds.names())]


def module_text(kind: str) -> str:
    """One ES module without imports: an explorer's own, after all that it uses.

    anywidget runs a module from a blob address, where ``./core.js`` leads nowhere.

    Raises
    ------
    ValueError
        If two of the files declare the same name, or an import is left.
    """
    return join_modules([path.read_text("utf-8") for path in _modules(kind)])


def _modules(kind: str) -> list[Path]:
    """An explorer's own module, after all that it uses."""
    paths: list[Path] = []
    _collect(kinds.FOLDER / kind / f"{kind}.js", paths)
    return paths


def _collect(path: Path, paths: list[Path]) -> None:
    """Append a module's path after those of the modules that it imports."""
    for address in _IMPORT.findall(path.read_text("utf-8")):
        other = (path.parent / address).resolve()
        if other not in paths:
            _collect(other, paths)
    if path not in paths:
        paths.append(path)


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


def notebook_style() -> str:
    """The style sheet of all kinds for a notebook, in pixels: a rem may be 10 there.

    Each widget brings it. If one brought its own kind's alone, what all share would
    come again behind it, with the next widget, and win over its own rules.
    """
    return _REM.sub(lambda rem: f"{16 * float(rem[1]):g}px", style_text())


def style_text(used: Iterable[str] | None = None) -> str:
    """The style sheet of these kinds, by default of all.

    What every explorer needs, what their modules share, then each kind's own.
    """
    paths = {path for kind in used or kinds.names() for path in _modules(kind)}
    stems = {path.with_suffix("") for path in paths} | {path.parent for path in paths}
    shared = kinds.FOLDER / "front" / "explorers.css"
    sheets = [path for folder in _folders() for path in sorted(folder.glob("*.css"))]
    own = [path for path in sheets if path.with_suffix("") in stems]
    return "\n".join(path.read_text("utf-8") for path in [shared, *own])
