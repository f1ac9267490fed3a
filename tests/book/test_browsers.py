"""The search for a browser: found, or named with the command that installs one."""

import sys

import browsers
import pytest
from playwright.sync_api import Error


class NothingStarts:
    """Stands in for Playwright on a machine without a browser."""

    def __init__(self):
        self.chromium = self
        self.tried = []

    def launch(self, *, executable_path, args):
        self.tried.append(executable_path)
        raise Error("no such browser")


def test_without_a_browser_the_error_names_the_command():
    nothing = NothingStarts()
    with pytest.raises(RuntimeError, match="install"):
        browsers.launch(nothing)
    assert nothing.tried[-1] is None  # Playwright's own download was tried, last


def test_a_browser_named_by_the_reader_comes_first(monkeypatch):
    monkeypatch.setenv("AIGC_BROWSER", "/somewhere/chrome")
    assert browsers.installed()[0] == "/somewhere/chrome"


def test_packages_are_installed_by_root_only(monkeypatch):
    monkeypatch.setattr(browsers.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(browsers, "is_root", lambda: True)
    assert browsers.install_commands()[0][0] == ["apt-get", "update"]

    monkeypatch.setattr(browsers, "is_root", lambda: False)
    download = [sys.executable, "-m", "playwright", "install", "chromium"]
    assert browsers.install_commands() == [[download]]


def test_main_fails_when_no_way_leads_to_a_browser(monkeypatch, capsys):
    monkeypatch.setattr(browsers, "works", lambda: False)
    monkeypatch.setattr(
        browsers,
        "install_commands",
        lambda: [[[sys.executable, "-c", "raise SystemExit(1)"]]],
    )
    assert browsers.main() == 1
    assert "install" in capsys.readouterr().err
