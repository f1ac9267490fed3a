"""What the table of contents names is built, whatever lies beside it, wherever."""

import subprocess
import sys
from pathlib import Path

import pytest

BOOK = Path(__file__).parents[2] / "book"
CONF = f"""
import sys
sys.path.insert(0, {str(BOOK)!r})
project, master_doc = "x", "index"
extensions = ["myst_parser", "sphinx_external_toc", "aigc_book.contents"]
"""
SOURCES = {
    "conf.py": CONF,
    "_toc.yml": "format: jb-book\nroot: index\nchapters:\n  - file: part/a\n",
    "index.md": "# Index",
    "part/a.md": "# A",
    "part/a [copy].md": "# A copy",
    "part/a 2.md": "# Another",
    "part/a.backup.md": "# A, kept",
    "notes.md": "# Notes",
}


@pytest.mark.parametrize("folder", ["plain", "with spaces", "书 [v1]", "a*b?[!c]{d}"])
def test_pages_are_what_the_contents_name(folder, tmp_path):
    source, html = tmp_path / folder, tmp_path / folder / "_build"
    for name, text in SOURCES.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text, "utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", source, html],
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stderr) == (0, "")
    pages = {p.relative_to(html).as_posix() for p in html.rglob("*.html")}
    assert pages - {"genindex.html", "search.html"} == {"index.html", "part/a.html"}
