"""What pages fetch lies in one folder, which is called after its content.

Browsers keep modules, networks and indices for minutes or days, by rules that the host
makes. After a publication a page would run old modules with new ones. So Sphinx's
folder ``_static`` becomes ``_static/HASH``, and pages name it: a page meets the files
that it was built with, or none, and then ``stale.js`` says that it has been replaced.
"""

import hashlib
import re
import shutil
from pathlib import Path

# What pages of any age, and hosts that show a link to one, ask for by the same name.
STABLE = ("stale.js", "share.png")
DIGITS = 12
NAME = re.compile(rf"[0-9a-f]{{{DIGITS}}}")
KEPT = "|".join(map(re.escape, STABLE))
ADDRESS = re.compile(rf'\b((?:href|src)="(?:\.\./)*_static/)(?!(?:{KEPT})[?"])')


def folder(site: Path) -> Path:
    """Where the files that pages fetch lie in a finished site.

    Raises
    ------
    ValueError
        If there is not one such folder.
    """
    [found] = _folders(site / "_static")
    return found


def _folders(static: Path) -> list[Path]:
    return [path for path in static.glob("*") if NAME.fullmatch(path.name)]


def put_back(static: Path) -> None:
    """Undo `move`, except where Sphinx has written a file anew."""
    for versioned in _folders(static):
        for path in [path for path in versioned.rglob("*") if path.is_file()]:
            target = static / path.relative_to(versioned)
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                path.rename(target)
        shutil.rmtree(versioned)


def move(static: Path) -> str:
    """Move what is not stable into a folder called after its content; its name."""
    moved = [path for path in sorted(static.iterdir()) if path.name not in STABLE]
    name = digest([file for path in moved for file in files(path)], static)
    (static / name).mkdir()
    for path in moved:
        path.rename(static / name / path.name)
    return name


def files(path: Path) -> list[Path]:
    """A file, or all files below a folder."""
    below = [path] if path.is_file() else sorted(path.rglob("*"))
    return [p for p in below if p.is_file()]


def digest(paths: list[Path], root: Path) -> str:
    """Name of files with these paths below ``root`` and this content."""
    total = hashlib.sha256()
    for path in paths:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return total.hexdigest()[:DIGITS]


def name_version(page: str, name: str) -> str:
    """A page that asks for the files of the version of that name."""
    return ADDRESS.sub(rf"\g<1>{name}/", page)
