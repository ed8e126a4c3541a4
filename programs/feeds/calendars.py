"""An organisation's due days as a calendar by RFC 5545."""

import datetime as dt
import uuid

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from backend import clock
from backend.accounts.models import Organisation
from programs.feeds.models import PublishedDay
from programs.periods.models import Extension, Obligation

State = PublishedDay.State
CANCELLED = frozenset({State.EXCUSED.value, State.GONE.value})
BEHIND_DAYS = 400
"""How long an event stays in the calendar after its day."""
REFRESH = dt.timedelta(hours=6)
SPACE = uuid.UUID("6f0c1a52-5c0b-4a0e-9d57-0f1f6f1d7c11")
"""The names of the events are drawn from codes within this space, so that they are the same for ever."""


def calendar_of(organisation: Organisation, language: str) -> bytes:
    """The calendar as it is sent: every day of the last year and to come, those cancelled marked as such.

    It says the same until something changes, so that its digest tells whether it did.
    """
    first = clock.today() - dt.timedelta(days=BEHIND_DAYS)
    rows = PublishedDay.objects.filter(organisation=organisation, due_on__gte=first).select_related("period")
    with translation.override(language):
        name = _("Shugu: reports of %(organisation)s") % {"organisation": _named(organisation, language)}
        calendar = Calendar()
        calendar.add("prodid", f"-//Shugu//Due days//{language.split('-')[0].upper()}")
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT6H")
        granted = _granted(organisation)
        for row in rows.order_by("due_on", "period__code", "kind"):
            reason = granted.get((row.period_id, row.due_on), "")
            calendar.add_component(_event(row, organisation, reason))
    return calendar.to_ical()


def _event(row: PublishedDay, organisation: Organisation, reason: str) -> Event:
    """One due day, all day long; it blocks nobody's time."""
    cancelled = row.state in CANCELLED
    period = row.period.code
    event = Event()
    event.add("uid", str(uuid.uuid5(SPACE, f"{organisation.code}/{period}/{row.kind}")))
    event.add("dtstamp", row.changed_at.astimezone(dt.UTC))
    event.add("created", row.made_at.astimezone(dt.UTC))
    event.add("last-modified", row.changed_at.astimezone(dt.UTC))
    event.add("sequence", row.sequence)
    event.add("dtstart", row.due_on)
    event.add("dtend", row.due_on + dt.timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("summary", _summary(row) % {"period": period})
    event.add("description", _description(row, reason))
    event.add("url", f"{settings.SITE_URL.rstrip('/')}/obligations/?period={period}")
    return event


def _summary(row: PublishedDay) -> str:
    if row.kind == Obligation.Kind.RETENTION:
        return _summary_of_stay(row.state)
    match row.state:
        case State.MISSING:
            return _("Report due: %(period)s")
        case State.REPORTED:
            return _("Reported: %(period)s")
        case State.CONFIRMED_ZERO:
            return _("Nothing to report: %(period)s")
    return _("Not owed: %(period)s")


def _summary_of_stay(state: str) -> str:
    match state:
        case State.MISSING:
            return _("Proof of stay due: %(period)s")
        case State.REPORTED:
            return _("Proof of stay given: %(period)s")
    return _("Proof of stay not owed: %(period)s")


def _description(row: PublishedDay, reason: str) -> str:
    runs = _("Period %(period)s runs from %(start)s to %(end)s.")
    said = [runs % {"period": row.period.code, "start": row.period.starts_on, "end": row.period.ends_on}]
    if row.state == State.MISSING:
        until = _("Reports are on time until the end of %(day)s, Beijing time.")
        said.append(until % {"day": row.due_on})
    if reason and row.state not in CANCELLED:
        said.append(_("Due later than %(day)s: %(reason)s") % {"day": row.period.due_on, "reason": reason})
    return "\n".join(said)


def _granted(organisation: Organisation) -> dict[tuple[int, dt.date], str]:
    """Why a period is due on a later day than its own, by period and day."""
    granted = Extension.objects.filter(withdrawn_at=None)
    concerned = granted.filter(organisation=organisation) | granted.filter(organisation=None)
    return {(one.period_id, one.due_on): one.reason for one in concerned.order_by("pk")}


def _named(organisation: Organisation, language: str) -> str:
    return organisation.name_en if language.startswith("en") and organisation.name_en else organisation.name_zh
