"""The triangle and the backlog as they were known at a moment, and where a target lands by them.

The triangle is read whole months of postings at a time, as it is made of them: the month in which the books are read is
not over and says nothing of development, so a moment's triangle is that of the month's beginning. The backlog is the
last that was counted and closed into the books by then: what awaited review at a past moment cannot be told from
records, which only know how they stand now. So all of it is what was known then, and stays so.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from backend.clock import BUREAU
from programs.targets.books import Moment
from programs.targets.figures import HeadsByDay, Span
from programs.targets.landing.backlog import Backlog
from programs.targets.landing.projecting import project
from programs.targets.landing.question import Projection, Question
from programs.targets.landing.triangle import Cell, first_of, month_of
from programs.targets.models import Target

STALE = dt.timedelta(days=35)
"""An older count of the backlog says nothing any more."""

_CELLS = """
SELECT target_id, effective_in, posted_in, heads FROM run_off_cell
WHERE target_id = ANY (%(targets)s) AND effective_in <= %(as_of)s AND posted_in < %(month)s AND heads <> 0
ORDER BY effective_in, posted_in"""


def projections(
    targets: Sequence[Target], moment: Moment, heads: Mapping[int, HeadsByDay], *, fan: bool = False
) -> dict[int, Projection]:
    """By target, where it lands as known at the moment.

    Args:
        targets: which.
        moment: where on both clocks.
        heads: by target, its net heads by day, none after the moment's ``as_of``.
        fan: whether the way there is told too.
    """
    return {key: project(question, fan=fan) for key, question in questions(targets, moment, heads).items()}


def questions(targets: Sequence[Target], moment: Moment, heads: Mapping[int, HeadsByDay]) -> dict[int, Question]:
    """By target, everything that its landing is answered from."""
    keys = [target.pk for target in targets]
    found, counted = cells(keys, moment), backlogs(keys, moment)
    return {
        target.pk: Question(
            goal=target.goal,
            span=Span(target.starts_on, target.ends_on),
            as_of=moment.as_of,
            known_on=moment.known_at.astimezone(BUREAU).date(),
            cells=tuple(found[target.pk]),
            heads=_by_month(heads.get(target.pk, {})),
            backlog=counted.get(target.pk),
        )
        for target in targets
    }


def cells(targets: Sequence[int], moment: Moment) -> dict[int, list[Cell]]:
    """By target, the triangle's cells of the whole months of postings before the moment; a day after ``as_of`` in its
    month is in them too."""
    month = first_of(month_of(moment.known_at.astimezone(BUREAU).date()))
    found: dict[int, list[Cell]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_CELLS, {"targets": list(targets), "as_of": moment.as_of, "month": month})
        for target, effective_in, posted_in, heads in cursor.fetchall():
            found[target].append((month_of(effective_in), month_of(posted_in), heads))
    return found


def backlogs(targets: Sequence[int], moment: Moment) -> dict[int, Backlog]:
    """By target, the last backlog that was counted by the moment and is not stale at it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (target_id) target_id, inputs -> 'backlog' FROM landing"
            " WHERE target_id = ANY (%s) AND known_at <= %s AND known_at > %s ORDER BY target_id, known_at DESC",
            [list(targets), moment.known_at, moment.known_at - STALE],
        )
        rows = cursor.fetchall()
    return {target: Backlog.read(_parsed(kept)) for target, kept in rows if kept is not None}


def _by_month(heads: HeadsByDay) -> tuple[tuple[int, int], ...]:
    found: dict[int, int] = defaultdict(int)
    for day, count in heads.items():
        found[month_of(day)] += count
    return tuple(sorted(found.items()))


def _parsed(kept: Any) -> dict[str, Any]:
    if isinstance(kept, str):
        parsed: dict[str, Any] = json.loads(kept)
        return parsed
    return dict(kept)
