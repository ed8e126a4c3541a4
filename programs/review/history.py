"""What else happened to a person's reports: checked, withdrawn, known by another name."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from backend.accounts.models import User
from programs.intake.answers import finding, language
from programs.records import selectors
from programs.records.models import Amendment, Record
from programs.submissions import selectors as submissions
from programs.submissions.models import Finding, Submission
from talent.people.models import MatchCase, Person
from talent.people.naming import shown_name
from talent.people.selectors import group
from talent.people.selectors import merges as selected_merges
from talent.people.sources import Event


def checks(person: Person, actor: User) -> Iterator[Event]:
    """When each row about the person was checked, and what was found on it; values masked as findings are."""
    places = _places(person, actor)
    if not places:
        return
    known = submissions.submissions(actor).filter(pk__in={submission for submission, _row in places})
    checked: dict[int, Submission] = {one.pk: one for one in known if one.checked_at is not None}
    found: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    rows = Finding.objects.filter(submission__in=list(checked), row__in={row for _submission, row in places})
    for one in rows.order_by("position"):
        if one.row is not None:
            found[one.submission_id, one.row].append(finding(one, checked[one.submission_id], language()))
    for (submission, row), record in places.items():
        if submission in checked:
            yield Event(
                checked[submission].checked_at,  # type: ignore[arg-type]  # those without are left out
                "checked",
                {
                    "record": record,
                    "submission": submission,
                    "row": row,
                    "findings": [
                        {name: one[name] for name in ("rule", "severity", "message")} for one in found[submission, row]
                    ],
                },
            )


def withdrawals(person: Person, actor: User) -> Iterator[Event]:
    """What was taken back by its partner, and why."""
    records = selectors.records(actor).filter(person__in=group(person.pk, actor))
    for row in records.filter(state=Record.State.WITHDRAWN).values("pk", "organisation__code", "decided_at", "reason"):
        if row["decided_at"] is None:
            continue
        yield Event(
            row["decided_at"],
            "withdrawn",
            {"record": row["pk"], "organisation": row["organisation__code"], "reason": row["reason"]},
        )
    withdrawn = Amendment.objects.filter(record__in=records, state=Amendment.State.WITHDRAWN, decided_at__isnull=False)
    for one in withdrawn.values("pk", "record_id", "organisation__code", "decided_at", "reason"):
        detail = {"record": one["record_id"], "amendment": one["pk"], "organisation": one["organisation__code"]}
        assert one["decided_at"] is not None
        yield Event(one["decided_at"], "withdrawn", {**detail, "reason": one["reason"]})


def names(person: Person, actor: User) -> Iterator[Event]:
    """When an officer found another name to be the person's, or not; for staff alone."""
    if not actor.sees_everything:
        return
    settled = list(
        MatchCase.objects.filter(
            person__in=group(person.pk, actor), kind=MatchCase.Kind.NAME, decided_at__isnull=False
        ).select_related("organisation")
    )
    users = dict(User.objects.filter(pk__in={one.decided_by_id for one in settled}).values_list("pk", "username"))
    for one in settled:
        if one.decided_at is not None:
            yield Event(
                one.decided_at,
                "named" if one.state == MatchCase.State.SAME else "not_named",
                {
                    "match": one.pk,
                    "name": shown_name(one.name, actor),
                    "organisation": one.organisation.code,
                    "by": users.get(one.decided_by_id or 0),
                },
            )


def merges(person: Person, actor: User) -> Iterator[Event]:
    """When an officer found two to be one person, and when that was taken back; for staff alone."""
    found = list(selected_merges(group(person.pk, actor), actor))
    ids = {one.merged_by_id for one in found} | {one.split_by_id for one in found if one.split_by_id}
    users = dict(User.objects.filter(pk__in=ids).values_list("pk", "username"))
    for one in found:
        told = {"person": one.person_id, "other": one.other_id, "match": one.case_id}
        yield Event(one.merged_at, "merged", {**told, "by": users.get(one.merged_by_id)})
        if one.split_at is not None:
            by = users.get(one.split_by_id or 0)
            yield Event(one.split_at, "split", {**told, "by": by, "reason": one.reason})


def _places(person: Person, actor: User) -> dict[tuple[int, int], int]:
    """Submission and row of everything that was reported of the person, with the record that it is of."""
    records = selectors.records(actor).filter(person__in=group(person.pk, actor))
    places = {(row["submission_id"], row["row"]): row["pk"] for row in records.values("pk", "submission_id", "row")}
    for one in Amendment.objects.filter(record__in=records).values("record_id", "submission_id", "row"):
        places.setdefault((one["submission_id"], one["row"]), one["record_id"])
    return places
