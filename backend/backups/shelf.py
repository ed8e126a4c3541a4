"""Where backups stand.

    FOLDER/backups/<moment>/   base.tar.gz, backup_manifest, wal.tar.gz and manifest.json; whole or not there
    FOLDER/wal/<system>-<n>/   the write-ahead log of that cluster on its n-th timeline, received as it is written
    FOLDER/rehearsals/         what each rehearsal found

Only their owner may read them: identity numbers are sealed in them, names are not.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.backups.errors import BackupError
from backend.embedded import places, records

VARIABLE = "BACKUP_FOLDER"
STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Backup:
    """One backup on the shelf, with what its manifest says."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def at(self) -> dt.datetime:
        """The moment to which it restores by itself."""
        return dt.datetime.fromisoformat(self.manifest["at"])

    @property
    def system(self) -> str:
        """The cluster that it is of, by the number that initdb gave it."""
        return str(self.manifest["system"])


class Shelf:
    """The folder of backups."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.backups = folder / "backups"
        self.rehearsals = folder / "rehearsals"
        self.lock = folder / "backup.lock"

    def prepare(self) -> None:
        """Create what is missing. Raises EmbeddedError when it cannot be written."""
        for folder in (self.folder, self.backups, self.folder / "wal", self.rehearsals):
            places.make_folder(folder, 0o700)

    def wal(self, system: str, timeline: int) -> Path:
        """Where the write-ahead log of a cluster goes, on one of its timelines: every restore begins another."""
        return self.folder / "wal" / f"{system}-{timeline}"

    def log(self, system: str) -> Iterator[Path]:
        """Every file of a cluster's write-ahead log."""
        for folder in sorted((self.folder / "wal").glob(f"{system}-*")):
            yield from sorted(folder.iterdir())

    def all(self) -> list[Backup]:
        """Every whole backup, oldest first."""
        names = self.backups.iterdir() if self.backups.is_dir() else []
        found = [
            Backup(folder, records.read(folder / "manifest.json"))
            for folder in names
            if not folder.name.startswith(".") and (folder / "manifest.json").is_file()
        ]
        return sorted(found, key=lambda backup: backup.at)

    def last(self, before: dt.datetime | None = None) -> Backup:
        """The newest backup, or the newest that was whole at a moment.

        Raises:
            BackupError: there is none.
        """
        found = [backup for backup in self.all() if before is None or backup.at <= before]
        if not found:
            when = f" from before {before.isoformat()}" if before else ""
            raise BackupError(
                f"There is no backup{when} in {self.backups}. Set {VARIABLE}, or run `make backup` first."
            )
        return found[-1]

    def named(self, name: str) -> Backup:
        """One backup by its name. Raises BackupError when there is none of it."""
        for backup in self.all():
            if backup.name == name:
                return backup
        names = ", ".join(backup.name for backup in self.all())
        raise BackupError(f"There is no backup {name} in {self.backups}; there are: {names or 'none'}.")

    def clear_leftovers(self) -> None:
        """Throw away what a backup that was killed had begun. The lock is ours."""
        for folder in self.backups.glob(".*.new"):
            shutil.rmtree(folder)


def place(profile: places.Profile) -> Shelf:
    """The shelf of a profile: where BACKUP_FOLDER says for `main`, else beside the profile's data."""
    given = os.environ.get(VARIABLE) if profile.name == "main" else None
    if given:
        return Shelf(Path(given).absolute())
    return Shelf(places.VAR / "backups" if profile.name == "main" else profile.folder / "backups")


def sync_folder(folder: Path) -> None:
    """Have what was renamed inside `folder` on the disk."""
    _sync(folder)


def sync_tree(folder: Path) -> None:
    """Have everything in `folder` on the disk before it is relied on."""
    for where, _, files in os.walk(folder):
        for name in files:
            _sync(Path(where, name))
        _sync(Path(where))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check_room(folder: Path, needed: int, what: str) -> None:
    """Raise BackupError unless the disk of `folder` has `needed` bytes free for `what`."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BackupError(
            f"{what} needs {needed / 2**30:.1f} GiB in {folder}, and {free / 2**30:.1f} GiB are free. Make room, or "
            f"name another folder in {VARIABLE}."
        )
