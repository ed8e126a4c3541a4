"""Real Celery workers for tests, which may be killed."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import redis
from django.conf import settings

from backend.celery import app
from tests.support.databases import ROOT, address

READY_SECONDS = 60.0


def wait_for(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    """Wait until ``condition()`` is true and return what it gave.

    Raises:
        AssertionError: it was not within ``seconds``; names ``what`` was waited for.
    """
    end = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"Waited {seconds:.0f} s for {what}, in vain.")
        time.sleep(0.05)
    return found


class Worker:
    """``celery -A celery_worker worker`` with its own beat, on the database that the test is connected to."""

    def __init__(self, prefix: str, *, include: str = "", concurrency: int = 2, lease: float = 2.0) -> None:
        """
        Args:
            prefix: the broker's key prefix.
            include: a module of the test's own that registers handlers in the worker.
            concurrency: how many children.
            lease: seconds that a job's lease lasts.
        """
        self._folder = tempfile.TemporaryDirectory(prefix="shugu-worker-")
        self._include = include
        self._concurrency = concurrency
        self._starts = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = {
            **os.environ,
            "DATABASE_URL": address("default"),
            "DATABASE_OWNER_URL": address("owner"),
            "REDIS_PREFIX": prefix,
            "REDIS_URL": app.conf.broker_url,
            "JOB_LEASE_SECONDS": str(lease),
            "RING_AGAIN_SECONDS": "1",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        }

    def start(self) -> "Worker":
        """Start it, and wait until it takes tasks."""
        self._starts += 1
        command = [sys.executable, "-m", "celery", "-A", "celery_worker", "worker", "-B", "--loglevel", "INFO"]
        command += ["--without-mingle", "--without-gossip"]
        command += ["--concurrency", str(self._concurrency), "--schedule", f"{self._folder.name}/schedule"]
        command += ["-n", f"test-{os.getpid()}-{id(self)}-{self._starts}@localhost"]
        if self._include:
            command += ["--include", self._include]
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        wait_for(self._ready, READY_SECONDS, f"the worker to be ready; its log:\n{self.log}")
        return self

    @property
    def log_path(self) -> Path:
        """The log of the latest start."""
        return Path(self._folder.name) / f"worker-{self._starts}.log"

    @property
    def log(self) -> str:
        """What the latest start has logged so far."""
        return self.log_path.read_text("utf-8", "replace") if self.log_path.exists() else ""

    @property
    def pid(self) -> int:
        """The main process's id."""
        assert self._process is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the main process runs."""
        return self._process is not None and self._process.poll() is None

    def children(self) -> list[int]:
        """The ids of the pool's processes (and beat's)."""
        return [child.pid for child in psutil.Process(self.pid).children(recursive=True)]

    def ports(self) -> list[int]:
        """The local ports of every connection that the worker and its children hold."""
        processes = [psutil.Process(pid) for pid in [self.pid, *self.children()]]
        return [held.laddr.port for process in processes for held in process.net_connections("tcp") if held.raddr]

    def kill(self) -> None:
        """End the worker and everything it started, without a chance to say good-bye."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def terminate(self) -> None:
        """Ask the worker to finish what it has and end, and wait for it."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(60)
        self.kill()

    def close(self) -> None:
        """End it for good."""
        self.kill()
        self._folder.cleanup()

    def _ready(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"The worker ended by itself:\n{self.log}")
        return " ready." in self.log


def forget_queue(prefix: str) -> int:
    """Lose what the broker holds under ``prefix``, as FLUSHALL would; how many keys."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    try:
        keys = list(client.scan_iter(f"{prefix}*", count=1000))
        if keys:
            client.delete(*keys)
        return len(keys)
    finally:
        client.close()
