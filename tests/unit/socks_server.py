"""A SOCKS5 proxy on this machine: no password, and every name leads to one server."""

import select
import socketserver
import struct
import threading
from contextlib import contextmanager
from socket import create_connection

REACHED, UNREACHABLE = b"\x00", b"\x04"  # what a proxy may say of a host


class Handler(socketserver.StreamRequestHandler):
    """RFC 1928: greeting, CONNECT, then bytes both ways."""

    def handle(self):
        _, n_methods = self.rfile.read(2)
        self.rfile.read(n_methods)
        self.wfile.write(b"\x05\x00")  # no password
        self.server.asked.append(self.read_address())
        self.wfile.write(b"\x05" + self.server.reply + b"\x00\x01" + bytes(6))
        if self.server.reply != REACHED:
            return
        with create_connection(self.server.target) as target:
            self.pass_on(target)

    def read_address(self) -> tuple[str, int]:
        """Host name and port that the client wants; names only (``socks5h``)."""
        assert self.rfile.read(4) == b"\x05\x01\x00\x03"
        name = self.rfile.read(*self.rfile.read(1)).decode()
        return name, *struct.unpack(">H", self.rfile.read(2))

    def pass_on(self, target) -> None:
        ends = {self.connection: target, target: self.connection}
        while True:
            for source in select.select([*ends], [], [])[0]:
                if not (data := source.recv(65536)):
                    return
                ends[source].sendall(data)


@contextmanager
def socks_proxy(port: int, reply: bytes = REACHED):
    """A proxy to a port here; gives its address and what it was asked for."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads, server.block_on_close = True, False
        server.reply = reply
        server.target, server.asked = ("127.0.0.1", port), []
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"socks5h://127.0.0.1:{server.server_address[1]}", server.asked
        server.shutdown()
