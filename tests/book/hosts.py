"""Hosts as books meet them: types that others chose, caches, a folder of their own."""

import contextlib
import http.server
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from serve import running

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
# All types that a host knows which knows few.
FEW = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
# What such a host says of all other files.
UNKNOWN = {
    "few-types": {"Content-Type": "application/octet-stream"},
    "nosniff": {"Content-Type": "text/plain", "X-Content-Type-Options": "nosniff"},
}
NGINX_CONF = """
daemon off;
{user}
pid {scratch}/pid;
error_log {scratch}/error.log;
events {{}}
http {{
  include {types};
  default_type application/octet-stream;
  sendfile on;
  gzip on;
  access_log off;
  client_body_temp_path {scratch}/a;
  proxy_temp_path {scratch}/b;
  fastcgi_temp_path {scratch}/c;
  uwsgi_temp_path {scratch}/d;
  scgi_temp_path {scratch}/e;
  server {{ listen 127.0.0.1:{port}; root "{folder}"; }}
}}
"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Python's own server, as ``python -m http.server``; it logs nothing."""

    def log_message(self, format, *args):
        pass


class Few(Quiet):
    """Knows few types; ``unknown`` are the headers of all other files."""

    unknown: dict[str, str] = {}

    def guess_type(self, path):
        return FEW.get(Path(path).suffix) or self.unknown["Content-Type"]

    def end_headers(self):
        for name, value in self.unknown.items():
            if name != "Content-Type":
                self.send_header(name, value)
        super().end_headers()


class Kept(Quiet):
    """Lets browsers keep everything for ten minutes, as GitHub Pages does."""

    def end_headers(self):
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()


class Server(http.server.ThreadingHTTPServer):
    """Says nothing of browsers that leave a page while it loads."""

    def handle_error(self, request, client_address):
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextlib.contextmanager
def served_by(handler: type, folder: Path):
    """Serve ``folder``; the value is the address, without a slash at its end."""
    bound = type("Bound", (handler,), {})

    def answer(*arguments):
        return bound(*arguments, directory=str(folder))

    with running(Server(("127.0.0.1", 0), answer)) as address:
        yield address


@contextlib.contextmanager
def served_by_nginx(folder: Path, scratch: Path):
    """Serve ``folder`` by nginx with the types that it brings."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    conf = scratch / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    names = {"user": user, "types": nginx_types(), "folder": folder, "port": port}
    conf.write_text(NGINX_CONF.format(scratch=scratch, **names), "utf-8")
    process = subprocess.Popen([NGINX, "-p", str(scratch), "-c", str(conf)])
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def nginx_types() -> Path:
    """The file ``mime.types`` beside nginx's own configuration."""
    told = subprocess.run([NGINX, "-V"], capture_output=True, text=True).stderr
    conf = told.partition("--conf-path=")[2].split()[0]
    return Path(conf).with_name("mime.types")


def wait_for(address: str, process: subprocess.Popen, most: float = 10) -> None:
    """Until the host answers."""
    end = time.monotonic() + most
    while process.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(address).close()
            return
        except urllib.error.HTTPError:  # an answer, too
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"nothing answers at {address}")


@contextlib.contextmanager
def hosting(name: str, folder: Path, scratch: Path):
    """Serve ``folder`` by a host: "nginx", "python", or a name in ``UNKNOWN``."""
    if name == "nginx":
        host = served_by_nginx(folder, scratch)
    elif name == "python":
        host = served_by(Quiet, folder)
    else:
        host = served_by(type("Host", (Few,), {"unknown": UNKNOWN[name]}), folder)
    with host as address:
        yield address
