"""Settling: changed persons into the ledger of heads.

One statement takes a batch of marks, works out where the marked persons ought to stand with every target, posts the
difference to where they stand, advances cube, run-off triangle and book, and marks them for gap, stays and roster; a
second posts at the same moment what is known of departures. The rule is the contract's "Who counts":

* a person counts from the first day within the target's span on which a verified record of theirs is completed;
* where the target needs a credential, from the later of that day and the first day on which they hold one that
  qualifies, carried by any verified record of theirs, if that day lies within the span and the rule is in force on it;
* the credit is the record's of earliest completion, then of earliest report;
* persons found to be one count as one, as the person that they are now.

Joins to the great tables are lateral with ``OFFSET 0``, so that they go by index whatever the planner believes of the
size of a batch: settling must cost the same with a full ledger as with an empty one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from backend.accounts.scope import everything
from backend.bell import ring
from backend.clock import BUREAU
from programs.targets import books
from programs.targets.gap_models import EXPLAIN, PIECE
from programs.targets.settle_parts import SIDES, TIMES, WHOSE
from programs.targets.staying import posting as departures
from programs.targets.staying.models import LOOK_AFTER
from talent.people.marks import REFRESH
from talent.people.models import PersonChange

BATCH = 20_000

_Reason = PersonChange.Reason


def _values(*reasons: PersonChange.Reason) -> list[str]:
    return [reason.value for reason in reasons]


# Of several reasons in one batch the ledger gives the most telling: for a head taken back or moved, what can do that by
# itself comes first; for a head gained, what brings heads.
TELLING_OF_LOSS = _values(
    _Reason.REVOKED,
    _Reason.REFUTED,
    _Reason.UNDONE,
    _Reason.REOPENED,
    _Reason.EVIDENCED,
    _Reason.MERGED,
    _Reason.SPLIT,
    _Reason.RULE_CHANGED,
    _Reason.CORRECTED,
    _Reason.RECLASSIFIED,
    _Reason.CONFIRMED,
    _Reason.VERIFIED,
    _Reason.DEPARTED,
)
TELLING_OF_GAIN = _values(
    _Reason.VERIFIED,
    _Reason.UNDONE,
    _Reason.CONFIRMED,
    _Reason.EVIDENCED,
    _Reason.REOPENED,
    _Reason.SPLIT,
    _Reason.MERGED,
    _Reason.RULE_CHANGED,
    _Reason.CORRECTED,
    _Reason.RECLASSIFIED,
    _Reason.REFUTED,
    _Reason.REVOKED,
    _Reason.DEPARTED,
)

# Which persons: those marked, …
_MARKED = """
taken AS MATERIALIZED (
    DELETE FROM person_change
    WHERE id = ANY (ARRAY(SELECT id FROM person_change ORDER BY id LIMIT %(batch)s FOR UPDATE SKIP LOCKED))
    RETURNING person_id, reason
), marked AS MATERIALIZED (
    SELECT person_id,
           min(array_position(%(of_loss)s::text[], reason::text)) AS of_loss,
           min(array_position(%(of_gain)s::text[], reason::text)) AS of_gain
    FROM taken GROUP BY person_id
)"""

RULE = """rule AS MATERIALIZED (
    SELECT target.id AS target_id, target.ends_on, qualifying.kind, qualifying.code,
           coalesce(qualifying.valid_from, '-infinity') AS valid_from,
           coalesce(qualifying.valid_to, 'infinity') AS valid_to,
           CASE qualifying.evidence WHEN 'claimed' THEN ARRAY['claimed', 'evidenced', 'confirmed']
                              WHEN 'evidenced' THEN ARRAY['evidenced', 'confirmed']
                              ELSE ARRAY['confirmed'] END AS states
    FROM target
    JOIN tier ON jsonb_exists(target.counts, tier.code)
    JOIN tier_credential AS qualifying ON qualifying.tier_id = tier.id
    WHERE target.needs_credential"""
"""What qualifies for each target that needs a credential, and with which evidence."""

# Where they ought to stand. ``previewing`` has the same text read a plan that is not in force,
# by the names of these tables.
DESIRED = f"""
carried AS MATERIALIZED (
    SELECT member.head, verified.*
    FROM member CROSS JOIN LATERAL (
        SELECT id, organisation_id, programme_id, path, district, segment, outcome, completed_on, reported_at
        FROM record WHERE person_id = member.person_id AND state = 'verified' OFFSET 0
    ) AS verified
), completed AS MATERIALIZED (
    SELECT DISTINCT ON (carried.head, target.id)
           carried.*, target.id AS target_id, target.needs_credential
    FROM carried JOIN target ON carried.completed_on BETWEEN target.starts_on AND target.ends_on
    WHERE carried.outcome = 'completed'
    ORDER BY carried.head, target.id, carried.completed_on, carried.reported_at, carried.id
), {RULE}
), claim AS MATERIALIZED (
    SELECT carried.head, held.*
    FROM carried CROSS JOIN LATERAL (
        SELECT kind, code, held_from, state FROM credential
        WHERE record_id = carried.id AND held_from IS NOT NULL OFFSET 0
    ) AS held
), qualified AS MATERIALIZED (
    SELECT DISTINCT ON (completed.head, completed.target_id)
           completed.head, completed.target_id, claim.kind,
           greatest(completed.completed_on, claim.held_from, rule.valid_from) AS effective_on
    FROM claim
    JOIN rule ON rule.kind = claim.kind AND rule.code = claim.code AND claim.state = ANY (rule.states)
    JOIN completed ON completed.head = claim.head AND completed.target_id = rule.target_id
    WHERE greatest(completed.completed_on, claim.held_from, rule.valid_from) <= least(rule.ends_on, rule.valid_to)
    ORDER BY completed.head, completed.target_id, effective_on, claim.held_from, claim.kind
), desired AS MATERIALIZED (
    SELECT completed.head AS person_id, completed.target_id, completed.id AS record_id, completed.organisation_id,
           completed.programme_id, completed.path, completed.district, completed.segment,
           CASE WHEN completed.needs_credential THEN qualified.kind ELSE 'none' END AS basis,
           coalesce(qualified.effective_on, completed.completed_on) AS effective_on
    FROM completed
    LEFT JOIN qualified ON qualified.head = completed.head AND qualified.target_id = completed.target_id
    WHERE NOT completed.needs_credential OR qualified.head IS NOT NULL
)"""

COLUMNS = ("record_id", "organisation_id", "programme_id", "path", "district", "segment", "basis", "effective_on")


def of(table: str) -> str:
    return ", ".join(f"{table}.{column}" for column in COLUMNS)


NAMED = ", ".join(COLUMNS)
# What has to be posted so that they do, and the posting.
_POSTING = f"""
present AS MATERIALIZED (
    SELECT affected.person_id, target.id AS target_id, counted.*
    FROM affected CROSS JOIN target CROSS JOIN LATERAL (
        SELECT id, number, {NAMED} FROM standing
        WHERE target_id = target.id AND person_id = affected.person_id OFFSET 0
    ) AS counted
), gone AS MATERIALIZED (
    SELECT present.*, desired.person_id IS NOT NULL AS moved
    FROM present LEFT JOIN desired USING (target_id, person_id)
    WHERE ({of("present")}) IS DISTINCT FROM ({of("desired")})
), come AS MATERIALIZED (
    SELECT desired.*, present.person_id IS NOT NULL AS moved,
           1 + coalesce(present.number + 1, last.number, 0) AS number
    FROM desired LEFT JOIN present USING (target_id, person_id)
    CROSS JOIN LATERAL (
        SELECT max(number) AS number FROM ledger_entry
        WHERE present.person_id IS NULL AND target_id = desired.target_id AND person_id = desired.person_id
    ) AS last
    WHERE ({of("present")}) IS DISTINCT FROM ({of("desired")})
), stamp AS MATERIALIZED (
    SELECT greatest(shugu_now(), posted_to + interval '1 microsecond') AS recorded_at FROM book WHERE id = 1
), posted AS (
    INSERT INTO ledger_entry (target_id, person_id, number, delta, reason, recorded_at, {NAMED})
    SELECT entry.target_id, entry.person_id, entry.number, entry.delta,
           CASE WHEN entry.delta < 0 OR entry.moved THEN (%(of_loss)s::text[])[affected.of_loss]
                ELSE (%(of_gain)s::text[])[affected.of_gain] END,
           (SELECT recorded_at FROM stamp), {of("entry")}
    FROM (
        SELECT target_id, person_id, number + 1 AS number, -1 AS delta, moved, {NAMED} FROM gone
        UNION ALL
        SELECT target_id, person_id, number, 1, moved, {NAMED} FROM come
    ) AS entry
    JOIN affected USING (person_id)
    ORDER BY entry.person_id, entry.target_id, entry.number
    RETURNING target_id, delta, reason, effective_on, organisation_id, programme_id, path, basis, district, segment
), turned AS (
    SELECT target_id, grain, dimension, key, starts_on, sum(delta) AS heads
    FROM posted
    CROSS JOIN LATERAL (VALUES {SIDES}) AS side (dimension, key)
    CROSS JOIN LATERAL (VALUES {TIMES}) AS time (grain, starts_on)
    GROUP BY target_id, grain, dimension, key, starts_on
    HAVING sum(delta) <> 0
), advanced AS (
    INSERT INTO cube_cell AS cell (target_id, grain, dimension, key, starts_on, heads)
    SELECT target_id, grain, dimension, key, starts_on, heads FROM turned
    ORDER BY target_id, grain, dimension, key, starts_on
    ON CONFLICT (target_id, grain, dimension, key, starts_on) DO UPDATE SET heads = cell.heads + excluded.heads
), run_off AS (
    INSERT INTO run_off_cell AS cell (target_id, effective_in, posted_in, heads)
    SELECT target_id, starts_on, date_trunc('month', stamp.recorded_at AT TIME ZONE '{BUREAU}')::date, heads
    FROM turned, stamp WHERE grain = 'month' AND dimension = ''
    ON CONFLICT (target_id, effective_in, posted_in) DO UPDATE SET heads = cell.heads + excluded.heads
), told_why AS (
    INSERT INTO turn_cell AS cell (target_id, posted_on, reason, delta, effective_on, entries)
    SELECT target_id, (stamp.recorded_at AT TIME ZONE '{BUREAU}')::date, reason, delta, effective_on, count(*)
    FROM posted, stamp GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (target_id, posted_on, reason, delta, effective_on)
    DO UPDATE SET entries = cell.entries + excluded.entries
), noted AS (
    INSERT INTO posting (recorded_at, entries, total)
    SELECT stamp.recorded_at, written.entries,
           written.entries + coalesce((SELECT total FROM posting ORDER BY recorded_at DESC LIMIT 1), 0)
    FROM stamp, (SELECT count(*) AS entries FROM posted) AS written
    WHERE written.entries > 0
), left_off AS (
    DELETE FROM standing WHERE id = ANY (ARRAY(SELECT id FROM gone WHERE NOT moved))
), taken_up AS (
    INSERT INTO standing (target_id, person_id, number, {NAMED})
    SELECT target_id, person_id, number, {NAMED} FROM come ORDER BY person_id, target_id
    ON CONFLICT (target_id, person_id) DO UPDATE
    SET number = excluded.number, {", ".join(f"{column} = excluded.{column}" for column in COLUMNS)}
), closed AS (
    UPDATE book SET posted_to = stamp.recorded_at FROM stamp
    WHERE id = 1 AND (EXISTS (SELECT FROM gone) OR EXISTS (SELECT FROM come))
), told AS (
    INSERT INTO roster_mark (person_id) SELECT person_id FROM affected
), pieces AS MATERIALIZED (
    SELECT piece, array_agg(person_id) AS persons FROM (
        SELECT person_id, row_number() OVER (ORDER BY person_id) / {PIECE} AS piece FROM affected
    ) AS placed GROUP BY piece
), explained AS (
    INSERT INTO gap_mark (persons) SELECT persons FROM pieces ORDER BY piece
), looked_after AS (
    INSERT INTO stay_mark (persons) SELECT persons FROM pieces ORDER BY piece
), parted AS (
    SELECT member.head AS person_id FROM member CROSS JOIN LATERAL (
        SELECT FROM departure WHERE person_id = member.person_id LIMIT 1
    ) AS known
    UNION
    SELECT affected.person_id FROM affected CROSS JOIN LATERAL (
        SELECT FROM departure_entry WHERE person_id = affected.person_id LIMIT 1
    ) AS had
)
SELECT (SELECT count(*) FROM taken), (SELECT count(*) FROM affected),
       count(*) FILTER (WHERE delta > 0), count(*) FILTER (WHERE delta < 0),
       (SELECT recorded_at FROM stamp), (SELECT array_agg(person_id) FROM parted)
FROM posted"""

SETTLE = f"WITH RECURSIVE {_MARKED}, {WHOSE}, {DESIRED}, {_POSTING}"

# The same for persons who are named: where they ought to stand, and nothing is posted.
_DESIRED_OF = f"""
WITH RECURSIVE marked AS MATERIALIZED (
    SELECT DISTINCT person_id, 1 AS of_loss, 1 AS of_gain FROM unnest(%(persons)s::bigint[]) AS person_id
), {WHOSE}, {DESIRED}
SELECT person_id, target_id, {NAMED} FROM desired"""


@dataclass(frozen=True, slots=True)
class Settled:
    """What one batch did: marks taken, persons looked at, heads counted and heads taken back."""

    marks: int = 0
    persons: int = 0
    counted: int = 0
    taken_back: int = 0

    def __add__(self, other: "Settled") -> "Settled":
        return Settled(
            self.marks + other.marks,
            self.persons + other.persons,
            self.counted + other.counted,
            self.taken_back + other.taken_back,
        )


def desired(person_ids: Sequence[int]) -> dict[tuple[int, int], tuple[object, ...]]:
    """Where persons ought to stand as the caller's transaction sees the records, whatever the ledger says.

    Args:
        person_ids: the persons; whom they were merged into, and whoever was merged into these, come along.

    Returns:
        By person and target the head's dimensions, in the order of the ledger's columns; who is not counted is missing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(_DESIRED_OF, {"persons": list(person_ids)})
        return {(person, target): tuple(rest) for person, target, *rest in cursor.fetchall()}


def settle_batch(*, limit: int = BATCH, wait: bool = True) -> Settled | None:
    """Settle up to ``limit`` marks in a transaction of its own; ``None`` where somebody else is settling.

    Done in full or not at all: a settler that dies leaves the marks as they were. Settling a person again posts
    nothing, and the numbers of the entries forbid a second posting of the same head in any case.

    Args:
        limit: the most marks that are taken at once.
        wait: wait for another settler instead of returning ``None``.
    """
    with everything():
        if not books.become_settler(wait=wait):
            return None
        with connection.cursor() as cursor:
            # Compiling the plan would take longer than carrying it out.
            cursor.execute("SET LOCAL jit = off")
            books.take_pen()
            cursor.execute(SETTLE, {"batch": limit, "of_loss": TELLING_OF_LOSS, "of_gain": TELLING_OF_GAIN})
            *counts, at, parted = cursor.fetchone()
            if parted:
                departures.post(parted, at)
            ring(REFRESH)
            ring(EXPLAIN)
            ring(LOOK_AFTER)
            return Settled(*counts)
