"""The second clock: people reported in a later period than the one in which they completed (``docs/rates.md``)."""

from typing import Any

from django.db import connection, models
from django.utils.translation import gettext_lazy as lazy

from backend.accounts.models import User
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

# The report that counts is the first one that said the day on which the record stands as completed: its own, or one
# that an amendment or a mending has taken the place of. What was sent again before anybody had decided on it leaves no
# such trace; there the submission counts by which it was reported at first, if that was after the completion. Commits
# take turns, so this is the organisation's first one to be committed from that moment on.
_JUDGED = """
    WITH said AS (
        SELECT record.organisation_id, record.programme_id, record.completed_on, record.reported_at,
            least(record.submission_id, earlier.submission_id) AS submission_id
        FROM record
        LEFT JOIN (
            SELECT record_id, completed_on, min(submission_id) AS submission_id
            FROM revision WHERE completed_on IS NOT NULL GROUP BY record_id, completed_on
        ) AS earlier ON earlier.record_id = record.id AND earlier.completed_on = record.completed_on
        WHERE record.outcome = 'completed' AND record.completed_on IS NOT NULL
        AND record.state NOT IN ('rejected', 'revoked', 'withdrawn')
        AND (%(organisation)s::bigint IS NULL OR record.organisation_id = %(organisation)s::bigint)
    ), told AS (
        SELECT said.organisation_id, said.programme_id, said.completed_on, said.reported_at,
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
            AND NOT submission.opening AND submission.template = 'talent-records/1'
            ORDER BY submission.committed_at LIMIT 1
        ) AS first
    ), judged AS (
        SELECT told.organisation_id, told.programme_id, told.completed_on,
            CASE WHEN told.perhaps_earlier AND firsts.starts_on < told.starts_on
                THEN firsts.id ELSE told.period_id END AS period_id
        FROM told LEFT JOIN firsts USING (organisation_id, reported_at)
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
        actor: a partner is told of its own organisation, bureau staff of all.
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
        SELECT {_KEYS[By(by)]} AS key, count(*) AS reported,
            count(*) FILTER (WHERE judged.completed_on < period.starts_on) AS late,
            percentile_disc(0.5) WITHIN GROUP (ORDER BY period.starts_on - judged.completed_on)
                FILTER (WHERE judged.completed_on < period.starts_on) AS median_days,
            max(period.starts_on - judged.completed_on)
                FILTER (WHERE judged.completed_on < period.starts_on) AS most_days
        FROM judged
        JOIN period ON period.id = judged.period_id
        JOIN organisation ON organisation.id = judged.organisation_id
        JOIN programme ON programme.id = judged.programme_id
        {"WHERE " + " AND ".join(conditions) if conditions else ""}
        GROUP BY {_KEYS[By(by)]} ORDER BY {_ORDER.get(By(by), "key")}
    """
    values: dict[str, Any] = {f"only_{column}": code for column, code in narrowed.items()}
    values |= {"organisation": None if actor.sees_everything else actor.organisation_id, "zone": BUREAU.key}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [_presented(*row) for row in cursor.fetchall()]


def _presented(key: str, reported: int, late: int, median: int | None, most: int | None) -> dict[str, Any]:
    return {
        "key": key,
        "reported": reported,
        "late": late,
        "late_rate": round(late / reported, 4),
        "median_days": median,
        "most_days": most,
    }
