"""A Jupyter server in a process of its own, as a reader starts it.

One server shows JupyterLab (``/lab``) and Notebook 7 (``/notebooks``). It has a home of
its own, so that nothing of the person who runs the tests reaches it and nothing of it
is left; settings are Jupyter's own, but for news, the autosave and a token.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from aigc_helpers.data.download import data_dir

ROOT = Path(__file__).parents[2]
START_SECONDS, STOP_SECONDS = 60, 20
SERVER = {
    "ServerApp": {
        "ip": "127.0.0.1",
        "port": 0,
        "open_browser": False,
        "allow_root": True,
        "disable_check_xsrf": True,
        "kernel_websocket_connection_class": "aigc_helpers.jupyter.PromptConnection",
        "jpserver_extensions": {
            "jupyter_lsp": False,
            "jupyter_server_terminals": False,
        },
    },
    "IdentityProvider": {"token": ""},
    # The page's object ``jupyterapp``, by which tests ask how far a notebook is.
    "LabApp": {"expose_app_in_browser": True, "extension_manager": "readonly"},
    "JupyterNotebookApp": {"expose_app_in_browser": True},
}
PAGE = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}


class JupyterServer:
    """A server that runs: its address, the folder it shows, its log."""

    def __init__(self, address: str, folder: Path, log: Path):
        self.address, self.folder, self.log = address, folder, log

    def api(self, path: str, method: str = "get"):
        """What the server answers to ``/api/PATH``, parsed; None if nothing."""
        response = requests.request(method, f"{self.address}/api/{path}", timeout=30)
        response.raise_for_status()
        return response.json() if response.content else None

    def kernel_states(self) -> list[str]:
        """``execution_state`` of every kernel."""
        return [kernel["execution_state"] for kernel in self.api("kernels")]

    def stop_kernels(self) -> None:
        """End every session and its kernel."""
        for session in self.api("sessions"):
            self.api(f"sessions/{session['id']}", "delete")


def environment(home: Path) -> dict[str, str]:
    """Everything that is somebody's lies in ``home``; the data are where they are."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "IPYTHON", "XDG_", "PYTEST"))
    }
    return {
        **kept,
        "HOME": str(home),
        "USERPROFILE": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "PYTHONPATH": str(ROOT),  # of the kernels
        "AIGC_DATA_DIR": str(data_dir()),
    }


def write_settings(home: Path) -> None:
    """Settings of the server, and of the pages that it shows."""
    files = {
        "jupyter_server_config.json": SERVER,
        "labconfig/default_setting_overrides.json": PAGE,
    }
    for name, settings in files.items():
        path = home / "config" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings), "utf-8")


@contextmanager
def jupyter_server(folder: Path, home: Path) -> Iterator[JupyterServer]:
    """Serve the notebooks in ``folder``; all processes are gone afterwards."""
    write_settings(home)
    log = home / "server.log"
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}"]
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            command, env=environment(home), cwd=folder, stdout=out, stderr=out
        )
    try:
        yield JupyterServer(address_of(process, home, log), folder, log)
    finally:
        process.terminate()  # a server ends its kernels first
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def address_of(process: subprocess.Popen, home: Path, log: Path) -> str:
    """Wait until the server answers; where it does it writes itself."""
    info = home / "runtime" / f"jpserver-{process.pid}.json"
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            address = json.loads(info.read_text("utf-8"))["url"].rstrip("/")
            requests.get(f"{address}/api/status", timeout=5).raise_for_status()
            return address
        except (OSError, ValueError):  # not yet there, half written, not yet heard
            time.sleep(0.1)
    process.kill()
    raise RuntimeError(f"Jupyter did not start:\n{log.read_text('utf-8')[-4000:]}")
