"""What is fetched of a file, until it is whole and verified and takes its place.

The part of a file is a file beside it, that of a group a folder with the members that
have arrived: whoever was interrupted goes on from there.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import requests

from aigc_helpers.data.catalog import DataFile, FileGroup
from aigc_helpers.data.faults import TransferError
from aigc_helpers.data.transfer import Limits, pull
from aigc_helpers.data.verification import lies_at, paths_at, wrong_checksum
from aigc_helpers.progress import progress


def say_nothing(n_bytes: int) -> None:
    """Let bytes arrive unseen."""


class Manner(NamedTuple):
    """How a file is fetched: what `fetch` is told, and what members of groups need.

    ``session`` keeps its connections; ``report`` is told of the bytes of each member
    that has arrived.
    """

    limits: Limits
    ask_again: bool = False
    session: requests.Session | None = None
    report: Callable[[int], None] = say_nothing


def pull_verified(url: str, part: Path, file: DataFile, manner: Manner) -> None:
    """Fill ``part`` with the right bytes; no wrong part stays behind."""
    held = _holds_something(part)
    if isinstance(file, FileGroup):
        _pull_members(url, part, file, manner)
    elif not _is_filled(part, file):
        _pull_with_bar(url, part, file, manner.limits)
    fault = wrong_checksum(_parts(part, file), file.checksum)
    if fault is None:
        return
    discard(part)
    if held:  # the older piece may be the culprit: once more, from the start
        return pull_verified(url, part, file, manner)
    raise TransferError(
        f"altered or damaged: {fault}",
        "文件已损坏或被改动，校验和不对",
        blames_host=False,
    )


def put_in_place(part: Path, path: Path, file: DataFile) -> None:
    """Let a whole part become the file at ``path``, or the members beside it."""
    for scratch, final in zip(_parts(part, file), paths_at(path, file), strict=True):
        os.replace(scratch, final)
    if isinstance(file, FileGroup):
        discard(part)


def discard(part: Path) -> None:
    """Remove what has been fetched."""
    if part.is_dir():
        shutil.rmtree(part)
    else:
        part.unlink(missing_ok=True)


def _holds_something(part: Path) -> bool:
    """Is there something of an earlier attempt?"""
    if part.is_dir():
        return any(part.iterdir())
    return part.exists() and part.stat().st_size > 0


def _is_filled(part: Path, file: DataFile) -> bool:
    """Is nothing missing in a part of one file?"""
    held = part.stat().st_size if part.exists() else 0
    return held >= file.limit or (file.size is None and lies_at(part, file.checksum))


def _parts(part: Path, file: DataFile) -> list[Path]:
    """The part of one file, or those of a group's members in the folder ``part``."""
    return paths_at(part / file.name if isinstance(file, FileGroup) else part, file)


def _pull_with_bar(url: str, part: Path, file: DataFile, limits: Limits) -> None:
    with progress(total=file.size, label=file.name, unit="B") as bar:
        pull(
            url,
            part,
            file,
            limits=limits,
            report=lambda there: bar.update(there - bar.n),
        )


def _pull_members(url: str, part: Path, group: FileGroup, manner: Manner) -> None:
    """Complete the folder ``part``; a member that is there is whole, right or not."""
    part.mkdir(exist_ok=True)
    for path in _parts(part, group):
        if not path.exists():
            _pull_member(url + path.name, path, group, manner)
        manner.report(path.stat().st_size)


def _pull_member(url: str, path: Path, group: FileGroup, manner: Manner) -> None:
    scratch = path.with_name(f".{path.name}.part")
    # Its size is not known, but that of the group is.
    member = DataFile(path.name, None, "", (), most=group.limit)
    pull(
        url,
        scratch,
        member,
        limits=manner.limits,
        report=say_nothing,
        session=manner.session,
    )
    os.replace(scratch, path)
