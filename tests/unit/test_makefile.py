"""What make would run: for root, for other machines, in any folder."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def planned(tmp_path):
    """The commands of a target that is set up, without running them."""
    folder = tmp_path / "书 [v1]"
    (folder / ".venv").mkdir(parents=True)
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / ".venv" / ".stamp").touch()

    def run(*arguments: str, user: str = "1000", **environment: str) -> str:
        commands = tmp_path / "commands"
        commands.mkdir(exist_ok=True)
        (commands / "id").write_text(f"#!/bin/sh\necho {user}\n")
        (commands / "id").chmod(0o755)
        path = f"{commands}{os.pathsep}{os.environ['PATH']}"
        found = subprocess.run(
            ["make", "--dry-run", "--old-file=_build/.stamp", *arguments],
            cwd=folder,
            env={**os.environ, "PATH": path, "MAKEFLAGS": "", **environment},
            capture_output=True,
            text=True,
        )
        assert found.returncode == 0, found.stderr
        return re.sub(r"\\\n\s*", "", found.stdout)

    return run


def test_jupyter_is_allowed_to_run_as_root_with_a_word_and_only_then(planned):
    assert "--allow-root" not in planned("lab")
    as_root = planned("lab", user="0")
    assert as_root.rstrip().endswith("lab notebooks --ip 127.0.0.1 --allow-root")
    assert "may do anything" in as_root and "You are root" not in planned("lab")


@pytest.mark.parametrize("target", ["lab", "serve"])
def test_other_machines_are_served_when_asked_for_by_name(planned, target):
    assert "127.0.0.1" in planned(target)
    # Some programs keep something else under this name.
    assert "127.0.0.1" in planned(target, HOST="x86_64-conda-linux-gnu")
    assert "0.0.0.0" in planned(target, "HOST=0.0.0.0")
