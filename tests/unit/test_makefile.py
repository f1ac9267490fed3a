"""What make would run: for root, for other machines, in any folder."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from unittest.mock import Mock

import pytest
from jupyter_server.services.kernels.connection.channels import (
    ZMQChannelsWebsocketConnection,
)

from aigc_helpers.jupyter import PromptConnection

ROOT = Path(__file__).parents[2]
FILES = ["aigc_helpers/a.py", "notebooks/a.ipynb", "book/b.md", "build/.stamp"]
NOTHING_ASKED = {"MAKEFLAGS": "", "AIGC_REPOSITORY": "", "AIGC_REF": ""}
COPIES = ["notebooks/a 2.ipynb", "book/一 页/b.md", "aigc_helpers/a 2.py"]


@pytest.fixture
def planned(tmp_path):
    """The commands of a target in a folder that is set up, without running them."""
    folder = tmp_path / "书 [v1]"
    for name in (*FILES, *COPIES, ".venv/.stamp"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    for name in ("Makefile", "_config.yml", "_toc.yml"):
        shutil.copy(ROOT / name, folder)

    def run(*arguments: str, user: str = "1000", **environment: str) -> str:
        commands = tmp_path / "commands"
        commands.mkdir(exist_ok=True)
        (commands / "id").write_text(f"#!/bin/sh\necho {user}\n")
        (commands / "id").chmod(0o755)
        path = f"{commands}{os.pathsep}{os.environ['PATH']}"
        old = [f"--old-file={name}" for name in ("build/.stamp", ".venv/.stamp")]
        found = subprocess.run(
            ["make", "--dry-run", "--no-print-directory", *old, *arguments],
            cwd=folder,
            env={**os.environ, **NOTHING_ASKED, "PATH": path, **environment},
            capture_output=True,
            text=True,
        )
        assert (found.returncode, found.stderr) == (0, "")
        return re.sub(r"\\\n\s*", "", found.stdout)  # a command, a line

    return run


def test_jupyter_is_allowed_to_run_as_root_with_a_word_and_only_then(planned):
    assert "--allow-root" not in planned("lab")
    as_root = planned("lab", user="0")
    assert " lab notebooks --ip 127.0.0.1 " in as_root
    assert as_root.rstrip().endswith(" --allow-root")
    assert "may do anything" in as_root and "root" not in planned("lab")


def test_jupyter_trusts_the_book_s_outputs_whose_formulas_it_would_strip(planned):
    first, second = planned("lab").splitlines()
    assert "jupyter trust notebooks/*.ipynb" in first and "jupyter lab" in second


def test_jupyter_sends_the_answers_of_kernels_at_once(planned, monkeypatch):
    name = f"{PromptConnection.__module__}.{PromptConnection.__name__}"
    assert f" --ServerApp.kernel_websocket_connection_class={name} " in planned("lab")
    monkeypatch.setattr(ZMQChannelsWebsocketConnection, "connect", lambda _: "on")
    handler = Mock()
    assert PromptConnection.connect(Mock(PromptConnection, websocket_handler=handler))
    handler.set_nodelay.assert_called_once_with(True)


@pytest.mark.parametrize("target", ["lab", "serve"])
def test_other_machines_are_served_when_asked_for_by_name(planned, target):
    assert "127.0.0.1" in planned(target)
    # Some programs keep something else under this name.
    assert "127.0.0.1" in planned(target, HOST="x86_64-conda-linux-gnu")
    assert "0.0.0.0" in planned(target, "HOST=0.0.0.0")


def test_copies_with_spaces_in_their_names_stop_nothing(planned):
    assert "jupyter-book build ." in planned("book")
