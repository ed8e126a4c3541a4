"""Practice: which period it is for where none is named, and its end."""

import datetime as dt

from django.conf import settings
from django.db import transaction

from backend import clock
from backend.accounts import scope
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.vault.files import services as files
from programs.periods import selectors as periods
from programs.periods.models import Obligation, Period
from programs.submissions.models import Submission

AT_ONCE = 100
UNDER_WAY = (Submission.Status.RECEIVED, Submission.Status.CHECKING, Submission.Status.COMMITTING)


def period_for(actor: User) -> Period | None:
    """The period that ``actor`` practises for where none is named: what they would next report in earnest.

    The most urgent one that the organisation still owes, else the latest that has begun, else the first to come; a
    locked one is none.
    """
    today = clock.today()
    owed = periods.obligations(actor).filter(
        kind=Obligation.Kind.REPORTING,
        organisation=actor.organisation_id,
        state=Obligation.State.MISSING,
        period__starts_on__lte=today,
        period__locked_at=None,
    )
    due = owed.order_by("due_on", "pk").first()
    if due is not None:
        return due.period
    open_ = periods.periods(actor).filter(locked_at=None)
    begun = open_.filter(starts_on__lte=today).order_by("-starts_on", "code").first()
    return begun or open_.order_by("starts_on", "code").first()


def purge() -> int:
    """Removes what was sent for practice ``PRACTICE_DAYS`` ago or longer, with its findings and its sealed files.

    Some at a time, each time in a transaction of its own; what is under way, or held by somebody, is left for the next
    time.

    Returns:
        How many submissions were removed.
    """
    removed = 0
    while some := _purge_some():
        removed += some
    return removed


@transaction.atomic
def _purge_some() -> int:
    with scope.everything():
        before = clock.now() - dt.timedelta(days=settings.PRACTICE_DAYS)
        old = Submission.with_practice.filter(practice=True, received_at__lte=before).exclude(status__in=UNDER_WAY)
        held = old.select_for_update(of=("self",), skip_locked=True).select_related("original", "sheet")
        found = list(held.order_by("pk")[:AT_ONCE])
        if not found:
            return 0
        numbers = [one.pk for one in found]
        kept = [file for one in found for file in (one.original, one.sheet) if file is not None]
        Submission.with_practice.filter(pk__in=numbers).delete()
        for file in kept:
            files.delete(file)
        enter_audit(
            action="practice.purged",
            subject=("submission", numbers[-1]),
            detail={"submissions": len(numbers), "ids": numbers},
        )
    return len(numbers)
