"""Why a figure moved, read off sums by the day of posting: however much was posted between two moments.

Whole days are read off ``turn_cell``; of the two days in which the moments lie, the entries posted in the rest of the
day are added or taken off, in the same statement, so that a posting in between can neither be missed nor be counted
twice.
"""

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db import connection

from backend.accounts.models import User
from backend.clock import BUREAU
from programs.targets.books import Moment
from programs.targets.models import Target

_MOVED = """
SELECT reason, delta, sum(entries) FROM (
    SELECT reason, delta, entries FROM turn_cell
    WHERE target_id = %(target)s AND posted_on > %(opened_on)s AND posted_on <= %(closed_on)s
      AND effective_on <= %(as_of)s
    UNION ALL
    SELECT reason, delta, 1 FROM ledger_entry
    WHERE target_id = %(target)s AND recorded_at > %(opened_at)s AND recorded_at < %(opened_until)s
      AND effective_on <= %(as_of)s
    UNION ALL
    SELECT reason, delta, -1 FROM ledger_entry
    WHERE target_id = %(target)s AND recorded_at > %(closed_at)s AND recorded_at < %(closed_until)s
      AND effective_on <= %(as_of)s
) AS turn GROUP BY reason, delta HAVING sum(entries) <> 0
"""


def moved(actor: User, target: Target, opening: Moment, closing: Moment) -> dict[str, tuple[int, int]]:
    """By reason, the heads counted and the heads taken back by the entries that ``closing`` knows and ``opening`` does
    not, of those that take effect by the day of ``closing``; none for whom the figures are not."""
    if not actor.sees_everything:
        return {}
    opened_on, closed_on = (_day(moment.known_at) for moment in (opening, closing))
    values: dict[str, Any] = {
        "target": target.pk,
        "as_of": closing.as_of,
        "opened_on": opened_on,
        "closed_on": closed_on,
        "opened_at": opening.known_at,
        "opened_until": _end(opened_on),
        "closed_at": closing.known_at,
        "closed_until": _end(closed_on),
    }
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, values)
        rows = cursor.fetchall()
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for reason, delta, entries in rows:
        sums[reason][0 if delta > 0 else 1] += int(entries)
    return {reason: (counted, taken_back) for reason, (counted, taken_back) in sums.items()}


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(BUREAU).date()


def _end(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day + dt.timedelta(1), dt.time(), BUREAU)
