"""A broker of a test's own, which may be killed."""

import socket
import subprocess
import tempfile
import time
from pathlib import Path

import redis

from backend.embedded.binaries import installed

READY_SECONDS = 10.0


class Broker:
    """A Valkey without a password on a port of its own; ``kept`` says whether its queue outlives a kill."""

    def __init__(self, *, kept: bool) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="shugu-broker-")
        self._kept = kept
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> "Broker":
        """Start it, and wait until it answers."""
        command = [str(installed().valkey), "--bind", "127.0.0.1", "--port", str(self.port), "--save", ""]
        command += ["--dir", self._folder.name, "--appendonly", "yes" if self._kept else "no"]
        with (Path(self._folder.name) / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        client = redis.Redis.from_url(self.url)
        end = time.monotonic() + READY_SECONDS
        while True:
            try:
                client.ping()
                break
            except redis.RedisError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
        client.close()
        return self

    def kill(self) -> None:
        """End it without a chance to write anything down."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def close(self) -> None:
        """End it for good."""
        self.kill()
        self._folder.cleanup()
