"""A restored cluster: brought to its moment, and opened to us alone.

It listens at a socket in a folder that nobody else may enter, and at no port. So it can be asked without a password,
of which a backup knows none, and nobody can mistake it for the running system.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

import psycopg

from backend.backups.errors import BackupError
from backend.embedded import binaries, processes
from backend.embedded.places import Account, Profile
from backend.embedded.postgres import GENTLY, settings

PORT = 5432
HOURS = 24.0


@dataclass(frozen=True)
class Target:
    """How far to recover: a server's setting and its value; the end of the log where both are empty."""

    setting: str = ""
    value: str = ""

    def settings(self) -> dict[str, str]:
        return {f"recovery_target_{self.setting}": self.value} if self.setting else {}


class Cluster:
    """A server on a restored data folder, for as long as the block lasts."""

    def __init__(self, data: Path, profile: Profile, account: Account | None, *, superuser: str = "postgres") -> None:
        self.data, self.profile, self.account = data, profile, account
        self.superuser = superuser
        self.programs = binaries.provide_postgres(data.parent, account)
        self.log = profile.log.parent / f"restored-{profile.name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.door = Path(tempfile.mkdtemp(prefix="shugu-"))
        self.hba = self.door / "hba.conf"
        self.hba.write_text("local all all trust\n")
        for path in (self.hba, self.door):
            if account is not None:
                os.chown(path, account.uid, account.gid)

    def __enter__(self) -> Cluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self.door, ignore_errors=True)

    def address(self, login: str, database: str) -> str:
        """Where a login reaches a database of the cluster."""
        return f"postgresql://{login}@/{database}?host={quote(str(self.door), safe='')}&port={PORT}"

    def connect(self, database: str, *, autocommit: bool = False) -> psycopg.Connection[Any]:
        """A connection of the superuser's."""
        return psycopg.connect(self.address(self.superuser, database), autocommit=autocommit, connect_timeout=10)

    def recover(self, log: Path, target: Target) -> None:
        """Replay the write-ahead log in folder `log` up to the target, and open the cluster there.

        Raises:
            BackupError: the log does not reach the target, or the data cannot be opened.
        """
        # The server's own command language: a percent sign is written twice.
        folder = shlex.quote(str(log)).replace("%", "%%")
        (self.data / "recovery.signal").touch(mode=0o600)
        if self.account is not None:
            os.chown(self.data / "recovery.signal", self.account.uid, self.account.gid)
        self._start(
            {
                "restore_command": f'cp {folder}/%f "%p"',
                "recovery_target_action": "promote",
                "recovery_target_timeline": "latest",
                **target.settings(),
            }
        )

    def start(self) -> None:
        """Start the recovered cluster again. Raises BackupError when it does not come up."""
        self._start({})

    def _start(self, more: dict[str, str]) -> None:
        # Where a distribution keeps the server's configuration elsewhere, the data folder has none.
        for name in ("postgresql.conf", "pg_ident.conf"):
            if not (self.data / name).exists():
                (self.data / name).touch(mode=0o644)
        chosen = settings(self.profile) | {
            "port": str(PORT),
            "listen_addresses": "",
            "unix_socket_directories": str(self.door),
            "unix_socket_permissions": "0700",
            "hba_file": str(self.hba),
            "ident_file": str(self.data / "pg_ident.conf"),
            # What the server of the backup was given, and this one has no use for.
            "shared_preload_libraries": "",
            "ssl": "off",
            "archive_mode": "off",
            "logging_collector": "off",
            "hot_standby": "off",
            **more,
        }
        began = self.log.stat().st_size if self.log.exists() else 0
        with processes.open_log(self.log) as log:
            self.process = processes.spawn(
                [
                    str(self.programs / "postgres"),
                    *("-D", str(self.data)),
                    *(word for name, value in chosen.items() for word in ("-c", f"{name}={value}")),
                ],
                log=log,
                cwd=self.data.parent,
                last_word=signal.SIGINT,
                account=self.account,
                environment={"LC_ALL": "C", "PATH": os.environ.get("PATH", "")},
            )
        processes.wait_until(lambda: self._ready() or not self._alive(), HOURS * 3600, 0.05)
        if not self._ready():
            said = self._said(began)
            self.stop()
            if "recovery ended before configured recovery target was reached" in said:
                raise BackupError(
                    "The log that was kept does not reach that moment. `make backups` tells up to when it reaches; "
                    "restore to an earlier moment, or to `latest`."
                )
            raise BackupError(f"The restored cluster did not open. The end of {self.log}:\n{said}")

    def _alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def _ready(self) -> bool:
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

    def _said(self, began: int) -> str:
        with self.log.open("rb") as log:
            log.seek(began if began <= self.log.stat().st_size else 0)
            return "\n".join(log.read().decode(errors="replace").splitlines()[-20:])

    def stop(self) -> None:
        """Stop the server; everything is written."""
        if self.process is not None:
            processes.stop(self.process, *GENTLY)
            self.process = None
