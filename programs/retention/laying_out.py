"""Laying out whom to ask: in sets, behind the ledger, from the marks that settling leaves.

For everybody whose standing was settled it is worked out anew which questions there must be, by the rules in force:

* a verified, completed record is asked about some months after the day that counts, by its path's rule on that day;
* of several records of one person, path and organisation the earliest is asked about; a later one too where the person
  had left in between, since they came anew;
* whoever is known to have been away on the day is not asked after, but where that was the answer to this very question.

A question that must not be there any more is withdrawn, and asked again once it must be.
"""

import datetime as dt
import time
from dataclasses import dataclass

from django.db import connection, transaction

from backend import clock, locks
from backend.accounts.scope import everything
from backend.bell import ring
from backend.planner import compared_as_wholes
from programs.periods import expected
from programs.retention import expecting
from programs.submissions.selectors import intake_at_work
from programs.targets.settle_parts import WHOSE
from programs.targets.staying.models import LOOK_AFTER, StayMark
from talent.people.models import PersonChange

LAYER = "retention.lay_out"
BATCH = 2_000
LONGEST_SECONDS = 120.0
PATIENCE = dt.timedelta(seconds=60)
"""So long it waits while files are checked and taken."""

_TAKEN = """
taken AS MATERIALIZED (
    DELETE FROM stay_mark WHERE id = ANY (ARRAY(
        SELECT id FROM (
            SELECT id, sum(cardinality(persons)) OVER (ORDER BY id) - cardinality(persons) AS before
            FROM (SELECT id, persons FROM stay_mark ORDER BY id LIMIT %(batch)s) AS waiting
        ) AS mark
        WHERE before < %(batch)s
    ))
    RETURNING persons
), marked AS MATERIALIZED (
    SELECT DISTINCT person_id, 1 AS of_loss, 1 AS of_gain FROM taken CROSS JOIN LATERAL unnest(persons) AS person_id
)"""

# Where they came by which record, and what is known of their leaving there.
_STAYS = """
reported AS MATERIALIZED (
    SELECT member.head, record.*
    FROM member CROSS JOIN LATERAL (
        SELECT id AS record_id, person_id, organisation_id, path, completed_on AS since,
               state = 'verified' AND outcome = 'completed' AND completed_on IS NOT NULL AS stands
        FROM record WHERE person_id = member.person_id OFFSET 0
    ) AS record
), away AS MATERIALIZED (
    SELECT DISTINCT head, organisation_id, path, known.*
    FROM reported CROSS JOIN LATERAL (
        SELECT asked_id, left_on, coalesce(returned_on, 'infinity') AS until
        FROM departure WHERE record_id = reported.record_id OFFSET 0
    ) AS known
    WHERE stands
), in_order AS MATERIALIZED (
    SELECT *, lag(since) OVER (PARTITION BY head, organisation_id, path ORDER BY since, record_id) AS before
    FROM reported WHERE stands
), asked AS MATERIALIZED (
    SELECT DISTINCT in_order.*
    FROM in_order LEFT JOIN away ON away.head = in_order.head AND away.organisation_id = in_order.organisation_id
        AND away.path = in_order.path AND away.left_on >= in_order.before AND away.left_on < in_order.since
    WHERE in_order.before IS NULL OR away.head IS NOT NULL
)"""

# What must be asked, beside what is.
_QUESTIONS = """
present AS MATERIALIZED (
    SELECT reported.stands, reported.since AS came_on, standing.*
    FROM reported CROSS JOIN LATERAL (
        SELECT id, record_id, months, since, falls_on, period_id, state, answer_id
        FROM retention_check WHERE record_id = reported.record_id OFFSET 0
    ) AS standing
), due AS MATERIALIZED (
    SELECT asked.*, each.months, (asked.since + make_interval(months => each.months))::date AS falls_on
    FROM asked
    CROSS JOIN LATERAL (
        SELECT months FROM retention_rule WHERE path = asked.path AND valid_from <= asked.since
        ORDER BY valid_from DESC, id DESC LIMIT 1
    ) AS rule
    CROSS JOIN LATERAL (SELECT DISTINCT months FROM unnest(rule.months) AS months) AS each
), wanted AS MATERIALIZED (
    SELECT due.*, present.id FROM due LEFT JOIN present USING (record_id, months)
    WHERE NOT EXISTS (
        SELECT FROM away WHERE away.head = due.head AND away.organisation_id = due.organisation_id
            AND away.path = due.path AND away.asked_id IS DISTINCT FROM present.id
            AND away.left_on >= due.since AND away.left_on <= due.falls_on AND due.falls_on < away.until
    )
), standing AS MATERIALIZED (
    SELECT id, present.state, present.answer_id, present.falls_on, present.came_on,
           CASE WHEN NOT present.stands THEN 'withdrawn' WHEN present.answer_id IS NOT NULL THEN 'answered'
                WHEN wanted.record_id IS NOT NULL THEN 'open' ELSE 'withdrawn' END AS becomes,
           CASE WHEN present.stands THEN (present.came_on + make_interval(months => present.months))::date
                ELSE present.falls_on END AS falls_now
    FROM present LEFT JOIN wanted USING (id)
)"""

_LAY_OUT = f"""
WITH RECURSIVE {_TAKEN}, {WHOSE}, {_STAYS}, {_QUESTIONS}, changed AS (
    UPDATE retention_check AS mine
    SET state = standing.becomes,
        since = CASE WHEN standing.becomes = 'withdrawn' THEN mine.since ELSE standing.came_on END,
        falls_on = standing.falls_now,
        period_id = CASE WHEN standing.answer_id IS NULL
                              AND (standing.falls_now <> standing.falls_on OR standing.becomes <> standing.state)
                         THEN NULL ELSE mine.period_id END
    FROM standing
    WHERE mine.id = standing.id
      AND (standing.becomes <> standing.state OR standing.falls_now <> standing.falls_on)
    RETURNING mine.organisation_id
), laid_out AS (
    INSERT INTO retention_check (record_id, person_id, organisation_id, path, months, since, falls_on, state, said,
                                 reason)
    SELECT record_id, person_id, organisation_id, path, months, since, falls_on, 'open', '', ''
    FROM wanted WHERE id IS NULL
    ORDER BY record_id, months
    ON CONFLICT (record_id, months) DO NOTHING
    RETURNING organisation_id
)
SELECT (SELECT count(*) FROM taken), (SELECT count(*) FROM laid_out), (SELECT count(*) FROM changed),
       ARRAY(SELECT organisation_id FROM laid_out UNION SELECT organisation_id FROM changed)"""


@dataclass(frozen=True, slots=True)
class LaidOut:
    """What one batch did: marks taken, questions laid out, and those that were withdrawn, moved or asked again."""

    marks: int = 0
    made: int = 0
    changed: int = 0

    def __add__(self, other: "LaidOut") -> "LaidOut":
        return LaidOut(self.marks + other.marks, self.made + other.made, self.changed + other.changed)


def lay_out(*, polite: bool = False, limit: int = BATCH, seconds: float = LONGEST_SECONDS) -> LaidOut:
    """Work marks off, batch after batch, until none is left; what was done in all.

    Args:
        polite: leave off, for up to ``PATIENCE``, while intake is at work, and while the ledger is behind.
        limit: about how many persons are looked at in one transaction.
        seconds: after that long it stops and rings for itself.
    """
    done, end = LaidOut(), time.monotonic() + seconds
    while not (polite and _others_first()):
        batch = lay_out_batch(limit=limit)
        if batch is None or not batch.marks:
            break
        done += batch
        if time.monotonic() > end:
            ring(LOOK_AFTER)
            break
    return done


def lay_out_batch(*, limit: int = BATCH) -> LaidOut | None:
    """Look at up to about ``limit`` marked persons in a transaction of its own; ``None`` while somebody else does."""
    with everything():
        if not StayMark.objects.exists():
            return LaidOut()
        if not locks.try_hold(LAYER):
            return None
        # As whoever answers does, before any row is locked: so that neither waits for the other in a circle.
        expected.take_turn()
        with connection.cursor() as cursor:
            # The planner cannot know how many persons a mark names; the lateral joins go by index in any case.
            cursor.execute("SET LOCAL jit = off")
            with compared_as_wholes(cursor):
                cursor.execute(_LAY_OUT, {"batch": limit})
                marks, made, changed, organisations = cursor.fetchone()
        if organisations:
            expecting.laid_out(organisation_ids=organisations)
    return LaidOut(marks, made, changed)


def mark_path(*, path: str, since: dt.date) -> None:
    """Have everybody looked at who came by a path on a day or later, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO stay_mark (persons) SELECT array_agg(person_id) FROM ("
            "SELECT person_id, row_number() OVER (ORDER BY person_id) / %s AS piece FROM ("
            "SELECT DISTINCT person_id FROM record WHERE state = 'verified' AND path = %s AND completed_on >= %s"
            ") AS whose) AS placed GROUP BY piece ORDER BY piece",
            [BATCH, path, since],
        )
    ring(LOOK_AFTER)


def _others_first() -> bool:
    """Whether the ledger is behind, or a file is being checked or taken, and nobody has waited too long."""
    with transaction.atomic(), everything():
        if not PersonChange.objects.exists() and not intake_at_work():
            return False
        oldest = StayMark.objects.order_by("pk").values_list("at", flat=True).first()
        return oldest is not None and clock.now() - oldest < PATIENCE
