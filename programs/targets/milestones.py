"""Milestones: the cube as it was after every so many entries, so that no past moment is far from a sum that stands.

They are made behind the postings, from the ledger, which is append-only: what a milestone says has been so since its
posting and stays so, whenever it is written down.
"""

import time
from typing import Any

from django.db import connection, transaction

from backend import locks
from backend.accounts.scope import everything
from programs.targets.settle_parts import SIDES, TIMES

MAKER = "targets.milestone"
EVERY = 250_000
"""So many entries lie between two at least: half of them are the most that a reading of the past adds up."""

LONGEST_SECONDS = 60.0

_SET = """
INSERT INTO milestone (recorded_at, total)
SELECT posting.recorded_at, posting.total
FROM (SELECT max(recorded_at) AS recorded_at, coalesce(max(total), 0) AS total FROM milestone) AS last
JOIN posting ON posting.recorded_at > coalesce(last.recorded_at, '-infinity')
    AND posting.total >= last.total + %(every)s
ORDER BY posting.recorded_at LIMIT 1
RETURNING id, recorded_at
"""
_FILL = f"""
WITH before AS MATERIALIZED (
    SELECT id, recorded_at FROM milestone WHERE recorded_at < %(at)s ORDER BY recorded_at DESC LIMIT 1
)
INSERT INTO milestone_cell (milestone_id, target_id, grain, dimension, key, starts_on, heads)
SELECT %(milestone)s, target_id, grain, dimension, key, starts_on, sum(heads) FROM (
    SELECT target_id, grain, dimension, key, starts_on, heads
    FROM milestone_cell WHERE milestone_id = (SELECT id FROM before)
    UNION ALL
    SELECT target_id, grain, dimension, side.key, time.starts_on, delta
    FROM target JOIN ledger_entry ON ledger_entry.target_id = target.id
    CROSS JOIN LATERAL (VALUES {SIDES}) AS side (dimension, key)
    CROSS JOIN LATERAL (VALUES {TIMES}) AS time (grain, starts_on)
    WHERE recorded_at > coalesce((SELECT recorded_at FROM before), '-infinity') AND recorded_at <= %(at)s
) AS cell
GROUP BY target_id, grain, dimension, key, starts_on HAVING sum(heads) <> 0
ORDER BY target_id, grain, dimension, key, starts_on
"""


def set_milestones(*, seconds: float = LONGEST_SECONDS) -> int:
    """Set every milestone that is due, one after the other, for so many seconds at most; how many were set."""
    done, end = 0, time.monotonic() + seconds
    while time.monotonic() < end and set_next():
        done += 1
    return done


@transaction.atomic
def set_next() -> bool:
    """Set the next milestone if enough has been posted since the last one; whether it was, here and now."""
    with everything():
        if not locks.try_hold(MAKER):
            return False
        with connection.cursor() as cursor:
            cursor.execute(_SET, {"every": EVERY})
            made: tuple[Any, ...] | None = cursor.fetchone()
            if made is None:
                return False
            cursor.execute(_FILL, {"milestone": made[0], "at": made[1]})
    return True
