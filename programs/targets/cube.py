"""Reading figures off the cube: the sums that the ledger's entries have been added up to, at any moment.

A figure is what the cube says now less the entries posted after the moment that is asked for, all in one statement, so
that a posting in between can neither be missed nor be counted twice. For a moment long past it is what the cube said at
the nearest milestone, with what was posted between the two added or taken off.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from backend.accounts.models import Organisation, User
from programs.catalogue.models import Programme
from programs.targets.books import Moment
from programs.targets.models import Grain, Target

WHOLE = ""
"""The dimension of a target as a whole."""

UNSPECIFIED = "unspecified"
_COLUMN = {"organisation": "organisation_id", "programme": "programme_id"}
_SIDES = frozenset({"organisation", "programme", "path", "basis", "district", "segment"})

_NEAREST = """
WITH known AS (
    SELECT coalesce((
        SELECT total FROM {postings} WHERE recorded_at <= %(known_at)s ORDER BY recorded_at DESC LIMIT 1
    ), 0) AS entries
)
SELECT kind, id, recorded_at FROM (
    SELECT 'now' AS kind, NULL::bigint AS id, NULL::timestamptz AS recorded_at,
           coalesce((SELECT total FROM {postings} ORDER BY recorded_at DESC LIMIT 1), 0) - entries AS away, 1 AS place
    FROM known
    UNION ALL SELECT 'nothing', NULL, NULL, entries, 2 FROM known
    {milestones}
) AS standing ORDER BY away, place LIMIT 1
"""
_MILESTONES = """UNION ALL (
        SELECT 'before', id, recorded_at, entries - total, 3 FROM known, milestone
        WHERE recorded_at <= %(known_at)s ORDER BY recorded_at DESC LIMIT 1
    )
    UNION ALL (
        SELECT 'after', id, recorded_at, total - entries, 4 FROM known, milestone
        WHERE recorded_at > %(known_at)s ORDER BY recorded_at LIMIT 1
    )"""

HeadsByDay = dict[dt.date, int]


@dataclass(frozen=True, slots=True)
class Kept:
    """Entries, the sums that are kept of them, and whether those have milestones: by the names of their tables."""

    cells: str
    entries: str
    postings: str
    milestones: bool = False


HEADS = Kept("cube_cell", "ledger_entry", "posting", milestones=True)
DEPARTURES = Kept("departure_cell", "departure_entry", "departure_posting")
"""What departures take off the heads: read as they are, negative where somebody is away."""


@dataclass(frozen=True, slots=True)
class Side:
    """One value of one dimension, as the ledger has it; of no dimension the whole target."""

    dimension: str = WHOLE
    key: str = ""


def side_of(chosen: Mapping[str, Any]) -> Side | None:
    """The side of the cube that a choice of heads is, by ``HeadFilter``'s names; ``None`` where it is no single one."""
    given = {name: value for name, value in chosen.items() if value not in (None, "")}
    if not given:
        return Side()
    if len(given) > 1:
        return None
    [(dimension, value)] = given.items()
    if dimension not in _SIDES:
        return None
    if dimension not in _COLUMN:
        return Side(dimension, "" if value == UNSPECIFIED else str(value))
    if several(value):
        return None
    model: Any = Organisation if dimension == "organisation" else Programme
    found = model.objects.filter(code=value).values_list("pk", flat=True).first()
    return None if found is None else Side(dimension, str(found))


def several(value: str) -> bool:
    """Whether a choice of heads names several values, parted by commas."""
    return "," in value


def days(actor: User | None, target: Target, moment: Moment, side: Side, of: Kept = HEADS) -> HeadsByDay:
    """Net heads of a side by the day from which they count, as of and as known at the moment."""
    if not _reads(actor):
        return {}
    return _days([target.pk], moment, side, of).get(target.pk, {})


def days_of(actor: User | None, targets: list[int], moment: Moment, of: Kept = HEADS) -> dict[int, HeadsByDay]:
    """By target, its net heads by the day from which they count: several targets in one reading."""
    return _days(targets, moment, Side(), of) if _reads(actor) else {}


def days_of_keys(
    actor: User | None, target: Target, moment: Moment, by: str, keys: Sequence[str]
) -> dict[str, HeadsByDay]:
    """By value of the dimension ``by``, as the ledger has it, the net heads by the day from which they count."""
    if not keys or not _reads(actor):
        return {}
    column = _COLUMN.get(by, by)
    base = _base(moment)
    rows = _rows(
        f"SELECT key, day, sum(heads) FROM (SELECT key, starts_on, heads FROM {base.cells} AND target_id = %(target)s"
        " AND grain = 'day' AND dimension = %(by)s AND key = ANY (%(keys)s) AND starts_on <= %(as_of)s"
        f" UNION ALL SELECT {column}::text, effective_on, {base.rest} AND target_id = %(target)s"
        f" AND effective_on <= %(as_of)s AND {column}::text = ANY (%(keys)s))"
        " AS part (key, day, heads) GROUP BY key, day HAVING sum(heads) <> 0",
        {"target": target.pk, "by": by, "keys": list(keys), "as_of": moment.as_of, **base.values},
    )
    found: dict[str, HeadsByDay] = defaultdict(dict)
    for key, day, heads in rows:
        found[key][day] = heads
    return found


def heads_of(targets: list[int], moment: Moment, of: Kept = HEADS) -> dict[int, HeadsByDay]:
    """As ``days_of``, for the system's own work."""
    return _days(targets, moment, Side(), of)


def parts(actor: User | None, target: Target, moment: Moment, by: str, of: Kept = HEADS) -> dict[str, int]:
    """The heads of each value of the dimension ``by``; values without heads are left out."""
    if not _reads(actor):
        return {}
    column = _COLUMN.get(by, by)
    month = moment.as_of.replace(day=1)
    base = _base(moment, of)
    own = f"SELECT key, heads FROM {base.cells} AND target_id = %(target)s AND dimension = %(by)s"
    rows = _rows(
        f"SELECT key, sum(heads) FROM ({own} AND grain = 'month' AND starts_on < %(month)s"
        f" UNION ALL {own} AND grain = 'day' AND starts_on BETWEEN %(month)s AND %(as_of)s"
        f" UNION ALL SELECT {column}::text, {base.rest} AND target_id = %(target)s AND effective_on <= %(as_of)s"
        ") AS part (key, heads) GROUP BY key HAVING sum(heads) <> 0",
        {"target": target.pk, "by": by, "month": month, "as_of": moment.as_of, **base.values},
    )
    return dict(rows)


def _days(targets: list[int], moment: Moment, side: Side, of: Kept) -> dict[int, HeadsByDay]:
    column = _COLUMN.get(side.dimension, side.dimension)
    own = f" AND {column}::text = %(key)s" if side.dimension else ""
    base = _base(moment, of)
    rows = _rows(
        f"SELECT target_id, day, sum(heads) FROM (SELECT target_id, starts_on, heads FROM {base.cells}"
        " AND target_id = ANY (%(targets)s) AND grain = %(grain)s AND dimension = %(by)s AND key = %(key)s"
        f" AND starts_on <= %(as_of)s UNION ALL SELECT target_id, effective_on, {base.rest}"
        f" AND target_id = ANY (%(targets)s) AND effective_on <= %(as_of)s{own}) AS part (target_id, day, heads)"
        " GROUP BY target_id, day HAVING sum(heads) <> 0",
        {
            "targets": targets,
            "grain": Grain.DAY.value,
            "by": side.dimension,
            "key": side.key,
            "as_of": moment.as_of,
            **base.values,
        },
    )
    found: dict[int, HeadsByDay] = defaultdict(dict)
    for target, day, heads in rows:
        found[target][day] = heads
    return found


@dataclass(frozen=True, slots=True)
class _Base:
    """A sum that stands, and what has to be added to it: ``cells`` of which table, and the ``rest`` of the entries."""

    cells: str
    rest: str
    values: dict[str, Any]


def _base(moment: Moment, of: Kept = HEADS) -> _Base:
    """The sum from which a moment is nearest, by entries: the cube as it is, a milestone's, or nothing at all."""
    values: dict[str, Any] = {"known_at": moment.known_at}
    now = _Base(f"{of.cells} WHERE true", f"-delta FROM {of.entries} WHERE recorded_at > %(known_at)s", values)
    if moment.latest:
        return now
    nearest = _NEAREST.format(postings=of.postings, milestones=_MILESTONES if of.milestones else "")
    [(kind, milestone, at)] = _rows(nearest, values)
    if kind == "now":
        return now
    if kind == "nothing":
        return _Base(f"{of.cells} WHERE false", f"delta FROM {of.entries} WHERE recorded_at <= %(known_at)s", values)
    values |= {"milestone": milestone, "milestone_at": at}
    between = (
        "delta FROM ledger_entry WHERE recorded_at > %(milestone_at)s AND recorded_at <= %(known_at)s"
        if kind == "before"
        else "-delta FROM ledger_entry WHERE recorded_at > %(known_at)s AND recorded_at <= %(milestone_at)s"
    )
    return _Base("milestone_cell WHERE milestone_id = %(milestone)s", between, values)


def _reads(actor: User | None) -> bool:
    """The figures are the bureau's: a partner sees none of them."""
    return actor is not None and actor.is_authenticated and actor.sees_everything


def _rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
