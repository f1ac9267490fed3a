"""Downloads end in a verified file, in the next address, or in a clear error."""

import errno
import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from faulty_server import BODY, QUICK, FaultyServer, running
from socks_server import UNREACHABLE, socks_proxy

from aigc_helpers.data import catalog, download, faults, hosts
from aigc_helpers.data.catalog import DataFile, DataSet, Edition, FileGroup
from aigc_helpers.data.download import DatasetUnavailable, edition, fetch
from aigc_helpers.data.transfer import Limits

pytestmark = pytest.mark.usefixtures("plain_environment")
SIZE = len(BODY)
SHA = "sha256:" + hashlib.sha256(BODY).hexdigest()

FAULTS = {  # behaviour: words of the reason
    "truncated": "offers 102400 bytes",
    "altered": "altered or damaged: its SHA256 is",
    "forbidden": "HTTP 403",
    "missing": "HTTP 404",
    "broken": "HTTP 503",
    "endless": "sends more than the 204,800 bytes",
    "drip": "too slow",
    "header-drip": "too slow",
    "silent": "too slow|no answer in time",
    "too-long": "offers 204804 bytes",
    "length-lies": "offers 204807 bytes",
    "always-cut": "cut|ended after 102,400",
    "redirect-loop": "redirects more than 3 times",
    "redirect-endless": "redirects more than 3 times",
    "redirect-to-file": "redirects to something that is no web address",
    "proxy-page": "web page",
    "bare-proxy-page": "ended after 54 of",
    "same-length-page": "altered or damaged",
    "no-http": "no connection|cut|not usable",
}


@pytest.fixture
def server():
    with running(FaultyServer()) as server:
        yield server


@pytest.fixture
def other():
    """A second host."""
    with running(FaultyServer()) as server:
        yield server


@pytest.fixture
def offer(monkeypatch):
    """Make the data set "tiny" with one file at the given addresses."""

    def put(*urls, checksum=SHA, size=SIZE, **options):
        file = DataFile("data.bin", size, checksum, urls, **options)
        dataset = DataSet("tiny", "Tiny", (file,), "none", "nobody")
        monkeypatch.setitem(catalog.datasets(), "tiny", dataset)

    return put


def get(root, **options):
    return fetch("tiny", "data.bin", root=root, **{"limits": QUICK} | options)


def part_in(root) -> Path:
    return root / "tiny" / ".data.bin.part"


def write_part(root, content: bytes):
    part_in(root).parent.mkdir(parents=True, exist_ok=True)
    part_in(root).write_bytes(content)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_address_gives_way_to_the_next(fault, server, other, offer, tmp_path):
    offer(server.url(fault), other.url("good"))
    path = get(tmp_path)
    assert path.read_bytes() == BODY
    assert not part_in(tmp_path).exists()
    assert server.requests


def refusal(url, folder) -> tuple[str, str]:
    """Why the one address was refused, told soon and in Chinese too; the message."""
    begun = time.monotonic()
    with pytest.raises(DatasetUnavailable) as caught:
        get(folder)
    assert time.monotonic() - begun < 4
    [(asked, reason, chinese)] = caught.value.attempts
    assert asked == url and chinese[0] >= "一"
    return reason, str(caught.value)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_address_alone_gives_an_error_and_no_file(
    fault, server, offer, tmp_path
):
    url = server.url(fault)
    offer(url)
    reason, message = refusal(url, tmp_path)
    assert any(words in reason for words in FAULTS[fault].split("|")), reason
    assert not (tmp_path / "tiny" / "data.bin").exists()
    if "altered" in reason:
        assert not part_in(tmp_path).exists()
    for words in ("tiny/data.bin", url, reason, "What to do", "AIGC_MIRROR"):
        assert words in message


@pytest.mark.parametrize("size", [SIZE, None])
def test_a_file_that_crawls_meets_the_limit_for_the_whole_file(
    size, server, offer, tmp_path
):
    offer(server.url("crawl"), size=size)
    limits = Limits(stall=1, extra=0.6, slowest=1e9, pause=0)
    with pytest.raises(DatasetUnavailable, match="too slow"):
        get(tmp_path, limits=limits)
    assert len(server.requests) == 1


@pytest.mark.parametrize("fault", ["cut", "cut-reset"])
def test_a_cut_connection_is_resumed_by_range(fault, server, offer, tmp_path):
    offer(server.url(fault))
    assert get(tmp_path).read_bytes() == BODY
    (_, first), (_, second) = server.requests
    assert first is None
    assert 0 < int(second.removeprefix("bytes=").removesuffix("-")) <= len(BODY) // 2


def test_what_one_address_left_is_completed_by_the_next(server, other, offer, tmp_path):
    offer(server.url("always-cut"), other.url("good"))
    assert get(tmp_path).read_bytes() == BODY
    assert other.requests[0][1] == f"bytes={len(BODY) // 2}-"


@pytest.mark.parametrize("behaviour", ["good", "no-range", "refuses-range"])
def test_a_wrong_part_is_never_completed_to_a_file(behaviour, server, offer, tmp_path):
    write_part(tmp_path, b"from another file" * 100)
    offer(server.url(behaviour))
    assert get(tmp_path).read_bytes() == BODY


@pytest.mark.parametrize("surplus", [0, 1])
def test_a_wrong_part_of_full_length_is_thrown_away(surplus, server, offer, tmp_path):
    write_part(tmp_path, b"?" * (len(BODY) + surplus))
    offer(server.url("good"))
    assert get(tmp_path).read_bytes() == BODY
    assert server.requests[0][1] is None


def test_a_complete_part_needs_no_download(server, offer, tmp_path):
    write_part(tmp_path, BODY)
    offer(server.url("missing"))
    assert get(tmp_path).read_bytes() == BODY
    assert not server.requests


def test_an_answer_with_another_range_is_refused(server, other, offer, tmp_path):
    write_part(tmp_path, BODY[:1000])
    offer(server.url("other-range"), other.url("good"))
    assert get(tmp_path).read_bytes() == BODY
    assert other.requests[0][1] == "bytes=1000-"


@pytest.mark.parametrize("behaviour", ["redirect", "gzip-label", "chunked"])
def test_ordinary_servers_serve(behaviour, server, offer, tmp_path):
    offer(server.url(behaviour))
    assert get(tmp_path).read_bytes() == BODY


def test_an_md5_sum_is_checked_too(server, other, offer, tmp_path):
    md5 = "md5:" + hashlib.md5(BODY).hexdigest()
    offer(server.url("altered"), checksum=md5)
    with pytest.raises(DatasetUnavailable, match="its MD5 is"):
        get(tmp_path)
    offer(other.url("good"), checksum=md5)
    assert get(tmp_path).read_bytes() == BODY


# A file whose size nobody publishes ---------------------------------------------------

MOST = 300_000  # bytes, of which the file has 204,800
UNSIZED_FAULTS = FAULTS | {  # where the size alone was wrong, the checksum is
    "truncated": "altered or damaged",
    "too-long": "altered or damaged",
    "bare-proxy-page": "altered or damaged",
    "endless": "sends more than the 300,000 bytes",
    "length-lies": "cut|ended after 204,800 of 204,807",
    "endless-length": "offers 9+ bytes, expected at most 300,000",
}


@pytest.fixture
def offer_unsized(offer):
    """The same file, its size not published."""

    def put(*urls, most=MOST, **options):
        offer(*urls, size=None, most=most, **options)

    return put


@pytest.mark.parametrize(
    "behaviour",
    "good chunked gzip-label no-range redirect untold-total vast-total".split(),
)
def test_a_file_of_unknown_size_is_had_from_ordinary_servers(
    behaviour, server, offer_unsized, tmp_path
):
    offer_unsized(server.url(behaviour))
    assert get(tmp_path).read_bytes() == BODY
    asked = len(server.requests)
    get(tmp_path)
    assert len(server.requests) == asked, "the second time needs no download"


@pytest.mark.parametrize("fault", UNSIZED_FAULTS)
def test_faults_are_told_without_a_size_too_and_give_no_file(
    fault, server, offer_unsized, tmp_path
):
    offer_unsized(server.url(fault))
    reason, _ = refusal(server.url(fault), tmp_path)
    assert re.search(UNSIZED_FAULTS[fault], reason)
    assert not (tmp_path / "tiny" / "data.bin").exists()
    if "altered" in reason:
        assert not part_in(tmp_path).exists()


@pytest.mark.parametrize("fault", UNSIZED_FAULTS)
def test_without_a_size_too_a_faulty_address_gives_way(
    fault, server, other, offer_unsized, tmp_path
):
    offer_unsized(server.url(fault), other.url("good"))
    assert get(tmp_path).read_bytes() == BODY
    assert not part_in(tmp_path).exists()


def test_more_than_may_be_sent_is_not_begun(server, offer_unsized, tmp_path):
    offer_unsized(server.url("good"), most=SIZE - 1)
    with pytest.raises(DatasetUnavailable) as caught:
        get(tmp_path)
    [(_, reason, chinese)] = caught.value.attempts
    assert reason == "offers 204800 bytes, expected at most 204,799"
    assert chinese == "文件有 204800 字节，应当不超过 204,799 字节"
    assert not part_in(tmp_path).exists()
    offer_unsized(server.url("good"), most=SIZE)
    assert get(tmp_path).read_bytes() == BODY


def test_more_than_may_be_sent_is_cut_off(server, offer_unsized, tmp_path):
    offer_unsized(server.url("chunked"), most=SIZE - 1)
    with pytest.raises(DatasetUnavailable, match="more than the 204,799 bytes"):
        get(tmp_path)
    assert part_in(tmp_path).stat().st_size < SIZE


@pytest.mark.parametrize("fault", ["cut", "cut-reset"])
def test_a_cut_file_of_unknown_size_is_resumed(fault, server, offer_unsized, tmp_path):
    offer_unsized(server.url(fault))
    assert get(tmp_path).read_bytes() == BODY
    (_, first), (_, second) = server.requests
    assert first is None
    assert 0 < int(second.removeprefix("bytes=").removesuffix("-")) <= len(BODY) // 2


@pytest.mark.parametrize("behaviour", ["good", "untold-total"])
def test_what_is_there_of_a_file_of_unknown_size_is_kept(
    behaviour, server, offer_unsized, tmp_path
):
    write_part(tmp_path, BODY[:1000])
    offer_unsized(server.url(behaviour))
    assert get(tmp_path).read_bytes() == BODY
    assert [asked for _, asked in server.requests] == ["bytes=1000-"]


@pytest.mark.parametrize("behaviour", ["vast-total", "endless-total", "other-range"])
def test_the_rest_of_something_else_is_refused(
    behaviour, server, other, offer_unsized, tmp_path
):
    write_part(tmp_path, BODY[:1000])
    offer_unsized(server.url(behaviour), other.url("good"))
    assert get(tmp_path).read_bytes() == BODY
    assert [asked for _, asked in other.requests] == ["bytes=1000-"]


def test_a_whole_part_of_unknown_size_needs_no_download(
    server, offer_unsized, tmp_path
):
    write_part(tmp_path, BODY)
    offer_unsized(server.url("missing"))
    assert get(tmp_path).read_bytes() == BODY
    assert not server.requests


@pytest.mark.parametrize("length", [99, SIZE, SIZE + 9, MOST, MOST + 9])
@pytest.mark.parametrize("behaviour", ["good", "no-range", "refuses-range", "cut"])
def test_a_wrong_part_of_any_length_is_never_completed(
    behaviour, length, server, offer_unsized, tmp_path
):
    write_part(tmp_path, b"?" * length)
    offer_unsized(server.url(behaviour))
    assert get(tmp_path).read_bytes() == BODY


# Another edition of a file ------------------------------------------------------------

OTHER = BODY[::-1] + b"longer"
EDITION = Edition("sha256:" + hashlib.sha256(OTHER).hexdigest(), "的另一个版本")
sizes = pytest.mark.parametrize("size", [SIZE, None])


def write_file(root, content: bytes):
    (root / "tiny").mkdir(exist_ok=True)
    (root / "tiny" / "data.bin").write_bytes(content)


@sizes
def test_another_edition_that_lies_here_is_taken_and_named(
    size, server, offer, tmp_path
):
    offer(server.url("good"), size=size, also=(EDITION,))
    tiny = catalog.find_dataset("tiny")
    assert edition(tiny, root=tmp_path) == ""
    write_file(tmp_path, OTHER)
    assert get(tmp_path).read_bytes() == OTHER
    assert edition(tiny, root=tmp_path) == "的另一个版本"
    assert not server.requests


@sizes
def test_the_published_file_is_no_edition(size, server, offer, tmp_path):
    offer(server.url("good"), size=size, also=(EDITION,))
    assert get(tmp_path).read_bytes() == BODY
    assert edition(catalog.find_dataset("tiny"), root=tmp_path) == ""


@sizes
def test_another_edition_is_never_downloaded(size, server, other, offer, tmp_path):
    server.files["data.bin"] = OTHER
    offer(server.url("good"), size=size, also=(EDITION,))
    with pytest.raises(DatasetUnavailable, match="altered or damaged|offers 204806"):
        get(tmp_path)
    write_part(tmp_path, OTHER)
    offer(other.url("good"), size=size, also=(EDITION,))
    assert get(tmp_path).read_bytes() == BODY


@sizes
def test_an_edition_with_a_changed_byte_is_replaced(size, server, offer, tmp_path):
    offer(server.url("good"), size=size, also=(EDITION,))
    write_file(tmp_path, OTHER[:-1] + b"!")
    assert edition(catalog.find_dataset("tiny"), root=tmp_path) == ""
    assert get(tmp_path).read_bytes() == BODY


# The file that is already there -------------------------------------------------------


@contextmanager
def read_only(folder: Path):
    """The folder tree without permission to write, for the superuser too."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        if user == 0:
            os.seteuid(0)
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755)


needs_users = pytest.mark.skipif(
    not hasattr(os, "seteuid"), reason="this system has no Unix permissions"
)


@pytest.fixture
def shared_folder():
    """A folder that every user of the machine may enter, unlike tmp_path."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@needs_users
def test_a_good_file_in_a_read_only_folder_is_used(server, offer, shared_folder):
    offer(server.url("good"))
    path = shared_folder / "tiny" / "data.bin"
    path.parent.mkdir()
    path.write_bytes(BODY)
    with read_only(shared_folder):
        assert get(shared_folder) == path
    assert list(shared_folder.rglob("*")) == [path.parent, path]
    assert not server.requests


@needs_users
@pytest.mark.parametrize("damaged", [False, True])
def test_a_read_only_folder_without_a_good_file_is_named(
    damaged, server, offer, shared_folder
):
    offer(server.url("good"))
    (shared_folder / "tiny").mkdir()
    if damaged:
        (shared_folder / "tiny" / "data.bin").write_bytes(BODY[:-1] + b"!")
    with (
        read_only(shared_folder),
        pytest.raises(DatasetUnavailable, match="read-only.*\n.*AIGC_DATA_DIR") as info,
    ):
        get(shared_folder)
    assert info.value.kind == "read_only"
    assert str(shared_folder) in str(info.value)


def test_a_folder_that_cannot_be_made_is_named(server, offer, tmp_path):
    offer(server.url("good"))
    (tmp_path / "root").write_text("a file, not a folder")
    with pytest.raises(DatasetUnavailable, match="AIGC_DATA_DIR") as info:
        get(tmp_path / "root")
    assert info.value.kind == "read_only"


@pytest.mark.parametrize("content", [BODY[:-1] + b"!", BODY[:-1], b""])
def test_a_damaged_file_is_replaced(content, server, offer, tmp_path):
    offer(server.url("good"))
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "data.bin").write_bytes(content)
    assert get(tmp_path).read_bytes() == BODY


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (BODY[:-1] + b"!", "its SHA256 is"),
        (BODY[:-1], "has 204,799 bytes instead of 204,800"),
    ],
)
def test_a_damaged_file_that_cannot_be_replaced_is_an_error(
    content, words, server, offer, tmp_path, monkeypatch
):
    offer(server.url("good"))
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "data.bin").write_bytes(content)
    monkeypatch.setenv("AIGC_OFFLINE", "1")
    with pytest.raises(DatasetUnavailable, match=words) as info:
        get(tmp_path)
    assert info.value.kind == "offline"
    assert not server.requests


def test_unknown_names_list_the_known_ones(offer, tmp_path):
    offer()
    with pytest.raises(ValueError, match="fashion_mnist, .*idioms, .*mnist, .*tiny"):
        fetch("minst", "data.bin", root=tmp_path)
    with pytest.raises(ValueError, match=r"it has: data\.bin"):
        fetch("tiny", "date.bin", root=tmp_path)


# The disk -----------------------------------------------------------------------------


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EFBIG])
def test_a_full_disk_is_named_and_leaves_nothing(
    number, server, offer, tmp_path, monkeypatch
):
    def fail(handle):
        raise OSError(number, os.strerror(number))

    offer(server.url("good"))
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(DatasetUnavailable, match="disk is full") as info:
        get(tmp_path)
    assert info.value.kind == "disk_full"
    assert not part_in(tmp_path).exists()
    assert not (tmp_path / "tiny" / "data.bin").exists()


CHILD = """
    import sys
    from pathlib import Path
    from aigc_helpers.data import catalog, download
    root, url, checksum, size = sys.argv[1:]
    file = catalog.DataFile("data.bin", int(size), checksum, (url,))
    catalog.datasets()["tiny"] = catalog.DataSet("tiny", "Tiny", (file,), "", "")
    try:
        download.fetch("tiny", "data.bin", root=root)
    except download.DatasetUnavailable as error:
        sys.exit(error.kind)
"""


def start_child(root, url, *, before: str = "") -> subprocess.Popen:
    script = textwrap.dedent(before) + textwrap.dedent(CHILD)
    arguments = [str(root), url, SHA, str(len(BODY))]
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=Path(__file__).parents[3],
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no RLIMIT_FSIZE")
def test_a_file_that_the_system_refuses_to_grow_is_named(server, tmp_path):
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (50000, 50000))"
    child = start_child(tmp_path, server.url("good"), before=limit)
    assert child.communicate(timeout=10)[1].strip() == "disk_full"
    assert not (tmp_path / "tiny" / "data.bin").exists()
    assert not part_in(tmp_path).exists()


def test_two_processes_at_once_download_once(server, tmp_path):
    children = [start_child(tmp_path, server.url("slow-good")) for _ in range(3)]
    for child in children:
        child.communicate(timeout=15)
    assert [child.returncode for child in children] == [0, 0, 0]
    assert (tmp_path / "tiny" / "data.bin").read_bytes() == BODY
    assert len(server.requests) == 1


def test_a_killed_download_is_resumed(server, other, offer, tmp_path):
    child = start_child(tmp_path, server.url("hold"))
    give_up = time.monotonic() + 10
    while not part_in(tmp_path).exists() or part_in(tmp_path).stat().st_size < 50_000:
        assert time.monotonic() < give_up
        time.sleep(0.02)
    child.kill()
    child.communicate()
    held = part_in(tmp_path).stat().st_size
    offer(other.url("good"))
    assert get(tmp_path).read_bytes() == BODY
    assert other.requests == [("/good/tiny/data.bin", f"bytes={held}-")]


def test_an_interrupt_keeps_what_arrived_and_frees_the_lock(
    server, offer, tmp_path, monkeypatch
):
    def interrupt(*args):
        raise KeyboardInterrupt

    offer(server.url("good"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            get(tmp_path)
    assert not (tmp_path / "tiny" / "data.bin").exists()
    assert get(tmp_path).read_bytes() == BODY


def test_a_download_that_another_process_blocks_ends_in_an_error(
    server, offer, tmp_path, monkeypatch
):
    offer(server.url("good"))
    monkeypatch.setattr(download, "LOCK_SECONDS", 0.1)
    (tmp_path / "tiny").mkdir()
    with download.FileLock(tmp_path / "tiny" / ".data.bin.lock"):
        with pytest.raises(DatasetUnavailable, match="another process") as info:
            get(tmp_path)
    assert info.value.kind == "busy"


# Whom to ask --------------------------------------------------------------------------


def test_offline_asks_nobody(server, offer, tmp_path, monkeypatch):
    offer(server.url("good"))
    monkeypatch.setenv("AIGC_MIRROR", server.url("good").split("/tiny")[0])
    monkeypatch.setenv("AIGC_OFFLINE", "1")
    with pytest.raises(DatasetUnavailable, match="AIGC_OFFLINE"):
        get(tmp_path)
    assert not server.requests
    assert not list(tmp_path.iterdir())


def test_the_mirror_is_asked_first(server, other, offer, tmp_path, monkeypatch):
    offer(server.url("good"))
    monkeypatch.setenv("AIGC_MIRROR", other.url("good").split("/tiny")[0] + "/")
    get(tmp_path)
    assert [path for path, _ in other.requests] == ["/good/tiny/data.bin"]
    assert not server.requests


def test_a_mirror_without_the_file_gives_way(
    server, other, offer, tmp_path, monkeypatch
):
    offer(server.url("good"))
    monkeypatch.setenv("AIGC_MIRROR", other.url("missing").split("/tiny")[0])
    assert get(tmp_path).read_bytes() == BODY
    assert other.requests and server.requests


@pytest.mark.parametrize(
    "address",
    ["mirror.example/x", "file:///mnt", "https://", "http://[bad", "http://a b"],
)
def test_a_mirror_that_is_no_web_address_gives_way_and_is_told(
    address, server, other, offer, tmp_path, monkeypatch
):
    monkeypatch.setenv("AIGC_MIRROR", address)
    offer(server.url("missing"))
    with pytest.raises(DatasetUnavailable, match="begin AIGC_MIRROR with http") as info:
        get(tmp_path)
    name, reason, chinese = info.value.attempts[0]
    assert name == "AIGC_MIRROR" and "is no web address" in reason
    assert chinese == "不是网址，应当以 http:// 或 https:// 开头"
    assert info.value.why_chinese == "AIGC_MIRROR 不是网址"
    offer(other.url("good"))
    assert get(tmp_path).read_bytes() == BODY


# Faults of this machine ---------------------------------------------------------------


def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


PROXIES = {  # and the kind of what is wrong with them
    "socks5://127.0.0.1:{port}": "socks",
    "socks5h://127.0.0.1:{port}": "socks",
    "socks://127.0.0.1:{port}": "socks",
    "http://": "proxy",
    "http://127.0.0.1:port": "proxy",
    "http://[::1": "proxy",
    "htp://127.0.0.1:{port}": "proxy",
    "127.0.0.1:{port}": "proxy",
    "http://no-such-host.invalid:{port}": "proxy",
}
URLS = "http://one.invalid/good/tiny/data.bin", "https://two.invalid/tiny/data.bin"


def assert_is_local(kind: str, tmp_path, *words: str):
    """The fault is told as this machine's, and the next call asks again."""
    for _ in range(2):
        with pytest.raises(DatasetUnavailable) as info:
            get(tmp_path)
        assert info.value.kind == kind
        reasons = {tuple(words) for _, *words in info.value.attempts}
        assert reasons == {faults.LOCAL[kind]}
        for word in words:
            assert word in info.value.why_chinese + info.value.advice_chinese
    assert hosts.FailedHosts(tmp_path).recent() == {}


@pytest.fixture
def proxied(offer, monkeypatch):
    """Two addresses, asked through a proxy, by default without PySocks."""
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    offer(*URLS)

    def set_proxy(address: str, has_pysocks: bool = False):
        monkeypatch.setenv("all_proxy", address)
        if not has_pysocks:
            monkeypatch.setattr(requests.adapters, "SOCKSProxyManager", without_pysocks)

    return set_proxy


def without_pysocks(*args, **options):
    raise requests.exceptions.InvalidSchema("Missing dependencies for SOCKS support.")


def test_requests_without_pysocks_says_what_our_stand_in_says():
    script = (
        "import sys; sys.modules['socks'] = None; import requests\n"
        "try: requests.get('http://a.invalid', proxies={'all': 'socks5://127.0.0.1:9'})"
        "\nexcept requests.exceptions.InvalidSchema as error: print(error)"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert run.stdout == "Missing dependencies for SOCKS support.\n"


@pytest.mark.parametrize("address", PROXIES)
def test_a_proxy_that_cannot_be_used_blames_no_host(address, proxied, tmp_path):
    proxied(address.format(port=closed_port()))
    kind = PROXIES[address]
    words = {"socks": ("SOCKS", "install pysocks"), "proxy": ("代理", "https_proxy")}
    assert_is_local(kind, tmp_path, *words[kind])


@pytest.mark.parametrize("scheme", ["socks5h", "socks5", "socks4", "socks"])
def test_a_dead_or_misspelt_socks_proxy_blames_no_host(scheme, proxied, tmp_path):
    proxied(f"{scheme}://127.0.0.1:{closed_port()}", has_pysocks=True)
    assert_is_local("proxy", tmp_path, "socks5h://")


def test_a_socks_proxy_is_used(server, proxied, tmp_path):
    with socks_proxy(server.server_port) as (address, asked):
        proxied(address, has_pysocks=True)
        assert get(tmp_path).read_bytes() == BODY
    assert asked == [("one.invalid", 80)]


def assert_blames_the_hosts(tmp_path):
    """The fault is told as the hosts', and the next call does not ask them."""
    with pytest.raises(DatasetUnavailable) as info:
        get(tmp_path)
    assert info.value.kind == "network"
    assert len(hosts.FailedHosts(tmp_path).recent()) == len(URLS)


def test_a_proxy_that_does_not_reach_a_host_blames_it(server, proxied, tmp_path):
    server.as_proxy = 503
    proxied(f"http://127.0.0.1:{server.server_port}")
    assert_blames_the_hosts(tmp_path)


def test_a_socks_proxy_that_does_not_reach_a_host_blames_it(proxied, tmp_path):
    with socks_proxy(closed_port(), UNREACHABLE) as (address, asked):
        proxied(address, has_pysocks=True)
        assert_blames_the_hosts(tmp_path)
    assert [name for name, _ in asked] == ["one.invalid", "two.invalid"]


def test_a_proxy_that_wants_a_password_blames_no_host(server, proxied, tmp_path):
    proxied(f"http://127.0.0.1:{server.server_port}")
    assert_is_local("proxy", tmp_path)


@pytest.mark.parametrize("content", [None, "no certificates"])
def test_certificates_that_are_missing_or_damaged_blame_no_host(
    content, offer, tmp_path, monkeypatch
):
    bundle = tmp_path / "bundle.pem"
    if content:
        bundle.write_text(content)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        offer(f"https://127.0.0.1:{listening.getsockname()[1]}/tiny/data.bin")
        assert_is_local("certificates", tmp_path, "REQUESTS_CA_BUNDLE")


def test_a_password_in_an_address_is_not_shown(offer, tmp_path):
    offer("http://user:secret@127.0.0.1:9/data.bin")
    with pytest.raises(DatasetUnavailable) as info:
        get(tmp_path)
    stored = (tmp_path / hosts.FILE_NAME).read_text()
    assert "secret" not in str(info.value) + stored
    assert "127.0.0.1:9" in stored


def test_a_failed_host_is_asked_again_after_ten_minutes(
    server, offer, tmp_path, monkeypatch
):
    offer(server.url("broken"))
    for _ in range(2):
        with pytest.raises(DatasetUnavailable) as info:
            get(tmp_path)
    assert len(server.requests) == 1
    [(_, reason, chinese)] = info.value.attempts
    assert reason == "not asked: it failed 0 min ago (HTTP 503 Service Unavailable)"
    assert chinese == "没有再问：0 分钟前没有成功（网站出错（HTTP 503））"

    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 599)
    with pytest.raises(DatasetUnavailable):
        get(tmp_path)
    assert len(server.requests) == 1
    monkeypatch.setattr(time, "time", lambda: now + 601)
    with pytest.raises(DatasetUnavailable):
        get(tmp_path)
    assert len(server.requests) == 2


def test_an_express_wish_asks_a_failed_host_and_success_forgets_the_failure(
    server, offer, tmp_path
):
    offer(server.url("broken"))
    with pytest.raises(DatasetUnavailable):
        get(tmp_path)
    offer(server.url("good"))
    assert get(tmp_path, ask_again=True).read_bytes() == BODY
    assert json.loads((tmp_path / hosts.FILE_NAME).read_text()) == {}


@pytest.mark.parametrize("fault", ["missing", "forbidden", "altered", "truncated"])
def test_a_single_bad_file_does_not_blame_the_host(fault, server, offer, tmp_path):
    offer(server.url(fault), server.url("good"))
    assert get(tmp_path).read_bytes() == BODY


@pytest.mark.parametrize(
    "content", ["", "{", "[1]", '{"a": 1}', '{"a": {"time": "x"}}', '{"a": {}}']
)
def test_a_damaged_memory_of_hosts_is_ignored(content, server, offer, tmp_path):
    offer(server.url("good"))
    (tmp_path / hosts.FILE_NAME).write_text(content)
    assert get(tmp_path).read_bytes() == BODY


def test_the_data_folder_is_the_named_one_or_in_the_cache(monkeypatch, tmp_path):
    assert download.data_dir().name == "data"
    assert "aigc_helpers" in download.data_dir().parts
    monkeypatch.setenv("AIGC_DATA_DIR", str(tmp_path))
    assert download.data_dir() == tmp_path


def test_the_bar_shows_where_somebody_watches(
    server, offer, tmp_path, monkeypatch, capsys
):
    offer(server.url("good"))
    monkeypatch.delenv("AIGC_PROGRESS")
    get(tmp_path / "pipe")
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    get(tmp_path / "terminal")
    assert "data.bin" in capsys.readouterr().err
    monkeypatch.setenv("AIGC_PROGRESS", "0")
    get(tmp_path / "quiet")
    assert capsys.readouterr() == ("", "")


# The catalogue ------------------------------------------------------------------------


def test_the_catalogue_is_complete_and_pinned():
    for dataset in catalog.datasets().values():
        assert dataset.licence and dataset.credit and dataset.title and dataset.read
        for file in dataset.files:
            algorithm, _, digest = file.checksum.partition(":")
            assert len(bytes.fromhex(digest)) == hashlib.new(algorithm).digest_size
            assert all(e.checksum.startswith(f"{algorithm}:") for e in file.also)
            assert len({hosts.host_of(url) for url in file.urls}) >= 2
            is_group = isinstance(file, FileGroup)
            end = "/" if is_group else f"/{file.name}"
            for url in file.urls:  # figshare numbers its files
                assert url.endswith(end) or "figshare.com/files/" in url
                assert "/master/" not in url and "/main/" not in url
