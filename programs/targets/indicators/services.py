"""Reporting a value of an indicator."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.problems import FieldError, Invalid
from backend.vault.masking import scrub
from programs.targets import books
from programs.targets.indicators.models import Indicator, IndicatorValue
from programs.targets.parameters import EARLIEST

LONGEST_SOURCE = 500


@transaction.atomic
def report_value(*, indicator: Indicator, value: Decimal, as_of: dt.date, source: str, actor: User) -> IndicatorValue:
    """Report a value; of a day that has one already it is a correction, and that one stays beneath it.

    Args:
        indicator: whose value.
        value: in the indicator's unit, not below 0.
        as_of: the day that it is of, not after today.
        source: where it is from, such as a yearbook's table.
        actor: who reports it.

    Raises:
        Invalid: the day is still to come, the value is negative, or the source is missing.
    """
    source, wrong = scrub(source.strip()), []
    if not EARLIEST <= as_of <= clock.today():
        wrong.append(FieldError("as_of", "invalid", _("Give a day that is not still to come.")))
    if value < 0:
        wrong.append(FieldError("value", "invalid", _("Give a value that is not below 0.")))
    if not source:
        wrong.append(FieldError("source", "required", _("Say where the value is from.")))
    if len(source) > LONGEST_SOURCE:
        too_long = _("Say it in %(most)d characters at most.") % {"most": LONGEST_SOURCE}
        wrong.append(FieldError("source", "max_length", too_long))
    if wrong:
        raise Invalid(wrong)
    row = IndicatorValue.objects.create(
        indicator=indicator, value=value, as_of=as_of, source=source, reported_by=actor, recorded_at=books.stamp()
    )
    detail = {"indicator": indicator.code, "value": str(value), "as_of": as_of, "source": source}
    enter_audit(action="indicator.report", subject=row, detail=detail, actor=actor)
    return row
