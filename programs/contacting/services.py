"""Noting what came of a call."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import Organisation, User
from backend.audit.services import enter_audit
from backend.problems import FieldError, Invalid
from backend.vault.masking import scrub
from programs.contacting.models import CallNote, CallSubject
from programs.periods.models import Obligation

LONGEST = 1000
Outcome = CallNote.Outcome


@transaction.atomic
def note_call(
    *,
    actor: User,
    organisation: Organisation,
    outcome: str,
    obligations: Sequence[Obligation] = (),
    note: str = "",
    spoke_with: str = "",
    promised_on: dt.date | None = None,
) -> CallNote:
    """Writes down that a partner was called, about what, and what came of it.

    Args:
        obligations: what it was about, all of this organisation; a promise needs one.
        note: in the caller's words; identity numbers in it are masked.
        promised_on: the day, of today or later, by which it was promised to come.

    Raises:
        Invalid: no such outcome; a promise without a day ahead or without what was promised; a day without a promise;
            a text that is too long; an obligation of somebody else's.
    """
    said, who = scrub(note.strip()), scrub(spoke_with.strip())
    errors = [*_of_promise(outcome, promised_on, obligations)]
    if len(said) > LONGEST:
        errors.append(FieldError("note", "max_length", _("Say it in %(most)d characters at most.") % {"most": LONGEST}))
    if len(who) > 100:
        errors.append(
            FieldError("spoke_with", "max_length", _("Say it in %(most)d characters at most.") % {"most": 100})
        )
    if any(one.organisation_id != organisation.pk for one in obligations):
        errors += no_such_obligation().errors
    if errors:
        raise Invalid(errors)
    row = CallNote.objects.create(
        organisation=organisation,
        outcome=outcome,
        promised_on=promised_on,
        spoke_with=who,
        note=said,
        noted_by=actor,
    )
    about = {(one.period_id, one.kind): one for one in obligations}
    CallSubject.objects.bulk_create(
        CallSubject(note=row, organisation=organisation, period_id=period, kind=kind) for period, kind in about
    )
    detail = {
        "organisation": organisation.code,
        "periods": sorted(one.period.code for one in about.values()),
        "outcome": outcome,
        "promised_on": promised_on,
    }
    enter_audit(action="call.note", subject=row, detail=detail, actor=actor)
    return row


def no_such_obligation() -> Invalid:
    """The refusal of an obligation that is somebody else's, or nobody's."""
    return Invalid([FieldError("obligations", "does_not_exist", _("This organisation has no such obligation."))])


def _of_promise(outcome: str, promised_on: dt.date | None, obligations: Sequence[Obligation]) -> list[FieldError]:
    if outcome not in Outcome.values:
        return [FieldError("outcome", "invalid_choice", _("Say what came of it: %(all)s.") % {"all": _listed()})]
    if outcome != Outcome.PROMISED:
        told = _("A day belongs to a promise. Choose “Promised”, or leave the day out.")
        return [FieldError("promised_on", "not_promised", told)] if promised_on else []
    errors = []
    if promised_on is None:
        errors.append(FieldError("promised_on", "required", _("Give the day by which it was promised.")))
    elif promised_on < clock.today():
        errors.append(FieldError("promised_on", "past", _("Nobody promises a day that is over. Give a later one.")))
    if not obligations:
        errors.append(FieldError("obligations", "required", _("Say which report was promised.")))
    return errors


def _listed() -> str:
    return ", ".join(str(label) for label in Outcome.labels)
