"""Taking back what was reported: one record, or all of a submission that the bureau has not decided yet.

Locks as a decision does, in the order of the records' ids, so that of a partner who withdraws and an officer who
decides at once one waits, and then finds what the other has done.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.outbox.services import state
from backend.problems import Conflict, Forbidden, Invalid, NotFound
from programs.records.models import Amendment, Record
from programs.submissions import services as submissions
from programs.submissions.models import Submission
from talent.people.models import PersonChange
from talent.people.services import mark_changed

WITHDRAWN = "submission.withdrawn"
"""Stated once a submission was taken back: it fulfils no obligation any more."""

TAKEN = (Submission.Status.ACCEPTED, Submission.Status.PARTLY_ACCEPTED)
LONGEST_REASON = 2000
Stamp = tuple[str, dt.datetime, int]


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was taken back with a submission, and how much of it stays because it was decided already."""

    records: int
    amendments: int
    decided: int


@transaction.atomic
def withdraw_record(*, actor: User, record_id: int, reason: str) -> None:
    """Takes back a record reported in error, or the amendment of it that awaits review. Repeating it changes nothing.

    Args:
        actor: a submitter of the record's own organisation.
        record_id: one that the actor may see.
        reason: why; needed.

    Raises:
        NotFound: there is no such record.
        Forbidden: it is not the actor's to take back.
        Invalid: the reason is missing or too long.
        Conflict: it was decided meanwhile, and no amendment of it awaits review.
    """
    why = _reason(reason)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, pending, organisation_id, person_id FROM record WHERE id = %s FOR NO KEY UPDATE", [record_id]
        )
        found = cursor.fetchone()
    if found is None:
        raise NotFound
    record_state, pending, organisation_id, person_id = found
    _refuse_others(actor, organisation_id)
    if record_state == Record.State.WITHDRAWN:
        return
    stamp = (why, clock.now(), actor.pk)
    if record_state in (Record.State.SUBMITTED, Record.State.RETURNED):
        _withdraw_records([record_id], stamp)
        what = "record"
    elif record_state == Record.State.VERIFIED and pending:
        _withdraw_amendments([record_id], None, stamp)
        what = "amendment"
    else:
        raise Conflict(
            _("Record %(id)s was decided already (%(state)s) and can no longer be withdrawn. Ask the bureau.")
            % {"id": record_id, "state": Record.State(record_state).label},
            state=record_state,
        )
    mark_changed(person_ids=[person_id], reason=PersonChange.Reason.CORRECTED)
    enter_audit(
        action="record.withdrawn",
        subject=("record", record_id),
        detail={"reason": why, "what": what},
    )


@transaction.atomic
def withdraw_submission(*, actor: User, submission: Submission, reason: str) -> Withdrawn:
    """Takes back all of a submission that was not decided yet; what was decided stays and is counted.

    The same bytes may come again, and the obligation that it fulfilled is open again unless another upload does.
    Repeating it changes nothing.

    Args:
        actor: a submitter of the submission's own organisation.
        submission: one that was taken into the books.
        reason: why; needed.

    Raises:
        Forbidden: it is not the actor's to take back.
        Invalid: the reason is missing or too long.
        Conflict: it was not taken yet (then it can be cancelled), or all of it is decided, or what it brought are no
            records.
    """
    why = _reason(reason)
    _refuse_others(actor, submission.organisation_id)
    current = submissions.locked(submission.pk)
    submissions.refuse_practice(current, _("Nothing of what is practised was taken; there is nothing to take back."))
    if not current.of_records:
        raise Conflict(
            _("Submission %(id)s is “%(template)s”; what it brought is changed where it stands, not withdrawn.")
            % {"id": current.pk, "template": current.template_name}
        )
    if current.withdrawn_at is not None:
        return Withdrawn(0, 0, 0)
    if current.status not in TAKEN:
        raise Conflict(
            _("Submission %(id)s is “%(status)s”; only what was taken into the books can be withdrawn.")
            % {"id": current.pk, "status": current.get_status_display()}
        )
    stamp = (why, clock.now(), actor.pk)
    waiting, amended = _lock(current.pk)
    decided = _decided(current.pk)
    if decided and not waiting and not amended:
        raise Conflict(
            _("All of submission %(id)s is decided already; nothing of it can be withdrawn. Ask the bureau.")
            % {"id": current.pk}
        )
    persons = _withdraw_records(waiting, stamp) + _withdraw_amendments(amended, current.pk, stamp)
    current.standing = False
    current.withdrawn_at, current.withdrawn_by, current.withdrawal_reason = stamp[1], actor, why
    current.save(update_fields=["standing", "withdrawn_at", "withdrawn_by", "withdrawal_reason"])
    mark_changed(person_ids=persons, reason=PersonChange.Reason.CORRECTED)
    outcome = Withdrawn(len(waiting), len(amended), decided)
    enter_audit(
        action="submission.withdrawn",
        subject=current,
        detail={
            "reason": why,
            "records": outcome.records,
            "amendments": outcome.amendments,
            "decided": outcome.decided,
            "sha256": current.sha256,
        },
    )
    state(topic=WITHDRAWN, subject_id=current.pk)
    return outcome


def may_withdraw(actor: User, organisation_id: int) -> bool:
    """Whether ``actor`` is one of those who may take back what their organisation reported."""
    return actor.role == User.Role.PARTNER and not actor.read_only and actor.organisation_id == organisation_id


def _refuse_others(actor: User, organisation_id: int) -> None:
    if not may_withdraw(actor, organisation_id):
        raise Forbidden(_("Only who reported it can take it back."))


def _reason(reason: str) -> str:
    why = reason.strip()
    if not why:
        raise Invalid([("reason", "required", _("Say why; the bureau reads it."))])
    if len(why) > LONGEST_REASON:
        raise Invalid(
            [("reason", "max_length", _("Say it in %(most)d characters at most.") % {"most": LONGEST_REASON})]
        )
    return why


def _lock(submission_id: int) -> tuple[list[int], list[int]]:
    """The records of a submission that await review, and those of which it has an amendment that does; all locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id FROM record
            WHERE submission_id = %s
                OR id IN (SELECT record_id FROM amendment WHERE submission_id = %s AND state = 'pending')
            ORDER BY id FOR NO KEY UPDATE
            """,
            [submission_id, submission_id],
        )
        held = [id for (id,) in cursor.fetchall()]
        # Statements of their own, after the lock: they read what is so after waiting.
        cursor.execute(
            "SELECT id FROM record WHERE id = ANY(%s) AND submission_id = %s AND state = 'submitted' ORDER BY id",
            [held, submission_id],
        )
        waiting = [id for (id,) in cursor.fetchall()]
        cursor.execute(
            "SELECT record_id FROM amendment WHERE record_id = ANY(%s) AND submission_id = %s AND state = 'pending'",
            [held, submission_id],
        )
        return waiting, [id for (id,) in cursor.fetchall()]


def _decided(submission_id: int) -> int:
    """How many of a submission's records and amendments stand as they were decided."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (SELECT count(*) FROM record WHERE submission_id = %s AND state NOT IN ('submitted', 'withdrawn'))
                + (SELECT count(*) FROM amendment
                   WHERE submission_id = %s AND state IN ('returned', 'rejected'))
            """,
            [submission_id, submission_id],
        )
        return int(cursor.fetchone()[0])


def _withdraw_records(ids: list[int], stamp: Stamp) -> list[int]:
    """Takes records that are held off the books; whose they are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE record SET state = 'withdrawn', pending = false, reason = %s, decided_at = %s, decided_by_id = %s"
            " WHERE id = ANY(%s) RETURNING person_id",
            [*stamp, ids],
        )
        return [person for (person,) in cursor.fetchall()]


def _withdraw_amendments(record_ids: list[int], submission_id: int | None, stamp: Stamp) -> list[int]:
    """Takes back the pending amendments of records that are held; whose these are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE amendment SET state = %s, reason = %s, decided_at = %s, decided_by_id = %s WHERE state = 'pending'"
            " AND record_id = ANY(%s) AND (%s::bigint IS NULL OR submission_id = %s)",
            [Amendment.State.WITHDRAWN, *stamp, record_ids, submission_id, submission_id],
        )
        cursor.execute(
            "UPDATE record SET pending = false WHERE id = ANY(%s) RETURNING person_id",
            [record_ids],
        )
        return [person for (person,) in cursor.fetchall()]
