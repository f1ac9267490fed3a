"""Many small files come together, are checked in groups, and nothing is asked twice."""

import hashlib
import sys
import threading

import pytest
from faulty_server import QUICK, FaultyServer, running

from aigc_helpers.data import catalog, gathering
from aigc_helpers.data.catalog import DataSet, FileGroup
from aigc_helpers.data.download import DatasetUnavailable, fetch
from aigc_helpers.data.gathering import AT_ONCE, fetch_all
from aigc_helpers.data.transfer import Limits

pytestmark = pytest.mark.usefixtures("plain_environment")
N_GROUPS, N_MEMBERS = 10, 6
CONTENTS = {
    f"{group}_{i}.bin": f"{group}/{i}".encode() * (20 + i)
    for group in range(N_GROUPS)
    for i in range(N_MEMBERS)
}
WHERE = "sounds/small"


@pytest.fixture
def server():
    with running(FaultyServer()) as server:
        server.files.update(CONTENTS)
        yield server


@pytest.fixture
def other():
    """A second host."""
    with running(FaultyServer()) as server:
        server.files.update(CONTENTS)
        yield server


def group_at(urls, group: int) -> FileGroup:
    names = tuple(f"{group}_{i}.bin" for i in range(N_MEMBERS))
    content = b"".join(CONTENTS[name] for name in names)
    return FileGroup(
        f"group{group}",
        len(content),
        "sha256:" + hashlib.sha256(content).hexdigest(),
        tuple(urls),
        members=names,
        folder=WHERE,
    )


@pytest.fixture
def offer(monkeypatch):
    """Make the data set "tiny" of ten groups at the given addresses."""

    def put(*urls):
        files = tuple(group_at(urls, group) for group in range(N_GROUPS))
        dataset = DataSet("tiny", "Tiny", files, "none", "nobody")
        monkeypatch.setitem(catalog.datasets(), "tiny", dataset)

    return put


def get(root, **options):
    return fetch_all("tiny", root=root, **{"limits": QUICK} | options)


def asked(server) -> list[str]:
    """Names of the files that a server was asked for."""
    return sorted(path.split("/")[-1] for path, _ in server.requests)


def assert_whole(root):
    folder = root / WHERE
    found = {path.name: path.read_bytes() for path in folder.glob("[!.]*")}
    assert found == CONTENTS
    assert not list(folder.glob(".*.part"))


def test_all_members_are_fetched_once_and_lie_in_the_folder(server, offer, tmp_path):
    offer(server.url("good", ""))
    assert get(tmp_path) == tmp_path / WHERE
    assert_whole(tmp_path)
    assert asked(server) == sorted(CONTENTS)
    get(tmp_path)
    assert len(server.requests) == len(CONTENTS), "the second time asks nobody"


def test_few_connections_serve_many_files(server, offer, tmp_path):
    offer(server.url("kept", ""))
    get(tmp_path)
    assert_whole(tmp_path)
    assert server.connections <= AT_ONCE < len(server.requests)


def test_a_connection_that_was_closed_meanwhile_blames_nobody(
    server, other, offer, tmp_path
):
    offer(server.url("kept-in-vain", ""), other.url("good", ""))
    get(tmp_path)
    assert_whole(tmp_path)
    assert not other.requests


@pytest.mark.parametrize(
    "fault",
    [
        *("altered", "missing", "broken", "truncated", "endless", "too-long"),
        *("silent", "always-cut", "proxy-page", "same-length-page", "no-http"),
    ],
)
def test_a_faulty_address_gives_way_to_the_next(fault, server, other, offer, tmp_path):
    offer(server.url(fault, ""), other.url("good", ""))
    get(tmp_path)
    assert_whole(tmp_path)
    assert server.requests and other.requests


@pytest.mark.parametrize(
    ("fault", "words"),
    [("altered", "altered or damaged: its SHA256 is"), ("missing", "HTTP 404")],
)
def test_a_faulty_address_alone_gives_an_error_that_tells_it(
    fault, words, server, offer, tmp_path
):
    offer(server.url(fault, ""))
    with pytest.raises(DatasetUnavailable, match=r"small/group\d is not av") as found:
        get(tmp_path)
    [(url, reason, chinese)] = found.value.attempts
    assert url == server.url(fault, "") and words in reason and chinese[0] >= "一"
    assert not list((tmp_path / WHERE).glob("[!.]*"))


def test_what_has_arrived_before_a_failure_is_not_asked_again(server, offer, tmp_path):
    offer(server.url("partial", ""))
    del server.files["3_4.bin"]
    with pytest.raises(DatasetUnavailable, match="small/group3"):
        get(tmp_path)
    assert not list((tmp_path / WHERE).glob("3_*")), "a group is there whole or not"
    server.files.update(CONTENTS)
    arrived = {path.name for path in (tmp_path / WHERE).rglob("[!.]*.bin")}
    assert {f"3_{i}.bin" for i in range(4)} <= arrived < set(CONTENTS)
    server.requests.clear()
    get(tmp_path)
    assert_whole(tmp_path)
    assert asked(server) == sorted(set(CONTENTS) - arrived)


def test_a_wrong_member_of_an_earlier_attempt_is_fetched_anew(server, offer, tmp_path):
    offer(server.url("good", ""))
    part = tmp_path / WHERE / ".group3.part"
    part.mkdir(parents=True)
    (part / "3_4.bin").write_bytes(b"wrong")
    get(tmp_path)
    assert_whole(tmp_path)


def test_only_the_group_that_is_damaged_is_fetched_again(server, offer, tmp_path):
    offer(server.url("good", ""))
    get(tmp_path)
    server.requests.clear()
    (tmp_path / WHERE / "3_4.bin").write_bytes(CONTENTS["3_4.bin"][::-1])
    (tmp_path / WHERE / "5_0.bin").unlink()
    get(tmp_path)
    assert_whole(tmp_path)
    assert {name[0] for name in asked(server)} == {"3", "5"}


def test_one_group_can_be_fetched_alone(server, offer, tmp_path):
    offer(server.url("good", ""))
    fetch("tiny", "group3", root=tmp_path, limits=QUICK)
    assert asked(server) == [f"3_{i}.bin" for i in range(N_MEMBERS)]
    assert (tmp_path / WHERE / "3_4.bin").read_bytes() == CONTENTS["3_4.bin"]


def test_files_put_there_by_hand_are_taken_and_offline_asks_nobody(
    server, offer, tmp_path, monkeypatch
):
    offer(server.url("good", ""))
    monkeypatch.setenv("AIGC_OFFLINE", "1")
    with pytest.raises(DatasetUnavailable, match="AIGC_OFFLINE"):
        get(tmp_path)
    assert not list(tmp_path.iterdir())
    (tmp_path / WHERE).mkdir(parents=True)
    for name, content in CONTENTS.items():
        (tmp_path / WHERE / name).write_bytes(content)
    assert get(tmp_path) == tmp_path / WHERE
    assert len(list((tmp_path / WHERE).iterdir())) == len(CONTENTS), "nothing written"
    assert not server.requests


def test_the_mirror_is_asked_first(server, other, offer, tmp_path, monkeypatch):
    offer(server.url("good", ""))
    monkeypatch.setenv("AIGC_MIRROR", other.url("good", "").split("/tiny")[0])
    get(tmp_path)
    assert not server.requests
    assert {path for path, _ in other.requests} == {
        f"/good/{WHERE}/{name}" for name in CONTENTS
    }


@pytest.mark.parametrize("ask_again", [False, True])
def test_a_host_that_fails_is_not_asked_for_every_group(
    ask_again, server, other, offer, tmp_path
):
    offer(server.url("broken", ""), other.url("good", ""))
    get(tmp_path, ask_again=ask_again)
    assert 1 <= len(server.requests) <= AT_ONCE


def test_an_express_wish_asks_a_failed_host(server, offer, tmp_path):
    offer(server.url("broken", ""))
    for _ in range(2):
        with pytest.raises(DatasetUnavailable):
            get(tmp_path)
    n_asked = len(server.requests)
    assert n_asked <= AT_ONCE, "the second time it is known to have failed"
    offer(server.url("good", ""))
    get(tmp_path, ask_again=True)
    assert_whole(tmp_path)


def test_an_interrupt_waits_for_no_server(server, offer, tmp_path, monkeypatch):
    def interrupt(*args, **options):
        raise KeyboardInterrupt

    offer(server.url("hold", ""))
    monkeypatch.setattr(gathering, "wait", interrupt)
    slow = Limits(stall=60, read=60)
    with pytest.raises(KeyboardInterrupt):
        get(tmp_path, limits=slow)
    working = [t for t in threading.enumerate() if "ThreadPool" in t.name]
    assert working, "they end by themselves"
    assert not list((tmp_path / WHERE).glob("[!.]*"))


def test_one_bar_counts_all_bytes(server, offer, tmp_path, monkeypatch, capsys):
    offer(server.url("good", ""))
    monkeypatch.delenv("AIGC_PROGRESS")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    bars, kind = [], gathering.progress
    monkeypatch.setattr(
        gathering, "progress", lambda **how: bars.append(kind(**how)) or bars[-1]
    )
    get(tmp_path)
    [bar] = bars
    assert bar.n == bar.total == sum(map(len, CONTENTS.values()))
    shown = capsys.readouterr().err
    assert "Tiny" in shown and "group" not in shown
