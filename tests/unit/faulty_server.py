"""A small HTTP server on this machine that misbehaves in a chosen way.

The first part of a path names the behaviour: ``/cut/mnist/file`` is cut in the middle.
"""

import re
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aigc_helpers.data.transfer import Limits

QUICK = Limits(
    connect=1, read=0.4, stall=0.4, extra=20, slowest=1e9, pause=0, tries=3, redirects=3
)
BODY = bytes(range(256)) * 800  # 204,800 bytes
LOGIN_PAGE = b"<html><body>Please log in to the network</body></html>"


class FaultyServer(ThreadingHTTPServer):
    """Serves ``body`` and remembers ``requests`` as (path, Range header)."""

    daemon_threads = True
    request_queue_size = 32

    def __init__(self, body: bytes = BODY):
        super().__init__(("127.0.0.1", 0), Handler)
        self.body, self.requests, self.closing = body, [], threading.Event()
        self.files: dict[str, bytes] = {}  # other bodies, by file name
        self.as_proxy = 407  # it wants a password
        self.connections = 0

    def url(self, behaviour: str, name: str = "data.bin") -> str:
        return f"http://127.0.0.1:{self.server_port}/{behaviour}/tiny/{name}"

    def process_request(self, request, client_address):
        self.connections += 1
        super().process_request(request, client_address)

    def handle_error(self, request, client_address):
        """Clients hang up on us all the time: that is what is tested."""


@contextmanager
def running(server: FaultyServer):
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        if self.path.startswith("http://"):
            return self.do_CONNECT()
        behaviour, name = self.path.split("/")[1], self.path.split("/")[-1]
        self.body, self.name = self.server.files.get(name, self.server.body), name
        self.server.requests.append((self.path, self.headers.get("Range")))
        self.close_connection = True
        getattr(self, behaviour.replace("-", "_"))()

    def do_CONNECT(self):
        self.answer(self.server.as_proxy, b"")

    def answer(self, code=200, body=None, length=None, **headers):
        body = self.body if body is None else body
        self.send_response(code)
        if length != "none":
            self.send_header("Content-Length", str(length or len(body)))
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self):
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)

    def sleep(self, seconds):
        return self.server.closing.wait(seconds)

    def start(self) -> int:
        match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        return int(match[1]) if match else 0

    # Behaviours -----------------------------------------------------------------------

    def good(self):
        at = self.start()
        if not at:
            return self.answer()
        size = len(self.body)
        span = f"bytes {at}-{size - 1}/{size}"
        self.answer(206, self.body[at:], Content_Range=span)

    def kept(self):
        """Good, over a connection that stays open."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)
        self.close_connection = False

    def kept_in_vain(self):
        """As if the connection stayed open, but it does not."""
        self.kept()
        self.close_connection = True

    def partial(self):
        """Has only the files that it was given."""
        if self.name in self.server.files:
            return self.good()
        self.missing()

    def no_range(self):
        self.answer()

    def gzip_label(self):
        self.answer(Content_Encoding="gzip")

    def chunked(self):
        self.answer(body=b"", length="none", Transfer_Encoding="chunked")
        for at in range(0, len(self.body), 50_000):
            piece = self.body[at : at + 50_000]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def truncated(self):
        self.answer(body=self.body[: len(self.body) // 2])

    def altered(self):
        self.answer(body=self.body[:-1] + b"!")

    def forbidden(self):
        self.answer(403, b"no")

    def missing(self):
        self.answer(404, b"not here")

    def broken(self):
        self.answer(503, b"later")

    def endless(self):
        self.answer(length="none")
        while not self.server.closing.is_set():
            self.wfile.write(self.body)

    def drip(self):
        self.answer(body=b"", length=len(self.body))
        for byte in self.body:
            self.wfile.write(bytes([byte]))
            if self.sleep(0.05):
                return

    def header_drip(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not self.sleep(0.05):
            self.wfile.write(b"x")

    def silent(self):
        self.sleep(30)

    def crawl(self):
        """Too quick to count as stalled, too slow for the whole file."""
        self.answer(body=b"", length=len(self.body))
        for at in range(0, len(self.body), 20_000):
            self.wfile.write(self.body[at : at + 20_000])
            if self.sleep(0.25):
                return

    def too_long(self):
        self.answer(body=self.body + b"more")

    def length_lies(self):
        self.answer(body=self.body, length=len(self.body) + 7)

    def always_cut(self):
        self.answer(body=self.body[: len(self.body) // 2], length=len(self.body))
        self.hang_up()

    def cut(self):
        """Half of what is asked for, then a cut; resumes where it is asked to."""
        at = self.start()
        if at:
            return self.good()
        self.always_cut()

    def cut_reset(self):
        """The same with a reset in place of an orderly end."""
        if self.start():
            return self.good()
        self.answer(body=self.body[: len(self.body) // 2], length=len(self.body))
        self.wfile.flush()
        time.sleep(0.1)
        linger = b"\1\0\0\0\0\0\0\0"
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def hold(self):
        """Half of the file, then nothing until the server closes."""
        self.answer(body=self.body[: len(self.body) // 2], length=len(self.body))
        self.wfile.flush()
        self.sleep(30)

    def slow_good(self):
        self.answer(body=b"", length=len(self.body))
        for at in range(0, len(self.body), 20_480):
            self.wfile.write(self.body[at : at + 20_480])
            self.sleep(0.04)

    def redirect(self):
        self.answer(302, b"", Location=self.path.replace("redirect", "good", 1))

    def redirect_loop(self):
        self.answer(302, b"", Location=self.path)

    def redirect_endless(self):
        self.answer(302, length="none", Location=self.path)
        while not self.server.closing.is_set():
            self.wfile.write(self.body)

    def redirect_to_file(self):
        self.answer(302, b"", Location="file:///etc/hostname")

    def proxy_page(self):
        self.answer(body=LOGIN_PAGE, Content_Type="text/html; charset=utf-8")

    def bare_proxy_page(self):
        self.answer(body=LOGIN_PAGE, length="none")

    def same_length_page(self):
        page = LOGIN_PAGE.ljust(len(self.body))
        self.answer(body=page, Content_Type="application/octet-stream")

    def refuses_range(self):
        if self.start():
            return self.answer(416, b"no")
        self.answer()

    def other_range(self):
        size = len(self.body)
        span = f"bytes 0-{size - 1}/{size}"
        self.answer(206, self.body, Content_Range=span)

    def untold_total(self):
        """Resumes, but does not say how long the whole file is."""
        at = self.start()
        span = f"bytes {at}-{len(self.body) - 1}/*"
        self.answer(206 if at else 200, self.body[at:], Content_Range=span)

    def vast_total(self):
        """Resumes something of 99,999,999 bytes."""
        at = self.start()
        span = f"bytes {at}-{len(self.body) - 1}/99999999"
        self.answer(206 if at else 200, self.body[at:], Content_Range=span)

    def endless_total(self):
        """Resumes something whose length has more digits than Python reads."""
        at = self.start()
        span = f"bytes {at}-{len(self.body) - 1}/{'9' * 5000}"
        self.answer(206 if at else 200, self.body[at:], Content_Range=span)

    def endless_length(self):
        """Offers a file whose length has more digits than Python reads."""
        self.answer(length="9" * 5000)

    def no_http(self):
        self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")
