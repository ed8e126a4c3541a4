"""Supply beside demand, as of a day; the formulas, with an example worked by hand, are in ``docs/supply.md``.

One statement counts any table of cells. Positions are read as recruitment reads them, enrolments are records of
training that go on, and whoever counts is read off the standings of the ledger.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet

from backend.accounts.models import User
from programs.catalogue.models import Path
from programs.records import selectors as records
from programs.records.models import NOT_LIVE, Outcome
from programs.recruitment import demand
from programs.supply import reading

UNSPECIFIED = "unspecified"
"""The key of what is not said."""

DIMENSIONS = ("occupation", "occupation_code", "level", "segment", "district")
"""What a table may be split by; ``occupation`` are groups of occupations, ``occupation_code`` single ones."""

BY = ("none", *DIMENSIONS)
OVERDUE = "overdue"
"""Of whom completion was expected on a day that has passed: nobody knows when they will complete."""

ALL, HIGH_END = "all", "high-end"

_KEYS: Mapping[str, str] = {
    "none": "'all'",
    "occupation": "substring(occupation FROM '^[^-]+(?:-[^-]+){0,2}')",
    "occupation_code": "occupation",
    "level": "level",
    "segment": "segment",
    "district": "district",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of supply and demand: ``unspecified`` for what is not said, none for any.

    ``occupation`` finds what lies within a group, ``occupation_code`` what is just this code.
    """

    as_of: dt.date
    occupation: str | None = None
    occupation_code: str | None = None
    level: str | None = None
    segment: str | None = None
    district: str | None = None
    organisation_id: int | None = None

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return any(
            (self.occupation, self.occupation_code, self.level, self.segment, self.district, self.organisation_id)
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what is needed, what comes, who is there.

    ``needed`` places that are open and that nobody has arrived for, of ``positions``; ``accepted``: for how many of
    them a candidate has accepted; ``in_training`` people, ``overdue`` those of them whose cohort should have ended;
    ``in_time``: the most places that people in training can fill before the positions' last days; ``gap``: the places
    that are left. ``verified`` people count, ``high_end`` of them are high-end. ``behind``: by measure, the
    organisations of which it is made.
    """

    key: str
    crossed: str
    needed: int
    positions: int
    accepted: int
    in_training: int
    overdue: int
    verified: int
    high_end: int
    gap: int
    behind: Mapping[str, frozenset[int]]

    @property
    def in_time(self) -> int:
        return self.needed - self.accepted - self.gap


@dataclass(frozen=True, slots=True)
class Month:
    """What is expected in one month: people who complete, and places whose last day it is; ``overdue`` comes first."""

    key: str
    month: str
    completing: int
    places: int


class Kind(StrEnum):
    """What stands in a cell."""

    NEEDED = "needed"
    TRAINING = "training"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class Behind:
    """One of those that a cell is made of: a position with its places (``part`` of them accepted), a cohort with its
    people, or a person (``part``: 1 if high-end); ``day`` is the last one of a position or cohort."""

    subject: int
    n: int
    part: int
    day: dt.date | None


_FACTS = """
WITH post (position_id, organisation_id, occupation, level, segment, district, day, places) AS MATERIALIZED ({posts}),
stands AS (
    SELECT DISTINCT ON (move.candidate_id) candidate.position_id, move."to" AS stage
    FROM candidate JOIN candidate_move AS move ON move.candidate_id = candidate.id
    WHERE candidate.position_id IN (SELECT position_id FROM post) AND move.day <= %(as_of)s
    ORDER BY move.candidate_id, move.id DESC
), taken AS (
    SELECT position_id, count(*) AS people FROM stands WHERE stage = 'accepted' GROUP BY position_id
), enrolment (id, person_id, organisation_id, cohort_id, occupation, title, segment, district, day) AS MATERIALIZED (
    {enrolled}
), student AS (
    SELECT DISTINCT ON (coalesce(person.canonical_id, enrolment.person_id)) enrolment.*
    FROM enrolment LEFT JOIN person ON person.id = enrolment.person_id
    ORDER BY coalesce(person.canonical_id, enrolment.person_id), enrolment.day < %(as_of)s, enrolment.day, enrolment.id
), head AS (
    SELECT standing.person_id, standing.organisation_id, record.occupation, record.title, standing.segment,
           standing.district, high.id IS NOT NULL AS high_end
    FROM standing
    JOIN target ON target.id = standing.target_id AND target.code = %(all)s
    JOIN record ON record.id = standing.record_id
    LEFT JOIN standing AS high ON high.person_id = standing.person_id AND high.effective_on <= %(as_of)s
        AND high.target_id = (SELECT id FROM target WHERE code = %(high_end)s)
    WHERE %(counted)s AND standing.effective_on <= %(as_of)s
    AND (%(districts)s::text[] IS NULL OR record.district = ANY (%(districts)s))
), person_like AS (
    SELECT 'training' AS kind, {cohort} AS subject, organisation_id, occupation, title, segment, district, day,
           count(*) AS n, 0 AS part
    FROM student GROUP BY 2, 3, 4, 5, 6, 7, 8
    UNION ALL
    SELECT 'verified', {person}, organisation_id, occupation, title, segment, district, NULL, count(*),
           count(*) FILTER (WHERE high_end)
    FROM head GROUP BY 2, 3, 4, 5, 6, 7
), fact AS MATERIALIZED (
    SELECT 'needed' AS kind, position_id AS subject, organisation_id, occupation, level, segment, district, day,
           places AS n, least(places, coalesce(taken.people, 0)) AS part
    FROM post LEFT JOIN taken USING (position_id)
    UNION ALL
    SELECT kind, subject, organisation_id,
           coalesce(said.code, substring(occupation FROM '^[0-9](?:-[0-9]{2}){1,3}$'), ''),
           coalesce(ranked.level, ''), segment, district, day, n, part
    FROM person_like
    LEFT JOIN unnest(%(labels)s::text[], %(codes)s::text[]) AS said (label, code)
        ON said.label = lower(regexp_replace(normalize(person_like.occupation, NFKC), '[\\s*]+', '', 'g'))
    LEFT JOIN unnest(%(titles)s::text[], %(levels)s::text[]) AS ranked (title, level)
        ON ranked.title = person_like.title
), chosen AS MATERIALIZED (
    SELECT kind, subject, organisation_id, day, n, part,
           coalesce(nullif({key}, ''), 'unspecified') AS key, coalesce(nullif({crossed}, ''), 'unspecified') AS crossed
    FROM fact
    WHERE (%(occupation)s::text IS NULL OR occupation = %(occupation)s
           OR (%(within)s <> '' AND starts_with(occupation, %(within)s)))
    AND (%(occupation_code)s::text IS NULL OR occupation = %(occupation_code)s)
    AND (%(level)s::text IS NULL OR level = %(level)s)
    AND (%(segment)s::text IS NULL OR segment = %(segment)s)
    AND (%(district)s::text IS NULL OR district = %(district)s)
    AND (%(organisation)s::bigint IS NULL OR organisation_id = %(organisation)s)
)
"""

# A place may be filled by whoever completes by its last day. So many places at least stay empty as there are, up to
# some day, more that end by then than people who complete by then; and choosing the day well, so many exactly.
_CELLS = (
    _FACTS
    + """
, turn AS (
    SELECT key, crossed, day, sum(CASE kind WHEN 'needed' THEN n - part ELSE -n END) AS more
    FROM chosen WHERE kind = 'needed' OR (kind = 'training' AND day >= %(as_of)s)
    GROUP BY key, crossed, day
), short AS (
    SELECT key, crossed, max(open) AS gap
    FROM (SELECT key, crossed, sum(more) OVER (PARTITION BY key, crossed ORDER BY day) AS open FROM turn) AS run
    GROUP BY key, crossed
)
SELECT key, crossed,
       coalesce(sum(n) FILTER (WHERE kind = 'needed'), 0), count(*) FILTER (WHERE kind = 'needed'),
       coalesce(sum(part) FILTER (WHERE kind = 'needed'), 0),
       coalesce(sum(n) FILTER (WHERE kind = 'training'), 0),
       coalesce(sum(n) FILTER (WHERE kind = 'training' AND day < %(as_of)s), 0),
       coalesce(sum(n) FILTER (WHERE kind = 'verified'), 0), coalesce(sum(part) FILTER (WHERE kind = 'verified'), 0),
       greatest(coalesce(max(short.gap), 0), 0),
       array_agg(DISTINCT organisation_id) FILTER (WHERE kind = 'needed'),
       array_agg(DISTINCT organisation_id) FILTER (WHERE kind = 'training'),
       array_agg(DISTINCT organisation_id) FILTER (WHERE kind = 'verified')
FROM chosen LEFT JOIN short USING (key, crossed)
GROUP BY key, crossed ORDER BY key, crossed
"""
)

_MONTHS = (
    _FACTS
    + """
SELECT key, CASE WHEN kind = 'training' AND day < %(as_of)s THEN 'overdue' ELSE to_char(day, 'YYYY-MM') END AS month,
       coalesce(sum(n) FILTER (WHERE kind = 'training'), 0), coalesce(sum(n - part) FILTER (WHERE kind = 'needed'), 0)
FROM chosen WHERE kind <> 'verified'
GROUP BY 1, 2 ORDER BY key, min(day)
"""
)


_BEHIND = (
    _FACTS
    + """
SELECT subject, sum(n), sum(part), min(day) FROM chosen WHERE kind = %(kind)s
GROUP BY subject ORDER BY min(day), subject
"""
)
_SUBJECTS = {Kind.NEEDED: "position", Kind.TRAINING: "cohort", Kind.VERIFIED: "person"}


def cells(actor: User, asked: Asked, by: str = "none", crossed: str = "none") -> list[Cell]:
    """The cells in which anything stands, as far as ``actor`` and the transaction's scope see.

    Args:
        actor: who asks.
        asked: of what, and as of which day.
        by: one of ``BY``.
        crossed: another one, or none.
    """
    found = []
    for key, across, *numbers, needed_by, trained_by, verified_by in _ask(_CELLS, actor, asked, by, crossed):
        needed, positions, accepted, in_training, overdue, verified, high_end, gap = map(int, numbers)
        behind = {
            "needed": frozenset(needed_by or ()),
            "in_training": frozenset(trained_by or ()),
            "verified": frozenset(verified_by or ()),
        }
        found.append(
            Cell(key, across, needed, positions, accepted, in_training, overdue, verified, high_end, gap, behind)
        )
    return found


def months(actor: User, asked: Asked, by: str = "none") -> list[Month]:
    """By month, who is expected to complete, and the places whose last day lies in it and nobody has accepted."""
    rows = _ask(_MONTHS, actor, asked, by, "none", counted=False)
    return [Month(key, month, int(completing), int(places)) for key, month, completing, places in rows]


def enrolments(actor: User | None, day: dt.date) -> QuerySet[Any]:
    """The enrolments that went on on a day: begun by then, and not completed by then.

    On which day somebody withdrew is not reported, so whoever has withdrawn is left out of past days too.
    """
    begun = records.records(actor).filter(path=Path.TRAINED, cohort__isnull=False, started_on__lte=day)
    going_on = Q(outcome=Outcome.IN_PROGRESS) | Q(outcome=Outcome.COMPLETED, completed_on__gt=day)
    return begun.filter(going_on).exclude(state__in=NOT_LIVE)


def needed(actor: User | None, day: dt.date) -> QuerySet[Any]:
    """The positions, as they stood on a day, that were open and not filled."""
    found: QuerySet[Any] = demand.as_of(actor, day)
    return found.filter(live=1, left__gt=0)


def behind(actor: User, asked: Asked, kind: Kind) -> list[Behind]:
    """What one cell is made of: positions, cohorts, or people who count; the first to end first."""
    return [
        Behind(subject, int(n), int(part), day)
        for subject, n, part, day in _ask(
            _BEHIND, actor, asked, "none", "none", {_SUBJECTS[kind]}, kind == Kind.VERIFIED, kind=kind.value
        )
    ]


def _ask(
    statement: str,
    actor: User,
    asked: Asked,
    by: str,
    crossed: str,
    subjects: Collection[str] = (),
    counted: bool = True,
    **values: Any,
) -> list[tuple]:
    """The rows of a statement; those who count are read only where they are ``counted``: they are the most by far."""
    posts = needed(actor, asked.as_of).order_by()
    enrolled = enrolments(actor, asked.as_of).order_by()
    parts = {
        "posts": posts.values_list(
            *("position_id", "organisation_id", "occupation", "level", "segment", "district", "open_until", "left")
        ),
        "enrolled": enrolled.annotate(day=F("cohort__ends_on")).values_list(
            *("pk", "person_id", "organisation_id", "cohort_id", "occupation", "title", "segment", "district", "day")
        ),
    }
    text = statement.replace("{key}", _KEYS[by]).replace("{crossed}", _KEYS[crossed])
    for name in ("cohort", "person"):
        # Whose a number is, is told where it is asked for alone: sums are made of far fewer rows without.
        text = text.replace("{" + name + "}", f"{name}_id" if name in subjects else "NULL::bigint")
    for name, queryset in parts.items():
        sql, params = queryset.query.sql_with_params()
        # Names for what the queryset numbers, so that both kinds of values go together.
        named = {f"{name}{place}": value for place, value in enumerate(params)}
        text = text.replace("{" + name + "}", sql % tuple(f"%({one})s" for one in named))
        values |= named
    (labels, codes), (titles, levels) = reading.occupations(), reading.levels()
    values |= {
        "counted": counted,
        "as_of": asked.as_of,
        "all": ALL,
        "high_end": HIGH_END,
        "organisation": asked.organisation_id,
    }
    values["districts"] = list(actor.districts) or None
    values |= {"labels": labels, "codes": codes, "titles": titles, "levels": levels}
    values |= {name: _said(getattr(asked, name)) for name in ("occupation_code", "level", "segment", "district")}
    values["occupation"], values["within"] = _within(asked.occupation)
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall()


def _said(value: str | None) -> str | None:
    return "" if value == UNSPECIFIED else value or None


def _within(occupation: str | None) -> tuple[str | None, str]:
    if not occupation or occupation == UNSPECIFIED:
        return _said(occupation), ""
    return reading.beneath(occupation)
