"""What tests of downloads share."""

import pytest


@pytest.fixture
def plain_environment(monkeypatch):
    """No variable of the reader's, no proxy, no bar."""
    for name in ("AIGC_DATA_DIR", "AIGC_MIRROR", "AIGC_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    monkeypatch.setenv("AIGC_PROGRESS", "0")
