"""Counting due days anew once a year's holidays are known, or known better."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from backend import clock
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.reference.models import Holiday
from programs.periods.calendar import Calendar
from programs.periods.expected import expect_obligations
from programs.periods.models import Period


@dataclass(frozen=True, slots=True)
class Differing:
    """A period whose due day is not what its working days come to: what it is, and what they come to."""

    period: Period
    due_on: dt.date
    counted: dt.date


@dataclass(frozen=True, slots=True)
class Recounted:
    """What counting anew did: the due days that moved, and those that somebody has to look at."""

    moved: Sequence[Differing] = field(default_factory=list)
    to_confirm: Sequence[Differing] = field(default_factory=list)


def standing_calendar() -> Calendar:
    """The calendar over the holidays as this transaction sees them, not as the process has kept them."""
    return Calendar(dict(Holiday.objects.values_list("day", "kind")))


def differing(days: Calendar | None = None) -> list[Differing]:
    """The periods that are not locked whose due day is not what their working days come to now, by their due day."""
    days = days or standing_calendar()
    counted = Period.objects.filter(working_days__isnull=False, locked_at=None).order_by("due_on", "code")
    found = [Differing(one, one.due_on, days.add_working_days(one.ends_on, one.working_days or 0)) for one in counted]
    return [one for one in found if one.counted != one.due_on]


def remember_counts() -> None:
    """Notes for estimates from before counts were kept how many working days they were, by the calendar as it stands.

    To be called before the holidays change: afterwards there is no telling.
    """
    days = standing_calendar()
    unknown = list(Period.objects.filter(provisional=True, working_days=None))
    for period in unknown:
        count = days.count_working_days(period.ends_on, period.due_on)
        if days.add_working_days(period.ends_on, count) == period.due_on:
            period.working_days = count
    Period.objects.bulk_update(unknown, ["working_days"])


@transaction.atomic
def recount_due_days(*, actor: User | None, days: Calendar | None = None) -> Recounted:
    """Counts the due days that were estimates anew, and says of which days somebody has to decide.

    An estimate moves by itself as long as both the old and the new day are still to come. What was no estimate when it
    was told, or is over, is left as it is and told of. Repeating it changes nothing.
    """
    days = days or standing_calendar()
    today = clock.today()
    settled = []
    moved, to_confirm = [], []
    for one in differing(days):
        if one.period.provisional and min(one.due_on, one.counted) >= today:
            one.period.due_on = one.counted
            moved.append(one)
        else:
            to_confirm.append(one)
    left = {one.period.pk for one in to_confirm}
    for period in _estimates(moved):
        if period.pk not in left and not days.is_provisional(period.ends_on, period.due_on):
            period.provisional = False
            settled.append(period)
    changed = {period.pk: period for period in (*settled, *(one.period for one in moved))}
    Period.objects.bulk_update(changed.values(), ["due_on", "provisional"])
    if moved:
        detail = {"moved": [[one.period.code, one.due_on, one.counted] for one in moved]}
        enter_audit(action="period.recount", subject=("period", None), detail=detail, actor=actor)
        expect_obligations()
    return Recounted(moved, to_confirm)


def _estimates(moved: Sequence[Differing]) -> list[Period]:
    """The periods whose due day is an estimate and was counted, those that have moved as they are now."""
    known = {one.period.pk: one.period for one in moved}
    found = Period.objects.filter(provisional=True, working_days__isnull=False, locked_at=None)
    return [known.get(one.pk, one) for one in found]
