"""Counting the review backlog: what would count if it were verified, and what reviews have yielded.

Who waits is told by the settler's own statement, read as though records awaiting review were verified: whoever would
then stand and does not yet, would be a new head, on the day that the statement says. So merges, credentials, evidence
and the span are judged as they are judged when the records are verified, and somebody reported twice waits once.

What awaited review at the end of earlier months is put together from the moments at which records were reported and
last decided; of each record only its last report and decision are known, so a record that was returned and sent again
is taken to have waited from the first report on. Counted as yield is a record of which the person now counts by it; a
verified record of somebody who counts by another one is neither, because who counts already is not among those who
wait.
"""

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db import connection

from backend.clock import BUREAU
from programs.targets.landing.backlog import Backlog
from programs.targets.landing.chain_ladder import RECENT
from programs.targets.landing.triangle import first_of, month_of
from programs.targets.models import Target
from programs.targets.settle import DESIRED
from programs.targets.settle_parts import WHOSE

YIELD_MONTHS = 12

# The settler's text with the tables that it reads standing for one target and for what might yet be verified.
_WAITING = f"""
WITH RECURSIVE target AS MATERIALIZED (
    SELECT * FROM public.target WHERE id = %(target)s
), marked AS MATERIALIZED (
    SELECT DISTINCT person_id, 1 AS of_loss, 1 AS of_gain FROM record
    WHERE state = 'submitted' AND outcome = 'completed' AND completed_on BETWEEN %(starts_on)s AND %(ends_on)s
), {WHOSE}, {DESIRED.replace("state = 'verified'", "state IN ('verified', 'submitted')")}
SELECT date_trunc('month', desired.effective_on)::date, count(*)
FROM desired LEFT JOIN standing USING (target_id, person_id)
WHERE standing.person_id IS NULL GROUP BY 1"""

_MONTH = f"date_trunc('month', {{}} AT TIME ZONE '{BUREAU.key}')::date"
_DECIDED = f"""
WITH looked_at AS MATERIALIZED (
    SELECT record.id, coalesce(person.canonical_id, person.id) AS person_id, record.completed_on, record.reported_at,
           CASE WHEN record.state <> 'submitted' THEN record.decided_at END AS decided_at
    FROM record JOIN person ON person.id = record.person_id
    WHERE record.outcome = 'completed' AND record.completed_on BETWEEN %(starts_on)s AND %(ends_on)s
      AND (NOT %(needs_credential)s OR record.basis <> '')
      AND (record.state = 'submitted' OR record.state <> 'withdrawn' AND record.decided_at >= %(since)s)
)
SELECT date_trunc('month', coalesce(standing.effective_on, looked_at.completed_on))::date,
       {_MONTH.format("looked_at.reported_at")}, {_MONTH.format("looked_at.decided_at")},
       standing.record_id IS NOT NULL, count(*)
FROM looked_at
LEFT JOIN standing ON standing.target_id = %(target)s AND standing.person_id = looked_at.person_id
WHERE standing.record_id IS NULL OR standing.record_id = looked_at.id
GROUP BY 1, 2, 3, 4"""


def count(target: Target, on: dt.date) -> Backlog:
    """The backlog of a target as the caller's transaction sees it; several statements, so it should see one moment.

    Args:
        target: whose.
        on: the bureau's day.
    """
    month = month_of(on)
    values: dict[str, Any] = {
        "target": target.pk,
        "starts_on": target.starts_on,
        "ends_on": target.ends_on,
        "needs_credential": target.needs_credential,
        "since": dt.datetime.combine(first_of(month - RECENT), dt.time.min, BUREAU),
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(_WAITING, values)
        waiting = {month_of(day): heads for day, heads in cursor.fetchall()}
        cursor.execute(
            "SELECT starts_on, heads FROM cube_cell WHERE target_id = %s AND grain = 'month' AND dimension = ''"
            " AND key = '' AND heads <> 0",
            [target.pk],
        )
        counted = {month_of(day): heads for day, heads in cursor.fetchall()}
        cursor.execute(_DECIDED, values)
        rows = cursor.fetchall()
    history: dict[tuple[int, int], int] = defaultdict(int)
    decided: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for completed_in, reported_in, decided_in, came, records in rows:
        begun, ended = month_of(reported_in), month_of(decided_in) if decided_in else month
        for waited in range(max(begun, month - RECENT), min(ended, month)):
            history[month_of(completed_in), waited] += records
        if decided_in and ended > month - YIELD_MONTHS:
            decided[ended][0] += records
            decided[ended][1] += records if came else 0
    return Backlog(
        taken_in=month,
        waiting=tuple(sorted(waiting.items())),
        counted=tuple(sorted(counted.items())),
        history=tuple(sorted((row, column, records) for (row, column), records in history.items())),
        decided=tuple(sorted((column, records, came) for column, (records, came) in decided.items())),
    )
