"""The write-ahead log, received as it is written: what any moment since the last backup is restored from.

It comes by the protocol of replication and not by the server's `archive_command`: within a moment and not by pieces of
16 MiB, from a server anywhere, and without giving it a place to write to. A slot has the server keep what was not
received yet, up to `max_slot_wal_keep_size`.
"""

from __future__ import annotations

import datetime as dt
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from backend.backups import servers
from backend.backups.shelf import STAMP, Shelf
from backend.embedded import processes

SLOT = "shugu_backup"
NAME = "shugu-log"
MOST_PAUSE = 30.0
ABOUT = (
    "SELECT (SELECT system_identifier::text FROM pg_control_system()),"
    " ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint"
)


class Receiving:
    """`pg_receivewal` on the slot, started again whenever it ends."""

    def __init__(self, shelf: Shelf, where: str, say: Callable[[str], None]) -> None:
        self.shelf, self.where, self.say = shelf, where, say
        self.process: subprocess.Popen[bytes] | None = None
        self.pause, self.again_at = 0.0, 0.0
        self.everything_until: dt.datetime | None = None
        self._asked: tuple[str, dt.datetime] | None = None

    def look(self) -> bool:
        """Start the receiver unless it runs.

        Returns:
            whether the log has a gap from now on, so that only a new backup reaches the moments to come.

        Raises:
            BackupError: the server cannot be asked.
        """
        if self.process is not None and self.process.poll() is None:
            return False
        now = time.monotonic()
        if now < self.again_at:
            return False
        self.pause = min(MOST_PAUSE, max(1.0, 2 * self.pause))
        self.again_at = now + self.pause
        gap = self._ready_slot()
        folder = self._folder()
        self.process = subprocess.Popen(
            [
                *(servers.program("pg_receivewal"), f"--directory={folder}", f"--slot={SLOT}"),
                *("--synchronous", "--no-loop", "--status-interval=5", "--no-password"),
            ],
            env=servers.environment(self.where, NAME),
            stdin=subprocess.DEVNULL,
            preexec_fn=processes.end_with_parent(signal.SIGTERM),
        )
        self.say(f"Receiving the log into {folder}.")
        return gap

    def note(self) -> None:
        """Note up to when everything has been received: all that the server had written when it was asked last."""
        with servers.connect(self.where, autocommit=True) as connection:
            if self._asked is not None:
                lsn, at = self._asked
                query = "SELECT 1 FROM pg_stat_replication WHERE application_name = %s AND flush_lsn >= %s::pg_lsn"
                if connection.execute(query, [NAME, lsn]).fetchone():
                    self.everything_until = at
                    self.pause = 0.0
            found = connection.execute("SELECT pg_current_wal_flush_lsn()::text, clock_timestamp()").fetchone()
            assert found is not None
            self._asked = found[0], found[1]

    def stop(self) -> None:
        """End the receiver; what it has is on the disk."""
        if self.process is not None:
            processes.stop(self.process, (signal.SIGINT, 10.0))
            self.process = None

    def _ready_slot(self) -> bool:
        """Have a slot that can be received from; whether what was not received before it is lost."""
        with servers.connect(self.where, autocommit=True) as connection:
            found = connection.execute(
                "SELECT wal_status FROM pg_replication_slots WHERE slot_name = %s", [SLOT]
            ).fetchone()
            if found is not None and found[0] != "lost":
                return False
            if found is not None:
                self.say("The server has let go of log that was not received: there is a gap, and a backup is taken.")
                connection.execute("SELECT pg_drop_replication_slot(%s)", [SLOT])
                folder = self._folder()
                folder.rename(folder.with_name(f"{folder.name}.{dt.datetime.now(dt.UTC).strftime(STAMP)}"))
            # At once, so that nothing written from now on is let go before it was received.
            connection.execute("SELECT pg_create_physical_replication_slot(%s, true)", [SLOT])
            return True

    def _folder(self) -> Path:
        """Where the log of this cluster and timeline goes: after a restore another one begins, in the same numbers."""
        with servers.connect(self.where, autocommit=True) as connection:
            found = connection.execute(ABOUT).fetchone()
        assert found is not None
        folder = self.shelf.wal(found[0], found[1])
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder
