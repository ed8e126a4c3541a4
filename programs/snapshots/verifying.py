"""Whether every snapshot still is what was published: its digest, its place in the chain, its entry on the trail."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from backend.audit.models import AuditEntry
from programs.snapshots.canonical import digest
from programs.snapshots.models import Snapshot

BATCH = 50
PUBLISHED = "snapshot.publish"
"""What the trail calls publishing."""


class Fault(StrEnum):
    """What is wrong with a snapshot.

    ``changed``: its content is not what its digest was made of. ``unlinked``: it does not follow the one before.
    ``missing``: there is none of this number, though a later one or the trail knows of it. ``rewritten``: its digest is
    in order and is not the one that the trail bears.
    """

    CHANGED = "changed"
    UNLINKED = "unlinked"
    MISSING = "missing"
    REWRITTEN = "rewritten"


@dataclass(frozen=True, slots=True)
class Broken:
    """The first snapshot that is not in order; ``id`` is null where it is gone."""

    number: int
    id: int | None
    fault: Fault


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many snapshots were checked, the digest of the last one that is in order, and the first that is not."""

    checked: int
    head: str
    broken: Broken | None

    @property
    def intact(self) -> bool:
        return self.broken is None


def verify() -> Verdict:
    """Go through the chain from its beginning, in a transaction whose scope sees everything.

    Whoever owns the database could make the whole chain anew, or cut its end off; the audit trail, which notes each
    digest when it is published, tells of both.
    """
    checked, head, before = 0, "", None
    noted = dict(_noted())
    for snapshot in Snapshot.objects.select_related("plan").order_by("number").iterator(chunk_size=BATCH):
        expected = checked + 1
        if snapshot.number != expected:
            return Verdict(checked, head, Broken(expected, None, Fault.MISSING))
        fault = _fault(snapshot, before, noted.pop(expected, None))
        if fault:
            return Verdict(checked, head, Broken(expected, snapshot.pk, fault))
        checked, head, before = expected, snapshot.digest, snapshot
    if noted:
        return Verdict(checked, head, Broken(min(noted), None, Fault.MISSING))
    return Verdict(checked, head, None)


def in_order(snapshot: Snapshot) -> bool:
    """Whether one snapshot's content is what its digest was made of."""
    return digest(snapshot, snapshot.previous.digest if snapshot.previous else None) == snapshot.digest


def _fault(snapshot: Snapshot, before: Snapshot | None, noted: str | None) -> Fault | None:
    if snapshot.previous_id != (before.pk if before else None):
        return Fault.UNLINKED
    if digest(snapshot, before.digest if before else None) != snapshot.digest:
        return Fault.CHANGED
    return None if noted == snapshot.digest else Fault.REWRITTEN


def _noted() -> Iterator[tuple[int, str]]:
    """By number, the digests on the trail."""
    entries = AuditEntry.objects.filter(subject_type=Snapshot._meta.db_table, action=PUBLISHED)
    for detail in entries.order_by("pk").values_list("detail", flat=True).iterator():
        yield detail["number"], detail["digest"]
