"""The product's own mail catcher, as a process on a door of the test's own, which may be killed."""

import socket
import subprocess
import sys
from pathlib import Path

from backend.embedded import mail

ROOT = Path(__file__).resolve().parents[2]


class Catching:
    """A catcher that fills ``folder`` once it is started; until then, and between, mail waits at the door."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.door = socket.create_server(("127.0.0.1", 0))
        mail.prepare(folder)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        return int(self.door.getsockname()[1])

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> "Catching":
        """Start it; it need not be waited for."""
        command = [sys.executable, "-m", "backend.embedded.mail", str(self.door.fileno()), str(self.folder)]
        self._process = subprocess.Popen(command, cwd=ROOT, pass_fds=[self.door.fileno()], stdout=subprocess.DEVNULL)
        return self

    def kill(self) -> None:
        """End it without a chance to say good-bye."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def close(self) -> None:
        """End it for good."""
        self.kill()
        self.door.close()
