"""Later due days, for one organisation or for all of a period: granted and withdrawn, never overwritten."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import Organisation, User
from backend.accounts.scope import seen_by
from backend.audit.services import enter_audit
from backend.outbox.services import state
from backend.problems import Conflict, FieldError, Invalid
from backend.vault.masking import scrub
from programs.periods.calendar import calendar_errors
from programs.periods.expected import expect_obligations
from programs.periods.models import Extension, Obligation, Period

GRANTED = "extension.granted"
"""Stated once a later due day is granted."""


def extensions(actor: User | None) -> QuerySet[Extension]:
    """The extensions that concern ``actor``: a partner what was granted to it or to all, bureau staff every one."""
    rows = Extension.objects.select_related("period", "organisation", "granted_by", "withdrawn_by")
    if actor is None or not actor.is_authenticated:
        return rows.none()
    if actor.sees_everything:
        return rows
    return rows.filter(Q(organisation__in=seen_by(actor)) | Q(organisation=None))


def day_that_holds(period: Period, organisation: Organisation | None) -> dt.date:
    """The day on which a report is due: the period's own, or the latest one that was granted.

    Args:
        organisation: whose report; ``None``: of everybody who was granted nothing of their own.
    """
    concerned = Q(organisation=None) if organisation is None else Q(organisation=None) | Q(organisation=organisation)
    granted = Extension.objects.filter(concerned, period=period, withdrawn_at=None).aggregate(day=Max("due_on"))
    return max(period.due_on, granted["day"] or period.due_on)


@transaction.atomic
def extend(
    *, actor: User | None, period: Period, organisation: Organisation | None, due_on: dt.date, reason: str
) -> Extension:
    """Lets a period be due later; what is owed, and whether what has come was on time, follow at once.

    Args:
        organisation: whom it is granted to; ``None``: everybody.

    Raises:
        Conflict: 409 ``period_locked``.
        Invalid: the day is not later than the one that holds, lies beyond the calendar, or the organisation owes
            nothing for the period.
    """
    period = _held(period)
    holds = day_that_holds(period, organisation)
    errors = calendar_errors("due_on", due_on)
    if not errors and due_on <= holds:
        message = _("It is due on %(day)s already. Give a later day; to take one back, withdraw its extension.")
        errors = [FieldError("due_on", "not_later", message % {"day": holds})]
    if organisation is not None and not Obligation.objects.filter(period=period, organisation=organisation).exists():
        message = _("%(organisation)s owes nothing for %(period)s. Choose another organisation.")
        told = {"organisation": organisation.code, "period": period.code}
        errors.append(FieldError("organisation", "owes_nothing", message % told))
    if errors:
        raise Invalid(errors)
    row = Extension.objects.create(
        period=period, organisation=organisation, due_on=due_on, reason=scrub(reason), granted_by=actor
    )
    enter_audit(action="period.extend", subject=period, detail=_told(row) | {"from": holds}, actor=actor)
    expect_obligations()
    state(topic=GRANTED, subject_id=row.pk)
    return row


@transaction.atomic
def withdraw_extension(*, actor: User | None, extension: Extension, reason: str) -> Extension:
    """Takes an extension back; the row stays, with who and why. Withdrawing twice changes nothing.

    Raises:
        Conflict: 409 ``period_locked``.
    """
    _held(extension.period)
    row = Extension.objects.select_for_update(of=("self",)).select_related("period", "organisation")
    current = row.get(pk=extension.pk)
    if current.withdrawn_at is not None:
        return current
    current.withdrawn_at, current.withdrawn_by, current.withdrawal_reason = clock.now(), actor, scrub(reason)
    current.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])
    detail = _told(current) | {"reason": reason}
    enter_audit(action="period.withdraw_extension", subject=current.period, detail=detail, actor=actor)
    expect_obligations()
    return current


def _held(period: Period) -> Period:
    current = Period.objects.select_for_update().get(pk=period.pk)
    if current.locked_at is not None:
        message = _("Period %(code)s is locked. Unlock it first, with a reason.")
        raise Conflict(message % {"code": current.code}, "period_locked")
    return current


def _told(row: Extension) -> dict[str, Any]:
    whose = row.organisation.code if row.organisation else None
    return {"code": row.period.code, "organisation": whose, "due_on": row.due_on, "reason": row.reason}
