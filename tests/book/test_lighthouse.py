"""Lighthouse: accessibility, best practices and SEO 1.00 on every kind of page."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import scripts
from browsers import installed

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "node_modules" / "lighthouse" / "cli" / "index.js"
KINDS = ("accessibility", "best-practices", "seo")
PAGES = (
    "book/index.html",  # a page of text with an explorer
    "book/glossary.html",  # generated
    "notebooks/05_gan.html",  # a chapter
    "search.html",
)


@pytest.fixture
def chrome(browser) -> str:
    """The browser of the tests; Playwright's own if none is installed."""
    return installed()[0] or browser.browser_type.executable_path


@pytest.mark.parametrize("page", PAGES)
def test_lighthouse_finds_nothing(server, page, chrome, tmp_path):
    report = tmp_path / "report.json"
    command = [
        scripts.NODE,
        str(PROGRAM),
        f"{server}/{page}",
        "--quiet",
        "--disable-full-page-screenshot",
        "--output=json",
        f"--output-path={report}",
        f"--only-categories={','.join(KINDS)}",
        "--chrome-flags=--headless=new --no-sandbox",
    ]
    environment = {**os.environ, "CHROME_PATH": chrome}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-1000:]
    found = json.loads(report.read_text("utf-8"))
    scores = {kind: found["categories"][kind]["score"] for kind in KINDS}
    failed = [
        f"{name}: {audit['title']}"
        for name, audit in found["audits"].items()
        if audit["score"] is not None and audit["score"] < 1
    ]
    assert scores == dict.fromkeys(KINDS, 1), failed
