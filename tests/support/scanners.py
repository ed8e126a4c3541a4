"""A virus scanner for tests: a real server that speaks the stream protocol of ClamAV's daemon."""

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SIGNATURE = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
NAME = "Win.Test.EICAR_HDB-1"


@dataclass
class Scanner:
    """What it answers with, and what it was sent.

    Attributes:
        most: bytes of a stream that it takes (``StreamMaxLength``).
        answer: what it says whatever it is sent; empty: a verdict.
        silent: it takes everything and says nothing.
        streams: the streams that were sent to their end.
        url: where it listens.
    """

    most: int = 1 << 30
    answer: str = ""
    silent: bool = False
    streams: list[bytes] = field(default_factory=list)
    url: str = ""


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        scanner: Scanner = self.server.scanner  # type: ignore[attr-defined]
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        if command != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        stream = b""
        while length := struct.unpack(">I", self.rfile.read(4))[0]:
            stream += self.rfile.read(length)
            if len(stream) > scanner.most:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        scanner.streams.append(stream)
        if scanner.silent:
            self.rfile.read(1)  # until the other side gives up
            return
        found = f"stream: {NAME} FOUND" if SIGNATURE in stream else "stream: OK"
        self.wfile.write((scanner.answer or found).encode() + b"\0")


class _Tcp(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    scanner: Scanner


class _Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    scanner: Scanner


@contextmanager
def scanning(path: Path | None = None) -> Iterator[Scanner]:
    """A scanner that listens on a port of its own, or on a socket at ``path``."""
    scanner = Scanner()
    server: _Tcp | _Unix
    if path is None:
        server = _Tcp(("127.0.0.1", 0), _Handler)
        scanner.url = f"tcp://127.0.0.1:{server.server_address[1]}"
    else:
        server = _Unix(str(path), _Handler)
        scanner.url = f"unix://{path}"
    server.scanner = scanner
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield scanner
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def nobody() -> str:
    """The address of a scanner that is away."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"tcp://127.0.0.1:{taken.getsockname()[1]}"
