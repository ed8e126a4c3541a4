"""How cohorts go, in figures; the formulas are told in ``docs/training.md``.

An *enrolment* is a record of the cohort that stands for somebody: one that is neither rejected, revoked nor taken back.
Any number of cohorts is counted by one statement.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from programs.records.models import NOT_LIVE

_PEOPLE = (
    *("enrolled", "in_progress", "completed", "verified_completions", "withdrawn", "awaiting_review"),
    "returned",
)
UNSTATED = ""
"""The reason of those who withdrew without one."""

_COUNTED = """
WITH enrolled AS MATERIALIZED (
    SELECT chosen.id AS cohort_id, record.outcome, record.state, noted.*
    FROM unnest(%(cohorts)s::bigint[]) AS chosen (id)
    JOIN record ON record.cohort_id = chosen.id AND record.state <> ALL (%(dead)s)
    LEFT JOIN LATERAL (
        SELECT edition, sessions_held, sessions_attended, hours, withdrawal_reason
        FROM attendance WHERE record_id = record.id ORDER BY edition DESC LIMIT 1
    ) AS noted ON true
), people AS (
    SELECT cohort_id, count(*) AS enrolled,
           count(*) FILTER (WHERE outcome = 'in_progress') AS in_progress,
           count(*) FILTER (WHERE outcome = 'completed') AS completed,
           count(*) FILTER (WHERE outcome = 'completed' AND state = 'verified') AS verified,
           count(*) FILTER (WHERE outcome = 'withdrawn') AS withdrawn,
           count(*) FILTER (WHERE state = 'submitted') AS waiting,
           count(*) FILTER (WHERE state = 'returned') AS returned,
           count(edition) AS noted, sum(sessions_held) AS held, sum(sessions_attended) AS attended, sum(hours) AS hours
    FROM enrolled GROUP BY cohort_id
), reasons AS (
    SELECT cohort_id, jsonb_object_agg(reason, people) AS by_reason FROM (
        SELECT cohort_id, coalesce(withdrawal_reason, '') AS reason, count(*) AS people
        FROM enrolled WHERE outcome = 'withdrawn' GROUP BY 1, 2
    ) AS one GROUP BY cohort_id
), money AS (
    SELECT cohort_id, sum(planned_fen) AS planned, sum(spent_fen) AS spent
    FROM budget_line WHERE cohort_id = ANY (%(cohorts)s) GROUP BY cohort_id
)
SELECT chosen.id, coalesce(people.enrolled, 0), coalesce(people.in_progress, 0), coalesce(people.completed, 0),
       coalesce(people.verified, 0), coalesce(people.withdrawn, 0), coalesce(people.waiting, 0),
       coalesce(people.returned, 0), coalesce(reasons.by_reason, '{}'), coalesce(people.noted, 0),
       coalesce(people.held, 0), coalesce(people.attended, 0), coalesce(people.hours, 0), money.planned, money.spent
FROM unnest(%(cohorts)s::bigint[]) AS chosen (id)
LEFT JOIN people ON people.cohort_id = chosen.id
LEFT JOIN reasons ON reasons.cohort_id = chosen.id
LEFT JOIN money ON money.cohort_id = chosen.id
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted of a cohort, or of several together: people, sessions, hours, and money in fen.

    ``planned_fen`` and ``spent_fen`` are none where there is no budget line that the reader sees.
    """

    enrolled: int = 0
    in_progress: int = 0
    completed: int = 0
    verified_completions: int = 0
    withdrawn: int = 0
    awaiting_review: int = 0
    returned: int = 0
    withdrawn_by_reason: Mapping[str, int] = field(default_factory=dict)
    noted: int = 0
    sessions_held: int = 0
    sessions_attended: int = 0
    hours: float = 0.0
    planned_fen: int | None = None
    spent_fen: int | None = None

    @property
    def taken(self) -> int:
        """The places taken: whoever withdrew has freed theirs."""
        return self.in_progress + self.completed

    @property
    def completion_rate(self) -> float | None:
        """Who completed, as reported, of all enrolled."""
        return share(self.completed, self.enrolled)

    @property
    def dropout_rate(self) -> float | None:
        """Who withdrew, of all enrolled."""
        return share(self.withdrawn, self.enrolled)

    @property
    def attendance_rate(self) -> float | None:
        """Sessions attended of those held for the people whose attendance was noted."""
        return share(self.sessions_attended, self.sessions_held)

    @property
    def cost_per_completion_fen(self) -> int | None:
        """What is spent for each verified completion, in fen, rounded half up."""
        return cost_per(self.spent_fen, self.verified_completions)


def tallies(cohort_ids: Collection[int]) -> dict[int, Tally]:
    """By cohort, what is counted of it, as far as the transaction's scope sees."""
    if not cohort_ids:
        return {}
    values: dict[str, Any] = {"cohorts": list(cohort_ids), "dead": [state.value for state in NOT_LIVE]}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, values)
        return {cohort: _tally(rest) for cohort, *rest in cursor.fetchall()}


def together(several: Collection[Tally]) -> Tally:
    """Several cohorts as one; money is none only where none of them has any."""
    reasons: dict[str, int] = {}
    for one in several:
        for reason, people in one.withdrawn_by_reason.items():
            reasons[reason] = reasons.get(reason, 0) + people
    summed: dict[str, Any] = {
        name: sum(getattr(one, name) for one in several)
        for name in (*_PEOPLE, "noted", "sessions_held", "sessions_attended", "hours")
    }
    for name in ("planned_fen", "spent_fen"):
        known = [amount for one in several if (amount := getattr(one, name)) is not None]
        summed[name] = sum(known) if known else None
    return Tally(**summed, withdrawn_by_reason=reasons)


def share(part: int, whole: int) -> float | None:
    """A share to four decimals; none where there is nothing that it could be of."""
    return round(part / whole, 4) if whole else None


def cost_per(spent_fen: int | None, heads: int) -> int | None:
    """What is spent for each head, in fen, rounded half up; none without money or heads."""
    return None if spent_fen is None or not heads else (2 * spent_fen + heads) // (2 * heads)


def _tally(row: Sequence[Any]) -> Tally:
    counts, (reasons, noted, held, attended, hours, planned, spent) = row[:-7], row[-7:]
    return Tally(
        **dict(zip(_PEOPLE, counts, strict=True)),
        withdrawn_by_reason=dict(sorted(json.loads(reasons).items())),
        noted=noted,
        sessions_held=int(held),
        sessions_attended=int(attended),
        hours=float(hours),
        planned_fen=None if planned is None else int(planned),
        spent_fen=None if spent is None else int(spent),
    )
