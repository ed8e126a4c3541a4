"""Keeping the roster up with what changes, making it anew, and comparing it with what it should be."""

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Count, Min

from backend import clock
from backend.accounts.scope import everything
from backend.bell import ring
from programs.roster.refresh import BATCH, Refreshed, differing, refresh_batch
from programs.submissions.selectors import intake_at_work
from talent.people.marks import REFRESH
from talent.people.models import RosterMark

LONGEST_SECONDS = 120.0
PATIENCE = dt.timedelta(seconds=60)
"""So long the roster waits while files are checked and taken; a clerk who waits at the screen goes first."""

PIECE = 5_000


@dataclass(frozen=True, slots=True)
class Lag:
    """How far the roster is behind: persons marked, and since when the oldest of them waits."""

    waiting: int
    since: dt.datetime | None


def lag() -> Lag:
    """How far the roster is behind what is known."""
    found = RosterMark.objects.aggregate(waiting=Count("pk"), since=Min("at"))
    return Lag(found["waiting"], found["since"])


def refresh(*, polite: bool = False, seconds: float = LONGEST_SECONDS, limit: int = BATCH) -> Refreshed:
    """Make the entries of marked persons anew, batch after batch, until no mark is left; what was done in all.

    It leaves off while somebody else does: that one looks for marks again after every batch.

    Args:
        polite: leave off, for up to ``PATIENCE``, while intake is at work.
        seconds: after that long it stops and rings for itself.
        limit: the most marks that are taken in one transaction.
    """
    done, end = Refreshed(), time.monotonic() + seconds
    while RosterMark.objects.exists() and not (polite and _intake_first()):
        batch = refresh_batch(limit=limit)
        if batch is None or not batch.marks:
            break
        done += batch
        if time.monotonic() > end:
            ring(REFRESH)
            break
    return done


def mark_reported(*, submission_id: int) -> None:
    """Mark everybody of whom a submission's rows say something, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO roster_mark (person_id)
            SELECT person_id FROM record WHERE submission_id = %s
            UNION SELECT record.person_id FROM amendment JOIN record ON record.id = amendment.record_id
            WHERE amendment.submission_id = %s
            """,
            [submission_id, submission_id],
        )
    ring(REFRESH)


def rebuild() -> int:
    """Make everybody's entries anew; how many differed and were written or removed. May be run at any time."""
    changed = 0
    for persons in _pieces():
        with everything():
            RosterMark.objects.bulk_create(RosterMark(person_id=person) for person in persons)
        done = refresh(seconds=float("inf"))
        changed += done.written + done.removed
    return changed


def check() -> list[tuple[int, int]]:
    """Reader and person of every entry that is not what it should be, except those that wait to be made anew."""
    wrong = []
    for persons in _pieces():
        with everything():
            found = differing(persons)
            waiting = set(RosterMark.objects.values_list("person_id", flat=True)) if found else set()
        wrong += [(reader, person) for reader, person in found if person not in waiting]
    return wrong


def _pieces() -> Iterator[list[int]]:
    """Everybody who is a person or stands on the roster, some at a time."""
    last = 0
    while True:
        with everything(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM ((SELECT id FROM person WHERE id > %s ORDER BY id LIMIT %s)"
                " UNION (SELECT person_id FROM roster WHERE person_id > %s ORDER BY person_id LIMIT %s)) AS known"
                " ORDER BY id LIMIT %s",
                [last, PIECE, last, PIECE, PIECE],
            )
            persons = [person for (person,) in cursor.fetchall()]
        if not persons:
            return
        yield persons
        last = persons[-1]


def _intake_first() -> bool:
    """Whether a file is being checked or taken, and nobody has waited for the roster too long."""
    with transaction.atomic(), everything():
        if not intake_at_work():
            return False
        oldest = RosterMark.objects.order_by("pk").values_list("at", flat=True).first()
        return oldest is not None and clock.now() - oldest < PATIENCE
