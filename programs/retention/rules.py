"""After how many months it is asked: rules with dates of validity, which are added to and never changed."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import User
from backend.accounts.scope import visible
from backend.audit.services import enter_audit
from backend.problems import FieldError, Invalid
from backend.vault.masking import scrub
from programs.retention import laying_out
from programs.retention.models import RetentionRule

MOST_MONTHS = 120
MOST_CHECKS = 12


def rules(actor: User | None) -> QuerySet[RetentionRule]:
    """Every rule that was ever made, for the bureau's staff."""
    found = RetentionRule.objects.all()
    return visible(found, actor) if actor is None or actor.sees_everything else found.none()


def in_force(path: str, day: dt.date) -> list[int]:
    """After how many months it is asked of who came by a path on a day."""
    found = RetentionRule.objects.filter(path=path, valid_from__lte=day).order_by("-valid_from", "-id").first()
    return sorted(set(found.months)) if found else []


@transaction.atomic
def make_rule(*, actor: User, path: str, valid_from: dt.date, months: Sequence[int], reason: str) -> RetentionRule:
    """Ask otherwise of everybody who comes by a path from a day on.

    The questions follow: what is not asked any more and was not answered is withdrawn, what is new is asked.

    Raises:
        Invalid: months out of range, too many of them, or no reason.
    """
    asked = sorted(set(months))
    errors = []
    if any(not 1 <= one <= MOST_MONTHS for one in asked) or len(asked) > MOST_CHECKS:
        told = _("Give up to %(checks)d numbers of months from 1 to %(most)d, or none to ask nobody.")
        errors.append(FieldError("months", "range", told % {"checks": MOST_CHECKS, "most": MOST_MONTHS}))
    if not reason.strip():
        errors.append(FieldError("reason", "required", _("Say why it is asked otherwise.")))
    if errors:
        raise Invalid(errors)
    made = RetentionRule.objects.create(
        path=path,
        valid_from=valid_from,
        months=asked,
        reason=scrub(reason.strip()),
        made_by_id=actor.pk,
        made_at=clock.now(),
    )
    enter_audit(
        action="retention.make_rule",
        subject=made,
        detail={"path": path, "valid_from": valid_from, "months": asked, "reason": made.reason},
        actor=actor,
    )
    laying_out.mark_path(path=path, since=valid_from)
    return made
