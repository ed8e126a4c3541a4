"""A person's reports, what was decided on them, and what that did to the count."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from backend.accounts.models import User
from backend.accounts.scope import everything
from programs.records import selectors
from programs.records.models import Amendment, Decision
from programs.records.showing import HIGH_END, OTHER
from programs.review.rulings import Kind
from programs.submissions import selectors as submissions
from programs.targets.models import LedgerEntry
from talent.people.merging import whole_ids
from talent.people.models import Person, PersonChange
from talent.people.selectors import group
from talent.people.sources import Event

WORDS = {
    Kind.VERIFY: "verified",
    Kind.RETURN: "returned",
    Kind.REJECT: "rejected",
    Kind.REVOKE: "revoked",
}

# Why its count changed a partner is told where its own reports and the decisions on them say it already.
OF_ITS_OWN = {PersonChange.Reason.VERIFIED, PersonChange.Reason.REVOKED, PersonChange.Reason.CORRECTED}


def records_of(person: Person, actor: User) -> list[dict[str, Any]]:
    """The person's records, as far as the actor may see them."""
    found = selectors.records(actor).filter(person__in=group(person.pk, actor)).order_by("pk")
    return [
        {
            "id": row["pk"],
            "organisation": row["organisation__code"],
            "programme": row["programme__code"],
            "cohort": row["cohort__code"],
            "outcome": row["outcome"],
            "completed_on": row["completed_on"],
            "tier": HIGH_END if row["basis"] else OTHER,
            "state": row["state"],
            "pending": row["pending"],
        }
        for row in found.values(
            "pk",
            "organisation__code",
            "programme__code",
            "cohort__code",
            "outcome",
            "completed_on",
            "basis",
            "state",
            "pending",
        )
    ]


def reports(person: Person, actor: User) -> Iterator[Event]:
    """When each record of the person was reported, and each amendment."""
    records = selectors.records(actor).filter(person__in=group(person.pk, actor))
    told = list(
        records.values(
            *("pk", "organisation_id", "organisation__code", "programme__code", "cohort__code"),
            *("submission_id", "reported_at"),
        )
    )
    sent = submissions.submissions(actor).filter(pk__in={row["submission_id"] for row in told})
    senders = {one.pk: one.submitted_by for one in sent}
    for row in told:
        # Which of its officers sent something on a partner's behalf the bureau keeps to itself.
        sender = senders.get(row["submission_id"])
        known = sender is not None and (actor.sees_everything or sender.organisation_id == row["organisation_id"])
        by = {"by": sender.username} if sender is not None and known else {}
        yield Event(
            row["reported_at"],
            "reported",
            {
                "record": row["pk"],
                "organisation": row["organisation__code"],
                "programme": row["programme__code"],
                "cohort": row["cohort__code"],
                **by,
            },
        )
    for amendment in Amendment.objects.filter(record__in=records).select_related("organisation"):
        yield Event(
            amendment.reported_at,
            "amended",
            {
                "record": amendment.record_id,
                "amendment": amendment.pk,
                "organisation": amendment.organisation.code,
                "submission": amendment.submission_id,
            },
        )


def decisions(person: Person, actor: User) -> Iterator[Event]:
    """What was decided on the person's records and amendments; staff see by whom."""
    taken = list(
        Decision.objects.filter(record__in=selectors.records(actor).filter(person__in=group(person.pk, actor)))
    )
    names: dict[int, str] = {}
    if actor.sees_everything:
        names = dict(User.objects.filter(pk__in={one.decided_by_id for one in taken}).values_list("pk", "username"))
    for one in taken:
        detail = {"record": one.record_id, "amendment": one.amendment_id, "reason": one.reason}
        if actor.sees_everything:
            detail["by"] = names.get(one.decided_by_id)
        yield Event(one.decided_at, WORDS[Kind(one.decision)], detail)


def counts(person: Person, actor: User) -> Iterator[Event]:
    """When the person was counted towards a target and when that was taken back; to a partner, of its own credit."""
    whole = group(person.pk, actor)
    if actor.sees_everything:
        found = _entries(LedgerEntry.objects.filter(person__in=whole))
    else:
        with everything():
            # The ledger is the bureau's; a partner hears of the entries that bear its own organisation and no others,
            # also where somebody else's row speaks for the person now.
            heads = {*whole, *whole_ids(whole).values()}
            found = _entries(LedgerEntry.objects.filter(person__in=heads, organisation=actor.organisation_id))
    for entry in found:
        yield Event(
            entry["recorded_at"],
            "counted" if entry["delta"] > 0 else "uncounted",
            {
                "target": entry["target__code"],
                "effective_on": entry["effective_on"],
                "reason": entry["reason"] if actor.sees_everything or entry["reason"] in OF_ITS_OWN else "",
                "record": entry["record_id"],
                "organisation": entry["organisation__code"],
            },
        )


def _entries(found: QuerySet[LedgerEntry]) -> list[dict[str, Any]]:
    return list(
        found.order_by("recorded_at", "pk").values(
            *("recorded_at", "delta", "target__code", "effective_on", "reason", "record_id", "organisation__code")
        )
    )
