"""A checkout of its own for every test: the real supervisor with a toy system, in a folder whose path has spaces."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[3]
SITE = Path(__file__).resolve().parent / "site"
# Set by the run that these tests are part of; the checkouts have servers of their own.
OUTER = (
    "DJANGO_SETTINGS_MODULE",
    "REDIS_PREFIX",
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "DATABASE_ADMIN_URL",
    "DATABASE_BACKUP_URL",
    "BACKUP_FOLDER",
    "REDIS_URL",
    "SECRET_KEY",
    "FIELD_KEYS",
    "EMAIL_URL",
    "SITE_URL",
)
PATIENCE = 20.0


def until(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until `true()`; fail after `seconds`."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.15)


class Checkout:
    """A folder with the supervisor's code and the toy system, and what runs from it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[str]] = []
        shutil.copytree(SITE, folder)
        shutil.copytree(
            ROOT / "backend" / "embedded", folder / "backend" / "embedded", ignore=shutil.ignore_patterns("__pycache__")
        )
        (folder / "backend" / "__init__.py").touch()
        # The toy has no numbers to mask.
        (folder / "backend" / "weblog.py").write_text("from gunicorn.glogging import Logger as ScrubbedLogger\n")

    def environment(self, **more: str) -> dict[str, str]:
        return {key: value for key, value in os.environ.items() if key not in OUTER} | more

    def begin(self, *words: str, **more: str) -> subprocess.Popen[str]:
        """Start `python -m backend.embedded words…` without waiting for it."""
        process = subprocess.Popen(
            [sys.executable, "-m", "backend.embedded", *words],
            cwd=self.folder,
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def do(self, *words: str, expect: int = 0, **more: str) -> str:
        """The same to its end; returns what it said."""
        process = self.begin(*words, **more)
        said, _ = process.communicate(timeout=60)
        assert process.returncode == expect, said
        return said

    def python(self, code: str, *, profile: str = "main", expect: int = 0) -> str:
        """Run a few lines of Python with the services; returns what they printed."""
        return self.do("run", "--profile", profile, "--", sys.executable, "-c", code, expect=expect)

    def state(self, profile: str = "main") -> dict[str, Any]:
        content = json.loads((self.folder / "var" / "embedded" / profile / "state.json").read_text())
        assert isinstance(content, dict)
        return content

    def processes(self) -> list[psutil.Process]:
        """Whatever runs from this checkout or on its data, keeper and servers first of all."""
        found = []
        marks = {str(self.folder), *(str(home) for home in self.homes())}
        for process in psutil.process_iter():
            try:
                told = [*process.cmdline(), process.cwd()]
            except psutil.Error:
                continue
            if any(mark in part for mark in marks for part in told):
                found.append(process)
        return found

    def server(self, program: str) -> psutil.Process:
        """The main process of `postgres`, `valkey-server` or `backend.embedded.keeper`."""
        (found,) = [
            process for process in self.processes() if any(part.endswith(program) for part in process.cmdline()[:4])
        ]
        return found

    def homes(self) -> list[Path]:
        states = sorted((self.folder / "var" / "embedded").glob("*/state.json"))
        return [Path(json.loads(state.read_text())["home"]) for state in states]

    def close(self) -> None:
        """End what the test left and remove what lies outside the folder."""
        homes = self.homes()
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.wait()
            if process.stdout:
                process.stdout.close()
        subprocess.run(
            [sys.executable, "-m", "backend.embedded", "stop", "--all"],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            check=False,
        )
        for home in homes:
            if not home.is_relative_to(self.folder):
                shutil.rmtree(home.parent, ignore_errors=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    made = Checkout(tmp_path / "a folder with spaces")
    yield made
    made.close()


@pytest.fixture
def running(checkout: Checkout) -> Iterator[Checkout]:
    """A checkout whose services are up for as long as the test lasts."""
    checkout.do("start")
    yield checkout
    checkout.do("stop")


def kill(process: psutil.Process) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(PATIENCE)
