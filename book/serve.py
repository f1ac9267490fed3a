"""Serve the built site: ``python book/serve.py [--host H] [--port 8000] [FOLDER]``.

A plain ``python -m http.server`` does as well, where the system knows the type of
scripts (that of Windows may be wrong); but a browser may then show an older build.
"""

import argparse
import functools
import http.server
import threading
from contextlib import contextmanager
from pathlib import Path

SITE = Path(__file__).parents[1] / "_build" / "html"
TYPES = {
    ".js": "text/javascript",
    ".json": "application/json",
    ".ipynb": "application/json",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
    ".onnx": "application/octet-stream",
    ".bin": "application/octet-stream",
    ".safetensors": "application/octet-stream",
}


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files with the right MIME types, never a stale copy."""

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | TYPES
    protocol_version = "HTTP/1.1"
    quiet = False

    def end_headers(self):
        """Ask the browser to check for a newer file each time."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format, *args):
        """Log a request, unless the server was asked to be quiet."""
        if not self.quiet:
            super().log_message(format, *args)


def make_server(
    folder: Path, *, port: int, host: str = "127.0.0.1", quiet: bool = False
):
    """Server of ``folder`` for this machine, unless told; ``port=0`` is a free one."""
    handler = type("SiteHandler", (Handler,), {"quiet": quiet})
    handler = functools.partial(handler, directory=str(folder))
    return http.server.ThreadingHTTPServer((host, port), handler)


@contextmanager
def serving(folder: Path):
    """Serve ``folder`` in a thread; the value is its address, without a slash."""
    with running(make_server(folder, port=0, quiet=True)) as address:
        yield address


@contextmanager
def running(server: http.server.HTTPServer):
    """Run a server of this machine in a thread; the value is its address."""
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def announcement(host: str, port: int) -> str:
    """Where the site is, and for whom."""
    if host != "0.0.0.0":
        return f"http://{host}:{port}/  (Ctrl-C stops)"
    return (
        f"http://127.0.0.1:{port}/ here, and on other machines under this one's name; "
        "whoever reaches it can read the book  (Ctrl-C stops)"
    )


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="Serve the built book.")
    parser.add_argument("folder", nargs="?", type=Path, default=SITE)
    parser.add_argument(
        "--host", default="127.0.0.1", help="0.0.0.0 for other machines, or a container"
    )
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    if not (options.folder / "index.html").is_file():
        parser.error(f"no index.html in {options.folder}: run `make book` first")
    try:
        server = make_server(
            options.folder, host=options.host, port=options.port, quiet=True
        )
    except OSError as error:
        place = f"{options.host}:{options.port}"
        parser.error(f"{place}: {error.strerror}; try --port 0")
    print(announcement(options.host, server.server_address[1]), flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
