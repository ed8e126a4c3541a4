"""What credentials add to a person's page and story and to what persons are told apart by, and the jobs that look at
evidence."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from backend.accounts.models import User
from backend.accounts.scope import read_from_above
from backend.filing import services as filing
from backend.jobs.services import Run, handles
from backend.outbox.services import subscribe
from talent.credentials import selectors
from talent.credentials.evidence import CABINET
from talent.credentials.examining import follow
from talent.credentials.models import Credential, Evidence, Examination
from talent.credentials.services import WRITTEN
from talent.credentials.showing import names_of, reason_of
from talent.people.merging import MERGED
from talent.people.models import Person
from talent.people.selectors import group
from talent.people.sources import Event, section, timeline_source
from talent.people.traits import Claim, claim_source, listed

WORDS = {
    Examination.Verdict.CONFIRM: "credential_confirmed",
    Examination.Verdict.REFUTE: "credential_refuted",
    Examination.Verdict.REOPEN: "credential_reopened",
}

read_from_above(Credential, Examination)


@handles(CABINET.job)
def look_at(run: Run) -> dict[str, Any]:
    """Has a file scanned and decoded, and keeps or refuses it."""
    return filing.look_at(CABINET, run)


@subscribe("job.failed")
def give_up_evidence(job_id: int) -> None:
    """A job has failed for good: where it was to look at a file, that is refused."""
    filing.give_up(CABINET, job_id=job_id)


@subscribe("submission.committed")
def follow_what_came_in(submission_id: int) -> None:
    """A submission has brought credentials: some may bear a certificate that was being found false meanwhile."""
    follow()


@subscribe(MERGED)
def follow_who_was_merged(person_id: int) -> None:
    """Two were found to be one: a certificate found false on one of them is false on the other's records too."""
    follow()


@subscribe(WRITTEN)
def follow_what_was_amended(record_id: int) -> None:
    """Amendments have brought credentials: likewise."""
    follow()


@section("credentials")
def credentials_of(person: Person, actor: User) -> list[dict[str, Any]]:
    """The person's credentials, as far as the actor may see them."""
    rows = selectors.credentials(actor).filter(person_id__in=group(person.pk, actor)).order_by("pk")
    return [
        {
            "id": row.pk,
            "record": row.record_id,
            "kind": row.kind,
            "code": row.code,
            "school": row.school,
            "held_from": row.held_from,
            "state": row.state,
        }
        for row in rows
    ]


@claim_source
def claims_of(person_ids: Sequence[int]) -> Iterator[Claim]:
    """Education and titles as traits by which persons are told apart."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, kind || ' ' || code, school, number_index, held_from FROM credential"
            " WHERE person_id = ANY (%s::bigint[])",
            [listed(person_ids)],
        )
        for person, level, school, certificate, held_from in cursor.fetchall():
            yield Claim(person, level, school, certificate and bytes(certificate), held_from)


@timeline_source
def examined(person: Person, actor: User) -> Iterator[Event]:
    """What was found out about the person's credentials, and what was taken back of it; staff see by whom."""
    taken = list(selectors.examinations(actor).filter(person_id__in=group(person.pk, actor)))
    names = names_of(taken, actor)
    for one in taken:
        detail: dict[str, Any] = {
            "record": one.record_id,
            "credential": one.credential_id,
            "kind": one.kind,
            "code": one.code,
            "reason": reason_of(one, actor),
        }
        if actor.sees_everything:
            detail["by"] = names.get(one.by_id or 0)
        yield Event(one.at, WORDS[Examination.Verdict(one.verdict)], detail)


@timeline_source
def evidenced(person: Person, actor: User) -> Iterator[Event]:
    """When files were filed that show the person's credentials."""
    kept = (
        selectors.evidence(actor)
        .filter(person_id__in=group(person.pk, actor), state=Evidence.State.KEPT)
        .select_related("organisation")
    )
    for one in kept:
        yield Event(
            one.filed_at,
            "evidence_filed",
            {"record": one.record_id, "credential": one.credential_id, "organisation": one.organisation.code},
        )
