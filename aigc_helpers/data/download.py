"""Files of the catalogue on this machine: found, downloaded, verified.

``AIGC_DATA_DIR`` names the folder, ``AIGC_MIRROR`` an address to ask first (it serves
``<data set>/<file>``, as the folder has it), ``AIGC_OFFLINE=1`` forbids asking anybody.
A fault of this machine, such as a proxy that Python cannot use, is told and blames no host.
"""

import errno
import os
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_cache_dir

from aigc_helpers import environment
from aigc_helpers.data.catalog import DataFile, DataSet, FileGroup, find_dataset
from aigc_helpers.data.faults import LOCAL, TransferError, is_web_address
from aigc_helpers.data.hosts import FailedHosts, Failure, host_of, without_password
from aigc_helpers.data.parts import Manner, discard, pull_verified, put_in_place
from aigc_helpers.data.transfer import Limits
from aigc_helpers.data.verification import find_fault, lies_at, path_of, place_of
from aigc_helpers.reader import ForReader

LIMITS = Limits()
LOCK_SECONDS = 3600  # as long as another process may download the same file

_DISK_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_READ_ONLY = {errno.EACCES, errno.EPERM, errno.EROFS}
_ADVICE = {
    "offline": "unset AIGC_OFFLINE, or put the file there by hand",
    "network": "check the network; set AIGC_MIRROR to a mirror that serves "
    "<data set>/<file>; run `{aigc} download` to ask all hosts again at once; "
    "or put the file there by hand",
    "disk_full": "free some space, or set AIGC_DATA_DIR to another disk",
    "read_only": "set AIGC_DATA_DIR to a folder that you may write to",
    "busy": "wait for the other process, or end it",
    "socks": "run `{pip} install pysocks` (pip cannot use a SOCKS proxy either: unset "
    "all_proxy for it), or unset all_proxy and set https_proxy to an HTTP proxy",
    "proxy": "start the proxy, or correct or unset https_proxy, http_proxy and "
    "all_proxy (a SOCKS address begins with socks5h://)",
    "certificates": "correct or unset REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE",
    "mirror": "begin AIGC_MIRROR with http:// or https://, or unset it",
}
_CHINESE = {  # the same for the reader: why, and what to do
    "offline": ("AIGC_OFFLINE 禁止联网", "取消 AIGC_OFFLINE，或者手动放入文件"),
    "network": (
        "所有地址都没有给出正确的文件",
        "检查网络；用 AIGC_MIRROR 指定一个镜像；运行 {aigc} download 立即重试；"
        "或者手动放入文件",
    ),
    "disk_full": ("磁盘已满", "腾出空间，或者用 AIGC_DATA_DIR 指定另一个磁盘"),
    "read_only": ("数据文件夹不能写入", "用 AIGC_DATA_DIR 指定一个可以写入的文件夹"),
    "busy": ("另一个进程一直在下载它", "等它结束，或者终止它"),
    "socks": (
        LOCAL["socks"][1],
        "运行 {pip} install pysocks（pip 也用不了 SOCKS 代理，先取消环境变量 "
        "all_proxy）；或者取消 all_proxy，把 https_proxy 设为 HTTP 代理",
    ),
    "proxy": (
        LOCAL["proxy"][1],
        "打开代理；或者改正、取消环境变量 https_proxy、http_proxy、all_proxy"
        "（SOCKS 代理的地址以 socks5h:// 开头）",
    ),
    "certificates": (
        LOCAL["certificates"][1],
        "改正或取消环境变量 REQUESTS_CA_BUNDLE、CURL_CA_BUNDLE",
    ),
    "mirror": (
        "AIGC_MIRROR 不是网址",
        "让 AIGC_MIRROR 以 http:// 或 https:// 开头，或者取消它",
    ),
}


class DatasetUnavailable(ForReader, RuntimeError):
    """A file of a data set is neither here nor to be had.

    Attributes
    ----------
    path : Path
        Where the file should be.
    kind : str
        Why; one of those that `_ADVICE` lists.
    attempts : list of (address, reason, reason in Chinese)
        What was asked, and why each address failed.
    why_chinese, advice_chinese : str
        Why, and what to do, in words for the reader.
    """

    def __init__(self, path: Path, kind: str, detail: str, attempts=()):
        self.path, self.kind, self.detail = path, kind, detail
        self.attempts = list(attempts)
        self.why_chinese, self.advice_chinese = words_for(kind)
        tried = [f"  {url}: {reason}" for url, reason, _ in self.attempts]
        headline = f"{path.parent.name}/{path.name} is not available: {detail}"
        advice = with_commands(_ADVICE[kind])
        place = f"It belongs to {path.parent}. What to do: {advice}."
        super().__init__(
            "\n".join([headline, *tried, place]),
            f"没有得到 {path.parent.name}/{path.name}：{self.why_chinese}。"
            f"怎么办：{self.advice_chinese}（位置：{path.parent}）。",
        )


def words_for(kind: str) -> tuple[str, str]:
    """Why a file cannot be had and what to do, in Chinese."""
    why, advice = _CHINESE[kind]
    return why, with_commands(advice)


def with_commands(advice: str) -> str:
    """The advice, with ``{aigc}`` and ``{pip}`` as they are typed here."""
    tools = {tool: environment.command(tool) for tool in ("aigc", "pip")}
    return advice.format(**tools)


def data_dir() -> Path:
    """Folder of the data: ``AIGC_DATA_DIR``, else the user's cache folder."""
    named = environment.text("AIGC_DATA_DIR")
    if named:
        return Path(named).expanduser()
    return Path(user_cache_dir("aigc_helpers", appauthor=False)) / "data"


def fetch(
    dataset: str,
    filename: str,
    *,
    root: str | Path | None = None,
    limits: Limits = LIMITS,
    ask_again: bool = False,
) -> Path:
    """Path of a file whose size and checksum are right, downloaded if need be.

    Nothing is written where the file is already there and good, or another edition of
    it that the catalogue knows: see `edition`.

    Parameters
    ----------
    root : folder to use in place of `data_dir()`
    ask_again : ask hosts also if they failed in the last ten minutes

    Raises
    ------
    ValueError
        If the catalogue has no such data set or file.
    DatasetUnavailable
        If there is no good file and none can be had.
    """
    found = find_dataset(dataset)
    root = Path(root) if root else data_dir()
    return bring(found, found.file(filename), root, Manner(limits, ask_again))


def bring(dataset: DataSet, file: DataFile, root: Path, manner: Manner) -> Path:
    """What `fetch` does, for an entry of the catalogue.

    Of a group of files the path is that beside which its members lie.
    """
    path = path_of(dataset, file, root)
    fault = find_fault(path, file)
    if fault is None:
        return path
    if is_offline():
        detail = f"{fault}, and AIGC_OFFLINE forbids downloads"
        raise DatasetUnavailable(path, "offline", detail)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.with_name(f".{file.name}.lock")
        with FileLock(lock, timeout=LOCK_SECONDS):
            if find_fault(path, file) is not None:  # nobody else was faster
                urls = addresses(file, place_of(dataset, file))
                _download(file, path, urls, FailedHosts(root), manner)
    except Timeout:
        detail = "another process has been downloading it for an hour"
        raise DatasetUnavailable(path, "busy", detail) from None
    except OSError as error:
        raise _disk_trouble(path, error) from error
    return path


def edition(dataset: DataSet, *, root: str | Path | None = None) -> str:
    """Which other edition of a data set lies here, in Chinese; "" if none does.

    The words follow on the title of the data set.
    """
    folder = (Path(root) if root else data_dir()) / dataset.name
    found = [
        other.words
        for file in dataset.files
        for other in file.also
        if lies_at(folder / file.name, other.checksum)
    ]
    return "、".join(found)


def is_offline() -> bool:
    """Has the user forbidden downloads?"""
    return environment.is_on("AIGC_OFFLINE")


def mirror() -> str:
    """The user's own address of data sets, empty if there is none."""
    return environment.text("AIGC_MIRROR").rstrip("/")


def mirror_fault() -> tuple[str, str] | None:
    """What is wrong with the mirror's address itself, in English and in Chinese."""
    if mirror() and not is_web_address(mirror()):
        return (
            "is no web address: it must begin with http:// or https://",
            "不是网址，应当以 http:// 或 https:// 开头",
        )
    return None


def addresses(file: DataFile, place: str) -> list[str]:
    """Where to ask, in order: the user's mirror, then those of the catalogue."""
    usable = mirror() and not mirror_fault()
    name = "" if isinstance(file, FileGroup) else file.name
    first = [f"{mirror()}/{place}/{name}"] if usable else []
    return [*first, *file.urls]


def _download(file, path, urls, failed: FailedHosts, manner: Manner):
    """Ask one address after the other until a verified file is in place."""
    attempts, kinds = [], []
    if fault := mirror_fault():
        attempts.append(("AIGC_MIRROR", *fault))
        kinds.append("mirror")
    part = path.with_name(f".{path.name}.part")
    for url in urls:
        failure = failed.recent().get(host_of(url))
        if failure and not manner.ask_again:
            attempts.append((without_password(url), *_not_asked(failure)))
            continue
        try:
            pull_verified(url, part, file, manner)
        except TransferError as error:
            attempts.append((without_password(url), str(error), error.chinese))
            if error.blames_host:
                failed.add(url, str(error), error.chinese)
            if error.local:
                kinds.append(error.local)
            continue
        failed.remove(url)
        put_in_place(part, path, file)
        return _sync_folder(path.parent)
    fault = find_fault(path, file)
    detail = f"{fault}, and no address gave it"
    kind = kinds[-1] if kinds else "network"  # a fault of this machine explains more
    raise DatasetUnavailable(path, kind, detail, attempts)


def _not_asked(failure: Failure) -> tuple[str, str]:
    """Why a host is left alone, in English and in Chinese."""
    minutes = f"{failure.age / 60:.0f}"
    return (
        f"not asked: it failed {minutes} min ago ({failure.reason})",
        f"没有再问：{minutes} 分钟前没有成功（{failure.chinese}）",
    )


def _disk_trouble(path: Path, error: OSError) -> DatasetUnavailable:
    """The error to raise when the folder does not take the file."""
    if error.errno in _DISK_FULL:
        discard(path.with_name(f".{path.name}.part"))
        return DatasetUnavailable(path, "disk_full", "the disk is full")
    kind = "read_only"
    words = "is read-only" if error.errno in _READ_ONLY else f"fails: {error.strerror}"
    return DatasetUnavailable(path, kind, f"the folder {path.parent} {words}")


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut, where folders can be synced (not Windows)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
