"""What a partner was asked to mend when a record was returned, and what became of it."""

from dataclasses import dataclass
from typing import Any

from programs.records.models import Amendment, Decision, Record, Revision
from programs.records.showing import OPEN_VALUES, SEALED_VALUES, changes, differences

_COMPARED = frozenset({*OPEN_VALUES, *SEALED_VALUES})
Kind = Decision.Kind


@dataclass(frozen=True, slots=True)
class Asked:
    """A column that the partner was asked to mend, why, and whether its value is another one since.

    ``mended`` is null where that cannot be told: nothing was reported since, or the column tells who or what it is.
    """

    column: str
    reason: str
    mended: bool | None = None


def asked_of(record: Record) -> list[Asked]:
    """What was asked for when the record, or the latest amendment of it, was returned, and what became of it."""
    returned = _latest_return(record)
    if returned is None:
        return []
    told = _mended(record, returned)
    return [
        Asked(name, reason, None if told is None or name not in _COMPARED else name in told)
        for name, reason in returned.fields.items()
    ]


def returned_values(record: Record) -> Record | Amendment:
    """What was returned: the record itself, or an amendment of it that the latest decision returned."""
    returned = _latest_return(record)
    if returned is not None and returned.amendment_id is not None:
        return Amendment.objects.filter(pk=returned.amendment_id).first() or record
    return record


def mended(record: Record) -> list[dict[str, Any]] | None:
    """Old and new values of what was reported anew after a return, as ``showing.changes``; none otherwise."""
    if record.state != Record.State.SUBMITTED:
        return None
    returned = _latest_return(record)
    revision = _revision(record, returned) if returned else None
    return None if revision is None else changes(revision, record)


def _latest_return(record: Record) -> Decision | None:
    """The return that is the latest decision on the record, if the record or an amendment of it waits because of it."""
    latest = Decision.objects.filter(record=record, undoing=None).order_by("-pk").first()
    if latest is None or latest.decision != Kind.RETURN:
        return None
    return latest


def _mended(record: Record, returned: Decision) -> set[str] | None:
    """The columns that differ from what was returned; none where nothing was reported since."""
    if returned.amendment_id is None:
        revision = _revision(record, returned)
        return None if revision is None else set(differences(revision, record))
    waiting = Amendment.objects.filter(record=record, state=Amendment.State.PENDING).first()
    before = Amendment.objects.filter(pk=returned.amendment_id).first()
    return None if waiting is None or before is None else set(differences(before, waiting))


def _revision(record: Record, returned: Decision) -> Revision | None:
    """What the record said when it was returned, if it was reported anew since."""
    kept = Revision.objects.filter(record=record, amendment_id=None, decided_at=returned.decided_at)
    return kept.order_by("-pk").first()
