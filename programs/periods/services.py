"""Opening, changing and locking periods."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from backend import clock, locks
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.problems import AlreadyExists, Conflict, FieldError, Invalid, unique
from programs.periods.calendar import calendar, calendar_errors
from programs.periods.expected import expect_obligations
from programs.periods.models import Period
from programs.periods.spans import frequency_of, spans

# Whoever adds periods waits here for whoever else does, so that none overlap. Any number that nothing else takes.
ADD = "periods.add"
DUE_WITHIN = 250
"""At most so many working days after a period's end: about a year."""


@dataclass(frozen=True, slots=True)
class Generated:
    """What generating did: the periods that it made, and those that were there before and stay as they are."""

    created: Sequence[Period]
    existing: Sequence[Period]


def take_turn() -> None:
    """Waits until nobody else opens periods, and keeps others waiting until the transaction ends."""
    locks.hold(ADD)


@transaction.atomic
def create_period(*, actor: User | None, code: str, starts_on: dt.date, ends_on: dt.date, due_on: dt.date) -> Period:
    """Opens a period; its frequency follows from its code (``2019-03``, ``2019-Q1``, ``2019-H1``, ``2019``).

    A period need not be a calendar's own: some run from the 21st to the 20th. One of another code is ``free``.

    Raises:
        AlreadyExists: a period has this code.
        Conflict: it would overlap another period of its frequency.
        Invalid: its days are out of order or beyond the calendar.
    """
    _hold()
    taken = _("Period %(code)s exists already. Change the one that is there, or choose another code.") % {"code": code}
    if Period.objects.filter(code__iexact=code).exists():
        raise AlreadyExists(taken)
    period = Period(code=code, frequency=frequency_of(code), starts_on=starts_on, ends_on=ends_on, due_on=due_on)
    _refuse(_day_errors(period))
    _refuse_overlap(period)
    with unique({"code": taken}):
        period.save(force_insert=True)
    enter_audit(action="period.create", subject=period, detail=_days(period), actor=actor)
    expect_obligations()
    return period


@transaction.atomic
def generate_periods(
    *, actor: User | None, frequency: str, first: dt.date, last: dt.date, working_days_after_end: int
) -> Generated:
    """Opens every period of ``frequency`` that has a day between ``first`` and ``last``.

    Each is due on the ``working_days_after_end``-th working day after its end. Periods that exist stay as they are,
    so that repeating it changes nothing.

    Raises:
        Invalid: ``first`` lies after ``last`` or beyond the calendar.
        Conflict: a new one would overlap another period of its frequency.
    """
    if last < first:
        raise Invalid([("to", "before_start", _("The end lies before the start. Mend one of the two dates."))])
    _refuse([*calendar_errors("from", first), *calendar_errors("to", last)])
    _hold()
    wanted = list(spans(frequency, first, last))
    there = {period.code: period for period in Period.objects.filter(code__in=[span.code for span in wanted])}
    days = calendar()
    created = []
    for span in wanted:
        if span.code in there:
            continue
        due_on = days.add_working_days(span.ends_on, working_days_after_end)
        period = Period(
            code=span.code,
            frequency=frequency,
            starts_on=span.starts_on,
            ends_on=span.ends_on,
            due_on=due_on,
            provisional=days.is_provisional(span.ends_on, due_on),
            working_days=working_days_after_end,
        )
        _refuse_overlap(period)
        created.append(period)
    Period.objects.bulk_create(created)
    if created:
        detail = {
            "frequency": frequency,
            "from": first,
            "to": last,
            "working_days_after_end": working_days_after_end,
            "created": [period.code for period in created],
        }
        enter_audit(action="period.generate", subject=("period", None), detail=detail, actor=actor)
        expect_obligations()
    return Generated(created, [there[span.code] for span in wanted if span.code in there])


@transaction.atomic
def change_period(*, actor: User | None, period: Period, **values: Any) -> Period:
    """Changes a period's days; what is equal stays as it is. A due day that is given is nobody's estimate any more.

    Raises:
        Invalid: the code would change, or the days are out of order or beyond the calendar.
        Conflict: it is locked, or would overlap another period of its frequency.
    """
    _hold()
    period = Period.objects.select_for_update().get(pk=period.pk)
    before = {field: getattr(period, field) for field in values}
    changes = {field: [before[field], after] for field, after in values.items() if before[field] != after}
    if "code" in changes:
        raise Invalid([("code", "fixed", _("A code names its row everywhere and cannot be changed."))])
    if changes and period.locked_at is not None:
        raise Conflict(_("Period %(code)s is locked. Unlock it first, with a reason.") % {"code": period.code})
    for field, (_before, after) in changes.items():
        setattr(period, field, after)
    if "due_on" in values and period.provisional:
        period.provisional = False
        changes["provisional"] = [True, False]
    if not changes:
        return period
    if changes.keys() & {"due_on", "ends_on", "provisional"}:
        # It is no count of working days from this end any more.
        period.working_days = None
    _refuse(_day_errors(period))
    _refuse_overlap(period)
    period.save()
    enter_audit(action="period.change", subject=period, detail=changes, actor=actor)
    expect_obligations()
    return period


@transaction.atomic
def lock_period(*, actor: User | None, period: Period, reason: str) -> Period:
    """Closes a period: nothing more is submitted for it. One that is locked stays locked since when it was."""
    return _set_lock(actor, period, reason, lock=True)


@transaction.atomic
def unlock_period(*, actor: User | None, period: Period, reason: str) -> Period:
    """Opens a locked period again."""
    return _set_lock(actor, period, reason, lock=False)


def _set_lock(actor: User | None, period: Period, reason: str, *, lock: bool) -> Period:
    period = Period.objects.select_for_update().get(pk=period.pk)
    if (period.locked_at is not None) != lock:
        period.locked_at = clock.now() if lock else None
        period.save(update_fields=["locked_at"])
        action = "period.lock" if lock else "period.unlock"
        enter_audit(action=action, subject=period, detail={"code": period.code, "reason": reason}, actor=actor)
    return period


def _hold() -> None:
    take_turn()


def _refuse(errors: list[FieldError]) -> None:
    if errors:
        raise Invalid(errors)


def _day_errors(period: Period) -> list[FieldError]:
    errors = [
        error
        for field in ("starts_on", "ends_on", "due_on")
        for error in calendar_errors(field, getattr(period, field))
    ]
    if period.ends_on < period.starts_on:
        message = _("The end lies before the start. Mend one of the two dates.")
        errors.append(FieldError("ends_on", "before_start", message))
    if period.due_on < period.starts_on:
        errors.append(FieldError("due_on", "before_start", _("Nothing can be due before the period has begun.")))
    return errors


def _refuse_overlap(period: Period) -> None:
    """Two months would claim one day: refused, except among periods of free shape."""
    if period.frequency == Period.Frequency.FREE:
        return
    other = (
        Period.objects.filter(frequency=period.frequency, scheme=period.scheme_id)
        .filter(starts_on__lte=period.ends_on, ends_on__gte=period.starts_on)
        .exclude(pk=period.pk)
        .order_by("starts_on")
        .first()
    )
    if other is not None:
        message = _("Period %(code)s would overlap %(other)s, which runs from %(from)s to %(to)s. Change one of them.")
        named = {"code": period.code, "other": other.code, "from": other.starts_on, "to": other.ends_on}
        raise Conflict(message % named)


def _days(period: Period) -> dict[str, Any]:
    return {
        "code": period.code,
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "due_on": period.due_on,
    }
