"""Places: how many a programme and its cohorts have, how many are taken, and what may not be done about them.

Who takes a place is known above this room, by the room of the records: ``knows_people`` registers it.
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from backend.problems import FieldError
from programs.catalogue.models import Cohort, Programme


@dataclass(frozen=True, slots=True)
class Held:
    """What was reported of a cohort: how many of its places are taken, and the first and last day of anybody in it."""

    taken: int = 0
    first: dt.date | None = None
    last: dt.date | None = None


Knows = Callable[[Collection[int]], Mapping[int, Held]]
_known: list[Knows] = []


def knows_people(found: Knows) -> Knows:
    """Register, in a room's ``handlers``, who knows the people in some cohorts, by the cohort's id; empty ones may be
    left out. Whoever withdrew has freed their place."""
    _known.append(found)
    return found


def held(cohort_ids: Collection[int]) -> dict[int, Held]:
    """By cohort, what was reported of it."""
    found = dict.fromkeys(cohort_ids, Held())
    for known in _known:
        found |= known(cohort_ids)
    return found


def left(capacity: int | None, people: int) -> int | None:
    """The places left; below 0 where more people are in than places, none where no capacity is set."""
    return None if capacity is None else capacity - people


def cohort_errors(cohort: Cohort, changes: Collection[str]) -> list[FieldError]:
    """What forbids a cohort's capacity: people who are in it already, or a programme that has fewer places in all.

    Only a change that makes it so is forbidden: what does not fit as it is may be made to fit in steps.

    Args:
        cohort: as it shall be.
        changes: the fields that differ from what stands; of a new cohort all.
    """
    if not {"capacity", "programme"} & set(changes) or cohort.capacity is None:
        return []
    errors = []
    people = held([cohort.pk])[cohort.pk].taken if cohort.pk else 0
    if "capacity" in changes and cohort.capacity < people:
        message = _("%(people)d people are in this cohort; it cannot have %(places)d places.")
        errors.append(FieldError("capacity", "taken", message % {"people": people, "places": cohort.capacity}))
    before = Cohort.objects.filter(pk=cohort.pk, programme_id=cohort.programme_id).values_list("capacity", flat=True)
    more = cohort.capacity > (before.first() or 0)
    room = cohort.programme.capacity
    places = cohort.capacity + _places(cohort.programme, without=cohort.pk)
    if more and room is not None and places > room:
        message = _("The cohorts of programme %(code)s would have %(places)d places, the programme has %(room)d.")
        named: dict[str, Any] = {"code": cohort.programme.code, "places": places, "room": room}
        errors.append(FieldError("capacity", "over_programme", message % named))
    return errors


def day_errors(cohort: Cohort, changes: Collection[str]) -> list[FieldError]:
    """What forbids a cohort's days: somebody was reported of a day that would lie outside of them."""
    if not {"starts_on", "ends_on"} & set(changes):
        return []
    people = held([cohort.pk])[cohort.pk]
    errors = []
    if "starts_on" in changes and people.first is not None and people.first < cohort.starts_on:
        message = _("Somebody in this cohort started on %(day)s already; it cannot begin later.")
        errors.append(FieldError("starts_on", "leaves_out", message % {"day": people.first}))
    if "ends_on" in changes and people.last is not None and people.last > cohort.ends_on:
        message = _("Somebody in this cohort has a day as late as %(day)s; it cannot end before.")
        errors.append(FieldError("ends_on", "leaves_out", message % {"day": people.last}))
    return errors


def programme_errors(programme: Programme, before: int | None) -> list[FieldError]:
    """What forbids a programme's capacity: cohorts that have more places together. ``before``: as it stands."""
    lowered = programme.capacity is not None and (before is None or programme.capacity < before)
    if not lowered or programme.pk is None:
        return []
    places = _places(programme)
    if programme.capacity is None or places <= programme.capacity:
        return []
    message = _("The cohorts of programme %(code)s have %(places)d places together; it cannot have fewer.")
    return [FieldError("capacity", "under_cohorts", message % {"code": programme.code, "places": places})]


def _places(programme: Programme, without: int | None = None) -> int:
    cohorts = programme.cohorts.all() if without is None else programme.cohorts.exclude(pk=without)
    return cohorts.aggregate(places=Sum("capacity"))["places"] or 0
