"""Leaving an organisation, or one obligation of it, in peace: until a day, or until somebody lifts it."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import Organisation, User
from backend.audit.services import enter_audit
from backend.problems import AlreadyExists, Conflict, FieldError, Invalid, unique
from backend.vault.masking import scrub
from programs.periods.models import Obligation
from programs.reminders.models import Quieting

LONGEST = 500
MORNING = dt.timedelta(hours=9)
"""So long after the beginning of its last day a snooze still holds: what has waited for it is not sent at midnight."""


@dataclass(frozen=True, slots=True)
class Quieted:
    """What is left in peace: organisations as a whole and single obligations, each with what was set."""

    organisations: dict[int, Quieting]
    obligations: dict[int, Quieting]

    def of(self, organisation_id: int, obligation_id: int | None) -> Quieting | None:
        """What holds reminders about something back, if anything does; of two the one that lasts longer."""
        both = [self.organisations.get(organisation_id), self.obligations.get(obligation_id or 0)]
        found = [one for one in both if one is not None]
        return max(found, key=lambda one: one.until or dt.date.max) if found else None


def standing(day: dt.date) -> Quieted:
    """What is left in peace on a day, as far as the scope lets see."""
    rows = [one for one in Quieting.objects.filter(lifted_at=None) if one.lasts_on(day)]
    return Quieted(
        {one.organisation_id: one for one in rows if one.obligation_id is None},
        {one.obligation_id: one for one in rows if one.obligation_id is not None},
    )


def holding(moment: dt.datetime) -> Quieted:
    """What holds reminders back at a moment: what is left in peace, and until nine what was so until midnight."""
    return standing(held_on(moment))


def held_on(moment: dt.datetime) -> dt.date:
    """The day that counts at a moment for whether reminders are held back."""
    return (moment.astimezone(clock.BUREAU) - MORNING).date()


def released(row: Quieting) -> dt.datetime | None:
    """When what a snooze holds back goes out; nothing for what is muted."""
    return None if row.until is None else dt.datetime.combine(row.until, dt.time(), clock.BUREAU) + MORNING


@transaction.atomic
def leave_in_peace(
    *,
    actor: User,
    organisation: Organisation,
    reason: str,
    obligation: Obligation | None = None,
    until: dt.date | None = None,
) -> Quieting:
    """Snoozes until a day, on which reminders go out again, or without one mutes until it is lifted.

    What falls due meanwhile waits; then it goes out once, as after an outage, on a snooze's last day not before nine.
    What is settled meanwhile never does.

    Args:
        obligation: this alone, and not everything of the organisation.

    Raises:
        Invalid: the reason is missing or too long, the day is not ahead, or the obligation is somebody else's.
        AlreadyExists: it is left in peace already; lift that first.
    """
    reason = _reason(reason)
    if until is not None and until <= clock.today():
        raise Invalid([FieldError("until", "past", _("Name a day that is still to come."))])
    if obligation is not None and obligation.organisation_id != organisation.pk:
        raise Invalid([FieldError("obligation", "does_not_exist", _("This organisation has no such obligation."))])
    over = Quieting.objects.filter(organisation=organisation, obligation=obligation, lifted_at=None)
    # A snooze that has run out is history, and makes room.
    over.filter(until__lte=clock.today()).update(lifted_at=clock.now())
    taken = _("%(organisation)s is left in peace already. Lift that first.") % {"organisation": organisation.code}
    if over.exists():
        raise AlreadyExists(taken)
    with unique({"organisation": taken}):
        row = Quieting.objects.create(
            organisation=organisation, obligation=obligation, until=until, reason=reason, set_by=actor
        )
    enter_audit(action="reminders.quiet", subject=row, detail=_told(row) | {"reason": reason}, actor=actor)
    return row


@transaction.atomic
def lift(*, actor: User, quieting: Quieting, reason: str) -> Quieting:
    """Ends it; what has waited goes out, once.

    Raises:
        Invalid: the reason is missing or too long.
        Conflict: it has ended already.
    """
    reason = _reason(reason)
    held = Quieting.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=quieting.pk)
    if not held.lasts_on(clock.today()):
        raise Conflict(_("It has ended already."))
    held.lifted_at, held.lifted_by, held.lift_reason = clock.now(), actor, reason
    held.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    enter_audit(action="reminders.unquiet", subject=held, detail=_told(held) | {"reason": reason}, actor=actor)
    return held


def _reason(text: str) -> str:
    said = scrub(text.strip())
    if not said:
        raise Invalid([FieldError("reason", "required", _("Say why; colleagues read it."))])
    if len(said) > LONGEST:
        too_long = _("Say it in %(most)d characters at most.") % {"most": LONGEST}
        raise Invalid([FieldError("reason", "max_length", too_long)])
    return said


def _told(row: Quieting) -> dict[str, object]:
    return {"organisation": row.organisation.code, "obligation": row.obligation_id, "until": row.until}
