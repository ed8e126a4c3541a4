"""A line between two programs that a test may cut, or let swallow everything."""

import socket
import threading
from contextlib import suppress
from typing import Self

CHUNK = 65536


class Proxy:
    """Passes bytes between a port of its own and a server's.

    ``swallow`` makes it a black hole: connections are taken and nothing comes through, old ones included; what was
    swallowed comes through after ``pass_on``, as with packets that are sent again. ``cut`` refuses and resets.
    """

    def __init__(self, upstream: int) -> None:
        self._upstream = upstream
        self._passes = threading.Event()
        self._passes.set()
        self._lines: set[socket.socket] = set()
        self._turn = threading.Lock()
        self._listener = self._listen(0)
        self.port: int = self._listener.getsockname()[1]

    def swallow(self) -> None:
        """Take everything and answer nothing."""
        self._passes.clear()

    def pass_on(self) -> None:
        """Be a line again; refused ports are opened again."""
        self._passes.set()
        if self._listener.fileno() == -1:
            self._listener = self._listen(self.port)

    def cut(self) -> None:
        """Refuse new connections, and reset those there are."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._turn:
            lines, self._lines = self._lines, set()
        for line in lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()

    def close(self) -> None:
        """End it for good."""
        self.cut()
        self._passes.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _listen(self, port: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port), backlog=128)
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _address = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        with self._turn:
            self._lines.add(client)
        self._passes.wait()
        try:
            server = socket.create_connection(("127.0.0.1", self._upstream), timeout=5)
            server.settimeout(None)
        except OSError:
            client.close()
            return
        with self._turn:
            self._lines.add(server)
        for ends in ((client, server), (server, client)):
            threading.Thread(target=self._pump, args=ends, daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                self._passes.wait()
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        with self._turn:
            self._lines -= {source, sink}
