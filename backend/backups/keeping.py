"""The backups' own caretaker: the log received as it is written, a backup every night, and what is past keeping let go.

`python -m backend.backups keep` runs beside the system for as long as that runs: a child of `make run` where
BACKUP_FOLDER is set, the service `backup` among the containers. By its environment:

* `BACKUP_AT`: when the nightly backup is taken, hours and minutes by the bureau's clock; 01:30.
* `BACKUP_KEEP`: how many days', weeks' and months' backups are kept, beside all of the last two days; 7,5,12.
* `BACKUP_LOG_DAYS`: for how many days back any moment can be restored to; 7.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import psycopg

from backend.backups import noting, restoring, servers, taking
from backend.backups.errors import BackupError
from backend.backups.receiving import Receiving
from backend.backups.shelf import Backup, Shelf
from backend.embedded import processes
from backend.embedded.errors import EmbeddedError
from backend.embedded.places import Profile

KEPT = (7, 5, 12)
LOG_DAYS = 7
ALL_KEPT = dt.timedelta(days=2)
LOOK_SECONDS = 1.0
NOTE_SECONDS = 10.0
AGAIN_SECONDS = 300.0
BUREAU = dt.timezone(dt.timedelta(hours=8))


def kept(backups: Iterable[Backup], now: dt.datetime, days: int, weeks: int, months: int) -> set[str]:
    """The names of a cluster's backups to keep.

    All of the last two days, the newest in any case, and the last of each of so many days, weeks and months that have
    one. Days are the bureau's.
    """
    newest_first = sorted(backups, key=lambda backup: backup.at, reverse=True)
    chosen = {backup.name for backup in newest_first if backup.at > now - ALL_KEPT}
    chosen |= {backup.name for backup in newest_first[:1]}
    for most, unit in ((days, "%Y-%m-%d"), (weeks, "%G-%V"), (months, "%Y-%m")):
        seen: set[str] = set()
        for backup in newest_first:
            one = backup.at.astimezone(BUREAU).strftime(unit)
            if one not in seen and len(seen) < most:
                seen.add(one)
                chosen.add(backup.name)
    return chosen


def prune(shelf: Shelf) -> list[str]:
    """Let go of backups past keeping, and of the log that no kept one needs. Returns their names.

    Each cluster's are counted by themselves: a new system does not push out the last of the one before it.
    """
    with processes.holding(shelf.lock):
        return list(_prune(shelf, rule(), dt.datetime.now(dt.UTC)))


def _prune(shelf: Shelf, chosen: tuple[int, int, int], now: dt.datetime) -> Iterator[str]:
    for system in {backup.system for backup in shelf.all()}:
        own = [backup for backup in shelf.all() if backup.system == system]
        stay = kept(own, now, *chosen)
        for backup in own:
            if backup.name not in stay:
                # Out of sight first: half a backup must not look like one.
                hidden = shelf.backups / f".{backup.name}.new"
                backup.folder.rename(hidden)
                shutil.rmtree(hidden)
                yield backup.name
        _prune_log(shelf, [backup for backup in own if backup.name in stay], now)


def _prune_log(shelf: Shelf, own: list[Backup], now: dt.datetime) -> None:
    """Every backup brings the log of its own moment along; beyond it, a moment is reached from the one before it."""
    since = now - dt.timedelta(days=_number("BACKUP_LOG_DAYS", LOG_DAYS))
    needed = [backup for backup in own if backup.at <= since][-1:] or own[:1]
    for backup in needed:
        for path in shelf.log(backup.system):
            if len(path.name) == 24 and path.name[8:] < backup.manifest["first"][8:]:
                path.unlink()


def reach(shelf: Shelf, last: Backup) -> str:
    """Up to when the shelf's log reaches, in words."""
    found = restoring.segments(shelf, last)
    if not found:
        return f"The log is not received beyond {last.at.isoformat()}: no other moment can be restored to."
    newest = max(path.stat().st_mtime for path in found.values())
    return f"The log was last received at {dt.datetime.fromtimestamp(newest, dt.UTC).isoformat(timespec='seconds')}."


def rule() -> tuple[int, int, int]:
    text = os.environ.get("BACKUP_KEEP") or ",".join(str(one) for one in KEPT)
    parts = text.split(",")
    if len(parts) != 3 or not all(part.strip().isdigit() for part in parts):
        raise BackupError(
            f"BACKUP_KEEP must be three numbers, of days, weeks and months, like 7,5,12; {text!r} is not."
        )
    days, weeks, months = (int(part) for part in parts)
    return days, weeks, months


def _number(variable: str, default: int) -> int:
    text = os.environ.get(variable) or str(default)
    if not text.isdigit():
        raise BackupError(f"{variable} must be a number; {text!r} is not.")
    return int(text)


class Caretaker:
    """Receives the log, takes the nightly backup, and tells the rest of the house when it last did."""

    def __init__(self, profile: Profile, shelf: Shelf, say: Callable[[str], None]) -> None:
        self.shelf, self.say = shelf, say
        self.where = servers.address(profile)
        self.note = noting.Note(profile)
        self.receiving = Receiving(shelf, self.where, say)
        self.at = clock()
        self.asked_to_stop = False
        self.try_again_at = 0.0

    def run(self) -> None:
        """Go on until asked to stop."""
        looked = 0.0
        due = not self.shelf.all()
        try:
            while not self.asked_to_stop:
                try:
                    due = self.receiving.look() or due
                    if heartbeat := os.environ.get("HEARTBEAT_FILE"):
                        Path(heartbeat).touch()
                    if time.monotonic() - looked >= NOTE_SECONDS:
                        looked = time.monotonic()
                        self.receiving.note()
                        self.note.tell(self.shelf, self.receiving.everything_until)
                    if (due or self._nightly_due()) and time.monotonic() >= self.try_again_at:
                        self._take()
                        due = False
                except (EmbeddedError, psycopg.Error) as error:
                    self.say(f"ERROR {error}")
                    self.try_again_at = time.monotonic() + AGAIN_SECONDS
                time.sleep(LOOK_SECONDS)
        finally:
            self.receiving.stop()

    def _take(self) -> None:
        made = taking.take(self.shelf, self.where, self.say)
        self.say(f"{made.name} is taken and whole.")
        for name in prune(self.shelf):
            self.say(f"Let go of {name}.")
        self.note.tell(self.shelf, self.receiving.everything_until)

    def _nightly_due(self) -> bool:
        """Whether the last time for the nightly backup has passed without one since."""
        now = dt.datetime.now(BUREAU)
        due = now.replace(hour=self.at.hour, minute=self.at.minute, second=0, microsecond=0)
        if due > now:
            due -= dt.timedelta(days=1)
        found = self.shelf.all()
        return not found or found[-1].at < due


def keep(profile: Profile, shelf: Shelf, say: Callable[[str], None]) -> int:
    """Be the caretaker until SIGTERM or Ctrl-C.

    Raises:
        EmbeddedError: another one is at work in this folder, a setting is wrong, or the database is not known.
    """
    shelf.prepare()
    with processes.holding(shelf.folder / "keep.lock", wait=False) as ours:
        if not ours:
            raise BackupError(f"Somebody keeps the backups in {shelf.folder} already.")
        rule()
        caretaker = Caretaker(profile, shelf, say)

        def on_stop(_number: int, _frame: object) -> None:
            caretaker.asked_to_stop = True

        for word in (signal.SIGTERM, signal.SIGINT):
            signal.signal(word, on_stop)
        caretaker.run()
    return 0


def clock() -> dt.time:
    text = os.environ.get("BACKUP_AT") or "01:30"
    try:
        return dt.time.fromisoformat(text)
    except ValueError as error:
        raise BackupError(f"BACKUP_AT must be hours and minutes like 01:30; {text!r} is not.") from error
