"""Periods of their own repeating shape, such as from the 21st to the 20th, for a programme or an organisation."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.problems import AlreadyExists, FieldError, Invalid, unique
from programs.periods.calendar import calendar, calendar_errors
from programs.periods.expected import expect_obligations
from programs.periods.models import Period, PeriodScheme
from programs.periods.services import take_turn
from programs.periods.spans import MONTHS, Span

MOST_YEARS = 20
"""The longest that a scheme runs."""


def scheme_spans(scheme: PeriodScheme) -> Iterator[Span]:
    """The scheme's periods that have a day while it runs, in order, named by the month in which each ends."""
    length = MONTHS[Period.Frequency(scheme.frequency)]
    # The first month, counted from the year 0, in which a period begins that has not ended before the scheme starts.
    month = scheme.starts_on.year * 12 + scheme.starts_on.month - 1
    if scheme.starts_on.day < scheme.first_day:
        month -= 1
    month -= (month - (scheme.first_month - 1)) % length
    while (starts_on := _day(month, scheme.first_day)) <= scheme.ends_on:
        ends_on = _day(month + length, scheme.first_day) - dt.timedelta(days=1)
        yield Span(f"{scheme.code}-{ends_on:%Y-%m}", starts_on, ends_on)
        month += length


def _day(month: int, day: int) -> dt.date:
    return dt.date(month // 12, month % 12 + 1, day)


@transaction.atomic
def create_scheme(*, actor: User | None, code: str, **values: Any) -> PeriodScheme:
    """Lays down a scheme and opens its periods; what is owed follows at once.

    Args:
        values: the fields of :class:`PeriodScheme`; of ``programme`` and ``organisation`` exactly one.

    Raises:
        AlreadyExists: a scheme has this code, or a period one that the scheme would give.
        Invalid: the days are out of order, too far apart or beyond the calendar, or it is for both or for neither.
    """
    take_turn()
    scheme = PeriodScheme(code=code, **values)
    if (scheme.programme_id is None) == (scheme.organisation_id is None):
        message = _("A scheme is for a programme or for an organisation. Name one of them, not both.")
        raise Invalid([FieldError("programme", "one_of_two", message)])
    _refuse_days(scheme)
    taken = _("Scheme %(code)s exists already. Change the one that is there, or choose another code.")
    if PeriodScheme.objects.filter(code__iexact=code).exists():
        raise AlreadyExists(taken % {"code": code})
    with unique({"period_scheme": taken % {"code": code}}):
        scheme.save(force_insert=True)
    opened = _open_periods(scheme)
    enter_audit(action="period_scheme.create", subject=scheme, detail=_told(scheme, opened), actor=actor)
    expect_obligations()
    return scheme


@transaction.atomic
def change_scheme(*, actor: User | None, scheme: PeriodScheme, **values: Any) -> PeriodScheme:
    """Changes a scheme's names, or until when it runs: longer opens more periods, shorter lets later ones be not owed.

    Raises:
        Invalid: the days are out of order, too far apart or beyond the calendar.
        AlreadyExists: a period has a code that the scheme would give.
    """
    take_turn()
    current = PeriodScheme.objects.select_for_update().get(pk=scheme.pk)
    before = {name: getattr(current, name) for name in values}
    changes = {name: [before[name], after] for name, after in values.items() if before[name] != after}
    if not changes:
        return current
    for name, (_before, after) in changes.items():
        setattr(current, name, after)
    _refuse_days(current)
    current.save(update_fields=list(changes))
    opened = _open_periods(current)
    detail = {**changes, "created": opened} if opened else changes
    enter_audit(action="period_scheme.change", subject=current, detail=detail, actor=actor)
    expect_obligations()
    return current


def _refuse_days(scheme: PeriodScheme) -> None:
    errors = [error for name in ("starts_on", "ends_on") for error in calendar_errors(name, getattr(scheme, name))]
    if scheme.ends_on < scheme.starts_on:
        message = _("The end lies before the start. Mend one of the two dates.")
        errors.append(FieldError("ends_on", "before_start", message))
    elif (scheme.ends_on - scheme.starts_on).days > MOST_YEARS * 366:
        message = _("A scheme runs for %(most)d years at most. Choose an earlier end.") % {"most": MOST_YEARS}
        errors.append(FieldError("ends_on", "too_long", message))
    if errors:
        raise Invalid(errors)


def _open_periods(scheme: PeriodScheme) -> list[str]:
    """Opens what of the scheme's periods is not there yet; their codes."""
    wanted = list(scheme_spans(scheme))
    there = dict(Period.objects.filter(code__in=[span.code for span in wanted]).values_list("code", "scheme"))
    foreign = sorted(code for code, whose in there.items() if whose != scheme.pk)
    if foreign:
        message = _("Period %(code)s is there already and is not this scheme's. Choose another code for the scheme.")
        raise AlreadyExists(message % {"code": foreign[0]})
    days = calendar()
    opened = []
    for span in wanted:
        if span.code in there:
            continue
        due_on = days.add_working_days(span.ends_on, scheme.working_days)
        opened.append(
            Period(
                code=span.code,
                frequency=scheme.frequency,
                starts_on=span.starts_on,
                ends_on=span.ends_on,
                due_on=due_on,
                provisional=days.is_provisional(span.ends_on, due_on),
                working_days=scheme.working_days,
                scheme=scheme,
            )
        )
    Period.objects.bulk_create(opened)
    return [period.code for period in opened]


def _told(scheme: PeriodScheme, opened: list[str]) -> dict[str, Any]:
    return {
        "code": scheme.code,
        "frequency": scheme.frequency,
        "programme": scheme.programme.code if scheme.programme else None,
        "organisation": scheme.organisation.code if scheme.organisation else None,
        "starts_on": scheme.starts_on,
        "ends_on": scheme.ends_on,
        "working_days_after_end": scheme.working_days,
        "created": opened,
    }
