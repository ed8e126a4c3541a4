"""What managers want to be told of, looked for in sets: each condition gives, by subject, what was found.

All of it is read in the caller's transaction, whose scope sees everything.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection

from backend import clock
from backend.clock import BUREAU
from programs.alerts.models import Alert, AlertSettings
from programs.targets import amending, elapsed
from programs.targets.books import Moment
from programs.targets.models import RecountResult, Target
from programs.targets.readings import span_of

Measure = dict[str, Any]
Found = dict[str, Measure]
BOOKS = "books"

# Heads by target that count by a day: months that are over, and the days of the one that it lies in.
_HEADS = """
SELECT target_id, sum(heads) FROM cube_cell
WHERE dimension = '' AND key = '' AND (
    grain = 'month' AND starts_on < %(month)s OR grain = 'day' AND starts_on BETWEEN %(month)s AND %(day)s
)
GROUP BY target_id
"""
_MOVED = """
SELECT target.id, entry.reason, sum(entry.delta)
FROM target JOIN ledger_entry AS entry
    ON entry.target_id = target.id AND entry.recorded_at > %(since)s AND entry.effective_on <= %(today)s
GROUP BY target.id, entry.reason
"""
# Whoever reported or confirmed for a period was heard of then; silent is who owes since, and takes part today.
_SILENT = """
SELECT organisation.code, count(*), (array_agg(period.code ORDER BY obligation.due_on, period.code))[1],
       max(obligation.due_on), (
           SELECT past.code FROM obligation AS kept JOIN period AS past ON past.id = kept.period_id
           WHERE kept.organisation_id = organisation.id AND kept.due_on = heard.due_on
           AND kept.kind = 'reporting' AND kept.state IN ('reported', 'confirmed_zero')
           ORDER BY past.code DESC LIMIT 1)
FROM obligation
JOIN organisation ON organisation.id = obligation.organisation_id
JOIN period ON period.id = obligation.period_id
LEFT JOIN (
    SELECT organisation_id, max(due_on) AS due_on FROM obligation
    WHERE kind = 'reporting' AND state IN ('reported', 'confirmed_zero') GROUP BY organisation_id
) AS heard ON heard.organisation_id = organisation.id
WHERE obligation.kind = 'reporting' AND obligation.state = 'missing' AND obligation.due_on < %(today)s
AND obligation.due_on > coalesce(heard.due_on, '-infinity')
AND EXISTS (
    SELECT FROM programme_organisation AS part JOIN programme ON programme.id = part.programme_id
    WHERE part.organisation_id = organisation.id AND %(today)s BETWEEN programme.starts_on AND programme.ends_on
)
GROUP BY organisation.id, organisation.code, heard.due_on
HAVING count(*) >= %(periods)s
"""


def off_pace(settings: AlertSettings) -> Found:
    """Targets under way whose completion lay behind the elapsed time (序时进度) by more than the margin, at the end of
    the last finished month: partners report at its end, so a running month says less than it will.
    """
    now = clock.now()
    today = now.astimezone(BUREAU).date()
    as_of = today.replace(day=1) - dt.timedelta(days=1)
    running = Target.objects.filter(starts_on__lte=as_of, ends_on__gte=today)
    heads = _heads(as_of)
    found = {}
    for terms in amending.terms(running.order_by("code"), Moment(as_of, now)):
        target = terms.target
        stood = elapsed.judged(
            goal=target.goal,
            span=span_of(target),
            heads={as_of: heads.get(target.pk, 0)},
            as_of=as_of,
            line=terms.line,
        )
        points = round(stood.ahead, 1) if stood else 0.0
        if stood and points < -settings.margin_points:
            found[target.code] = {
                "as_of": as_of.isoformat(),
                "achieved": stood.achieved,
                "goal": target.goal,
                "completion_rate": stood.completion_rate,
                "elapsed_rate": stood.elapsed_rate,
                "points": points,
                "margin": settings.margin_points,
            }
    return found


def drop(settings: AlertSettings) -> Found:
    """Targets that lost heads, net, by what was posted within the last days."""
    now = clock.now()
    today = now.astimezone(BUREAU).date()
    moved: dict[int, dict[str, int]] = {}
    for target, reason, net in _rows(_MOVED, {"since": now - dt.timedelta(days=settings.drop_days), "today": today}):
        moved.setdefault(target, {})[reason] = net
    heads, codes = _heads(today), dict(Target.objects.values_list("pk", "code"))
    found = {}
    for target, reasons in moved.items():
        lost, achieved = -sum(reasons.values()), heads.get(target, 0)
        before = achieved + lost
        if lost >= settings.drop_heads and lost * 100 >= settings.drop_percent * before:
            found[codes[target]] = {
                "days": settings.drop_days,
                "lost": lost,
                "before": before,
                "achieved": achieved,
                "reasons": {reason: net for reason, net in sorted(reasons.items()) if net},
            }
    return found


def silent(settings: AlertSettings) -> Found:
    """Organisations that take part and have let so many reports in a row fall due without a word.

    An excused report is neither: nobody waits for it.
    """
    rows = _rows(_SILENT, {"today": clock.today(), "periods": settings.silent_periods})
    return {
        code: {"missing": missing, "since": since, "due_on": due_on.isoformat(), "last": last}
        for code, missing, since, due_on, last in rows
    }


def recount(_settings: AlertSettings) -> Found:
    """The books, where the latest recount of the records did not come to the same."""
    latest = RecountResult.objects.order_by("-pk").first()
    if latest is None or latest.agrees:
        return {}
    return {
        BOOKS: {
            "recount": latest.pk,
            "counted_at": latest.counted_at.isoformat(),
            "differing": sum(target["differing"] for target in latest.targets),
            "amiss": latest.amiss,
            "astray": latest.astray,
        }
    }


CONDITIONS: Mapping[Alert.Kind, Callable[[AlertSettings], Found]] = {
    Alert.Kind.OFF_PACE: off_pace,
    Alert.Kind.DROP: drop,
    Alert.Kind.SILENT: silent,
    Alert.Kind.RECOUNT: recount,
}


def _heads(day: dt.date) -> dict[int, int]:
    return dict(_rows(_HEADS, {"day": day, "month": day.replace(day=1)}))


def _rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
