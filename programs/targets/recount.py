"""Counting afresh from the records, to compare with the ledger and with where everybody stands.

Written independently of the settling, so that a slip in one shows in the other: it counts everybody at once with
window functions, where the settling looks at the marked ones by index. One statement, so that all it compares is of
one and the same moment, however busy the system is.
"""

import json
from dataclasses import dataclass

from django.db import connection

from backend.accounts.scope import everything

SHOWN = 20

_COUNTED = """
chain (id, root) AS (
    SELECT id, canonical_id FROM person WHERE canonical_id IS NOT NULL
    UNION
    SELECT chain.id, person.canonical_id FROM chain JOIN person ON person.id = chain.root
    WHERE person.canonical_id IS NOT NULL
), verified AS MATERIALIZED (
    SELECT coalesce(whole.root, record.person_id) AS person_id, record.id, record.organisation_id,
           record.programme_id, record.path, record.district, record.segment, record.outcome, record.completed_on,
           record.reported_at
    FROM record
    LEFT JOIN (SELECT chain.* FROM chain JOIN person ON person.id = chain.root AND person.canonical_id IS NULL)
        AS whole ON whole.id = record.person_id
    WHERE record.state = 'verified'
), finished AS (
    SELECT verified.*, target.id AS target_id, target.needs_credential, target.ends_on, target.counts,
           row_number() OVER (PARTITION BY target.id, verified.person_id
                              ORDER BY verified.completed_on, verified.reported_at, verified.id) AS place
    FROM verified JOIN target
        ON verified.outcome = 'completed'
       AND verified.completed_on >= target.starts_on AND verified.completed_on <= target.ends_on
), earliest AS MATERIALIZED (
    SELECT * FROM finished WHERE place = 1
), holding AS (
    SELECT earliest.target_id, earliest.person_id, credential.kind, reached.day,
           row_number() OVER (PARTITION BY earliest.target_id, earliest.person_id
                              ORDER BY reached.day, credential.held_from, credential.kind) AS place
    FROM tier_credential AS rule
    JOIN tier ON tier.id = rule.tier_id
    JOIN credential
        ON credential.kind = rule.kind AND credential.code = rule.code AND credential.held_from IS NOT NULL
       AND array_position(ARRAY['claimed', 'evidenced', 'confirmed'], credential.state::text)
           >= array_position(ARRAY['claimed', 'evidenced', 'confirmed'], tier.evidence::text)
    JOIN verified ON verified.id = credential.record_id
    JOIN earliest
        ON earliest.person_id = verified.person_id AND earliest.needs_credential
       AND earliest.counts @> to_jsonb(ARRAY[tier.code])
    CROSS JOIN LATERAL (
        SELECT greatest(earliest.completed_on, credential.held_from, rule.valid_from) AS day
    ) AS reached
    WHERE reached.day <= least(earliest.ends_on, rule.valid_to)
), recounted AS MATERIALIZED (
    SELECT earliest.target_id, earliest.person_id, earliest.id AS record_id, earliest.organisation_id,
           earliest.programme_id, earliest.path, earliest.district, earliest.segment,
           coalesce(holding.kind, 'none') AS basis, coalesce(holding.day, earliest.completed_on) AS effective_on
    FROM earliest
    LEFT JOIN holding
        ON holding.target_id = earliest.target_id AND holding.person_id = earliest.person_id AND holding.place = 1
    WHERE holding.kind IS NOT NULL OR NOT earliest.needs_credential
)"""

_HEAD = ("record_id", "organisation_id", "programme_id", "path", "district", "segment", "basis", "effective_on")


def _head(table: str) -> str:
    return f"({', '.join(f'{table}.{column}' for column in _HEAD)})"


RECOUNT = f"""
WITH RECURSIVE {_COUNTED}, booked AS MATERIALIZED (
    SELECT DISTINCT ON (target_id, person_id) * FROM ledger_entry ORDER BY target_id, person_id, number DESC
), unsettled AS MATERIALIZED (
    SELECT person_id FROM person_change
    UNION
    SELECT chain.root FROM chain JOIN person_change ON person_change.person_id = chain.id
), differing AS MATERIALIZED (
    SELECT target_id, person_id, recounted.effective_on AS recounted_from, booked.effective_on AS booked_from,
           standing.effective_on AS standing_from, unsettled.person_id IS NOT NULL AS pending
    FROM recounted
    FULL JOIN (SELECT * FROM booked WHERE delta > 0) AS booked USING (target_id, person_id)
    FULL JOIN standing USING (target_id, person_id)
    LEFT JOIN unsettled USING (person_id)
    WHERE {_head("recounted")} IS DISTINCT FROM {_head("booked")}
       OR {_head("booked")} IS DISTINCT FROM {_head("standing")}
       OR booked.number IS DISTINCT FROM standing.number
)
SELECT target.code,
       (SELECT count(*) FROM recounted WHERE target_id = target.id),
       (SELECT coalesce(sum(delta), 0) FROM ledger_entry WHERE target_id = target.id),
       (SELECT count(*) FROM standing WHERE target_id = target.id),
       (SELECT count(*) FROM differing WHERE target_id = target.id AND NOT pending),
       (SELECT count(*) FROM differing WHERE target_id = target.id AND pending),
       (SELECT coalesce(jsonb_agg(jsonb_build_array(person_id, recounted_from, booked_from, standing_from)), '[]')
        FROM (SELECT * FROM differing WHERE target_id = target.id AND NOT pending ORDER BY person_id LIMIT %s) AS few)
FROM target ORDER BY target.code
"""

# What must hold of the ledger by itself: numbers without a gap, moments in the order of the numbers, every reversal
# equal to what it takes back, and nothing beyond the horizon.
AMISS = f"""
SELECT count(*) FROM (
    SELECT *, lag(number) OVER account AS last_number, lag(recorded_at) OVER account AS last_recorded_at,
           lag(ROW{_head("ledger_entry")}) OVER account AS last_head
    FROM ledger_entry
    WINDOW account AS (PARTITION BY target_id, person_id ORDER BY number)
) AS entry
WHERE entry.number <> coalesce(entry.last_number, 0) + 1
   OR entry.recorded_at < entry.last_recorded_at
   OR (entry.delta < 0 AND ROW{_head("entry")} IS DISTINCT FROM entry.last_head)
   OR entry.recorded_at > (SELECT posted_to FROM book WHERE id = 1)
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A person whose count differs: from which day by the recount, the ledger, and their standing (``None``: not)."""

    person_id: int
    recounted: str | None
    ledger: str | None
    standing: str | None


@dataclass(frozen=True, slots=True)
class Recounted:
    """One target: heads by the recount, the ledger and the standings, and how many persons differ.

    ``pending`` differ too, and are marked to be settled; ``shown`` are the first of the others.
    """

    target: str
    recounted: int
    ledger: int
    standing: int
    differing: int
    pending: int
    shown: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Recount:
    """Every target, and how many entries of the ledger contradict those before them."""

    targets: tuple[Recounted, ...]
    amiss: int

    @property
    def agrees(self) -> bool:
        """Whether nothing differs, but for what is still to be settled."""
        return not self.amiss and not any(target.differing for target in self.targets)


def recount() -> Recount:
    """Count everybody afresh and compare; changes nothing."""
    with everything(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute(RECOUNT, [SHOWN])
        targets = tuple(
            Recounted(
                code, counted, ledger, standing, differing, pending, tuple(Difference(*one) for one in json.loads(few))
            )
            for code, counted, ledger, standing, differing, pending, few in cursor.fetchall()
        )
        cursor.execute(AMISS)
        return Recount(targets, cursor.fetchone()[0])
