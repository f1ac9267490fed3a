"""The small server: types that browsers insist on, and nothing outside its folder."""

import urllib.error
import urllib.request

import pytest
from serve import announcement, make_server, serving

TYPES = {
    "a.js": "text/javascript",
    "a.wasm": "application/wasm",
    "a.onnx": "application/octet-stream",
    "a.bin": "application/octet-stream",
    "a.safetensors": "application/octet-stream",
    "a.css": "text/css",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("served")
    (tmp_path / "site").mkdir()
    (tmp_path / "secret.txt").write_text("no")
    for name in TYPES:
        (tmp_path / "site" / name).write_text("x")
    with serving(tmp_path / "site") as address:
        yield address


@pytest.mark.parametrize("name", TYPES)
def test_files_have_the_type_that_browsers_insist_on(address, name):
    with urllib.request.urlopen(f"{address}/{name}") as reply:
        assert reply.headers.get_content_type() == TYPES[name]


def test_nothing_outside_the_folder_is_served(address):
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{address}/../secret.txt")


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_it_listens_where_it_is_told(host, tmp_path):
    with make_server(tmp_path, host=host, port=0, quiet=True) as server:
        address, port = server.server_address
    assert address == host
    assert f"http://127.0.0.1:{port}/" in announcement(host, port)
    assert ("can read" in announcement(host, port)) == (host == "0.0.0.0")
