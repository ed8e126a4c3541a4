"""Whether the trail still is what was sealed: goes through the chain and names the first row that is not in order."""

import datetime as dt
import hmac
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Max

from backend import clock
from backend.chain import canonical
from backend.chain.anchors import Anchor
from backend.chain.models import AuditSeal
from backend.chain.sealing import head_of
from backend.vault.errors import Unsealable

AT_ONCE = 4000
"""Entries that are fetched by one statement."""

SEALS_AT_ONCE = 500
GRACE = dt.timedelta(minutes=10)
"""How long before its id was given out an entry may say that it was made: clocks are set."""

OVERDUE = dt.timedelta(minutes=15)
"""An entry that is not sealed for longer is told of: nothing answers for it."""

_AT = "CASE WHEN entry.at BETWEEN '0001-01-02' AND '9999-12-30' THEN entry.at END"
_ROWS = f"SELECT entry.id, {canonical.WRITTEN}, {_AT} FROM audit_entry AS entry WHERE entry.id = ANY(%s)"
_COUNT = """
SELECT count(*), count(*) FILTER (WHERE id <= %(closed)s),
    (SELECT count(*) FROM audit_seal, unnest(entries) AS sealed (id)
        WHERE highest > %(closed)s AND number <= %(number)s AND sealed.id > %(closed)s)
FROM audit_entry
"""
_OPEN = """
SELECT sealed.id FROM audit_seal, unnest(entries) AS sealed (id)
WHERE highest > %(closed)s AND number <= %(number)s AND sealed.id > %(closed)s
"""
# As sets and not as an anti-join, which the planner may carry out entry by entry.
_NOT_SEALED = """
SELECT id FROM audit_entry WHERE id > %(above)s AND id <= %(up_to)s
EXCEPT
SELECT sealed.id FROM audit_seal, unnest(entries) AS sealed (id) WHERE highest > %(above)s AND number <= %(number)s
ORDER BY id LIMIT 1
"""
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


class Reason(StrEnum):
    """What is wrong with the first row that is not in order.

    ``changed``: it is not what was sealed. ``deleted``: it was sealed and is gone. ``inserted``: it is not sealed, and
    its id was closed when it came. ``backdated``: it says that it was made long before its id was given out. ``twice``:
    it is sealed twice. ``unsealed``: it has not been sealed for too long. ``seal_missing``, ``seal_changed``: so is the
    seal over it. ``rewritten``: its seal is whole and not the one that was given out of the house. ``cut``: what was
    given out tells of more than there is.
    """

    CHANGED = "changed"
    DELETED = "deleted"
    INSERTED = "inserted"
    BACKDATED = "backdated"
    TWICE = "twice"
    UNSEALED = "unsealed"
    SEAL_MISSING = "seal_missing"
    SEAL_CHANGED = "seal_changed"
    REWRITTEN = "rewritten"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Broken:
    """The first row that is not in order: its id and moment as far as they are known, and its seal's number if it has
    one.
    """

    id: int | None
    at: dt.datetime | None
    reason: Reason
    seal: int | None

    def as_dict(self) -> dict[str, Any]:
        """For an answer and for keeping."""
        return {
            "id": self.id,
            "at": canonical.utc(self.at) if self.at else None,
            "reason": self.reason.value,
            "seal": self.seal,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an examination came to.

    ``entries``: on the trail; ``unsealed`` of them are not sealed. ``seals``: the number of the last seal,
    ``sealed_up_to`` its highest entry, ``head`` its head; ``since`` is the number of the seal from which on it was
    examined, 0 for the whole chain.
    """

    since: int
    entries: int
    unsealed: int
    seals: int
    sealed_up_to: int | None
    sealed_at: dt.datetime | None
    head: str
    broken: Broken | None

    @property
    def valid(self) -> bool:
        return self.broken is None


def examine(
    *, since: int = 0, anchors: Iterable[Anchor] = (), progress: Callable[[int, int], None] | None = None
) -> Verdict:
    """Go through the chain, in a transaction whose scope sees everything.

    Args:
        since: the number of a seal up to which all was in order at an earlier time; 0: from the beginning.
        anchors: what was given out of the house.
        progress: is told how many entries have been examined, of how many.

    Raises:
        MasterKeyMissing: ``FIELD_KEYS`` lacks the master key of a seal's key.
    """
    last = AuditSeal.objects.order_by("-number").defer("entries", "digests").first()
    counted = _counted(last)
    broken = _walk(since, last, progress) or _set_against(anchors, last)
    broken = _earlier(broken, _stray(last, counted, broken)) or _overdue(last, counted)
    highest = AuditSeal.objects.aggregate(highest=Max("highest"))["highest"]
    return Verdict(
        since=since,
        entries=counted.entries,
        unsealed=max(counted.entries - (last.total if last else 0), 0),
        seals=last.number if last else 0,
        sealed_up_to=highest or None,
        sealed_at=last.sealed_at if last else None,
        head=bytes(last.head).hex() if last else "",
        broken=_dated(broken),
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    """How many entries there are, how many of them have a closed id, and how many of these ought to."""

    entries: int
    closed: int
    sealed_and_closed: int


def _counted(last: AuditSeal | None) -> _Counted:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, _bounds(last))
        entries, closed, sealed_and_open = cursor.fetchone()
    return _Counted(entries, closed, (last.total if last else 0) - sealed_and_open)


def _bounds(last: AuditSeal | None) -> dict[str, int]:
    return {"closed": last.closed_id if last else 0, "number": last.number if last else 0}


def _walk(since: int, last: AuditSeal | None, progress: Callable[[int, int], None] | None) -> Broken | None:
    """From one seal to the last: each seal against the one before, then the rows under it."""
    before = AuditSeal.objects.filter(number=since).first()
    if since and before is None:
        return Broken(None, None, Reason.SEAL_MISSING, since)
    still_open = _sealed_and_open(before)
    for links in _batches(since, last):
        good: list[tuple[AuditSeal, dt.datetime | None]] = []
        fault = None
        for link in links:
            fault = _fault_of(link, before) or _fault_of_ids(link, before, still_open)
            if fault:
                break
            good.append((link, _floor(link, before)))
            still_open = {one for one in still_open.union(link.entries) if one > link.closed_id}
            before = link
        # What stands under the seals before the one at fault is the earlier row.
        broken = _fault_of_rows(good) or fault
        if broken:
            return broken
        if progress and last:
            progress(links[-1].total, last.total)
    return None


def _sealed_and_open(before: AuditSeal | None) -> set[int]:
    if before is None:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, _bounds(before))
        return {row[0] for row in cursor.fetchall()}


def _batches(since: int, last: AuditSeal | None) -> Iterator[list[AuditSeal]]:
    """The seals behind ``since``, as many together as have rows for one statement."""
    if last is None:
        return
    links: list[AuditSeal] = []
    rows = 0
    found = AuditSeal.objects.filter(number__gt=since, number__lte=last.number).order_by("number")
    for link in found.iterator(chunk_size=SEALS_AT_ONCE):
        links.append(link)
        rows += len(link.entries)
        if rows >= AT_ONCE or len(links) >= SEALS_AT_ONCE:
            yield links
            links, rows = [], 0
    if links:
        yield links


def _fault_of(link: AuditSeal, before: AuditSeal | None) -> Broken | None:
    expected = before.number + 1 if before else 1
    if link.number != expected:
        return Broken(None, None, Reason.SEAL_MISSING, expected)
    total = (before.total if before else 0) + len(link.entries)
    whole = (
        link.total == total
        and len(bytes(link.digests)) == len(link.entries) * canonical.DIGEST_BYTES
        and link.closed_id >= (before.closed_id if before else 0)
        and bytes(link.head) == head_of(link, bytes(before.head) if before else b"")
        and _authentic(link)
    )
    return None if whole else Broken(min(link.entries, default=None), link.sealed_at, Reason.SEAL_CHANGED, link.number)


def _authentic(link: AuditSeal) -> bool:
    try:
        return hmac.compare_digest(canonical.mac(bytes(link.head), link.key_id)[1], bytes(link.mac))
    except Unsealable:
        return False


def _fault_of_ids(link: AuditSeal, before: AuditSeal | None, still_open: set[int]) -> Broken | None:
    """An entry that may not stand under this seal: it has one already, or its id was closed before."""
    seen = set(still_open)
    for one in link.entries:
        if before and one <= before.closed_id:
            return Broken(one, None, Reason.INSERTED, link.number)
        if one in seen:
            return Broken(one, None, Reason.TWICE, link.number)
        seen.add(one)
    return None


def _floor(link: AuditSeal, before: AuditSeal | None) -> dt.datetime | None:
    """Before when none of a seal's entries can have been made: the last moment at which its ids were not given out.

    Where the clock was set back in between, the seal's own moment.
    """
    if before is None or before.closed_at is None:
        return None
    return min(before.closed_at, link.sealed_at) - GRACE


def _fault_of_rows(links: Sequence[tuple[AuditSeal, dt.datetime | None]]) -> Broken | None:
    ids = [one for link, _floor in links for one in link.entries]
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [ids])
        rows = {row[0]: (row[1], row[2]) for row in cursor.fetchall()}
    for link, floor in links:
        digests = bytes(link.digests)
        for place, one in enumerate(link.entries):
            if one not in rows:
                return Broken(one, link.sealed_at, Reason.DELETED, link.number)
            written, at = rows[one]
            begins = place * canonical.DIGEST_BYTES
            if canonical.digest(written) != digests[begins : begins + canonical.DIGEST_BYTES]:
                return Broken(one, at, Reason.CHANGED, link.number)
            if at is None or (floor and at < floor):
                return Broken(one, at, Reason.BACKDATED, link.number)
    return None


def _set_against(anchors: Iterable[Anchor], last: AuditSeal | None) -> Broken | None:
    """The first of what was given out that the chain does not bear out."""
    given = sorted(anchors, key=lambda one: one.seal)
    numbers = {one.seal for one in given}
    heads = {
        number: bytes(head).hex()
        for number, head in AuditSeal.objects.filter(number__in=numbers).values_list("number", "head")
    }
    agreeing = 0
    for one in given:
        if one.seal > (last.number if last else 0):
            return Broken(one.entry, one.sealed_at, Reason.CUT, (last.number if last else 0) + 1)
        if heads.get(one.seal) != one.head:
            after = AuditSeal.objects.filter(number__gt=agreeing, highest__gt=0).order_by("number").first()
            first = min(after.entries) if after else None
            return Broken(first, None, Reason.REWRITTEN, agreeing + 1)
        agreeing = one.seal
    return None


def _stray(last: AuditSeal | None, counted: _Counted, broken: Broken | None) -> Broken | None:
    """The first entry whose id is closed and that has no seal."""
    if last is None or (broken is None and counted.closed == counted.sealed_and_closed):
        return None
    found = _not_sealed(last, above=_SMALLEST, up_to=last.closed_id)
    return None if found is None else Broken(found, None, Reason.INSERTED, None)


def _earlier(broken: Broken | None, stray: Broken | None) -> Broken | None:
    """Of two the one whose row comes first; of a seal that is gone, the first row that is without one now."""
    if broken is None or stray is None:
        return broken or stray
    if broken.reason == Reason.SEAL_MISSING:
        return replace(broken, id=stray.id)
    return broken if broken.id is not None and broken.id <= (stray.id or 0) else stray


def _overdue(last: AuditSeal | None, counted: _Counted) -> Broken | None:
    if counted.entries <= (last.total if last else 0):
        return None
    found = _not_sealed(last, above=last.closed_id if last else 0, up_to=_LARGEST)
    if found is None:
        return None
    broken = _dated(Broken(found, None, Reason.UNSEALED, None))
    late = broken is not None and (broken.at is None or broken.at < clock.now() - OVERDUE)
    return broken if late else None


def _not_sealed(last: AuditSeal | None, *, above: int, up_to: int) -> int | None:
    """The first entry of a span of ids that has no seal."""
    with connection.cursor() as cursor:
        cursor.execute(_NOT_SEALED, {"above": above, "up_to": up_to, "number": last.number if last else 0})
        row = cursor.fetchone()
    return row[0] if row else None


def _dated(broken: Broken | None) -> Broken | None:
    if broken is None or broken.id is None or broken.at is not None:
        return broken
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_AT} FROM audit_entry AS entry WHERE entry.id = %s", [broken.id])
        row = cursor.fetchone()
    return replace(broken, at=row[0]) if row else broken
