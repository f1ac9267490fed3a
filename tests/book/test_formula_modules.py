"""The Sphinx extension that writes the modules of formula explorers."""

import subprocess
import sys
from pathlib import Path

import pytest
import sympy as sp

from aigc_helpers.explorers import FormulaExplorer

EXTENSIONS = Path(__file__).parents[2] / "book" / "extensions"
CONF = f"""
import sys
sys.path.insert(0, {str(EXTENSIONS)!r})
extensions = ["formula_modules"]
"""


@pytest.fixture
def explorer():
    x, a = sp.symbols("x a")
    return FormulaExplorer({"f": a * x**2}, (x, 0, 1), sliders={a: (0, 2, 1)})


def build(folder: Path, html: str) -> subprocess.CompletedProcess:
    """A site of one page with that raw HTML, warnings being errors."""
    source = folder / "source"
    source.mkdir()
    (source / "conf.py").write_text(CONF, "utf-8")
    page = f"Page\n====\n\n.. raw:: html\n\n   {html}\n"
    (source / "index.rst").write_text(page, "utf-8")
    command = [sys.executable, "-m", "sphinx", "-W", "-q", str(source)]
    return subprocess.run(
        [*command, str(folder / "site")], capture_output=True, text=True
    )


def test_a_page_gets_the_module_of_its_explorer(tmp_path, explorer):
    result = build(tmp_path, explorer._static_html())
    assert result.returncode == 0, result.stderr
    name = explorer._config["formulas"]
    module = tmp_path / "site" / "_static" / "formulas" / f"{name}.js"
    assert module.read_text("utf-8") == explorer._module


def test_a_damaged_module_fails_the_build(tmp_path, explorer):
    html = explorer._static_html().replace("Math.pow", "eval")
    result = build(tmp_path, html)
    assert result.returncode != 0
    assert "arithmetic only" in result.stderr
    assert not (tmp_path / "site" / "_static" / "formulas").exists()
