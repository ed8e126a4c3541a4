"""The two clocks of the ledger: who may post, and as known when a reader's figure is.

Every entry bears the moment at which it was posted, and ``book.posted_to`` the moment to which the ledger is closed:
every entry up to it is committed, and none will ever be posted at or before it, whatever the machine's clock does.
An answer given as known at a moment that is closed can therefore never change again.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection, transaction

from backend import locks
from backend.accounts.scope import everything, require_transaction
from backend.clock import BUREAU

SETTLER = "targets.settler"
PEN = "targets.pen"


@dataclass(frozen=True, slots=True)
class Moment:
    """Where on both clocks a figure is read: what had happened by ``as_of``, as known at ``known_at``.

    ``latest`` says that nothing had been posted after ``known_at`` when the moment was told.
    """

    as_of: dt.date
    known_at: dt.datetime
    latest: bool = field(default=False, compare=False)


def become_settler(*, wait: bool = True) -> bool:
    """Until the transaction ends nobody else settles or changes the rule; whether that was granted.

    Without ``wait`` it is refused while somebody else has it: who has it looks for further marks after its transaction.

    Raises:
        NoTransaction: there is no transaction that it could last for.
    """
    require_transaction()
    if wait:
        locks.hold(SETTLER)
        return True
    return locks.try_hold(SETTLER)


def take_pen() -> None:
    """Until the transaction ends only this one posts, and nobody closes the book under it.

    Must be a statement of its own before the one that posts, because a statement sees what was committed when it began.
    """
    require_transaction()
    locks.hold(PEN)


def next_moment() -> dt.datetime:
    """The moment of a posting, later than every other, for whoever has the pen; ``close_to`` it with what is posted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(shugu_now(), posted_to + interval '1 microsecond') FROM book WHERE id = 1")
        [at] = cursor.fetchone()
    return at


def close_to(at: dt.datetime) -> None:
    """Close the book to the moment of a posting, for whoever has the pen."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE book SET posted_to = %s WHERE id = 1 AND posted_to < %s", [at, at])


def stamp() -> dt.datetime:
    """The moment of something that is known from now on besides the ledger; closes the book to it.

    Later than every moment that an answer may have been given for, so that no such answer comes to know of it. Holds
    the pen until the transaction ends.
    """
    take_pen()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE book SET posted_to = greatest(shugu_now(), posted_to + interval '1 microsecond') WHERE id = 1"
            " RETURNING posted_to"
        )
        [(closed,)] = cursor.fetchall()
    return closed


def close_now() -> Moment:
    """A moment of its own that the book is closed at, today: what is stored with it in this transaction is part of
    every answer for it or later, and of none that was given before. Nobody posts until the transaction ends."""
    closed = stamp()
    return Moment(closed.astimezone(BUREAU).date(), closed, latest=True)


@contextmanager
def one_moment() -> Iterator[str | None]:
    """A transaction of the system's whose statements all see the same state; inside another one that is the caller's to
    see to.

    Gives the state's name, by which other connections see it too (``SET TRANSACTION SNAPSHOT``); none inside another
    transaction, whose own changes nobody else sees.
    """
    outermost = not connection.in_atomic_block
    snapshot = None
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                cursor.execute("SELECT pg_export_snapshot()")
                [(snapshot,)] = cursor.fetchall()
        with everything():
            yield snapshot


def moment(*, as_of: dt.date | None = None, known_at: dt.datetime | None = None) -> Moment:
    """The moment that a reader means, in the reader's transaction.

    Args:
        as_of: by which day things have happened; by default today, or the bureau's day of a ``known_at`` that is given.
        known_at: as the books stood then; by default as they stand now, which is at the last posting. A moment that is
            still to come is now.

    Raises:
        NoTransaction: there is no transaction that the figure could be read in.
    """
    require_transaction()
    now, posted_to = _clock_and_horizon()
    if known_at is None or known_at > max(now, posted_to):
        return Moment(as_of or now.astimezone(BUREAU).date(), posted_to, latest=True)
    if known_at > posted_to:
        known_at = _close(known_at)
    return Moment(as_of or known_at.astimezone(BUREAU).date(), known_at)


def start_of(day: dt.date) -> dt.datetime:
    """The first moment of the bureau's ``day``."""
    return dt.datetime.combine(day, dt.time.min, BUREAU)


def _clock_and_horizon() -> tuple[dt.datetime, dt.datetime]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT shugu_now(), posted_to FROM book WHERE id = 1")
        return cursor.fetchone()


def _close(wanted: dt.datetime) -> dt.datetime:
    """Close the book to ``wanted``, a moment past; returns the moment that it is closed at, which is earlier only where
    the clock has just been put back.

    A posting under way may already bear an earlier moment without being committed, so it is waited for. Writing the
    horizon, and not only reading it, keeps the answer when the clock is put back afterwards.
    """
    with connection.cursor() as cursor:
        # Held to the transaction's end: a poster that came between would wait for our row while we wait for its pen.
        locks.hold_shared(PEN)
        now, posted_to = _clock_and_horizon()
        closed = min(wanted, max(now, posted_to))
        cursor.execute("UPDATE book SET posted_to = %s WHERE id = 1 AND posted_to < %s", [closed, closed])
    return closed
