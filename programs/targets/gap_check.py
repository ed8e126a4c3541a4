"""The gap against the records: whether each counts or stands there once, for its state, and the totals are the sum."""

from django.db import connection

from backend.accounts.scope import everything
from programs.targets.gap_models import LASTING, Reason

# Of a record that is not verified one row for every target, by its state; of a verified one a row for each target
# towards which it is not the one that counts. Whoever is marked is left out: that is still to be worked out.
_MISFITS = f"""
WITH marked AS MATERIALIZED (
    SELECT person_id FROM person_change UNION SELECT unnest(persons) FROM gap_mark
), waiting AS MATERIALIZED (
    SELECT person_id FROM marked
    UNION SELECT person.id FROM person JOIN marked ON marked.person_id = person.canonical_id
    UNION SELECT person.canonical_id FROM person JOIN marked ON marked.person_id = person.id
    WHERE person.canonical_id IS NOT NULL
), standing_there AS MATERIALIZED (
    SELECT subject_id, target_id, reason FROM gap WHERE kind = 'record' AND ended_at = %(lasting)s
), wrong AS (
    SELECT record.id, record.person_id
    FROM record LEFT JOIN standing_there AS gap ON gap.subject_id = record.id AND gap.target_id = 0
    WHERE coalesce(gap.reason, 'verified') <> CASE record.state WHEN 'submitted' THEN '{Reason.AWAITING_REVIEW.value}'
                                                                ELSE record.state END
    UNION
    SELECT record.id, record.person_id
    FROM record CROSS JOIN target
    LEFT JOIN standing_there AS gap ON gap.subject_id = record.id AND gap.target_id = target.id
    LEFT JOIN standing ON standing.record_id = record.id AND standing.target_id = target.id
    WHERE (record.state = 'verified' AND standing.id IS NULL) <> (gap.subject_id IS NOT NULL)
)
SELECT count(*) FROM wrong WHERE person_id NOT IN (SELECT person_id FROM waiting)"""

_TOTALS = """
SELECT count(*) FROM (
    SELECT target_id::text AS target, reason::text, count(*) AS rows FROM gap
    WHERE kind = 'record' AND ended_at = %(lasting)s GROUP BY target_id, reason
) AS counted
FULL JOIN (
    SELECT target.key AS target, reason.key AS reason, reason.value::bigint AS rows
    FROM (SELECT totals FROM gap_posting ORDER BY recorded_at DESC LIMIT 1) AS posting
    CROSS JOIN LATERAL jsonb_each(totals) AS target CROSS JOIN LATERAL jsonb_each_text(target.value) AS reason
) AS noted USING (target, reason)
WHERE counted.rows IS DISTINCT FROM noted.rows"""


def misfits() -> tuple[int, int]:
    """How many records neither count nor stand in the gap as they should, and how many totals are not the sum."""
    with everything(), connection.cursor() as cursor:
        cursor.execute(_MISFITS, {"lasting": LASTING})
        [records] = cursor.fetchone()
        cursor.execute(_TOTALS, {"lasting": LASTING})
        [totals] = cursor.fetchone()
    return records, totals
