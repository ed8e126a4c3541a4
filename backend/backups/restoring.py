"""Putting a backup back into an empty folder, as of a moment."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg import sql

from backend.backups import stock, unpacking
from backend.backups.clusters import Cluster, Target
from backend.backups.errors import BackupError
from backend.backups.proving import Commands, Step, timed
from backend.backups.shelf import Backup, Shelf, check_room, sync_tree
from backend.backups.stock import Stock
from backend.embedded import places, processes, records
from backend.embedded.places import Account, Profile
from backend.release import RELEASE

KEYS = "FIELD_KEYS"
MARK, LATEST = "backup", "latest"


@dataclass(frozen=True)
class Wish:
    """Which backup, and how far from there.

    Attributes:
        to: `backup` (the moment that was marked, of which the content is noted), `latest` (all that was received since)
            or a moment with its offset from UTC.
        backup: the backup's name; the newest that lies before the moment where it is empty.
    """

    to: str = LATEST
    backup: str = ""

    def choose(self, shelf: Shelf) -> tuple[Backup, Target]:
        """The backup to begin with, and the server's target. Raises BackupError."""
        named = shelf.named(self.backup) if self.backup else None
        if self.to == MARK:
            backup = named or shelf.last()
            return backup, Target("name", backup.manifest["point"])
        if self.to == LATEST:
            return named or shelf.last(), Target()
        moment = read_moment(self.to)
        backup = named or shelf.last(before=moment)
        if moment < backup.at:
            raise BackupError(f"The backup {backup.name} is whole from {backup.at.isoformat()} on; name an older one.")
        return backup, Target("time", moment.isoformat(sep=" "))


def read_moment(text: str) -> dt.datetime:
    """A moment with its offset from UTC. Raises BackupError when it has none or is none."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise BackupError(f"“{text}” is no moment. Write it like 2026-03-31T17:45:00+08:00.") from error
    if moment.tzinfo is None:
        raise BackupError(f"“{text}” says no time zone. Write it like {text}+08:00.")
    return moment


def put_back(shelf: Shelf, backup: Backup, data: Path, log: Path, account: Account | None) -> int:
    """Unpack a backup into `data`, and beside it the log that recovery reads into `log`; neither may exist.

    Every file is compared with its digest on the way.

    Returns:
        how many bytes the base holds.
    """
    for folder in (data, log):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise BackupError(f"{folder} is not empty. A backup is put back into an empty place only.")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        if account is not None:
            os.chown(folder, account.uid, account.gid)
    archived = sum(path.stat().st_size for path in segments(shelf, backup).values())
    check_room(data, backup.manifest["bytes"] + (archived if account else 0), "Restoring")
    unpacking.verify_archives(backup.folder, backup.manifest)
    size = unpacking.base(backup.folder, data, account)
    unpacking.log(backup, log)
    for name, path in segments(shelf, backup).items():
        own, partial = log / name, log / f"{name}.partial"
        if own.exists():
            continue
        if path.suffix == ".partial" and partial.exists() and path.stat().st_mtime < partial.stat().st_mtime:
            continue
        partial.unlink(missing_ok=True)
        if account is None:
            own.symlink_to(path)
        else:
            shutil.copyfile(path, own)
    for path in log.glob("*.partial"):
        path.rename(path.with_suffix(""))
    if account is not None:
        for path in log.iterdir():
            os.chown(path, account.uid, account.gid)
    return size


def segments(shelf: Shelf, backup: Backup) -> dict[str, Path]:
    """What has been received of the cluster's log from the backup's beginning on, by the segment's name.

    The last one is still being written and has `.partial` at the end of its file's name.
    """
    found: dict[str, Path] = {}
    for path in shelf.log(backup.system):
        name = path.name.removesuffix(".partial")
        # A history of timelines is no segment, and needed whatever its number.
        if name.endswith(".history") or (len(name) == 24 and name[8:] >= backup.manifest["first"][8:]):
            found.setdefault(name, path)
    return found


def restore(shelf: Shelf, profile: Profile, wish: Wish, say: Callable[[str], None]) -> list[Step]:
    """Put the embedded system of `profile` back, as of the moment wished for. It must have no data and not run.

    Returns:
        what was tried on it before it was put into its place. It is there whatever came of that: a system in which one
        value does not open is better than none, and says so.

    Raises:
        BackupError: it has data, the keys are missing, or the backup cannot be brought to that moment.
    """
    places.prepare(profile)
    if processes.is_held(profile.keeper):
        raise BackupError(f"The services of {profile.name} run. Stop them first: python -m backend.embedded stop")
    home = places.home(profile)
    account = places.service_account(home)
    if (home / "postgres").exists():
        raise BackupError(
            f"{home / 'postgres'} holds a database already. A backup is put back into an empty place only."
        )
    backup, target = wish.choose(shelf)
    secrets = _secrets(profile)
    with _fresh(home) as (fresh, log):
        say(f"Putting back {backup.name} …")
        put_back(shelf, backup, fresh, log, account)
        with Cluster(fresh, profile, account) as cluster:
            say(f"Replaying the log to {wish.to} …")
            cluster.recover(log, target)
            commands = Commands(cluster, backup.manifest["database"], secrets["field_keys"])
            steps = list(proofs(backup, wish, cluster, commands))
            _set_passwords(cluster, secrets["passwords"])
        sync_tree(fresh)
        fresh.rename(home / "postgres")
    say(f"Restored into {home / 'postgres'}.")
    return steps


def restore_into(shelf: Shelf, data: Path, owner: int | None, wish: Wish, say: Callable[[str], None]) -> None:
    """Put a backup back into the empty data folder of a server of one's own, recovered and closed.

    Logins keep the passwords that they had.

    Args:
        owner: the number of the account that the server runs as, where root calls this; otherwise that of the caller.

    Raises:
        BackupError: the folder is not empty, or the backup cannot be brought to that moment.
    """
    if os.geteuid() == 0 and not owner:
        raise BackupError("PostgreSQL refuses to run as root: name its account's number with --owner.")
    account = Account(str(owner), owner, owner) if os.geteuid() == 0 and owner else None
    backup, target = wish.choose(shelf)
    log = data.with_name(f"{data.name}.log")
    profile = places.profile("restored")
    places.prepare(profile)
    say(f"Putting back {backup.name} …")
    put_back(shelf, backup, data, log, account)
    try:
        with Cluster(data, profile, account) as cluster:
            say(f"Replaying the log to {wish.to} …")
            cluster.recover(log, target)
            if wish.to == MARK:
                compare(cluster, backup)
        sync_tree(data)
    finally:
        shutil.rmtree(log, ignore_errors=True)
    say(f"Recovered and closed: start the server on {data}, then `python manage.py prepare` and `recount --check`.")


@contextmanager
def _fresh(home: Path) -> Iterator[tuple[Path, Path]]:
    """Where data and log lie until they are whole; what is left of them goes."""
    folders = (home / "postgres.restoring", home / "postgres.restoring-log")
    try:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        yield folders
    finally:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)


def proofs(backup: Backup, wish: Wish, cluster: Cluster, commands: Commands) -> Iterator[Step]:
    """What is tried on every restored cluster: its content as noted, its seals, its books and what was published."""
    noted = stock.read(backup.manifest["stock"])
    if wish.to == MARK:

        def counts() -> str:
            compare(cluster, backup)
            return f"{len(noted.tables)} tables, {noted.rows} rows are as noted at {backup.manifest['at']}."

        yield timed("counts and digests", counts)
    yield (step := timed("migrate", commands.migrate))
    if not step.ok:
        return
    if wish.to == MARK and backup.manifest["release"] != RELEASE:
        yield timed("upgraded content", lambda: _unharmed(noted, backup, cluster))
    yield timed("seals", commands.seals)
    yield timed("recount", commands.recount)
    yield timed("snapshots", commands.snapshots)


def _unharmed(noted: Stock, backup: Backup, cluster: Cluster) -> str:
    """Whether an upgrade from another release has kept every row."""
    with cluster.connect(backup.manifest["database"]) as connection:
        found = stock.take(connection, like=noted)
    lost = [
        f"Table {name}: {table.rows} rows became {found.tables[name].rows}."
        for name, table in noted.tables.items()
        if name in found.tables and found.tables[name].rows < table.rows
    ]
    if lost:
        raise BackupError("\n".join(lost))
    return f"From release {backup.manifest['release']} to {RELEASE}: no table lost a row."


def compare(cluster: Cluster, backup: Backup) -> Stock:
    """Compare the restored content with the noted one. Raises BackupError with each table that differs."""
    noted = stock.read(backup.manifest["stock"])
    with cluster.connect(backup.manifest["database"]) as connection:
        connection.read_only = True
        found = stock.take(connection)
    if told := stock.differences(noted, found):
        raise BackupError("What was restored is not what was noted:\n" + "\n".join(f"  {line}" for line in told))
    return found


def _secrets(profile: Profile) -> dict[str, Any]:
    """The profile's passwords and keys; on a new host the keys are those that the environment names."""
    given = os.environ.get(KEYS)
    if not profile.secrets.exists() and not given:
        raise BackupError(
            f"This host has no keys yet. Set {KEYS} to those of the system that was backed up: without them no "
            "identity number can be read or found again."
        )
    known = records.load_secrets(profile)
    if given and known["field_keys"] != given:
        known = {**known, "field_keys": given}
        records.write(profile.secrets, known)
    return known


def _set_passwords(cluster: Cluster, passwords: dict[str, str]) -> None:
    """Give the logins this host's passwords: a backup brings the digests of those of another."""
    with cluster.connect("postgres", autocommit=True) as connection:
        known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles WHERE rolcanlogin")}
        for login in known & passwords.keys():
            statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
            connection.execute(statement.format(sql.Identifier(login), sql.Literal(passwords[login])))
