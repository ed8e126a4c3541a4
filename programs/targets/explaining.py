"""Working the gap out: what keeps each record of marked persons from counting, and what is owed or fails its checks.

It goes on behind the ledger and posts as the ledger is posted to: with the pen, at a moment later than every other, so
that closing a past moment waits for it, and what stood in the gap at such a moment never changes (``gap_models``).

A record stands there for the first of these that holds, and does not where it is the one by which its person counts:

* it is not verified: awaiting review, returned, rejected, revoked, withdrawn;
* its person counts already, by another record: duplicate;
* it is verified and not completed;
* its completion, or the day from which its person would qualify, lies outside the plan;
* its person holds no qualifying credential, or none with the evidence demanded.

Persons whose standing is still to be settled wait until it is, because the gap must agree with the ledger.
"""

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from backend import clock, locks
from backend.accounts.scope import everything, require_transaction
from backend.bell import ring
from programs.submissions.selectors import intake_at_work
from programs.targets import books
from programs.targets.gap_models import EXPLAIN, LASTING, PIECE, GapMark, GapPosting, Reason
from programs.targets.settle import RULE
from programs.targets.settle_parts import WHOSE
from talent.people.models import PersonChange

POSTER = "targets.gap"
BATCH = 2_000
LONGEST_SECONDS = 120.0
PATIENCE = dt.timedelta(seconds=60)
"""So long it waits while files are checked and taken; a clerk who waits at the screen goes first."""

Totals = dict[str, dict[str, int]]

_TAKEN = """
taken AS MATERIALIZED (
    DELETE FROM gap_mark WHERE id = ANY (ARRAY(
        SELECT id FROM (
            SELECT id, sum(cardinality(persons)) OVER (ORDER BY id) - cardinality(persons) AS before
            FROM (SELECT id, persons FROM gap_mark ORDER BY id LIMIT %(batch)s) AS waiting
        ) AS mark
        WHERE before < %(batch)s
    ))
    RETURNING persons
), marked AS MATERIALIZED (
    SELECT DISTINCT person_id, 1 AS of_loss, 1 AS of_gain FROM taken CROSS JOIN LATERAL unnest(persons) AS person_id
)"""

_COLUMNS = (
    *("reason", "head_id", "organisation_id", "programme_id", "path", "district", "segment"),
    *("credited_id", "day"),
)
_NAMED = ", ".join(_COLUMNS)


def _of(table: str) -> str:
    return ", ".join(f"{table}.{column}" for column in _COLUMNS)


_WANTED = f"""
unsettled AS MATERIALIZED (
    SELECT DISTINCT member.head FROM member JOIN person_change USING (person_id)
), reported AS MATERIALIZED (
    SELECT member.head, record.*
    FROM member CROSS JOIN LATERAL (
        SELECT id, organisation_id, programme_id, path, district, segment, state, outcome, completed_on
        FROM record WHERE person_id = member.person_id OFFSET 0
    ) AS record
    WHERE NOT EXISTS (SELECT FROM unsettled WHERE unsettled.head = member.head)
), holder AS MATERIALIZED (
    SELECT DISTINCT reported.head, target.id AS target_id, target.needs_credential
    FROM reported CROSS JOIN target WHERE reported.state = 'verified'
), counted AS MATERIALIZED (
    SELECT holder.head, holder.target_id, standing.*
    FROM holder CROSS JOIN LATERAL (
        SELECT record_id, organisation_id AS credited_id, effective_on FROM standing
        WHERE target_id = holder.target_id AND person_id = holder.head OFFSET 0
    ) AS standing
), {RULE}
), held AS MATERIALIZED (
    SELECT DISTINCT reported.head, claim.kind, claim.code, claim.state
    FROM reported CROSS JOIN LATERAL (
        SELECT kind, code, state FROM credential WHERE record_id = reported.id AND held_from IS NOT NULL OFFSET 0
    ) AS claim
    WHERE reported.state = 'verified' AND EXISTS (
        SELECT FROM holder LEFT JOIN counted USING (head, target_id)
        WHERE holder.head = reported.head AND holder.needs_credential AND counted.record_id IS NULL
    )
), late AS MATERIALIZED (
    SELECT DISTINCT held.head, rule.target_id FROM held
    JOIN rule ON rule.kind = held.kind AND rule.code = held.code AND held.state = ANY (rule.states)
), wanted AS MATERIALIZED (
    SELECT id AS subject_id, 0::bigint AS target_id,
           CASE state WHEN 'submitted' THEN '{Reason.AWAITING_REVIEW.value}' ELSE state END AS reason, head AS head_id,
           organisation_id, programme_id, path, district, segment, NULL::bigint AS credited_id, NULL::date AS day
    FROM reported WHERE state <> 'verified'
    UNION ALL
    SELECT reported.id, target.id,
           CASE WHEN counted.record_id IS NOT NULL THEN '{Reason.DUPLICATE.value}'
                WHEN reported.outcome <> 'completed' THEN '{Reason.NOT_COMPLETED.value}'
                WHEN reported.completed_on BETWEEN target.starts_on AND target.ends_on AND late.head IS NULL
                    THEN '{Reason.NO_CREDENTIAL.value}'
                ELSE '{Reason.OUTSIDE.value}' END,
           reported.head, reported.organisation_id, reported.programme_id, reported.path, reported.district,
           reported.segment, counted.credited_id, counted.effective_on
    FROM reported CROSS JOIN target
    LEFT JOIN counted ON counted.head = reported.head AND counted.target_id = target.id
    LEFT JOIN late ON late.head = reported.head AND late.target_id = target.id
    WHERE reported.state = 'verified' AND counted.record_id IS DISTINCT FROM reported.id
)"""

_POST = f"""
WITH RECURSIVE {_TAKEN}, {WHOSE}, {_WANTED}, present AS MATERIALIZED (
    SELECT standing.*
    FROM reported CROSS JOIN LATERAL (
        SELECT id, subject_id, target_id, {_NAMED} FROM gap
        WHERE kind = 'record' AND subject_id = reported.id AND ended_at = %(lasting)s OFFSET 0
    ) AS standing
), gone AS MATERIALIZED (
    SELECT present.id, present.target_id, present.reason
    FROM present LEFT JOIN wanted USING (subject_id, target_id)
    WHERE wanted.subject_id IS NULL OR ({_of("present")}) IS DISTINCT FROM ({_of("wanted")})
), ended AS (
    UPDATE gap SET ended_at = %(at)s WHERE id = ANY (ARRAY(SELECT id FROM gone)) RETURNING target_id, reason
), come AS MATERIALIZED (
    SELECT wanted.*
    FROM wanted LEFT JOIN present USING (subject_id, target_id)
    WHERE present.subject_id IS NULL OR ({_of("present")}) IS DISTINCT FROM ({_of("wanted")})
), begun AS (
    INSERT INTO gap (kind, subject_id, target_id, amount, recorded_at, ended_at, {_NAMED})
    SELECT 'record', subject_id, target_id, 1, %(at)s, %(lasting)s, {_NAMED} FROM come
    -- What takes another's place comes once that has ended.
    WHERE (SELECT count(*) FROM ended) >= 0
    ORDER BY subject_id, target_id
    RETURNING target_id, reason
), waiting AS (
    INSERT INTO gap_mark (persons) SELECT array_agg(head) FROM unsettled HAVING count(*) > 0
)
SELECT (SELECT count(*) FROM taken), (SELECT count(*) FROM unsettled), coalesce(
    (SELECT array_agg((target_id, reason, turned)::text) FROM (
        SELECT target_id, reason, sum(turn) AS turned
        FROM (SELECT target_id, reason, 1 AS turn FROM begun UNION ALL SELECT target_id, reason, -1 FROM ended) AS one
        GROUP BY target_id, reason
    ) AS turned), '{{}}')"""

# Of an organisation and a period the latest upload says what fails: whatever came before it has been sent again.
_OWED = """
WITH owed AS MATERIALIZED (
    SELECT 'obligation' AS kind, obligation.id AS subject_id, 'not_submitted' AS reason, organisation_id,
           period.ends_on AS day, 1 AS amount
    FROM obligation JOIN period ON period.id = obligation.period_id
    WHERE obligation.state = 'missing' AND obligation.kind = 'reporting'
    UNION ALL
    SELECT 'submission', id, 'failing_checks', organisation_id, NULL, rejected
    FROM (
        SELECT DISTINCT ON (organisation_id, period_id) id, organisation_id, rejected FROM submission
        WHERE status = ANY (%(checked)s) AND withdrawn_at IS NULL AND NOT practice AND template = 'talent-records/1'
        ORDER BY organisation_id, period_id, id DESC
    ) AS latest
    WHERE rejected > 0
), present AS MATERIALIZED (
    SELECT id, kind, subject_id, reason, organisation_id, day, amount FROM gap
    WHERE target_id = 0 AND reason IN ('not_submitted', 'failing_checks') AND ended_at = %(lasting)s
), both_sides AS MATERIALIZED (
    SELECT present.id, owed.*, owed.subject_id IS NOT NULL AS stands
    FROM present FULL JOIN owed ON owed.kind = present.kind AND owed.subject_id = present.subject_id
    WHERE (present.organisation_id, present.day, present.amount)
        IS DISTINCT FROM (owed.organisation_id, owed.day, owed.amount)
), ended AS (
    UPDATE gap SET ended_at = %(at)s WHERE id = ANY (ARRAY(SELECT id FROM both_sides WHERE id IS NOT NULL)) RETURNING id
), begun AS (
    INSERT INTO gap (kind, subject_id, target_id, reason, organisation_id, path, district, segment, day, amount,
                     recorded_at, ended_at)
    SELECT kind, subject_id, 0, reason, organisation_id, '', '', '', day, amount, %(at)s, %(lasting)s
    FROM both_sides WHERE stands AND (SELECT count(*) FROM ended) >= 0
    ORDER BY kind, subject_id
    RETURNING id
)
SELECT (SELECT count(*) FROM ended) + (SELECT count(*) FROM begun)"""
_CHECKED = ["checked", "committing", "accepted", "partly_accepted", "rejected"]


@dataclass(frozen=True, slots=True)
class Explained:
    """What one posting did: marks taken, persons who wait for the ledger, and whether no mark is left."""

    marks: int
    waiting: int
    complete: bool


def mark(*, person_ids: Sequence[int]) -> None:
    """Mark persons whose records stand otherwise while none of their heads does, in the transaction that changes them.

    Whoever marks persons changed need not: settling marks them.

    Raises:
        NoTransaction: there is no transaction that the mark would be written with.
    """
    require_transaction()
    ids = sorted(set(person_ids))
    for start in range(0, len(ids), PIECE):
        GapMark.objects.create(persons=ids[start : start + PIECE])
    if ids:
        ring(EXPLAIN)


def mark_reported(*, submission_id: int) -> None:
    """Mark everybody of whom a submission reported a record, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO gap_mark (persons) SELECT array_agg(person_id) FROM ("
            "SELECT person_id, row_number() OVER (ORDER BY row) / %s AS piece FROM record WHERE submission_id = %s"
            ") AS reported GROUP BY piece ORDER BY piece",
            [PIECE, submission_id],
        )
    ring(EXPLAIN)


def explain(*, polite: bool = False, wait: bool = False, limit: int = BATCH, seconds: float = LONGEST_SECONDS) -> int:
    """Work marks off, batch after batch, and what is owed at the end; how many marks were taken.

    Args:
        polite: leave off, for up to ``PATIENCE``, while intake is at work, and while the ledger is behind.
        wait: wait for another poster instead of leaving off.
        limit: about how many persons are worked out in one transaction.
        seconds: after that long it stops and rings for itself.
    """
    done, end = 0, time.monotonic() + seconds
    while not (polite and _others_first()):
        posted = post_batch(limit=limit, wait=wait)
        if posted is None:
            break
        done += posted.marks
        if posted.complete or posted.waiting:
            break  # whoever settles those who wait rings again
        if time.monotonic() > end:
            ring(EXPLAIN)
            break
    return done


def post_batch(*, limit: int = BATCH, wait: bool = True) -> Explained | None:
    """Work out up to about ``limit`` marked persons in a transaction of its own; ``None`` where somebody else does."""
    with everything():
        if wait:
            locks.hold(POSTER)
        elif not locks.try_hold(POSTER):
            return None
        with connection.cursor() as cursor:
            # The planner cannot know how many persons a mark names; where it took them for a few, it would compare each
            # with each. The lateral joins go by index in any case.
            cursor.execute("SET LOCAL jit = off")
            cursor.execute("SET LOCAL enable_nestloop = off")
            books.take_pen()
            at = books.next_moment()
            values: dict[str, Any] = {"batch": limit, "at": at, "lasting": LASTING, "checked": _CHECKED}
            cursor.execute(_POST, values)
            marks, waiting, turned = cursor.fetchone()
            left = GapMark.objects.exists()
            owed = 0
            if not left:
                cursor.execute(_OWED, values)
                [owed] = cursor.fetchone()
                left = GapMark.objects.exists()
        last = GapPosting.objects.order_by("-recorded_at").first()
        if marks or owed or last is None or last.complete == left:
            totals = _turned(last.totals if last else {}, turned)
            GapPosting.objects.create(recorded_at=at, complete=not left, totals=totals)
            books.close_to(at)
        return Explained(marks, waiting, not left)


def _turned(totals: Totals, turned: Sequence[str]) -> Totals:
    found = {target: dict(reasons) for target, reasons in totals.items()}
    for one in turned:
        target, reason, turn = one.strip("()").split(",")
        reasons = found.setdefault(target, {})
        reasons[reason] = reasons.get(reason, 0) + int(turn)
    return {target: {reason: n for reason, n in reasons.items() if n} for target, reasons in found.items()}


def _others_first() -> bool:
    """Whether the ledger is behind, or a file is being checked or taken, and nobody has waited too long."""
    with transaction.atomic(), everything():
        if not PersonChange.objects.exists() and not intake_at_work():
            return False
        oldest = GapMark.objects.order_by("pk").values_list("at", flat=True).first()
        return oldest is not None and clock.now() - oldest < PATIENCE
