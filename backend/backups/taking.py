"""Taking a backup, while everybody works on."""

from __future__ import annotations

import datetime as dt
import json
import signal
import subprocess
import tarfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg

from backend.backups import servers, stock, unpacking
from backend.backups.errors import BackupError
from backend.backups.shelf import STAMP, Backup, Shelf, check_room, sync_folder, sync_tree
from backend.backups.stock import Stock
from backend.embedded import processes, records
from backend.release import RELEASE

FORMAT = 1
QUIET_SECONDS = 120.0
QUIET_PAUSE = 0.03
RECEIVED_SECONDS = 120.0
FILES = ("base.tar.gz", "backup_manifest", "wal.tar.gz")
SIZE = "SELECT sum(pg_database_size(oid))::bigint FROM pg_database WHERE datallowconn"


class Receiver:
    """Receives the write-ahead log into a folder for as long as the block lasts."""

    def __init__(self, where: str, folder: Path, name: str) -> None:
        self.where, self.folder, self.name = where, folder, name
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Receiver:
        self.folder.mkdir(mode=0o700)
        self.process = subprocess.Popen(
            [
                *(servers.program("pg_receivewal"), f"--directory={self.folder}"),
                *("--synchronous", "--no-loop", "--status-interval=1", "--no-password"),
            ],
            env=servers.environment(self.where, self.name),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            preexec_fn=processes.end_with_parent(signal.SIGTERM),
        )
        try:
            self._wait("state = 'streaming'", [])
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def wait_for(self, lsn: str) -> None:
        """Wait until everything up to `lsn` lies in the folder. Raises BackupError when it does not come."""
        self._wait("flush_lsn >= %s::pg_lsn", [lsn])

    def _wait(self, condition: str, values: list[str]) -> None:
        query = f"SELECT 1 FROM pg_stat_replication WHERE application_name = %s AND {condition}"
        with servers.connect(self.where, autocommit=True) as connection:
            there = processes.wait_until(
                lambda: self._ended() or bool(connection.execute(query.encode(), [self.name, *values]).fetchone()),
                RECEIVED_SECONDS,
                0.05,
            )
        if not there or self._ended():
            raise BackupError(f"The write-ahead log could not be received: {self._said() or 'it did not come.'}")

    def _ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def _said(self) -> str:
        if self.process is None or self.process.stdout is None or not self._ended():
            return ""
        return self.process.stdout.read().decode(errors="replace").strip()[-600:]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None:
            processes.stop(self.process, (signal.SIGINT, 20.0))
            if self.process.stdout is not None:
                self.process.stdout.close()


def take(shelf: Shelf, where: str, say: Callable[[str], None]) -> Backup:
    """Take a backup and look through it; it is on the shelf when this returns, and not before.

    Raises:
        BackupError: another one is being taken, there is no room, the server refuses, or no moment could be marked.
    """
    shelf.prepare()
    with processes.holding(shelf.lock, wait=False) as ours:
        if not ours:
            raise BackupError(f"Another backup into {shelf.folder} is being taken. Wait until it has ended.")
        shelf.clear_leftovers()
        return _take(shelf, where, say)


def _take(shelf: Shelf, where: str, say: Callable[[str], None]) -> Backup:
    began = time.monotonic()
    with servers.connect(where, autocommit=True) as connection:
        about = _about(connection)
    check_room(shelf.folder, about["bytes"], "A backup")
    name = dt.datetime.now(dt.UTC).strftime(STAMP)
    fresh = shelf.backups / f".{name}.new"
    fresh.mkdir(mode=0o700)
    say(f"Taking a base backup of {about['bytes'] / 2**20:.0f} MiB …")
    with Receiver(where, fresh / "wal", f"shugu-backup-{name}") as receiver:
        # The log comes by the receiver, beyond the end of the base too; what the server sends is digested by itself.
        command = ["pg_basebackup", f"--pgdata={fresh / 'base'}", "--format=tar", "--wal-method=none"]
        options = ["--checkpoint=fast", "--compress=client-gzip:1", "--manifest-checksums=SHA256", "--no-password"]
        servers.run([*command, *options, f"--label=shugu {name}"], where, fresh)
        first = _first_segment(where, fresh / "base" / "backup_manifest")
        say("Taking stock …")
        point = mark(where, f"shugu-{name}")
        receiver.wait_for(point["lsn"])
    for file in ("base.tar.gz", "backup_manifest"):
        (fresh / "base" / file).rename(fresh / file)
    (fresh / "base").rmdir()
    _pack(fresh / "wal", fresh / "wal.tar.gz")
    found: Stock = point.pop("stock")
    manifest = {
        "format": FORMAT,
        "release": RELEASE,
        **about,
        **point,
        "first": first,
        "files": {file: unpacking.digest(fresh / file) for file in FILES},
        "size": sum((fresh / file).stat().st_size for file in FILES),
        "seconds": round(time.monotonic() - began, 1),
        "stock": found.as_json(),
    }
    say("Reading it back …")
    unpacking.verify(fresh, manifest)
    records.write(fresh / "manifest.json", manifest)
    sync_tree(fresh)
    fresh.rename(shelf.backups / name)
    sync_folder(shelf.backups)
    return Backup(shelf.backups / name, manifest)


def _about(connection: psycopg.Connection[Any]) -> dict[str, Any]:
    found = connection.execute(
        "SELECT system_identifier::text, current_setting('server_version'), current_database() FROM pg_control_system()"
    ).fetchone()
    size = connection.execute(SIZE).fetchone()
    assert found is not None
    assert size is not None
    return {"system": found[0], "server": found[1], "database": found[2], "bytes": size[0]}


def mark(where: str, name: str, seconds: float = QUIET_SECONDS) -> dict[str, Any]:
    """Mark a moment in the write-ahead log and take stock of exactly that moment.

    A snapshot and a place in the log are not the same thing: a transaction may have written its end to the log and be
    unseen by others for a little longer. So a moment is awaited at which no transaction that writes is under way, and
    the mark is made; if none began meanwhile either, the snapshot from before the mark is what a recovery up to it
    brings back. Nobody is kept waiting.

    Returns:
        `at` (the moment), `lsn`, `point` (the mark's name), and the `stock`.

    Raises:
        BackupError: for `seconds` there was no such moment.
    """
    end = time.monotonic() + seconds
    tries = 0
    with servers.connect(where, autocommit=True) as marking:
        while time.monotonic() < end:
            tries += 1
            with servers.connect(where) as reading:
                reading.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
                reading.read_only = True
                before = _snapshot(reading)
                if before[0] == before[1]:
                    # No snapshot holds for them: what they have given out after the mark is not in the backup.
                    numbers = stock.given_out(reading)
                    point = f"{name}-{tries}"
                    found = marking.execute(
                        "SELECT pg_create_restore_point(%s)::text, clock_timestamp()", [point]
                    ).fetchone()
                    assert found is not None
                    if _snapshot(marking) == before:
                        # On the server's disk, whence the receiver has it, and not whenever the server comes to it.
                        marking.execute("SELECT pg_logical_emit_message(false, 'shugu', %s, true)", [point])
                        noted = stock.take(reading, sequences=numbers)
                        return {"at": found[1].isoformat(), "lsn": found[0], "point": point, "stock": noted}
            time.sleep(QUIET_PAUSE)
    raise BackupError(
        f"For {seconds:.0f} s there was no moment without a transaction that writes, so the backup's content could not "
        "be noted. Take it at a quieter time; `pg_stat_activity` shows what has been writing for long."
    )


def _snapshot(connection: psycopg.Connection[Any]) -> tuple[int, int]:
    """The oldest transaction that is under way, and the next number to be given out; equal when nobody writes."""
    found = connection.execute(
        "SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint FROM pg_current_snapshot() AS s"
    ).fetchone()
    assert found is not None
    return found[0], found[1]


def _first_segment(where: str, path: Path) -> str:
    """The first segment of the log that the base needs."""
    begins = json.loads(path.read_bytes())["WAL-Ranges"][0]["Start-LSN"]
    with servers.connect(where, autocommit=True) as connection:
        found = connection.execute("SELECT pg_walfile_name(%s)", [begins]).fetchone()
    assert found is not None
    return str(found[0])


def _pack(folder: Path, archive: Path) -> None:
    """Put the received log into one compressed file and remove the folder."""
    with tarfile.open(archive, "w:gz", compresslevel=1) as packed:
        for path in sorted(folder.iterdir()):
            packed.add(path, path.name)
            path.unlink()
    archive.chmod(0o600)
    folder.rmdir()
