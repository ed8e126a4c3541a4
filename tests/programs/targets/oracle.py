"""Who counts, said once more in plain Python over plain rows: what the ledger is held against."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from programs.records.models import Record
from programs.targets.models import Target
from talent.credentials.models import Credential, Tier, TierCredential
from talent.people.models import Person

EVIDENCE = ["claimed", "evidenced", "confirmed"]


@dataclass(frozen=True)
class Counted:
    """From which day a person counts, to which record's credit, and on what basis."""

    effective_on: dt.date
    record_id: int
    basis: str
    organisation_id: int
    district: str


def who_counts() -> dict[tuple[str, int], Counted]:
    """Everybody who counts by what stands in the tables now: by target and (canonical) person."""
    canonical = dict(Person.objects.values_list("pk", "canonical"))

    def whole(person: int) -> int:
        while (canonical_id := canonical[person]) is not None:
            person = canonical_id
        return person

    records: dict[int, list[Record]] = defaultdict(list)
    for record in Record.objects.filter(state="verified"):
        records[whole(record.person_id)].append(record)
    credentials: dict[int, list[Credential]] = defaultdict(list)
    for credential in Credential.objects.all():
        credentials[credential.record_id].append(credential)
    found = {}
    for target in Target.objects.all():
        for person, theirs in records.items():
            counted = _counted(target, theirs, [one for record in theirs for one in credentials[record.pk]])
            if counted:
                found[target.code, person] = counted
    return found


def _counted(target: Target, records: list[Record], credentials: list[Credential]) -> Counted | None:
    inside = [
        record
        for record in records
        if record.outcome == "completed"
        and record.completed_on is not None
        and target.starts_on <= record.completed_on <= target.ends_on
    ]
    if not inside:
        return None
    first = min(inside, key=lambda record: (record.completed_on, record.reported_at, record.pk))
    assert first.completed_on is not None
    if not target.needs_credential:
        return Counted(first.completed_on, first.pk, "none", first.organisation_id, first.district)
    reached = []
    for tier in Tier.objects.filter(code__in=target.counts):
        for rule in TierCredential.objects.filter(tier=tier):
            for one in credentials:
                if (one.kind, one.code) != (rule.kind, rule.code) or one.held_from is None:
                    continue
                if one.state not in EVIDENCE[EVIDENCE.index(rule.evidence) :]:
                    continue
                on = max(first.completed_on, one.held_from, rule.valid_from or dt.date.min)
                if on <= min(target.ends_on, rule.valid_to or dt.date.max):
                    reached.append((on, one.held_from, one.kind))
    if not reached:
        return None
    on, _held_from, kind = min(reached)
    return Counted(on, first.pk, kind, first.organisation_id, first.district)
