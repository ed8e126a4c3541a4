"""The rehearsal: the last backup on an empty cluster of its own, proved step by step, and thrown away.

It reads the shelf, and touches neither the running system's database nor its broker.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from backend.backups import restoring, unpacking
from backend.backups.clusters import Cluster, Target
from backend.backups.errors import BackupError
from backend.backups.proving import Commands, Step, timed
from backend.backups.restoring import Wish
from backend.backups.shelf import STAMP, Backup, Shelf
from backend.embedded import places, processes, records
from backend.release import RELEASE

PROFILE = "rehearsal"


@dataclass(frozen=True)
class Rehearsal:
    """What a rehearsal found.

    Attributes:
        backup: its name.
        steps: what was tried, in order; what comes after a step that the rest stands on is not tried.
        usable: seconds until the restored system could be worked with: unpacking, replaying and bringing up to date.
    """

    backup: str
    steps: list[Step]

    @property
    def proved(self) -> bool:
        return all(step.ok for step in self.steps)

    @property
    def usable(self) -> float:
        return round(sum(step.seconds for step in self.steps if step.name in NEEDED), 1)


NEEDED = ("unpack", "replay", "migrate")


def rehearse(shelf: Shelf, wish: Wish, field_keys: str, say: Callable[[Step], None]) -> Rehearsal:
    """Restore a backup on an empty cluster and prove it; what was found also goes to the shelf, as a file.

    Raises:
        BackupError: there is no backup, no room, or another rehearsal is under way.
    """
    shelf.prepare()
    backup, target = wish.choose(shelf)
    steps: list[Step] = []
    with _scratch() as (home, profile):
        for step in _steps(shelf, backup, target, wish, field_keys, home, profile):
            steps.append(step)
            say(step)
    found = Rehearsal(backup.name, steps)
    _note(shelf, found, backup, wish)
    return found


@contextmanager
def _scratch() -> Iterator[tuple[Path, places.Profile]]:
    """An empty place of our own, emptied again afterwards."""
    profile = places.profile(PROFILE)
    places.prepare(profile)
    with processes.holding(profile.folder / "alone.lock", wait=False) as ours:
        if not ours:
            raise BackupError("Another rehearsal is under way in this folder. Wait until it has ended.")
        home = places.home(profile)
        folders = (home / "postgres", home / "log")
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        try:
            yield home, profile
        finally:
            for folder in folders:
                shutil.rmtree(folder, ignore_errors=True)


def _steps(
    shelf: Shelf, backup: Backup, target: Target, wish: Wish, field_keys: str, home: Path, profile: places.Profile
) -> Iterator[Step]:
    account = places.service_account(home)
    data, log = home / "postgres", home / "log"

    def files() -> str:
        unpacking.verify(backup.folder, backup.manifest)
        return f"{len(backup.manifest['files'])} archives, {backup.manifest['size'] / 2**20:.0f} MiB, are as written."

    def unpack() -> str:
        size = restoring.put_back(shelf, backup, data, log, account)
        return f"{size / 2**20:.0f} MiB on an empty place."

    yield (step := timed("files", files))
    if not step.ok:
        return
    yield (step := timed("unpack", unpack))
    if not step.ok:
        return
    with Cluster(data, profile, account) as cluster:

        def replay() -> str:
            cluster.recover(log, target)
            return f"Open at {wish.to}."

        yield (step := timed("replay", replay))
        if step.ok:
            yield from restoring.proofs(
                backup, wish, cluster, Commands(cluster, backup.manifest["database"], field_keys)
            )


def _note(shelf: Shelf, found: Rehearsal, backup: Backup, wish: Wish) -> None:
    now = dt.datetime.now(dt.UTC)
    content: dict[str, Any] = {
        "at": now.isoformat(),
        "backup": backup.name,
        "backup_at": backup.manifest["at"],
        "to": wish.to,
        "release": RELEASE,
        "proved": found.proved,
        "usable_seconds": found.usable,
        "steps": [asdict(step) for step in found.steps],
    }
    records.write(shelf.rehearsals / f"{now.strftime(STAMP)}.json", content)
