"""One address to one partial file over HTTP, whatever the server does."""

import contextlib
import os
import queue
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter

from aigc_helpers.data.catalog import DataFile
from aigc_helpers.data.faults import (
    LOCAL,
    TransferError,
    explain,
    is_web_address,
)

CHUNK = 16_384  # bytes
_NUMBER = r"\d{1,15}"  # a longer one is no size


@dataclass(frozen=True)
class Limits:
    """How long a server may take, in seconds, and how often it may fail."""

    connect: float = 10
    read: float = 20  # without a single byte
    stall: float = 30  # without a headline or a chunk of 16 KB
    extra: float = 60  # on top of the time for the whole file at the slowest speed
    slowest: float = 20_000  # bytes per second
    pause: float = 1  # before asking again after a cut
    tries: int = 4
    redirects: int = 5

    def whole(self, size: int) -> float:
        """Seconds for a whole file of ``size`` bytes."""
        return self.extra + size / self.slowest


def pull(
    url: str,
    part: Path,
    file: DataFile,
    *,
    limits: Limits,
    report: Callable[[int], None],
    session: requests.Session | None = None,
) -> None:
    """Complete ``part`` to the size of ``file`` from ``url``; bytes are not checked.

    Where the size is not published, the server says where the file ends, within
    ``file.limit``. ``report`` is called with the number of bytes that are there. With a
    `session` that keeps connections none is opened for this file alone. Raises
    TransferError; an OSError is about the disk, never about the network.
    """
    deadline = time.monotonic() + limits.whole(file.limit)
    for attempt in range(1, limits.tries + 1):
        have = part.stat().st_size if part.exists() else 0
        answer = _Answer(url, have, deadline, limits, session)
        try:
            return _receive(answer, part, file, report)
        except TransferError as error:
            if not error.may_resume or attempt == limits.tries:
                raise
        finally:
            answer.abandon()
        time.sleep(limits.pause)


def _receive(answer: "_Answer", part: Path, file: DataFile, report) -> None:
    at, size = _extent(answer.head(), answer.have, file, part)
    most = file.limit if size is None else size
    with part.open("r+b" if at else "wb") as out:
        out.seek(at)
        for chunk in answer.chunks():
            at += len(chunk)
            if at > most:
                raise TransferError(
                    f"sends more than the {most:,} bytes expected",
                    f"发来的多于应有的 {most:,} 字节",
                )
            out.write(chunk)
            report(at)
        out.flush()
        os.fsync(out.fileno())
    if size is not None and at < size:
        raise TransferError(
            f"ended after {at:,} of {size:,} bytes",
            f"只发来 {at:,} 字节，应有 {size:,} 字节",
            may_resume=True,
        )


def _extent(response, have: int, file: DataFile, part: Path) -> tuple[int, int | None]:
    """Where in the file the answer's body starts, and the file's size if it is known.

    Raises TransferError if the answer brings something else.
    """
    code, headers = response.status_code, response.headers
    if code == 416:  # nothing after the part we hold: it is not a part of this file
        part.unlink(missing_ok=True)
        raise TransferError("refuses to resume", "不肯接着传", may_resume=True)
    if code == 407:
        raise TransferError(*LOCAL["proxy"], local="proxy")
    if code not in (200, 206):
        raise TransferError(
            f"HTTP {code} {response.reason or ''}".strip(),
            _status_in_chinese(code),
            blames_host=code >= 500 or code == 429,
        )
    if headers.get("Content-Type", "").lower().startswith("text/html"):
        raise TransferError(
            "answers with a web page, perhaps a proxy's log-in page",
            "发来的是网页，也许是上网要登录的那一页",
        )
    if code == 206:
        return have, _resumed_size(headers.get("Content-Range", ""), have, file)
    return 0, _offered_size(headers.get("Content-Length"), file)


def _status_in_chinese(code: int) -> str:
    """What an HTTP status means, in a few words."""
    known = {403: "网站不给", 404: "没有这个文件", 429: "问得太频繁"}
    meaning = known.get(code, "网站出错" if code >= 500 else "网站没有给出文件")
    return f"{meaning}（HTTP {code}）"


def _offered_size(length: str | None, file: DataFile) -> int | None:
    """The size of a whole file that is offered with this Content-Length."""
    if length in (None, str(file.size)):
        return file.size
    is_number = re.fullmatch(_NUMBER, length) is not None
    if file.size is None and is_number and int(length) <= file.most:
        return int(length)
    wanted = ("at most ", "不超过") if file.size is None else ("", "是")
    raise TransferError(
        f"offers {length} bytes, expected {wanted[0]}{file.limit:,}",
        f"文件有 {length} 字节，应当{wanted[1]} {file.limit:,} 字节",
        blames_host=False,
    )


def _resumed_size(content_range: str, have: int, file: DataFile) -> int | None:
    """The size of the file of which the rest is offered; None if it is not known."""
    pattern = rf"bytes ({_NUMBER})-{_NUMBER}/({_NUMBER}|\*)"
    match = re.fullmatch(pattern, content_range.strip())
    if match and int(match[1]) == have:
        total = match[2]
        if total in ("*", str(file.size)):
            return file.size
        if file.size is None and int(total) <= file.most:
            return int(total)
    raise TransferError(
        f"answers with another range: {content_range!r}",
        f"发来的不是要的那一段：{content_range!r}",
    )


class _Session(requests.Session):
    """A session that leaves redirects alone.

    requests reads the whole body of a redirect, however long, before it goes on.
    """

    def get_redirect_target(self, resp):
        return None


def keeping(n: int) -> requests.Session:
    """A session that keeps ``n`` connections to a host open, for many small files.

    One that the server has closed in the meantime is opened again, once.
    """
    session = _Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=n, max_retries=1))
    return session


class _Answer:
    """An HTTP answer read in a thread of its own.

    Timeouts of sockets start anew with every byte and do not cover name resolution.
    The reader of the queue keeps the time, so a slow drip cannot hold it up.
    """

    def __init__(self, url, have: int, deadline: float, limits: Limits, session=None):
        self.url, self.have, self.session = url, have, session
        self.deadline, self.limits = deadline, limits
        self.items = queue.Queue(maxsize=16)
        self.abandoned = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def head(self) -> requests.Response:
        """Status and headers."""
        return self._next()

    def chunks(self):
        """Pieces of the body until it ends."""
        while (chunk := self._next()) is not None:
            yield chunk

    def abandon(self) -> None:
        """Let the thread end; nothing of it is used any more."""
        self.abandoned.set()

    def _next(self):
        left = self.deadline - time.monotonic()
        try:
            item = self.items.get(timeout=max(0.0, min(left, self.limits.stall)))
        except queue.Empty:
            raise TransferError("too slow", "太慢") from None
        if isinstance(item, TransferError):
            raise item
        return item

    def _put(self, item) -> None:
        while not self.abandoned.is_set():
            try:
                return self.items.put(item, timeout=0.2)
            except queue.Full:
                continue

    def _run(self) -> None:
        try:
            with contextlib.ExitStack() as stack:
                session = self.session or stack.enter_context(_Session())
                response = stack.enter_context(self._open(session))
                self._put(response)
                # Undecoded: the bytes of a .gz file are what the checksum is about.
                for chunk in response.raw.stream(CHUNK, decode_content=False):
                    self._put(chunk)
                    if self.abandoned.is_set():
                        return
            self._put(None)
        except TransferError as error:
            self._put(error)
        except Exception as error:  # whatever it is, the waiting side must hear of it
            self._put(explain(error))

    def _open(self, session: requests.Session) -> requests.Response:
        """The first answer that is no redirect."""
        url = self.url
        headers = {"Accept-Encoding": "identity"}
        if self.have:
            headers["Range"] = f"bytes={self.have}-"
        for _ in range(self.limits.redirects + 1):
            response = session.get(
                url,
                headers=headers,
                stream=True,
                timeout=(self.limits.connect, self.limits.read),
            )
            if not response.is_redirect:
                return response
            response.close()
            url = urljoin(url, response.headers["Location"])
            if not is_web_address(url):
                raise TransferError(
                    "redirects to something that is no web address",
                    "转到的地方不是网址",
                )
        most = self.limits.redirects
        raise TransferError(f"redirects more than {most} times", f"转了超过 {most} 次")
