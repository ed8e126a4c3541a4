"""The second clock: people reported in a later period than the one in which they completed (``docs/rates.md``)."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, groupby
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext_lazy as lazy

from backend.accounts.models import User
from backend.accounts.scope import seen_by
from backend.clock import BUREAU


class By(models.TextChoices):
    """What the second clock is read for, one row each."""

    ORGANISATION = "organisation", lazy("Organisation")
    PERIOD = "period", lazy("Period")
    PROGRAMME = "programme", lazy("Programme")


_KEYS = {
    By.ORGANISATION: "organisation.code",
    By.PERIOD: "period.code",
    By.PROGRAMME: "programme.code",
}
_ORDER = {By.PERIOD: "min(period.starts_on), key"}

# As the index `record_said` has it, which holds everything that is read of a record: a million are counted without
# being looked at one by one.
_STANDS = """
    record.outcome = 'completed' AND record.completed_on IS NOT NULL
    AND NOT (record.state IN ('rejected', 'revoked', 'withdrawn'))
    AND (%(whose)s::bigint[] IS NULL OR record.organisation_id = ANY (%(whose)s::bigint[]))
"""
# The report that counts is the first one that said the day on which the record stands as completed: its own, or one
# that an amendment or a mending has taken the place of. What was sent again before anybody had decided on it leaves no
# such trace; there the submission counts by which it was reported at first, if that was after the completion. Commits
# take turns, so this is the organisation's first one to be committed from that moment on.
#
# All are counted under their own report; the few that an earlier edition said first are moved from there to it.
_JUDGED = f"""
    WITH counted AS (
        SELECT record.organisation_id, record.programme_id, record.submission_id, record.completed_on,
            record.reported_at, count(*) AS people
        FROM record WHERE {_STANDS}
        GROUP BY record.organisation_id, record.submission_id, record.completed_on, record.programme_id,
            record.reported_at
    ), earlier AS (
        SELECT record.organisation_id, record.programme_id, record.submission_id, record.completed_on,
            record.reported_at, min(revision.submission_id) AS first_id
        FROM revision
        JOIN record ON record.id = revision.record_id AND record.completed_on = revision.completed_on
        WHERE {_STANDS}
        GROUP BY record.id HAVING min(revision.submission_id) < record.submission_id
    ), said AS (
        SELECT * FROM counted
        UNION ALL
        SELECT organisation_id, programme_id, submission_id, completed_on, reported_at, -1 FROM earlier
        UNION ALL
        SELECT organisation_id, programme_id, first_id, completed_on, reported_at, 1 FROM earlier
    ), told AS (
        SELECT said.organisation_id, said.programme_id, said.completed_on, said.reported_at, said.people,
            period.id AS period_id, period.starts_on,
            said.completed_on < period.starts_on
                AND (said.reported_at AT TIME ZONE %(zone)s)::date >= said.completed_on AS perhaps_earlier
        FROM said
        JOIN submission ON submission.id = said.submission_id AND NOT submission.opening
        JOIN period ON period.id = submission.period_id
    ), firsts AS (
        SELECT moment.organisation_id, moment.reported_at, first.id, first.starts_on
        FROM (SELECT DISTINCT organisation_id, reported_at FROM told WHERE perhaps_earlier) AS moment
        CROSS JOIN LATERAL (
            SELECT period.id, period.starts_on
            FROM submission JOIN period ON period.id = submission.period_id
            WHERE submission.organisation_id = moment.organisation_id AND submission.committed_at >= moment.reported_at
            AND NOT submission.opening AND NOT submission.practice AND submission.template = 'talent-records/1'
            ORDER BY submission.committed_at LIMIT 1
        ) AS first
    ), judged AS (
        SELECT told.organisation_id, told.programme_id, told.completed_on, told.people,
            CASE WHEN earlier THEN firsts.id ELSE told.period_id END AS period_id,
            CASE WHEN earlier THEN firsts.starts_on ELSE told.starts_on END AS starts_on
        FROM told LEFT JOIN firsts USING (organisation_id, reported_at)
        CROSS JOIN LATERAL (SELECT told.perhaps_earlier AND firsts.starts_on < told.starts_on) AS told_first (earlier)
    ), cells AS MATERIALIZED (
        SELECT organisation_id, programme_id, period_id, greatest(starts_on - completed_on, 0) AS days,
            sum(people) AS people
        FROM judged GROUP BY organisation_id, programme_id, period_id, days
    )
"""


def late_people(
    actor: User | None,
    by: str = By.ORGANISATION,
    *,
    organisation: str = "",
    period: str = "",
    programme: str = "",
) -> list[dict[str, Any]]:
    """How many of the people reported as completed were reported late, and how late.

    Args:
        actor: a partner is told of its own organisation and, while it reads, its parts; bureau staff of all.
        by: one of :class:`By`; ``period`` is the one that they were reported in.
        organisation, period, programme: codes that narrow it.

    Returns:
        For each ``key``: ``reported`` records as completed, ``late`` those that completed before the period that they
        were reported in began, ``late_rate`` the share of these, ``median_days`` and ``most_days`` from the completion
        to that period's first day among the late ones (``None`` where there are none).
    """
    if actor is None or not actor.is_authenticated:
        return []
    narrowed = {"organisation.code": organisation, "period.code": period, "programme.code": programme}
    conditions = [f"{column} = %(only_{column})s" for column, code in narrowed.items() if code]
    statement = f"""{_JUDGED}
        SELECT {_KEYS[By(by)]} AS key, cells.days, sum(cells.people) AS people
        FROM cells
        JOIN period ON period.id = cells.period_id
        JOIN organisation ON organisation.id = cells.organisation_id
        JOIN programme ON programme.id = cells.programme_id
        {"WHERE " + " AND ".join(conditions) if conditions else ""}
        GROUP BY {_KEYS[By(by)]}, cells.days HAVING sum(cells.people) > 0
        ORDER BY {_ORDER.get(By(by), "key")}, cells.days
    """
    values: dict[str, Any] = {f"only_{column}": code for column, code in narrowed.items()}
    values |= {"whose": None if actor.sees_everything else seen_by(actor), "zone": BUREAU.key}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = [(key, days, int(people)) for key, days, people in cursor.fetchall()]
    return [
        _presented(key, [(days, people) for _key, days, people in own])
        for key, own in groupby(rows, key=lambda row: row[0])
    ]


def _presented(key: str, counts: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """What is told of a key, from how many people were so many days late, in the order of the days."""
    late = [(days, people) for days, people in counts if days]
    reported, too_late = (sum(people for _days, people in some) for some in (counts, late))
    passed = list(accumulate(people for _days, people in late))
    return {
        "key": key,
        "reported": reported,
        "late": too_late,
        "late_rate": round(too_late / reported, 4),
        "median_days": late[bisect_left(passed, too_late / 2)][0] if late else None,
        "most_days": late[-1][0] if late else None,
    }
