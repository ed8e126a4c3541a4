"""The system as it is served: gunicorn, a Celery worker and beat on the database that is measured."""

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import httpx
import psutil
from django.conf import settings

from backend.accounts.models import User
from backend.embedded import commands
from tests.support.databases import ROOT, address
from tests.support.http import token_for
from tests.support.workers import wait_for

READY_SECONDS = 90
POLL_SECONDS = 0.05
LOOK_SECONDS = 0.02
ENDED = ("accepted", "partly_accepted", "rejected", "failed")


class Caller:
    """Somebody who calls the API over HTTP."""

    def __init__(self, door: str, user: User) -> None:
        headers = {"Authorization": f"Token {token_for(user)}", "Accept": "application/json"}
        self._client = httpx.Client(base_url=f"{door}/api/v1/", headers=headers, timeout=300)

    def get(self, path: str, /, **params: Any) -> Any:
        """The answer's body."""
        return self._client.get(path, params=params or None).raise_for_status().json()

    def send(self, data: bytes, name: str, period: str) -> int:
        """Upload a file that is taken without asking; the submission's id."""
        told = {"period": period, "confirm": "auto"}
        answer = self._client.post("submissions/", data=told, files={"file": (name, data)})
        return int(answer.raise_for_status().json()["id"])

    def send_records(self, body: bytes) -> int:
        """Send a batch of records, laid out as JSON already; the submission's id."""
        answer = self._client.post("submissions/", content=body, headers={"Content-Type": "application/json"})
        return int(answer.raise_for_status().json()["id"])

    def outcome(self, number: int, every: float = POLL_SECONDS) -> dict[str, Any]:
        """The submission once nothing more happens to it: decided, written, and what was owed for it reported.

        Args:
            number: the submission.
            every: so many seconds it is asked after.
        """
        while (told := self.get(f"submissions/{number}/"))["status"] not in ENDED:
            time.sleep(every)
        while self.get("obligations/", period=told["period"])["results"][0]["state"] != "reported":
            time.sleep(every)
        return dict(told)

    def decide(self, record: int, decision: str) -> None:
        """Decide one record."""
        self._client.post(f"records/{record}/{decision}/", json={}).raise_for_status()

    def close(self) -> None:
        self._client.close()


class Served:
    """Web, worker and beat, each with as many processes as `make run` gives them."""

    def __init__(self, **environment: str) -> None:
        """
        Args:
            environment: settings besides the usual ones.
        """
        self._folder = tempfile.TemporaryDirectory(prefix="shugu-bench-")
        folder = Path(self._folder.name)
        with socket.create_server(("127.0.0.1", 0)) as free:
            place = f"127.0.0.1:{free.getsockname()[1]}"
        self.door = f"http://{place}"
        self._environment = {
            **os.environ,
            **environment,
            "DATABASE_URL": address("default"),
            "DATABASE_OWNER_URL": address("owner"),
            "REDIS_URL": settings.REDIS_URL,
            "REDIS_PREFIX": f"bench-{os.getpid()}-{os.urandom(3).hex()}",
            "BEAT_SCHEDULE": str(folder / "beat"),
            "PYTHONPATH": str(ROOT),
        }
        (folder / "metrics").mkdir()
        self._log = (folder / "log").open("wb")
        os.environ["BEAT_SCHEDULE"] = str(folder / "beat")
        self._processes = {
            "web": self._start(commands.web(place, folder / "metrics")),
            "worker": self._start(commands.worker()),
            "beat": self._start(commands.beat()),
        }

    def __enter__(self) -> Self:
        wait_for(self._ready, READY_SECONDS, "the system to be ready")
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self._processes.values()):
            process.terminate()
        for process in self._processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(60)
            if process.poll() is None:
                process.kill()
                process.wait()
        self._log.close()
        self._folder.cleanup()

    def families(self) -> dict[str, list[psutil.Process]]:
        """The processes of web, worker and beat, by these names."""
        found = {}
        for name, process in self._processes.items():
            with suppress(psutil.NoSuchProcess):
                own = psutil.Process(process.pid)
                found[name] = [own, *own.children(recursive=True)]
        return found

    def _ready(self) -> bool:
        for name, process in self._processes.items():
            assert process.poll() is None, f"{name} ended by itself"
        try:
            return httpx.get(f"{self.door}/readyz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=self._log, stderr=self._log)


class Peaks:
    """How much memory the processes of a served system take at most, by what they are, in bytes.

    The system keeps each process's own peak, so that looking now and then misses at most its last moments.
    """

    def __init__(self, served: Served) -> None:
        self._served = served
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.bytes: dict[str, int] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            for family, processes in self._served.families().items():
                for process in processes:
                    with suppress(psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
                        name = "reader" if "programs.intake.child" in process.cmdline() else family
                        peak = _peak(process.pid)
                        self.bytes[name] = max(self.bytes.get(name, 0), peak)


def _peak(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


if sys.platform != "linux":
    raise SystemExit("The memory of processes is read from /proc: measure on Linux.")
