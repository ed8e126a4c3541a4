"""Posting departures: behind the ledger, under its pen and at its moment, so that both clocks are exact.

The settler calls this in the transaction that settles, for those of its persons alone of whom a departure is or was
known. The rule is that of ``docs/staying.md``:

* a departure counts while the record that brought the person there is verified and completed, from the day of leaving
  to the day before they came back;
* whoever has left one place is still here while an introduction of theirs to another stands, which they have not left,
  or once they have completed a training after they left;
* an introduction is left by a departure from its employer on or after the day of arrival: whoever is introduced there
  again later has come back;
* a head that counts only after its person left is taken off from the day from which it counts.

What should stand is compared with what the entries come to, and the difference is posted.
"""

import datetime as dt
from collections.abc import Sequence

from django.db import connection

from backend.planner import compared_as_wholes
from programs.targets.settle_parts import SIDES, TIMES, WHOSE

_NAMED = "record_id, organisation_id, programme_id, path, basis, district, segment"
_KEY = f"target_id, person_id, effective_on, {_NAMED}"

# Whether each human being was gone from each day on which that may have turned.
_WHEREABOUTS = """
carried AS MATERIALIZED (
    SELECT member.head, verified.*
    FROM member CROSS JOIN LATERAL (
        SELECT id, organisation_id, path, completed_on FROM record
        WHERE person_id = member.person_id AND state = 'verified' AND outcome = 'completed' AND completed_on IS NOT NULL
        OFFSET 0
    ) AS verified
), away AS MATERIALIZED (
    SELECT carried.head, carried.organisation_id, carried.path, known.left_on, known.until
    FROM carried CROSS JOIN LATERAL (
        SELECT left_on, coalesce(returned_on, 'infinity') AS until
        FROM departure WHERE record_id = carried.id OFFSET 0
    ) AS known
), turning AS MATERIALIZED (
    SELECT head, left_on AS day FROM away
    UNION SELECT head, until FROM away WHERE until < 'infinity'
    UNION SELECT head, completed_on FROM carried JOIN away USING (head) WHERE completed_on > left_on
), departed AS MATERIALIZED (
    SELECT head, day, max(left_on) AS left_on
    FROM turning JOIN away USING (head)
    WHERE day >= left_on AND day < until
    GROUP BY head, day
), held AS MATERIALIZED (
    SELECT DISTINCT departed.head, departed.day
    FROM departed JOIN carried USING (head)
    LEFT JOIN away ON away.head = carried.head AND away.organisation_id = carried.organisation_id
        AND away.path = 'introduced' AND carried.path = 'introduced' AND away.left_on >= carried.completed_on
        AND departed.day >= away.left_on AND departed.day < away.until
    WHERE carried.completed_on <= departed.day AND away.head IS NULL
        AND (carried.path = 'introduced' OR carried.completed_on > departed.left_on)
), whereabouts AS MATERIALIZED (
    SELECT head, day, departed.head IS NOT NULL AND held.head IS NULL AS gone
    FROM turning LEFT JOIN departed USING (head, day) LEFT JOIN held USING (head, day)
)"""

# What that comes to for each head, and what has to be posted so that it stands.
_TURNS = f"""
counted AS MATERIALIZED (
    SELECT affected.person_id, target.id AS target_id, standing.*
    FROM affected CROSS JOIN target CROSS JOIN LATERAL (
        SELECT effective_on AS counts_from, {_NAMED} FROM standing
        WHERE target_id = target.id AND person_id = affected.person_id OFFSET 0
    ) AS standing
), stepped AS (
    SELECT DISTINCT ON (target_id, person_id, effective_on)
           counted.*, greatest(whereabouts.day, counts_from) AS effective_on, whereabouts.gone
    FROM counted JOIN whereabouts ON whereabouts.head = counted.person_id
    ORDER BY target_id, person_id, effective_on, whereabouts.day DESC
), desired AS (
    SELECT {_KEY}, CASE WHEN gone THEN -1 ELSE 1 END AS delta
    FROM (SELECT *, lag(gone, 1, false) OVER (PARTITION BY target_id, person_id ORDER BY effective_on) AS before
          FROM stepped) AS course
    WHERE gone <> before
), present AS (
    SELECT target_id, affected.person_id, effective_on, {_NAMED}, number, delta
    FROM affected CROSS JOIN LATERAL (
        SELECT target_id, number, delta, effective_on, {_NAMED}
        FROM departure_entry WHERE person_id = affected.person_id OFFSET 0
    ) AS entry
), missing AS MATERIALIZED (
    SELECT {_KEY}, sum(delta) AS delta
    FROM (SELECT {_KEY}, delta FROM desired UNION ALL SELECT {_KEY}, -delta FROM present) AS both_sides
    GROUP BY {_KEY} HAVING sum(delta) <> 0
), last AS (
    SELECT target_id, person_id, max(number) AS number FROM present GROUP BY target_id, person_id
)"""

_POST = f"""
WITH RECURSIVE marked AS MATERIALIZED (
    SELECT person_id, 1 AS of_loss, 1 AS of_gain FROM unnest(%(persons)s::bigint[]) AS person_id
), {WHOSE}, {_WHEREABOUTS}, {_TURNS}, posted AS (
    INSERT INTO departure_entry (number, delta, recorded_at, {_KEY})
    SELECT coalesce(last.number, 0) + row_number() OVER (
               PARTITION BY target_id, person_id ORDER BY effective_on, record_id, organisation_id, basis, district,
               segment, path, programme_id),
           delta, %(at)s, {_KEY}
    FROM missing LEFT JOIN last USING (target_id, person_id)
    ORDER BY person_id, target_id
    RETURNING target_id, delta, effective_on, organisation_id, programme_id, path, basis, district, segment
), turned AS (
    SELECT target_id, grain, dimension, key, starts_on, sum(delta) AS heads
    FROM posted
    CROSS JOIN LATERAL (VALUES {SIDES}) AS side (dimension, key)
    CROSS JOIN LATERAL (VALUES {TIMES}) AS time (grain, starts_on)
    GROUP BY target_id, grain, dimension, key, starts_on
    HAVING sum(delta) <> 0
), advanced AS (
    INSERT INTO departure_cell AS cell (target_id, grain, dimension, key, starts_on, heads)
    SELECT target_id, grain, dimension, key, starts_on, heads FROM turned
    ORDER BY target_id, grain, dimension, key, starts_on
    ON CONFLICT (target_id, grain, dimension, key, starts_on) DO UPDATE SET heads = cell.heads + excluded.heads
), noted AS (
    INSERT INTO departure_posting (recorded_at, entries, total)
    SELECT %(at)s, written.entries,
           written.entries + coalesce((SELECT total FROM departure_posting ORDER BY recorded_at DESC LIMIT 1), 0)
    FROM (SELECT count(*) AS entries FROM posted) AS written
    WHERE written.entries > 0
), closed AS (
    UPDATE book SET posted_to = %(at)s WHERE id = 1 AND posted_to < %(at)s AND EXISTS (SELECT FROM missing)
)
SELECT count(*) FROM posted"""


def post(person_ids: Sequence[int], at: dt.datetime) -> int:
    """Post for some persons what is known of their departures; how many entries that took.

    For the settler, in its transaction and with its pen, once the ledger is posted to.

    Args:
        person_ids: whose heads they are, or were.
        at: the moment of the settler's own posting.
    """
    # The planner cannot know how many there are; where it took them for a few, it would compare each with each.
    with connection.cursor() as cursor, compared_as_wholes(cursor):
        cursor.execute(_POST, {"persons": list(person_ids), "at": at})
        [entries] = cursor.fetchone()
    return entries
