"""Writing attendance: summaries that stand until the next one.

A summary is never changed: what is told later is a further edition, so that it stays known what was told when. What may
be told is said by the template (``attendance_template``), for files, calls and forms alike.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from backend.accounts.models import User

VALUES = ("sessions_held", "sessions_attended", "hours", "until", "withdrawal_reason")
Values = Mapping[str, Any]

_NOTE = """
WITH given AS (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (
        record_id bigint, organisation_id bigint, sessions_held int, sessions_attended int, hours numeric, until date,
        withdrawal_reason text)
), changed AS (
    SELECT given.*, coalesce(latest.edition, 0) + 1 AS edition
    FROM given LEFT JOIN LATERAL (
        SELECT edition, sessions_held, sessions_attended, hours, until, withdrawal_reason
        FROM attendance WHERE record_id = given.record_id ORDER BY edition DESC LIMIT 1
    ) AS latest ON true
    WHERE (given.sessions_held, given.sessions_attended, given.hours, given.until, given.withdrawal_reason)
        IS DISTINCT FROM (latest.sessions_held, latest.sessions_attended, latest.hours, latest.until,
                          latest.withdrawal_reason::text)
)
INSERT INTO attendance (record_id, organisation_id, edition, sessions_held, sessions_attended, hours, until,
                        withdrawal_reason, submission_id, noted_by_id, noted_at)
SELECT record_id, organisation_id, edition, sessions_held, sessions_attended, hours, until, withdrawal_reason,
       %(submission)s, %(actor)s, shugu_now()
FROM changed ORDER BY record_id
"""


def put(rows: Sequence[Values], *, actor: User | None, submission_id: int | None = None) -> int:
    """Writes summaries that were found good, by one statement; what says what stands already is passed over.

    Args:
        rows: ``record_id`` and ``organisation_id`` with ``VALUES``; the caller holds their cohorts.
        actor: who told them.
        submission_id: with which file they came.

    Returns:
        How many were written.
    """
    given = [{**row, "withdrawal_reason": row["withdrawal_reason"] or ""} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            _NOTE,
            {
                "rows": json.dumps(given, cls=DjangoJSONEncoder),
                "submission": submission_id,
                "actor": actor.pk if actor else None,
            },
        )
        return cursor.rowcount
