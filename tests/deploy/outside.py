"""The commands of docker-compose.yml, started without containers.

What a container has for itself is put in its place: its folder for temporary files is one of the test's, the names of
the other containers are ports of this machine. Its environment is what the file gives it, and nothing else.
"""

import os
import re
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from backend.embedded.processes import free_port
from tests.deploy import image
from tests.deploy.composing import Compose
from tests.support.workers import wait_for

# For machines that are busy with other tests, too.
PATIENCE_SECONDS = 90


class Outside:
    """The containers' commands as processes of this machine."""

    def __init__(self, compose: Compose, folder: Path, app: Path, places: dict[str, str]) -> None:
        """
        Args:
            folder: for their temporary files and logs.
            app: what the image holds.
            places: what stands here for an address inside, such as ``postgres:5432`` or a path.
        """
        self.compose = compose
        self.folder = folder
        self.app = app
        self.ports = {name: free_port() for name in ("web", "valkey")}
        self.places = {
            **places,
            "valkey:6379": f"127.0.0.1:{self.ports['valkey']}",
            "web:8000": f"127.0.0.1:{self.ports['web']}",
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def translated(self, service: str, text: str) -> str:
        """``text`` of a service, with what it names inside replaced by what stands for it here."""
        binds = {target: str(source) for target, source in self.compose.binds(service).items()}
        own = dict.fromkeys(("/tmp", "/data"), str(self.temporary(service)))
        here = {**self.places, **binds, **own}
        # In one pass: what stands for one may hold the name of another.
        inside = "|".join(re.escape(name) for name in sorted(here, key=len, reverse=True))
        return re.sub(inside, lambda found: here[found.group()], text)

    def temporary(self, service: str) -> Path:
        """The service's own folder for temporary files."""
        place = self.folder / service
        place.mkdir(exist_ok=True)
        return place

    def environment(self, service: str) -> dict[str, str]:
        """What the process is given: the image's and the service's, nothing of ours."""
        given = {name: self.translated(service, value) for name, value in self.compose.environment(service).items()}
        if service == "web":
            # A container's "everywhere" is a network of its own.
            given |= {"BIND": "127.0.0.1", "PORT": str(self.ports["web"])}
        own = {name: value.replace("/app", str(self.app)) for name, value in image.environment().items()}
        own["PATH"] = own["PATH"].replace("$PATH", os.environ.get("PATH", os.defpath))
        return own | {"TMPDIR": str(self.temporary(service))} | given

    def run(self, service: str, command: list[str], **more: str) -> tuple[int, str]:
        """Run a command to its end, as in the service's container; its exit code and what it said."""
        ended = subprocess.run(
            [self.translated(service, word) for word in command],
            cwd=self.app,
            env=self.environment(service) | more,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return ended.returncode, ended.stdout

    def start(self, service: str, **more: str) -> subprocess.Popen[bytes]:
        """Start the service's command."""
        with self.log_path(service).open("ab") as log:
            self.running[service] = subprocess.Popen(
                [self.translated(service, word) for word in self.compose.command(service)],
                cwd=self.app,
                env=self.environment(service) | more,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self.running[service]

    def log_path(self, service: str) -> Path:
        """Where the service's log is."""
        return self.folder / f"{service}.log"

    def log(self, service: str) -> str:
        """What the service has said."""
        return self.log_path(service).read_text("utf-8", "replace")

    def await_(self, condition: Callable[[], object], seconds: float, what: str) -> object:
        """Wait for something, for as long as everybody lives."""

        def come() -> object:
            for name, process in self.running.items():
                assert process.poll() is None, f"{name} has ended by itself."
            return condition()

        try:
            return wait_for(come, seconds, what)
        except AssertionError as error:
            logs = "\n".join(f"--- {name}\n{self.log(name)[-3000:]}" for name in self.running)
            raise AssertionError(f"{error}\n{logs}") from None

    def healthy(self, service: str, **more: str) -> bool:
        """Whether the service's health check is content."""
        return self.run(service, self.compose.health(service), **more)[0] == 0

    def stop(self, service: str) -> int:
        """Ask the service to end as Docker does, and wait, longer than Docker would; its exit code."""
        process = self.running.pop(service)
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(PATIENCE_SECONDS)
        finally:
            self._end(process)

    def close(self) -> None:
        """End whatever still runs."""
        for process in self.running.values():
            self._end(process)

    @staticmethod
    def _end(process: subprocess.Popen[bytes]) -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
