"""Find a browser for the tests, or install one: ``python tests/browsers.py``."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

NAMES = (
    "google-chrome",
    "google-chrome-stable",
    "chromium",
    "chromium-browser",
    "microsoft-edge",
    "msedge",
    "chrome",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
# Headless, quiet, and without services that would call home during a test; the names of
# other hosts lead nowhere.
FLAGS = [
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DEBIAN = ["apt-get", "install", "-y", "--no-install-recommends"]
PACKAGES = ["chromium", "fonts-noto-cjk"]


def installed() -> list[str | None]:
    """Browsers to try, best first; None stands for Playwright's own download."""
    named = [found for name in NAMES if (found := shutil.which(name))]
    placed = [place for place in PLACES if Path(place).is_file()]
    chosen = [os.environ["AIGC_BROWSER"]] if "AIGC_BROWSER" in os.environ else []
    return [*chosen, *named, *placed, None]


def launch(playwright):
    """Start the first browser that starts.

    Raises RuntimeError with the command to run if there is none.
    """
    flags = FLAGS + (["--no-sandbox"] if is_root() else [])
    for path in installed():
        try:
            return playwright.chromium.launch(executable_path=path, args=flags)
        except Error:  # a stub of a package, a broken link: try the next one
            continue
    raise RuntimeError(f"no browser for the tests; run: {manual_command()}")


def works() -> bool:
    """Whether any browser starts."""
    with sync_playwright() as playwright:
        try:
            launch(playwright).close()
        except RuntimeError:
            return False
    return True


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def manual_command() -> str:
    if shutil.which("apt-get"):
        return f"sudo {' '.join(DEBIAN + PACKAGES)}"
    return f"{sys.executable} -m playwright install chromium"


def install_commands() -> list[list[list[str]]]:
    """Ways to install a browser, each a list of commands, in the order to try."""
    playwright = [sys.executable, "-m", "playwright", "install"]
    ways = []
    if is_root() and shutil.which("apt-get"):
        ways.append([["apt-get", "update"], [*DEBIAN, *PACKAGES]])
        ways.append([[*playwright, "--with-deps", "chromium"]])
    return [*ways, [[*playwright, "chromium"]]]


def main() -> int:
    """Make sure that a browser starts; return the exit status."""
    if works():
        return 0
    for way in install_commands():
        done = all(subprocess.run(command).returncode == 0 for command in way)
        if done and works():
            return 0
    print(f"No browser for the tests. Install one: {manual_command()}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
