"""A year's holidays entered or corrected by hand, where its notice is out and the product does not ship it yet."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.problems import FieldError, Invalid
from backend.reference import services as reference
from backend.reference.models import Holiday, HolidayYear
from programs.periods.calendar import FIRST_DAY, LAST_DAY
from programs.periods.models import Period
from programs.periods.recounting import Recounted, recount_due_days, remember_counts, standing_calendar

Kind = Holiday.Kind
AHEAD = 1
"""So many years to come are asked for; more, where a period lies there."""


@dataclass(frozen=True, slots=True)
class Year:
    """One year of the calendar: whether its table is out, its days, and who entered them by hand, if anybody did."""

    year: int
    published: bool
    days: Sequence[Holiday]
    by_hand: HolidayYear | None


def year_of(year: int) -> Year:
    """One year as it stands; no days and not published where nothing is known of it."""
    days = list(Holiday.objects.filter(day__year=year).order_by("day"))
    published = standing_calendar().is_published(year)
    return Year(year, published, days, HolidayYear.objects.filter(year=year).first())


def years() -> list[Year]:
    """Every year that has days, this one and the next, and those in which something is due: the latest first."""
    days: dict[int, list[Holiday]] = {}
    for row in Holiday.objects.order_by("day"):
        days.setdefault(row.day.year, []).append(row)
    today = clock.today()
    asked = {one.year for one in Period.objects.dates("due_on", "year")}
    asked |= set(range(today.year, today.year + AHEAD + 1))
    by_hand = HolidayYear.objects.in_bulk()
    table = standing_calendar()
    known = sorted(days.keys() | asked | by_hand.keys(), reverse=True)
    return [Year(year, table.is_published(year), days.get(year, []), by_hand.get(year)) for year in known]


def missing_years() -> list[int]:
    """The years over which a due day that is still to come was estimated, because their table is not out yet."""
    table, today = standing_calendar(), clock.today()
    spans = Period.objects.filter(provisional=True, due_on__gte=today).values_list("ends_on", "due_on")
    met = {year for first, last in spans for year in range(first.year, last.year + 1)}
    return sorted(year for year in met if not table.is_published(year))


@transaction.atomic
def enter_year(*, actor: User | None, year: int, days: Sequence[Mapping[str, Any]], reason: str) -> Recounted:
    """Enters a year's days off and make-up days, in place of what stood for it; due days are counted anew.

    Args:
        days: each with ``day``, ``name_zh`` and ``kind`` (``off`` or ``makeup_workday``).

    Raises:
        Invalid: a day is of another year or stands twice, a make-up day is no weekend day, or National Day is not off:
            then it is not the year's table.
    """
    errors = _faults(year, days)
    if errors:
        raise Invalid(errors)
    rows = [Holiday(day=one["day"], name_zh=one["name_zh"], kind=one["kind"]) for one in days]
    remember_counts()
    change = reference.put_holidays(
        year=year,
        days=rows,
        user_id=actor.pk if actor else None,
        username=actor.username if actor else "",
        reason=reason,
    )
    detail = {
        "year": year,
        "reason": reason,
        "added": change.added,
        "changed": change.changed,
        "removed": change.removed,
    }
    enter_audit(action="holiday.enter", subject=("holiday_year", None), detail=detail, actor=actor)
    return recount_due_days(actor=actor)


def _faults(year: int, days: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    if not FIRST_DAY.year <= year <= LAST_DAY.year:
        message = _("The calendar runs from %(from)s to %(to)s.")
        return [FieldError("year", "beyond_calendar", message % {"from": FIRST_DAY.year, "to": LAST_DAY.year})]
    errors, seen = [], set()
    for one in days:
        day: dt.date = one["day"]
        if day.year != year:
            message = _("%(day)s does not lie in %(year)s. Enter it with its own year.")
            errors.append(FieldError("days", "other_year", message % {"day": day, "year": year}))
        if day in seen:
            errors.append(FieldError("days", "twice", _("%(day)s stands twice. Leave one out.") % {"day": day}))
        if one["kind"] == Kind.MAKEUP and day.weekday() < 5:
            message = _("%(day)s is no Saturday or Sunday, so it is worked anyway. Take it out or mend the day.")
            errors.append(FieldError("days", "not_a_weekend", message % {"day": day}))
        seen.add(day)
    if not any(one["day"] == dt.date(year, 10, 1) and one["kind"] == Kind.OFF for one in days):
        message = _("National Day, %(day)s, is not off in it: that is not the whole table of %(year)s.")
        errors.append(FieldError("days", "incomplete", message % {"day": dt.date(year, 10, 1), "year": year}))
    return errors
