"""Carrying a decision out on many records at once: a handful of statements, however many records.

Records are locked in the order of their ids before anything is read of them, so that of two officers who decide at
once one waits and then finds what the other has done, and two long lists cannot lock each other out.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection

from backend import clock
from programs.records import amending
from programs.records.models import Amendment
from programs.review.rulings import AMENDMENT_BECOMES, BECOMES, Kind, Ruling, State, Subject, rule
from talent.people.marks import mark_for_roster
from talent.people.models import PersonChange
from talent.people.services import mark_changed

CHANGES = {Kind.VERIFY: PersonChange.Reason.VERIFIED, Kind.REVOKE: PersonChange.Reason.REVOKED}


@dataclass(frozen=True)
class Order:
    """What an officer decided, and on what.

    Args:
        decision: one of ``Kind``.
        reason: why; empty for a verification.
        officer_id: who.
        submissions: where the officer chose by submission, the ids of these: values from others are left alone.
        asked_at: where the order is carried out later than it was given, when it was given: what has been reported
            since, the officer has not seen.
    """

    decision: Kind
    reason: str
    officer_id: int
    submissions: frozenset[int] = frozenset()
    asked_at: dt.datetime | None = None


@dataclass
class Outcome:
    """What came of an order: ids of the records decided and found so decided, id and state of those passed over."""

    decided: list[int] = field(default_factory=list)
    standing: list[int] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class _Found:
    id: int
    state: str
    submission_id: int
    amendment_id: int | None
    amendment_submission_id: int | None

    def eligible_amendment(self, order: Order, unseen: frozenset[int]) -> bool:
        if self.amendment_submission_id is None or self.amendment_submission_id in unseen:
            return False
        return not order.submissions or self.amendment_submission_id in order.submissions

    def eligible_record(self, order: Order, unseen: frozenset[int]) -> bool:
        if self.submission_id in unseen:
            return False
        return not order.submissions or self.submission_id in order.submissions


def carry_out(order: Order, ids: Sequence[int]) -> Outcome:
    """Decide on the records ``ids``, inside the caller's transaction, and mark their persons changed.

    Ids that name no record are left out of the outcome.
    """
    found = _lock(ids)
    unseen = _reported_since(order, found)
    lasts = _last_decisions(order, [one.id for one in found if one.state == State.VERIFIED])
    outcome = Outcome()
    records: list[int] = []
    amendments: list[int] = []
    for one in found:
        pending = one.eligible_amendment(order, unseen)
        ruling = rule(order.decision, Subject(state=one.state, pending=pending, last=lasts.get(one.id)))
        if ruling is Ruling.DECIDE_AMENDMENT and one.amendment_id is not None:
            amendments.append(one.amendment_id)
            outcome.decided.append(one.id)
        elif ruling is Ruling.DECIDE_RECORD and one.eligible_record(order, unseen):
            records.append(one.id)
            outcome.decided.append(one.id)
        elif ruling is Ruling.STANDS:
            outcome.standing.append(one.id)
        else:
            outcome.skipped.append((one.id, one.state))
    moment = clock.now()
    if records:
        _decide_records(order, records, moment)
    if amendments:
        _decide_amendments(order, amendments, moment)
    return outcome


def tally(skipped: Sequence[tuple[int, str]]) -> dict[str, int]:
    """How many were passed over in each state."""
    return dict(Counter(state for _, state in skipped))


def _lock(ids: Sequence[int]) -> list[_Found]:
    with connection.cursor() as cursor:
        # Foreign keys to a record only need its key: a commit that adds an amendment is not held up by this lock.
        cursor.execute(
            "SELECT id, state, submission_id, pending FROM record WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [list(ids)],
        )
        records = cursor.fetchall()
        waiting = [id for id, _, _, pending in records if pending]
        amendments = {}
        if waiting:
            # A statement of its own, after the lock: a joined one would show amendments as they were before waiting.
            cursor.execute(
                "SELECT record_id, id, submission_id FROM amendment WHERE state = 'pending' AND record_id = ANY(%s)"
                " ORDER BY id FOR NO KEY UPDATE",
                [waiting],
            )
            amendments = {record: (id, submission) for record, id, submission in cursor.fetchall()}
    return [_Found(id, state, submission, *amendments.get(id, (None, None))) for id, state, submission, _ in records]


def _reported_since(order: Order, found: list[_Found]) -> frozenset[int]:
    if order.asked_at is None:
        return frozenset()
    submissions = {one.submission_id for one in found} | {
        one.amendment_submission_id for one in found if one.amendment_submission_id
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM submission WHERE id = ANY(%s) AND committed_at > %s", [list(submissions), order.asked_at]
        )
        return frozenset(id for (id,) in cursor.fetchall())


def _last_decisions(order: Order, ids: list[int]) -> dict[int, str]:
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (record_id) record_id, decision FROM decision"
            " WHERE record_id = ANY(%s) AND (%s::bigint[] = '{}' OR submission_id = ANY(%s))"
            " ORDER BY record_id, id DESC",
            [ids, list(order.submissions), list(order.submissions)],
        )
        return dict(cursor.fetchall())


def _decide_records(order: Order, ids: list[int], moment: dt.datetime) -> None:
    stamp: tuple[str, dt.datetime, int] = (order.reason, moment, order.officer_id)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH decided AS (
                UPDATE record SET state = %s, pending = false, reason = %s, decided_at = %s, decided_by_id = %s
                WHERE id = ANY(%s)
                RETURNING id, organisation_id, submission_id, person_id
            ), kept AS (
                INSERT INTO decision (record_id, organisation_id, submission_id, decision, reason, decided_at,
                                      decided_by_id)
                SELECT id, organisation_id, submission_id, %s, %s, %s, %s FROM decided
            )
            SELECT DISTINCT person_id FROM decided
            """,
            [BECOMES[order.decision], *stamp, ids, order.decision, *stamp],
        )
        persons = [person for (person,) in cursor.fetchall()]
        if order.decision == Kind.REVOKE:
            cursor.execute(
                "UPDATE amendment SET state = %s, reason = %s, decided_at = %s, decided_by_id = %s"
                " WHERE record_id = ANY(%s) AND state = 'pending'",
                [Amendment.State.SUPERSEDED, *stamp, ids],
            )
    if order.decision in CHANGES:
        mark_changed(person_ids=persons, reason=CHANGES[order.decision])
    else:
        mark_for_roster(person_ids=persons)


def _decide_amendments(order: Order, ids: list[int], moment: dt.datetime) -> None:
    stamp: tuple[str, dt.datetime, int] = (order.reason, moment, order.officer_id)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH decided AS (
                UPDATE amendment SET state = %s, reason = %s, decided_at = %s, decided_by_id = %s
                FROM record
                WHERE amendment.id = ANY(%s) AND record.id = amendment.record_id
                RETURNING amendment.id, record_id, amendment.organisation_id, amendment.submission_id, person_id
            ), kept AS (
                INSERT INTO decision (record_id, amendment_id, organisation_id, submission_id, decision, reason,
                                      decided_at, decided_by_id)
                SELECT record_id, id, organisation_id, submission_id, %s, %s, %s, %s FROM decided
            )
            SELECT record_id, person_id FROM decided
            """,
            [AMENDMENT_BECOMES[order.decision], *stamp, ids, order.decision, *stamp],
        )
        touched = cursor.fetchall()
        if order.decision != Kind.VERIFY:
            cursor.execute("UPDATE record SET pending = false WHERE id = ANY(%s)", [[record for record, _ in touched]])
            return
    amending.take(amendment_ids=ids, decided_at=moment, decided_by_id=order.officer_id)
    mark_changed(person_ids=[person for _, person in touched], reason=PersonChange.Reason.CORRECTED)
