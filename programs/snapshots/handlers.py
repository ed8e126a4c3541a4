"""What a published figure rests on: decisions that it counts, or whose withdrawal it has taken into account."""

import datetime as dt
from collections.abc import Sequence

from django.db import connection

from programs.review.undoing import rests_on

# By record, what the ledger posted since for the heads of its person that a snapshot had before it: a head that the
# record made, or one that was taken back from it. Whoever was merged is looked for under every row that they are.
_PUBLISHED = """
SELECT record.id, bool_or(entry.delta > 0)
FROM record
JOIN person ON person.id = record.person_id
CROSS JOIN LATERAL (
    SELECT one.id FROM person AS one
    WHERE one.id IN (person.id, person.canonical_id) OR one.canonical_id = coalesce(person.canonical_id, person.id)
) AS being
JOIN target ON target.plan_id IN (SELECT plan_id FROM snapshot WHERE published_at >= %(since)s)
JOIN ledger_entry AS entry ON entry.target_id = target.id AND entry.person_id = being.id
    AND entry.record_id = record.id AND entry.recorded_at >= %(since)s
WHERE record.id = ANY(%(records)s) AND EXISTS (
    SELECT FROM snapshot
    WHERE snapshot.plan_id = target.plan_id AND snapshot.known_at >= entry.recorded_at
    AND snapshot.as_of >= entry.effective_on
)
GROUP BY record.id
"""


@rests_on
def published(record_ids: Sequence[int], since: dt.datetime) -> dict[int, str]:
    """The records whose heads, counted or taken back since, stand in a published figure."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM snapshot WHERE published_at >= %s)", [since])
        if not cursor.fetchone()[0]:
            return {}
        cursor.execute(_PUBLISHED, {"records": list(record_ids), "since": since})
        return {record: "published" if counted else "published_without" for record, counted in cursor.fetchall()}
