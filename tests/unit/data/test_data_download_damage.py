"""Downloads over any sequence of faulty addresses, from any leftovers.

A property test: a few sequences here, hundreds under ``make stress``.
"""

import hashlib
import tempfile
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest
from damage import damaged, no_hang
from faulty_server import FaultyServer, running
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aigc_helpers.data import catalog
from aigc_helpers.data.catalog import DataFile, DataSet
from aigc_helpers.data.download import DatasetUnavailable, fetch
from aigc_helpers.data.transfer import Limits

BODY = bytes(range(256)) * 128  # 32,768 bytes: two chunks
LIMITS = Limits(
    connect=1, read=0.2, stall=0.2, extra=5, slowest=1e9, pause=0, tries=3, redirects=2
)
# What serves the file, perhaps at the second try; and what may not.
SERVE = """
    good no-range gzip-label chunked cut cut-reset redirect refuses-range untold-total
""".split()
FAIL = """
    truncated altered forbidden missing broken endless drip header-drip silent crawl
    too-long length-lies always-cut hold redirect-loop redirect-endless
    redirect-to-file proxy-page bare-proxy-page same-length-page other-range no-http
    vast-total endless-total endless-length
""".split()
LEFT = st.one_of(  # of an earlier attempt: nothing, a beginning, something else
    st.none(),
    st.integers(0, len(BODY)).map(lambda n: BODY[:n]),
    st.binary(max_size=40),
    damaged(BODY),
)


@pytest.fixture(scope="module")
def server():
    with running(FaultyServer(BODY)) as server:
        yield server


@contextmanager
def offered(urls, algorithm, size):
    """The data set "tiny" at these addresses, and nothing of the environment."""
    checksum = f"{algorithm}:{hashlib.new(algorithm, BODY).hexdigest()}"
    file = DataFile("data.bin", size, checksum, tuple(urls), most=2 * len(BODY))
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AIGC_MIRROR", "AIGC_OFFLINE"):
            patch.delenv(name, raising=False)
        patch.setenv("NO_PROXY", "127.0.0.1")
        patch.setenv("no_proxy", "127.0.0.1")
        patch.setenv("AIGC_PROGRESS", "0")
        dataset = DataSet("tiny", "Tiny", (file,), "none", "nobody")
        patch.setitem(catalog.datasets(), "tiny", dataset)
        yield


@given(
    behaviours=st.lists(st.sampled_from(SERVE + FAIL), min_size=1, max_size=4),
    algorithm=st.sampled_from(["sha256", "md5"]),
    size=st.sampled_from([len(BODY), None]),  # None: not published
    part=LEFT,
    old=LEFT,
)
@settings(
    max_examples=max(12, hypothesis.settings.default.max_examples // 8),
    suppress_health_check=list(HealthCheck),
)
def test_a_download_ends_in_the_right_file_or_in_an_error_that_tells_all(
    server, behaviours, algorithm, size, part, old
):
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root, "tiny")
        folder.mkdir()
        for name, content in ((".data.bin.part", part), ("data.bin", old)):
            if content is not None:
                (folder / name).write_bytes(content)
        urls = [server.url(behaviour) for behaviour in behaviours]
        with offered(urls, algorithm, size), no_hang():
            try:
                path = fetch(
                    "tiny", "data.bin", root=root, limits=LIMITS, ask_again=True
                )
            except DatasetUnavailable as error:
                assert not set(behaviours) & set(SERVE)
                assert BODY not in (part, old)
                assert [url for url, *_ in error.attempts] == urls
                assert all(reason and chinese for _, reason, chinese in error.attempts)
            else:
                assert path.read_bytes() == BODY
                assert not (folder / ".data.bin.part").exists() or old == BODY
