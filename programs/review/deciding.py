"""Carrying a decision out on many records at once: a handful of statements, however many records.

Records are locked in the order of their ids before anything is read of them, so that of two officers who decide at
once one waits and then finds what the other has done, and two long lists cannot lock each other out.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import connection

from backend import clock
from backend.accounts import scope
from backend.outbox.services import state
from programs.records import amending, revising
from programs.records.models import Amendment, DecisionRun
from programs.review import safeguards
from programs.review.rulings import AMENDMENT_BECOMES, BECOMES, Kind, Ruling, State, Subject, rule
from programs.review.safeguards import Passed, Proposal
from programs.review.telling import DECIDED
from programs.targets import explaining
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
        lot: the lot that decides on its own members, which it keeps from all other decisions.
        fields: of a return, the reasons by column.
        asked: what it was asked for by, as its run remembers it.
        run_id: the run that it belongs to; null where it opens one of its own.
    """

    decision: Kind
    reason: str
    officer_id: int
    submissions: frozenset[int] = frozenset()
    asked_at: dt.datetime | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, object] = field(default_factory=dict)
    run_id: int | None = None
    lot: int | None = None


@dataclass
class Outcome:
    """What came of an order: ids of the records decided, found so decided and verified by the first of two officers;
    those passed over; by reason the persons marked changed; the run that the decisions belong to.
    """

    decided: list[int] = field(default_factory=list)
    standing: list[int] = field(default_factory=list)
    first_verified: list[int] = field(default_factory=list)
    skipped: list[Passed] = field(default_factory=list)
    marked: dict[PersonChange.Reason, list[int]] = field(default_factory=dict)
    run_id: int | None = None


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

    Ids that name no record, or none that the scope lets see, are left out of the outcome. What follows from the others
    is carried out as the system: an amendment may move a record to another district, and a lot that the officer does
    not see keeps its members all the same.
    """
    found = _lock(ids)
    with scope.whole():
        return _carry_out(order, found)


def _carry_out(order: Order, found: list[_Found]) -> Outcome:
    unseen = _reported_since(order, found)
    lasts = _last_decisions(order, [one.id for one in found if one.state == State.VERIFIED])
    outcome = Outcome(run_id=order.run_id)
    proposals: list[Proposal] = []
    for one in found:
        pending = one.eligible_amendment(order, unseen)
        ruling = rule(order.decision, Subject(state=one.state, pending=pending, last=lasts.get(one.id)))
        if ruling is Ruling.DECIDE_AMENDMENT and one.amendment_id and one.amendment_submission_id:
            proposals.append(Proposal(one.id, one.state, one.amendment_submission_id, one.amendment_id))
        elif ruling is Ruling.DECIDE_RECORD and one.eligible_record(order, unseen):
            proposals.append(Proposal(one.id, one.state, one.submission_id))
        elif ruling is Ruling.STANDS:
            outcome.standing.append(one.id)
        else:
            outcome.skipped.append(Passed(one.id, one.state))
    safe = safeguards.sift(proposals, decision=order.decision, officer_id=order.officer_id, lot=order.lot)
    outcome.skipped = sorted([*outcome.skipped, *safe.passed], key=lambda one: one.id)
    outcome.first_verified = [one.record_id for one in safe.first]
    outcome.decided = [one.record_id for one in safe.sure]
    _write(order, outcome, safe.sure, safe.first)
    return outcome


def tally(skipped: Sequence[Passed]) -> dict[str, int]:
    """How many were passed over for each reason, which is mostly the state that they were found in."""
    return dict(Counter(str(one.why or one.state) for one in skipped))


def _write(order: Order, outcome: Outcome, sure: Sequence[Proposal], first: Sequence[Proposal]) -> None:
    moment = clock.now()
    safeguards.note_first(first, officer_id=order.officer_id, moment=moment)
    if sure:
        order = replace(order, run_id=_run(order, len(sure), moment))
        outcome.run_id = order.run_id
        safeguards.close_first([one.record_id for one in sure], moment=moment)
    records = [one.record_id for one in sure if one.amendment_id is None]
    if records:
        persons = _decide_records(order, records, moment)
        if order.decision in CHANGES:
            outcome.marked[CHANGES[order.decision]] = persons
        else:
            mark_for_roster(person_ids=persons)
            explaining.mark(person_ids=persons)
    amendments = [one.amendment_id for one in sure if one.amendment_id is not None]
    if amendments:
        persons = _decide_amendments(order, amendments, moment)
        if order.decision == Kind.VERIFY:
            outcome.marked[PersonChange.Reason.CORRECTED] = persons
    if sure:
        state(topic=DECIDED, subject_id=_first_of(order, moment))
    safeguards.let_go([one.record_id for one in (*sure, *first)])
    for reason, persons in outcome.marked.items():
        mark_changed(person_ids=persons, reason=reason)


def _run(order: Order, decided: int, moment: dt.datetime) -> int:
    """The run of an order, opened where there is none, with so many more records decided."""
    with connection.cursor() as cursor:
        if order.run_id is not None:
            cursor.execute("UPDATE decision_run SET decided = decided + %s WHERE id = %s", [decided, order.run_id])
            return order.run_id
    run = DecisionRun.objects.create(
        decision=order.decision,
        reason=order.reason,
        asked=dict(order.asked),
        decided=decided,
        decided_by_id=order.officer_id,
        decided_at=moment,
    )
    return run.pk


def _first_of(order: Order, moment: dt.datetime) -> int:
    """The first decision of this stroke, by which whoever is told finds the others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM decision WHERE run_id = %s AND decided_at = %s", [order.run_id, moment])
        return int(cursor.fetchone()[0])


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
            " AND NOT EXISTS (SELECT FROM undoing WHERE decision_id = decision.id)"
            " ORDER BY record_id, id DESC",
            [ids, list(order.submissions), list(order.submissions)],
        )
        return dict(cursor.fetchall())


# How a revoked record stood, so that the revocation can be undone; of other decisions the state alone says it.
_BEFORE = """
    SELECT record.id, jsonb_build_object('reason', record.reason, 'decided_at', record.decided_at,
                                         'decided_by_id', record.decided_by_id, 'amendment', amendment.id) AS before
    FROM record LEFT JOIN amendment ON amendment.record_id = record.id AND amendment.state = 'pending'
    WHERE record.id = ANY(%s)
"""
_NOTHING_BEFORE = "SELECT id, NULL::jsonb AS before FROM unnest(%s::bigint[]) AS id"


def _decide_records(order: Order, ids: list[int], moment: dt.datetime) -> list[int]:
    """Decides on records that are held; whose they are."""
    stamp: tuple[str, dt.datetime, int] = (order.reason, moment, order.officer_id)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH old AS MATERIALIZED ({_BEFORE if order.decision == Kind.REVOKE else _NOTHING_BEFORE}), decided AS (
                UPDATE record SET state = %s, pending = false, reason = %s, decided_at = %s, decided_by_id = %s
                WHERE id = ANY(%s)
                RETURNING id, organisation_id, submission_id, person_id
            ), kept AS (
                INSERT INTO decision (record_id, organisation_id, submission_id, decision, reason, decided_at,
                                      decided_by_id, fields, run_id, before)
                SELECT id, organisation_id, submission_id, %s, %s, %s, %s, %s, %s, old.before
                FROM decided JOIN old USING (id)
            )
            SELECT DISTINCT person_id FROM decided
            """,
            [
                ids,
                BECOMES[order.decision],
                *stamp,
                ids,
                order.decision,
                *stamp,
                json.dumps(dict(order.fields)),
                order.run_id,
            ],
        )
        persons = [person for (person,) in cursor.fetchall()]
        if order.decision == Kind.REVOKE:
            cursor.execute(
                "UPDATE amendment SET state = %s, reason = %s, decided_at = %s, decided_by_id = %s"
                " WHERE record_id = ANY(%s) AND state = 'pending'",
                [Amendment.State.SUPERSEDED, *stamp, ids],
            )
    return persons


def _decide_amendments(order: Order, ids: list[int], moment: dt.datetime) -> list[int]:
    """Decides on the pending amendments of records that are held; whose these are."""
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
                                      decided_at, decided_by_id, fields, run_id)
                SELECT record_id, id, organisation_id, submission_id, %s, %s, %s, %s, %s, %s FROM decided
            )
            SELECT record_id, id, person_id FROM decided
            """,
            [
                AMENDMENT_BECOMES[order.decision],
                *stamp,
                ids,
                order.decision,
                *stamp,
                json.dumps(dict(order.fields)),
                order.run_id,
            ],
        )
        touched = cursor.fetchall()
        if order.decision != Kind.VERIFY:
            cursor.execute("UPDATE record SET pending = false WHERE id = ANY(%s)", [[one[0] for one in touched]])
    if order.decision == Kind.VERIFY:
        by_record = {record: amendment for record, amendment, _person in touched}
        revising.keep(record_ids=list(by_record), amendments=by_record)
        amending.take(amendment_ids=ids, decided_at=moment, decided_by_id=order.officer_id)
    return [person for _record, _amendment, person in touched]
