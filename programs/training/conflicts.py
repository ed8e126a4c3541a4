"""What does not fit together in cohorts: people and places, days, persons in two cohorts at once; and what to do.

These are no findings of a file, whose rules the template fixes: what does not fit may come about by two files that are
each good, or by the passing of time. They are worked out when they are asked for, by two statements for any number of
cohorts.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from backend import clock
from backend.accounts.models import User
from backend.planner import compared_as_wholes
from programs.catalogue.models import Cohort
from programs.records.models import NOT_LIVE


class Kind(models.TextChoices):
    """What does not fit."""

    OVER_CAPACITY = "over_capacity", _("More people than places")
    OUTSIDE_PROGRAMME = "outside_programme", _("Outside its programme's days")
    OVERLAP = "overlap", _("In two cohorts at once")
    PROGRAMME_CAPACITY = "programme_capacity", _("More places than its programme has")
    EMPTY = "empty", _("Running without anybody")
    UNFINISHED = "unfinished", _("Ended, people still in progress")


ADVICE = {
    Kind.OVER_CAPACITY: _("Give the cohort more places, or report who withdrew."),
    Kind.OUTSIDE_PROGRAMME: _("Move the cohort's days, or those of its programme."),
    Kind.OVERLAP: _("Look at each: report the withdrawal from one of the two, or mend the days."),
    Kind.PROGRAMME_CAPACITY: _("Give the programme more places, or its cohorts fewer."),
    Kind.EMPTY: _("Report who takes part, or move the cohort's days if it begins later."),
    Kind.UNFINISHED: _("Report for each whether they completed or withdrew, or extend the cohort."),
}

_COUNTED = """
SELECT chosen.id, coalesce(people.taken, 0), coalesce(people.enrolled, 0), coalesce(people.in_progress, 0)
FROM unnest(%(cohorts)s::bigint[]) AS chosen (id)
LEFT JOIN (
    SELECT cohort_id, count(*) AS enrolled, count(*) FILTER (WHERE outcome <> 'withdrawn') AS taken,
           count(*) FILTER (WHERE outcome = 'in_progress') AS in_progress
    FROM record WHERE cohort_id = ANY (%(cohorts)s) AND state <> ALL (%(dead)s) GROUP BY cohort_id
) AS people ON people.cohort_id = chosen.id
"""

# How long somebody is in a cohort: from the day on which they start to that of completion, or to its end.
_STAY = """record.started_on AS since,
    CASE WHEN record.outcome = 'completed' THEN coalesce(record.completed_on, cohort.ends_on) ELSE cohort.ends_on END
    AS until"""
_LIVE = "record.state <> ALL (%(dead)s) AND record.outcome <> 'withdrawn'"

_TWICE = f"""
WITH here AS MATERIALIZED (
    SELECT record.cohort_id, coalesce(person.canonical_id, person.id) AS whole, {_STAY}
    FROM unnest(%(cohorts)s::bigint[]) AS chosen (id)
    JOIN cohort ON cohort.id = chosen.id
    JOIN record ON record.cohort_id = cohort.id AND {_LIVE}
    JOIN person ON person.id = record.person_id
), whole AS MATERIALIZED (
    SELECT DISTINCT whole FROM here
), member AS MATERIALIZED (
    SELECT whole, whole AS person_id FROM whole
    UNION ALL
    SELECT whole.whole, person.id FROM whole JOIN person ON person.canonical_id = whole.whole
), there AS (
    SELECT member.whole, record.cohort_id, {_STAY}
    FROM member
    JOIN record ON record.person_id = member.person_id AND {_LIVE}
    JOIN cohort ON cohort.id = record.cohort_id
)
SELECT here.cohort_id, there.cohort_id, count(DISTINCT here.whole)
FROM here JOIN there ON there.whole = here.whole AND there.cohort_id <> here.cohort_id
    AND there.since <= here.until AND here.since <= there.until
GROUP BY here.cohort_id, there.cohort_id
"""

FEW = 20
"""The people of so many cohorts are looked up one by one; those of more are compared as a whole."""

_PLACES = "SELECT programme_id, sum(capacity) FROM cohort WHERE programme_id = ANY (%s) GROUP BY programme_id"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something that does not fit: of a cohort, or of the cohorts of a programme together (``cohort`` is none).

    ``people`` are how many it is about, ``places`` what there is room for, ``other`` the second cohort of a pair. Of a
    programme ``people`` are its cohorts' places together.
    """

    kind: Kind
    programme: str
    organisation: str | None
    cohort: str | None
    other: str | None = None
    people: int | None = None
    places: int | None = None
    day: dt.date | None = None

    @property
    def message(self) -> str:
        """What does not fit, in the reader's language."""
        return _sentence(self)

    @property
    def advice(self) -> str:
        """What to do about it."""
        return str(ADVICE[self.kind])


def seen_from(cohort: Cohort, one: Conflict) -> Conflict:
    """A conflict as it is told of ``cohort``, which may be the other one of a pair."""
    if one.other != cohort.code:
        return one
    programme, organisation = cohort.programme.code, cohort.organisation.code
    return replace(one, programme=programme, organisation=organisation, cohort=cohort.code, other=one.cohort)


def conflicts(actor: User | None, cohorts: Sequence[Cohort], kinds: Collection[str] = tuple(Kind)) -> list[Conflict]:
    """What does not fit in some cohorts that ``actor`` was given, in the order of their programmes and codes.

    A partner is told of its own cohorts: whether somebody is in another organisation's as well, and what all cohorts
    of a programme have together, is the bureau's to see. A pair is told once, under the cohort that comes first.
    """
    if actor is None or not cohorts:
        return []
    found = [*_alone(cohorts, kinds)]
    if Kind.OVERLAP in kinds:
        found += _pairs(cohorts)
    if Kind.PROGRAMME_CAPACITY in kinds and actor.sees_everything:
        found += _programmes(cohorts)
    order = list(Kind)
    return sorted(found, key=lambda one: (one.programme, one.cohort or "", order.index(one.kind), one.other or ""))


def _alone(cohorts: Sequence[Cohort], kinds: Collection[str]) -> Iterator[Conflict]:
    today = clock.today()
    by_id = {cohort: counts for cohort, *counts in _rows(_COUNTED, cohorts)}
    for cohort in cohorts:
        taken, enrolled, in_progress = by_id[cohort.pk]
        programme = cohort.programme
        outside = not (programme.starts_on <= cohort.starts_on and cohort.ends_on <= programme.ends_on)
        for kind, is_so, people, places, day in (
            (Kind.OVER_CAPACITY, cohort.capacity is not None and taken > cohort.capacity, taken, cohort.capacity, None),
            (Kind.OUTSIDE_PROGRAMME, outside, None, None, None),
            (Kind.EMPTY, cohort.starts_on <= today <= cohort.ends_on and not enrolled, 0, None, cohort.starts_on),
            (Kind.UNFINISHED, cohort.ends_on < today and in_progress > 0, in_progress, None, cohort.ends_on),
        ):
            if is_so and kind in kinds:
                named = (programme.code, cohort.organisation.code, cohort.code)
                yield Conflict(kind, *named, people=people, places=places, day=day)


def _pairs(cohorts: Sequence[Cohort]) -> Iterator[Conflict]:
    given = {cohort.pk: cohort for cohort in cohorts}
    pairs = [(here, there, people) for here, there, people in _rows(_TWICE, cohorts)]
    others = Cohort.objects.in_bulk({there for _here, there, _people in pairs} - given.keys())
    for here, there, people in pairs:
        first, second = given[here], given.get(there) or others.get(there)
        # Where one of the two is not among those that were asked for, the pair is told from the other side.
        if second is None or (there in given and second.code < first.code):
            continue
        named = (first.programme.code, first.organisation.code, first.code)
        yield Conflict(Kind.OVERLAP, *named, other=second.code, people=people)


def _programmes(cohorts: Sequence[Cohort]) -> Iterator[Conflict]:
    programmes = {cohort.programme_id: cohort.programme for cohort in cohorts}
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, [list(programmes)])
        together = dict(cursor.fetchall())
    for pk, programme in programmes.items():
        places = int(together.get(pk) or 0)
        if programme.capacity is not None and places > programme.capacity:
            yield Conflict(
                Kind.PROGRAMME_CAPACITY, programme.code, None, None, people=places, places=programme.capacity
            )


def _rows(statement: str, cohorts: Sequence[Cohort]) -> list[tuple]:
    values: dict[str, Any] = {"cohorts": [cohort.pk for cohort in cohorts], "dead": [state.value for state in NOT_LIVE]}
    with connection.cursor() as cursor:
        if len(cohorts) <= FEW:
            cursor.execute(statement, values)
            return cursor.fetchall()
        # The planner takes the people of any number of cohorts for a few, and would look each up by itself.
        with compared_as_wholes(cursor):
            cursor.execute(statement, values)
            return cursor.fetchall()


def places_said(people: int, places: int) -> str:
    """So many people for so many places, in the reader's language."""
    said = ngettext("%(people)d people for %(places)d place.", "%(people)d people for %(places)d places.", places)
    return said % {"people": people, "places": places}


def _sentence(one: Conflict) -> str:
    people = one.people or 0
    named = {
        "people": people,
        "places": one.places,
        "cohort": one.cohort,
        "other": one.other,
        "programme": one.programme,
        "day": one.day,
    }
    if one.kind == Kind.OVER_CAPACITY:
        return places_said(people, one.places or 0)
    if one.kind == Kind.OUTSIDE_PROGRAMME:
        said = str(_("Its days lie outside those of programme %(programme)s."))
    elif one.kind == Kind.OVERLAP:
        said = ngettext(
            "%(people)d person is in cohort %(other)s on the same days.",
            "%(people)d people are in cohort %(other)s on the same days.",
            people,
        )
    elif one.kind == Kind.PROGRAMME_CAPACITY:
        said = str(_("Its cohorts have %(people)d places together, the programme has %(places)d."))
    elif one.kind == Kind.EMPTY:
        said = str(_("It runs since %(day)s, and nobody is enrolled."))
    else:
        said = ngettext(
            "It ended on %(day)s, and %(people)d person is still in progress.",
            "It ended on %(day)s, and %(people)d people are still in progress.",
            people,
        )
    return said % named
