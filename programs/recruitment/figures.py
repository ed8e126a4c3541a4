"""The figures of recruitment: how far candidates came, how long they stood where, what each source yields.

Each is one statement over the moves of the candidates asked about, as of a day; ``docs/recruitment.md`` gives the
formulas. Who may be asked about is decided by the queryset that is handed in.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Substr

from programs.recruitment.models import Candidate
from programs.recruitment.stages import WAY, Stage

UNSPECIFIED = "unspecified"
"""The key of those who have none."""

BY = ("none", "campaign", "source", "position", "organisation", "month")
"""What funnels may be split by; ``month`` is the month of entry."""

_KEYS: Mapping[str, Any] = {
    "none": Value("all", output_field=CharField()),
    "campaign": F("campaign__code"),
    "source": F("source"),
    "position": Cast("position_id", CharField()),
    "organisation": F("organisation__code"),
    "month": Substr(Cast("entered_on", CharField()), 1, 7),
}
TIMED = tuple(one.value for one in WAY if one != Stage.ARRIVED)
"""The stages in which somebody waits."""

QUARTILES = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))


@dataclass(frozen=True, slots=True)
class Funnel:
    """How far some candidates came by a day.

    ``reached`` by stage of the way: those who stood there or further on at any time; of ``arrived`` those whose
    arrival stands. ``verified``: whose introduction is verified. ``declined`` and ``withdrawn`` stand there on the
    day; ``live`` are on the way still.
    """

    key: str
    reached: Mapping[str, int]
    verified: int
    declined: int
    withdrawn: int
    live: int

    @property
    def sourced(self) -> int:
        return self.reached[Stage.SOURCED]

    @property
    def arrived(self) -> int:
        return self.reached[Stage.ARRIVED]

    def conversion(self, stage: str) -> float | None:
        """The share of those who reached the stage before that reached this one; of nobody, nothing."""
        place = WAY.index(Stage(stage))
        return ratio(self.reached[stage], self.reached[WAY[place - 1]]) if place else None


class Stay(NamedTuple):
    """How many stood in a stage for so many days, and left it (``ended``) or stand there still."""

    days: int
    ended: bool
    n: int


@dataclass(frozen=True, slots=True)
class Times:
    """How long candidates stand in a stage, in days; a quartile that nobody has reached yet is ``None``."""

    key: str
    stage: str
    ended: int
    open: int
    quartiles: tuple[int | None, int | None, int | None]


_CHOSEN = "WITH chosen (id, key) AS MATERIALIZED ({chosen})"
_FUNNEL = (
    _CHOSEN
    + """
, moved AS (
    SELECT chosen.key, chosen.id,
           coalesce(max(array_position(%(way)s::text[], move."to"::text)), 1) AS furthest,
           (array_agg(move."to" ORDER BY move.id DESC))[1] AS stands
    FROM chosen JOIN candidate_move AS move ON move.candidate_id = chosen.id
    WHERE move.day <= %(as_of)s
    GROUP BY chosen.key, chosen.id
), came AS (
    SELECT arrival.candidate_id AS id, bool_or(record.id IS NOT NULL) AS verified
    FROM candidate_arrival AS arrival
    LEFT JOIN record ON record.id = arrival.record_id AND record.state = 'verified' AND record.outcome = 'completed'
        AND record.completed_on <= %(as_of)s
    WHERE arrival.undone_at IS NULL AND arrival.day <= %(as_of)s
    GROUP BY arrival.candidate_id
)
SELECT moved.key,
       ARRAY[{reached}], count(came.id), count(*) FILTER (WHERE came.verified),
       count(*) FILTER (WHERE came.id IS NULL AND stands = 'declined'),
       count(*) FILTER (WHERE came.id IS NULL AND stands = 'withdrawn'),
       count(*) FILTER (WHERE came.id IS NULL AND stands NOT IN ('declined', 'withdrawn'))
FROM moved LEFT JOIN came USING (id)
GROUP BY moved.key ORDER BY moved.key
""".replace("{reached}", ", ".join(f"count(*) FILTER (WHERE furthest >= {place})" for place in range(1, len(WAY))))
)


def funnel(candidates: QuerySet[Candidate], as_of: dt.date, by: str = "none") -> list[Funnel]:
    """How far ``candidates`` came by a day, split ``by`` one of ``BY``; who was entered later is not told of."""
    found = []
    for key, reached, arrived, verified, declined, withdrawn, live in _ask(
        _FUNNEL, candidates, by, as_of=as_of, way=[one.value for one in WAY]
    ):
        far = dict(zip(WAY, [*reached, arrived], strict=True))
        found.append(Funnel(key, {stage.value: n for stage, n in far.items()}, verified, declined, withdrawn, live))
    return found


_TIMES = (
    _CHOSEN
    + """
SELECT key, stage, coalesce(until, %(as_of)s) - since, until IS NOT NULL, count(*)
FROM (
    SELECT chosen.key, move."to" AS stage, move.day AS since,
           lead(move.day) OVER (PARTITION BY move.candidate_id ORDER BY move.id) AS until
    FROM chosen JOIN candidate_move AS move ON move.candidate_id = chosen.id
    WHERE move.day <= %(as_of)s
) AS stay
WHERE stage = ANY (%(timed)s)
GROUP BY 1, 2, 3, 4
"""
)


def times(candidates: QuerySet[Candidate], as_of: dt.date, by: str = "none") -> list[Times]:
    """How long ``candidates`` stood in each stage, as of a day, split ``by`` one of ``BY``.

    Whoever stands there still counts as somebody who stood so long at least.
    """
    stays: dict[tuple[str, str], list[Stay]] = defaultdict(list)
    for key, stage, days, ended, count in _ask(_TIMES, candidates, by, as_of=as_of, timed=list(TIMED)):
        stays[key, stage].append(Stay(days, ended, count))
    return [
        Times(
            key,
            stage,
            sum(one.n for one in stays[key, stage] if one.ended),
            sum(one.n for one in stays[key, stage] if not one.ended),
            quartiles(stays[key, stage]),
        )
        for key, stage in sorted(stays, key=lambda place: (place[0], TIMED.index(place[1])))
    ]


def quartiles(stays: Sequence[Stay]) -> tuple[int | None, int | None, int | None]:
    """After how many days a quarter, a half and three quarters have left, by Kaplan and Meier's estimate.

    Exact, in whole numbers: on each day on which somebody left, those who are left fall by the share that left of all
    who had stood so long.
    """
    at_risk = sum(one.n for one in stays)
    ended: dict[int, int] = defaultdict(int)
    censored: dict[int, int] = defaultdict(int)
    for one in stays:
        (ended if one.ended else censored)[one.days] += one.n
    still, found = Fraction(1), list[int]()
    for days in sorted({*ended, *censored}):
        if ended[days]:
            still *= Fraction(at_risk - ended[days], at_risk)
            while len(found) < len(QUARTILES) and still <= 1 - QUARTILES[len(found)]:
                found.append(days)
        at_risk -= ended[days] + censored[days]
    padded: list[int | None] = [*found, None, None, None]
    return padded[0], padded[1], padded[2]


@dataclass(frozen=True, slots=True)
class Yield:
    """What a source, or a campaign, yields; ``spent`` in fen, ``None`` where no budget is known."""

    key: str
    sourced: int
    arrived: int
    verified: int
    spent: int | None

    @property
    def cost_per_arrival(self) -> int | None:
        """In fen, to the nearest."""
        return None if self.spent is None or not self.arrived else round(Fraction(self.spent, self.arrived))


Spent = Callable[[Iterable[str]], Mapping[str, int]]
"""By codes of campaigns, what was spent on each in fen; a campaign without a budget is not in it."""


def yields(candidates: QuerySet[Candidate], as_of: dt.date, by: str, spent: Spent) -> list[Yield]:
    """What each source or campaign yields, as of a day.

    Args:
        candidates: who is asked about.
        as_of: the day.
        by: ``source`` or ``campaign``.
        spent: the campaigns' budgets. What was spent on a campaign is shared out over all whom it brought, so that a
            source costs what it has of each; of a campaign that brought somebody else too, only their part is counted.
    """
    parts = {one.key: one for one in funnel(candidates, as_of, by)}
    costs = _costs(candidates, as_of, by, spent)
    return [
        Yield(one.key, one.sourced, one.arrived, one.verified, None if key not in costs else round(costs[key]))
        for key, one in parts.items()
    ]


_SHARES = (
    _CHOSEN
    + """
SELECT chosen.key, programme.code, count(*),
       (SELECT count(*) FROM candidate AS every
        WHERE every.campaign_id = programme.id AND every.entered_on <= %(as_of)s)
FROM chosen
JOIN candidate ON candidate.id = chosen.id AND candidate.entered_on <= %(as_of)s
JOIN programme ON programme.id = candidate.campaign_id
GROUP BY chosen.key, programme.code, programme.id
"""
)


def _costs(candidates: QuerySet[Candidate], as_of: dt.date, by: str, spent: Spent) -> dict[str, Fraction]:
    shares = _ask(_SHARES, candidates, by, as_of=as_of)
    budgets = spent({campaign for _key, campaign, _own, _all in shares})
    costs: dict[str, Fraction] = {}
    for key, campaign, own, every in shares:
        if campaign in budgets:
            costs[key] = costs.get(key, Fraction(0)) + Fraction(budgets[campaign] * own, every)
    return costs


def ratio(part: int, whole: int) -> float | None:
    """``part`` of ``whole``, to four places; of nothing, nothing."""
    return round(part / whole, 4) if whole else None


def _ask(statement: str, candidates: QuerySet[Candidate], by: str, **values: Any) -> list[tuple]:
    """The rows of a statement over the candidates chosen, each with its key."""
    key = Coalesce(_KEYS[by], Value(UNSPECIFIED), output_field=CharField())
    try:
        chosen, params = candidates.order_by().values_list("pk", key).query.sql_with_params()
    except EmptyResultSet:
        # The conditions cannot be met by anybody, and there is no statement that says so.
        return []
    # Names for what the queryset numbers, so that both kinds of values go together.
    named = {f"chosen{place}": value for place, value in enumerate(params)}
    text = chosen % tuple(f"%({name})s" for name in named)
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("{chosen}", text), named | values)
        return cursor.fetchall()
