"""Obligations as the pages show them: to everybody, and with all that an officer wants before calling."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend import clock
from backend.accounts.models import User
from programs.contacting.models import CallNote
from programs.contacting.selectors import READERS
from programs.desks.officer.history import histories
from programs.periods.calendar import calendar
from programs.periods.models import Obligation
from programs.reminders import selectors as reminders
from programs.reminders.models import Reminder

State = Obligation.State
Outcome = CallNote.Outcome
WENT = (Reminder.State.SENDING, Reminder.State.SENT, Reminder.State.UNKNOWN, Reminder.State.FAILED)
ICONS = {
    Outcome.REACHED: "phone",
    Outcome.NOT_REACHED: "phone-x-mark",
    Outcome.PROMISED: "hand-raised",
    Outcome.WRONG_CONTACT: "user-minus",
}


def presented(rows: Iterable[Obligation], actor: User) -> list[dict[str, Any]]:
    """Obligations as the pages show them: how late they are, the last reminder of each, what ``actor`` may do."""
    rows, today = list(rows), clock.today()
    last: dict[int | None, Reminder] = {}
    told = reminders.reminders(actor).filter(obligation__in=[one.pk for one in rows], state__in=WENT)
    for reminder in told.order_by("due_at", "pk"):
        last[reminder.obligation_id] = reminder
    officer = actor.role == User.Role.OFFICER
    partner = actor.role == User.Role.PARTNER and not actor.read_only
    return [
        {
            "obligation": one,
            "missing": one.state == State.MISSING,
            "late": one.state == State.MISSING and one.due_on < today,
            "when": _when(one, today),
            "last": last.get(one.pk),
            "promised_on": getattr(one, "promised_on", None),
            "over": one.period.ends_on <= today,
            "locked": one.period.locked_at is not None,
            "chasing": officer and one.state == State.MISSING,
            "reporting": partner and one.state == State.MISSING and one.organisation_id == actor.organisation_id,
            "retention": one.kind == Obligation.Kind.RETENTION,
        }
        for one in rows
    ]


def _when(one: Obligation, today: dt.date) -> str:
    """How far from its due day a missing one is."""
    if one.state != State.MISSING:
        return ""
    days = (one.due_on - today).days
    if days < 0:
        return ngettext("%(n)d day late", "%(n)d days late", -days) % {"n": -days}
    if days == 0:
        return _("due today")
    return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}


def chased(rows: Iterable[Obligation], actor: User) -> list[dict[str, Any]]:
    """Obligations as the board shows them to the bureau: as everywhere, with history, promise, and what may be done."""
    shown = presented(rows, actor)
    if actor.role not in READERS:
        return shown
    known, today = histories(rows, actor), clock.today()
    workday = calendar().add_working_days(today, 1)
    return [
        {
            **row,
            "history": known[row["obligation"].pk],
            "broken": row["missing"] and row["promised_on"] is not None and row["promised_on"] < today,
            "promise_by": workday,
            "later": max(row["obligation"].due_on, today) + dt.timedelta(days=1),
            "outcomes": [
                {"value": one.value, "label": one.label, "icon": ICONS[one]}
                for one in Outcome
                if one != Outcome.PROMISED
            ],
        }
        for row in shown
    ]
