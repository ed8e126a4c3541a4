"""Sealing: the entries of the trail that are not sealed yet are linked to the chain, behind the writes.

Nobody who writes on the trail waits for it. What is sealed is what can be seen; an entry whose transaction commits late
is sealed late, in the order of the chain and not of the ids. How far ids are *closed* is another question: once
everybody who was writing when an id had been given out has ended, no entry up to that id can come any more, and one
that turns up all the same was written in afterwards.
"""

import datetime as dt
import time
from dataclasses import dataclass

from django.db import connection

from backend import clock, locks
from backend.accounts.scope import everything
from backend.chain import canonical
from backend.chain.models import AuditSeal

TURN = "audit.seal"
BLOCK = 1000
"""The most entries under one seal."""

BLOCKS_AT_ONCE = 2000
"""The most seals of one round, which a task must end within its limit."""

PATIENCE_SECONDS = 2.0
"""How long those who write are waited for, so that the ids up to now can be closed; if they take longer, the next
round closes them."""

LOOK_SECONDS = 0.05
QUIET = dt.timedelta(hours=1)
"""Where nothing was written for so long, that is sealed too."""

_GIVEN_OUT = "SELECT last_value - CASE WHEN is_called THEN 0 ELSE 1 END, shugu_now() FROM audit_entry_id_seq"
# Whoever writes an entry takes this lock before its id is given out, and keeps it until it can be seen or is undone.
_WRITING = """
SELECT virtualtransaction FROM pg_locks
WHERE locktype = 'relation' AND relation = 'audit_entry'::regclass
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND mode = 'RowExclusiveLock' AND granted AND pid <> pg_backend_pid()
"""
_OPEN = """
SELECT sealed.id FROM audit_seal, unnest(entries) AS sealed (id) WHERE highest > %(closed)s AND sealed.id > %(closed)s
"""
# The few that are sealed already as a list: an anti-join may be carried out entry by entry.
_UNSEALED = f"""
SELECT entry.id, {canonical.WRITTEN} FROM audit_entry AS entry
WHERE entry.id > %(closed)s AND entry.id <> ALL(%(open)s)
ORDER BY entry.id LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Horizon:
    """Ids up to ``id`` had been given out ``at`` this moment, higher ones not; ``decided``: none of them can come."""

    id: int
    at: dt.datetime
    decided: bool


def seal(*, most: int = BLOCKS_AT_ONCE, patience: float = PATIENCE_SECONDS) -> int:
    """Seal what can be seen of the trail and is not sealed; how many entries.

    Sealers take turns. Each seal is a transaction of its own, unless one is open already.

    Args:
        most: seals at most; the rest waits for the next round.
        patience: seconds that whoever writes is waited for.
    """
    sealed = 0
    for _turn in range(most):
        with everything():
            locks.hold(TURN)
            taken = _seal_block(patience)
        sealed += taken
        if taken < BLOCK:
            break
    return sealed


def _seal_block(patience: float) -> int:
    last = AuditSeal.objects.order_by("-number").defer("entries", "digests").first()
    horizon = _horizon(patience)
    closed_id, closed_at = (last.closed_id, last.closed_at) if last else (0, None)
    # A statement of its own, after the horizon was looked for: it sees whatever has been decided by then.
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"closed": closed_id})
        still_open = [row[0] for row in cursor.fetchall()]
        cursor.execute(_UNSEALED, {"closed": closed_id, "open": still_open, "most": BLOCK})
        rows = cursor.fetchall()
    quiet = last is None or horizon.at - last.sealed_at >= QUIET
    if not (rows or quiet or (horizon.decided and horizon.id > closed_id)):
        return 0
    entries = [row[0] for row in rows]
    if horizon.decided and len(rows) < BLOCK:
        closed_id, closed_at = max(closed_id, horizon.id), horizon.at
    elif horizon.decided:
        # There may be more: closed as far as this seal reaches. Ids beyond are older than the horizon's moment.
        closed_id = max(closed_id, min(entries[-1], horizon.id))
    link = AuditSeal(
        number=last.number + 1 if last else 1,
        entries=entries,
        digests=b"".join(canonical.digest(row[1]) for row in rows),
        total=(last.total if last else 0) + len(rows),
        highest=entries[-1] if entries else 0,
        closed_id=closed_id,
        closed_at=closed_at,
        sealed_at=clock.now(),
    )
    link.head = head_of(link, bytes(last.head) if last else b"")
    link.key_id, link.mac = canonical.mac(link.head)
    link.save(force_insert=True)
    return len(rows)


def head_of(link: AuditSeal, previous: bytes) -> bytes:
    """The head that a seal ought to have behind the one before."""
    return canonical.head(
        number=link.number,
        previous=previous,
        entries=link.entries,
        digests=bytes(link.digests),
        total=link.total,
        closed_id=link.closed_id,
        closed_at=link.closed_at,
        sealed_at=link.sealed_at,
    )


def _horizon(patience: float) -> Horizon:
    """How far ids have been given out, and whether all of these are decided by now."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVEN_OUT)
        last_id, at = cursor.fetchone()
        cursor.execute(_WRITING)
        writing = {row[0] for row in cursor.fetchall()}
        end = time.monotonic() + patience
        while writing and time.monotonic() < end:
            time.sleep(LOOK_SECONDS)
            cursor.execute(_WRITING)
            writing &= {row[0] for row in cursor.fetchall()}
    return Horizon(last_id, at, not writing)
