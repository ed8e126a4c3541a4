"""One PostgreSQL cluster: made, started, watched and stopped."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

from backend.embedded import processes, records, roles
from backend.embedded.binaries import POSTGRES_MAJOR, Programs
from backend.embedded.errors import EmbeddedError, PortTakenError
from backend.embedded.places import Account, Profile, give

START_SECONDS = 120.0
# Fast shutdown first (disconnect, checkpoint); then at once, which costs a recovery at the next start.
GENTLY = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0))
MEGABYTE = 1024 * 1024


def memory() -> int:
    """The machine's memory in bytes."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def settings(profile: Profile) -> dict[str, str]:
    """The server's settings, for a machine of two cores that it shares with web and workers."""
    chosen = {
        "listen_addresses": "127.0.0.1",
        # A socket's name has 107 characters, and a checkout's path may have more.
        "unix_socket_directories": "",
        "max_connections": "100",
        "shared_buffers": f"{max(64, min(512, memory() // MEGABYTE // 8))}MB",
        "effective_cache_size": f"{max(256, min(8192, memory() // MEGABYTE // 3))}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_wal_size": "4GB",
        "min_wal_size": "256MB",
        # What a backup's caretaker that is away has not received yet; it must not fill the disk.
        "max_slot_wal_keep_size": "4GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",
        "max_parallel_workers_per_gather": "1",
        "idle_in_transaction_session_timeout": "5min",
        "client_connection_check_interval": "5s",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %u@%d ",
        "log_lock_waits": "on",
        # Statements, row contents and COPY lines may carry what is sealed in the tables.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
    }
    if profile.durable:
        chosen |= {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
    else:
        chosen |= {
            "fsync": "off",
            "full_page_writes": "off",
            "synchronous_commit": "off",
            "shared_buffers": f"{max(64, min(256, memory() // MEGABYTE // 16))}MB",
            "checkpoint_timeout": "1h",
            "autovacuum_naptime": "10min",
        }
    try:
        room = os.statvfs("/dev/shm")
        if room.f_frsize * room.f_blocks < 256 * MEGABYTE:
            # A container's usual 64 MB do not hold a parallel hash join.
            chosen["dynamic_shared_memory_type"] = "mmap"
    except OSError:
        pass
    return chosen


class Postgres:
    """The cluster of one profile, as a child of this process."""

    name = "postgres"
    label = "PostgreSQL"

    def __init__(self, profile: Profile, home: Path, programs: Programs, account: Account | None) -> None:
        self.profile = profile
        self.data = home / "postgres"
        self.programs = programs.postgres
        self.account = account
        self.log = profile.log.parent / ("postgres.log" if profile.name == "main" else f"postgres-{profile.name}.log")
        self.process: subprocess.Popen[bytes] | None = None

    def ensure_cluster(self) -> None:
        """Make the cluster if there is none yet, whole or not at all.

        Raises:
            EmbeddedError: initdb failed, or the data is of another major version.
        """
        version = self.data / "PG_VERSION"
        if version.exists():
            if version.read_text().strip() != POSTGRES_MAJOR:
                raise EmbeddedError(
                    f"{self.data} is of PostgreSQL {version.read_text().strip()}, the programs are of "
                    f"{POSTGRES_MAJOR}. Dump it with the old version and restore, or move the folder away."
                )
            return
        # Under a name of its own until it is whole: a killed initdb leaves what the next start throws away.
        fresh = self.data.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        give(fresh, self.account)
        made = self._initdb(fresh)
        if made.returncode:
            raise EmbeddedError(f"initdb could not make {self.data}:\n{made.stdout}{made.stderr}".rstrip())
        fresh.rename(self.data)

    def _initdb(self, folder: Path) -> subprocess.CompletedProcess[str]:
        password = folder.with_name(f"postgres.password-{os.getpid()}")
        try:
            with open(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(records.load_secrets(self.profile)["passwords"]["postgres"] + "\n")
            if self.account is not None:
                os.chown(password, self.account.uid, self.account.gid)
            return subprocess.run(
                [
                    str(self.programs / "initdb"),
                    f"--pgdata={folder}",
                    "--username=postgres",
                    f"--pwfile={password}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--no-instructions",
                    *([] if self.profile.durable else ["--no-sync"]),
                ],
                cwd=folder.parent,
                env={"LC_ALL": "C", "PATH": os.environ.get("PATH", "")},
                user=self.account.uid if self.account else None,
                group=self.account.gid if self.account else None,
                extra_groups=[] if self.account else None,
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            password.unlink(missing_ok=True)

    def clear_leftovers(self) -> None:
        """End a server that a killed supervisor left, and drop a pid file whose process is somebody else by now."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().splitlines()[0])
        except (FileNotFoundError, IndexError, ValueError):
            pid_file.unlink(missing_ok=True)
            return
        processes.stop_leftover(pid, str(self.data), *GENTLY)
        pid_file.unlink(missing_ok=True)

    def start(self, port: int) -> None:
        """Start the server on `port`, wait until it takes connections, and see to roles and database.

        Raises:
            PortTakenError: somebody else listens there.
            EmbeddedError: it did not come up.
        """
        self.ensure_cluster()
        self.clear_leftovers()
        began = self.log.stat().st_size if self.log.exists() else 0
        chosen = settings(self.profile) | {"port": str(port)}
        with processes.open_log(self.log) as log:
            self.process = processes.spawn(
                [
                    str(self.programs / "postgres"),
                    "-D",
                    str(self.data),
                    *(word for name, value in chosen.items() for word in ("-c", f"{name}={value}")),
                ],
                log=log,
                cwd=self.data.parent,
                last_word=signal.SIGINT,
                account=self.account,
                environment={"LC_ALL": "C", "PATH": os.environ.get("PATH", "")},
            )
        processes.wait_until(lambda: self._ready() or not self.alive(), START_SECONDS)
        if not self._ready():
            said = self._said(began)
            self.stop()
            if "could not bind" in said or "could not create any TCP/IP sockets" in said:
                raise PortTakenError(f"Port {port} is taken.")
            raise EmbeddedError(f"PostgreSQL did not start. The end of {self.log}:\n{said}")
        self._set_up_roles(port)

    def _said(self, began: int) -> str:
        with self.log.open("rb") as log:
            log.seek(began if began <= self.log.stat().st_size else 0)
            return "\n".join(log.read().decode(errors="replace").splitlines()[-15:])

    def _ready(self) -> bool:
        """Whether the server, and not another one on the same port, says in its pid file that it is ready."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return (
            self.process is not None
            and len(lines) >= 8
            and lines[0] == str(self.process.pid)
            and lines[7].strip() == "ready"
        )

    def _set_up_roles(self, port: int) -> None:
        known = records.load_secrets(self.profile)
        address = records.database_url(known, port, "postgres", "postgres")
        roles.set_up(address, known["passwords"])

    def alive(self) -> bool:
        """Whether the server runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Stop the server: connections are ended, everything is written."""
        if self.process is not None:
            processes.stop(self.process, *GENTLY)
            self.process = None
