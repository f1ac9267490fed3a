"""Memory of hosts that failed, so that nobody waits for the same timeout twice."""

import contextlib
import json
import threading
import time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from aigc_helpers.files import write_text

REMEMBERED = 600  # seconds
FILE_NAME = "failed-hosts.json"
_WRITING = threading.Lock()  # several downloads of one process share the file
_UNREADABLE = (  # what a damaged file raises
    OSError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    OverflowError,
    RecursionError,
)


def host_of(url: str) -> str:
    """Host and port of an address, without user name and password."""
    return urlsplit(url).netloc.rpartition("@")[2]


def without_password(url: str) -> str:
    """The address as it may be shown: without user name and password."""
    return urlunsplit(urlsplit(url)._replace(netloc=host_of(url)))


class Failure(NamedTuple):
    """How long ago a host failed, in seconds, and why."""

    age: float
    reason: str
    chinese: str  # the reason for the reader


class FailedHosts:
    """Hosts that failed in the last ten minutes, kept in a small JSON file.

    The memory is a convenience: a file that cannot be read or written is ignored.
    """

    def __init__(self, folder: Path):
        self.path = folder / FILE_NAME

    def recent(self) -> dict[str, Failure]:
        """Failures by host."""
        now = time.time()
        try:
            stored = json.loads(self.path.read_text("utf-8"))
            failures = {
                host: Failure(
                    now - float(entry["time"]),
                    str(entry["reason"]),
                    str(entry["chinese"]),
                )
                for host, entry in stored.items()
            }
        except _UNREADABLE:
            return {}
        # A negative age comes from a clock that was set back.
        return {host: f for host, f in failures.items() if 0 <= f.age < REMEMBERED}

    def add(self, url: str, reason: str, chinese: str) -> None:
        """Remember that the host of ``url`` failed now."""
        with _WRITING:
            self._write(self.recent() | {host_of(url): Failure(0.0, reason, chinese)})

    def remove(self, url: str) -> None:
        """Forget the host of ``url``: it answered."""
        with _WRITING:
            recent = self.recent()
            if recent.pop(host_of(url), None):
                self._write(recent)

    def _write(self, recent: dict[str, Failure]) -> None:
        now = time.time()
        entries = {
            host: {"time": now - age, "reason": reason, "chinese": chinese}
            for host, (age, reason, chinese) in recent.items()
        }
        with contextlib.suppress(OSError):
            write_text(self.path, json.dumps(entries, indent=1))
