"""A whole system of a test's own: PostgreSQL, Valkey, web, worker and beat; each may be killed and started again.

All are what ``make run`` starts, with its settings; only who looks after them is the test. The broker is reached by a
line that a test may cut or let swallow everything.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import redis
from django.core.management import call_command
from django.db import connections

from backend.embedded import binaries, commands, places, processes, records
from backend.embedded.errors import EmbeddedError
from backend.embedded.postgres import Postgres
from backend.embedded.valkey import Valkey
from tests.support.http import WITHOUT_TLS
from tests.support.proxies import Proxy
from tests.support.workers import wait_for

PROFILE = "hostile"
PATIENCE = 180.0
PARTS = ("web", "worker", "beat")
Child = subprocess.Popen[bytes]


class System:
    """Use as a context; everything ends with it, and with the process that it is used in."""

    def __init__(self, folder: Path, *, include: str = "", **environment: str) -> None:
        """
        Args:
            folder: for logs and small files.
            include: a module of the test's own that registers handlers in the worker.
            environment: further variables for web, worker and beat.
        """
        self.folder = folder
        self.profile = places.profile(PROFILE)
        self._include = include
        self._extra = environment
        self._children: dict[str, Child] = {}
        self.parts: dict[str, list[str]] = {}

    def __enter__(self) -> "System":
        places.prepare(self.profile)
        self._gate = processes.holding(self.profile.gate, notice="Waiting for another run of these tests.")
        self._gate.__enter__()
        try:
            self._begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for name in PARTS:
            self.kill(name)
        if hasattr(self, "line"):
            self.line.close()
        for server in ("postgres", "valkey"):
            if hasattr(self, server):
                getattr(self, server).stop()
        places.wipe(self.profile)
        self._gate.__exit__(None, None, None)

    def _begin(self) -> None:
        home = places.home(self.profile)
        places.wipe(self.profile)
        account = places.service_account(home)
        programs = binaries.provide(home, account)
        self.account = account
        self.postgres = Postgres(self.profile, home, programs, account)
        self.valkey = Valkey(self.profile, home, programs, account)
        self.postgres_port, self.valkey_port = processes.free_port(), processes.free_port()
        self.postgres.start(self.postgres_port)
        self.valkey.start(self.valkey_port)
        self.line = Proxy(self.valkey_port)
        self.web_port = processes.free_port()
        self.url = f"http://127.0.0.1:{self.web_port}"
        known = records.load_secrets(self.profile)
        address = {
            name: records.database_url(known, self.postgres_port, login)
            for name, login in (("DATABASE_URL", "shugu_app"), ("DATABASE_OWNER_URL", "shugu_owner"))
        }
        self.addresses = address
        self.environment = {
            **os.environ,
            **address,
            "REDIS_URL": f"redis://:{known['valkey']}@127.0.0.1:{self.line.port}/0",
            "REDIS_PREFIX": "faults",
            "PYTHONUNBUFFERED": "1",
            "DEMO": "0",
            **self._extra,
        }
        metrics = self.folder / "metrics"
        metrics.mkdir(exist_ok=True)
        worker = commands.worker() + (["--include", self._include] if self._include else [])
        self.parts = {
            "web": commands.web(f"127.0.0.1:{self.web_port}", metrics),
            "worker": worker,
            "beat": [*commands.beat(), "--schedule", str(self.folder / "beat")],
        }
        with self.connected():
            call_command("setup_database", verbosity=0)
            call_command("load_reference", verbosity=0)
        # By a process of its own: the tests serve the pages' files straight from where they lie.
        made = commands.prepare(demo=False, verbosity=0, only="files")
        subprocess.run(made, cwd=places.ROOT, env=self.environment, check=True)
        for name in PARTS:
            self.start(name)
        self.wait_until_ready()

    @contextmanager
    def connected(self) -> Iterator[None]:
        """This process's own connections lead to the system's database."""
        before = {alias: dict(connections[alias].settings_dict) for alias in ("default", "owner")}
        for alias, variable in (("default", "DATABASE_URL"), ("owner", "DATABASE_OWNER_URL")):
            parts = urlsplit(self.addresses[variable])
            connections[alias].close()
            connections[alias].settings_dict.update(
                NAME=parts.path[1:], HOST=parts.hostname, PORT=parts.port, USER=parts.username, PASSWORD=parts.password
            )
        try:
            yield
        finally:
            for alias, settings in before.items():
                connections[alias].close()
                connections[alias].settings_dict.clear()
                connections[alias].settings_dict.update(settings)

    def start(self, name: str) -> None:
        """Start web, worker or beat."""
        with processes.open_log(self.log_path(name)) as log:
            self._children[name] = processes.spawn(
                self.parts[name],
                log=log,
                cwd=places.ROOT,
                last_word=signal.SIGKILL,
                environment=self.environment,
            )

    def wait_until_ready(self) -> None:
        """Wait until the system says of itself that all of it is there."""

        def ready() -> bool:
            for name in PARTS:
                if name in self._children and self._children[name].poll() is not None:
                    raise AssertionError(f"{name} ended by itself:\n{self.log(name)}")
            with suppress(httpx.HTTPError):
                return httpx.get(f"{self.url}/readyz", timeout=10, verify=WITHOUT_TLS).status_code == 200
            return False

        wait_for(ready, PATIENCE, f"the system to be ready; the worker's log:\n{self.log('worker')}")

    def mend(self) -> None:
        """Have everything up and well, whatever was done to it before."""
        self.line.pass_on()
        if not self.postgres.alive():
            self.start_postgres()
        if not self.valkey.alive():
            self.start_valkey()
        for name in PARTS:
            if name not in self._children or self._children[name].poll() is not None:
                self.start(name)
        self.wait_until_ready()

    def kill(self, name: str) -> int:
        """Kill web, worker or beat with everything that it started, without a word of warning; how many processes."""
        child = self._children.pop(name, None)
        if child is None:
            return 0
        group = [one.pid for one in psutil.process_iter() if _group(one) == child.pid]
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        return len(group)

    def terminate(self, name: str) -> float:
        """Ask web, worker or beat to end, and wait for as long as a stop of the system does; how many seconds it took.

        Raises:
            AssertionError: it did not end by itself.
        """
        child = self._children.pop(name)
        began = time.monotonic()
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(commands.PATIENCE[name] * 3)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            raise AssertionError(f"{name} did not end when asked to:\n{self.log(name)}") from None
        return time.monotonic() - began

    def children_of(self, name: str) -> list[psutil.Process]:
        """The processes that web or worker has forked."""
        return psutil.Process(self._children[name].pid).children()

    def pid_of(self, name: str) -> int:
        """The main process's id."""
        return self._children[name].pid

    def log_path(self, name: str) -> Path:
        """Where web, worker or beat writes."""
        return self.folder / f"{name}.log"

    def log(self, name: str) -> str:
        """The end of what it wrote."""
        path = self.log_path(name)
        return path.read_text("utf-8", "replace")[-6000:] if path.exists() else ""

    def kill_postgres(self) -> int:
        """Kill the database, its main process and every session, as a machine that loses its power; how many."""
        assert self.postgres.process is not None
        master = psutil.Process(self.postgres.process.pid)
        sessions = master.children(recursive=True)
        for process in (master, *sessions):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.postgres.process.wait()
        psutil.wait_procs(sessions, timeout=30)
        self.postgres.process = None
        return 1 + len(sessions)

    def start_postgres(self) -> None:
        """Start the database where it stood; it mends itself."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self.postgres.start(self.postgres_port)
                return
            except EmbeddedError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.5)

    def kill_valkey(self) -> None:
        """Kill the broker without a chance to write anything down."""
        assert self.valkey.process is not None
        self.valkey.process.kill()
        self.valkey.process.wait()
        self.valkey.process = None

    def forget_queue(self) -> None:
        """Have the broker come back with nothing in mind: what it had written down is thrown away."""
        shutil.rmtree(self.valkey.data / "appendonlydir", ignore_errors=True)

    def start_valkey(self) -> None:
        """Start the broker on its port."""
        self.valkey.start(self.valkey_port)

    def broker(self) -> redis.Redis:
        """A client of the broker's, past the line."""
        return redis.Redis(host="127.0.0.1", port=self.valkey_port, password=self.valkey.password)


def _group(process: psutil.Process) -> int:
    with suppress(psutil.Error, OSError):
        return os.getpgid(process.pid)
    return -1
