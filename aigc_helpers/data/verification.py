"""Where files of the catalogue lie, and whether they are the right ones."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from aigc_helpers.data.catalog import DataFile, DataSet, FileGroup


def place_of(dataset: DataSet, file: DataFile) -> str:
    """The folder of a file, seen from that of all data, or from the mirror."""
    group_folder = file.folder if isinstance(file, FileGroup) else ""
    return group_folder or dataset.name


def path_of(dataset: DataSet, file: DataFile, root: Path) -> Path:
    """Where a file lies; of a group, whose members lie beside it, there is none."""
    return root / place_of(dataset, file) / file.name


def paths_at(path: Path, file: DataFile) -> list[Path]:
    """The file at ``path``, or all members of a group."""
    if isinstance(file, FileGroup):
        return [path.with_name(member) for member in file.members]
    return [path]


def size_at(path: Path, file: DataFile) -> int:
    """Bytes of the file at ``path``, or of all members of a group."""
    return sum(member.stat().st_size for member in paths_at(path, file))


def find_fault(path: Path, file: DataFile) -> str | None:
    """What is wrong with the file at ``path``, or None if it is a right one."""
    paths = paths_at(path, file)
    try:
        size = size_at(path, file)
        if size != (file.size or size) and not file.also:
            return f"the file has {size:,} bytes instead of {file.size:,}"
        others = [other.checksum for other in file.also]
        return wrong_checksum(paths, file.checksum, *others)
    except (FileNotFoundError, NotADirectoryError):
        return "there is no such file"
    except OSError as error:
        return f"the file cannot be read ({error.strerror})"


def wrong_checksum(paths: Iterable[Path], checksum: str, *others: str) -> str | None:
    """How the checksum of all files together differs, or None if it is one of these."""
    algorithm, _, expected = checksum.partition(":")
    digest = hashlib.new(algorithm)
    for path in paths:
        with path.open("rb") as stream:
            hashlib.file_digest(stream, lambda: digest)
    if f"{algorithm}:{digest.hexdigest()}" in (checksum, *others):
        return None
    return f"its {algorithm.upper()} is {digest.hexdigest()}, expected {expected}"


def lies_at(path: Path, checksum: str) -> bool:
    """Is there a file with this checksum?"""
    return path.is_file() and wrong_checksum([path], checksum) is None
