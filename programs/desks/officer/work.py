"""An officer's work of today: what is late or broken, who waits for the bureau, what is coming; the oldest first."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import User
from backend.clock import BUREAU
from programs.catalogue import selectors as catalogue
from programs.catalogue.models import CohortRequest
from programs.contacting.selectors import BROKEN_FIRST, with_promises
from programs.desks.officer import obligations
from programs.desks.officer.sampling import figures as sampled
from programs.intake import selectors as rules
from programs.intake.models import Override
from programs.periods import selectors as periods
from programs.periods.models import Obligation
from programs.records import selectors as records
from programs.records.claims import FirstVerification
from programs.records.models import Amendment
from programs.records.threads import Thread
from programs.reminders import selectors as reminders
from programs.reminders.models import Reminder
from programs.review import settings
from programs.submissions import selectors as submissions
from programs.submissions.models import Submission
from talent.credentials import selectors as credentials
from talent.credentials.models import Credential
from talent.people import selectors as people
from talent.people.models import MatchCase

LATELY_DAYS = 30
"""What failed longer ago than this is history, not today's work."""
Query = Sequence[tuple[str, str]]


class Urgency(IntEnum):
    """In which order it is done."""

    LATE = 0
    WAITS = 1
    COMES = 2

    @property
    def label(self) -> str:
        return {Urgency.LATE: _("Late, due today or broken"), Urgency.WAITS: _("Others wait for it")}.get(
            self, _("Coming")
        )


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of work: how much of it there is, since which day the oldest of it has waited, whose turn it is."""

    urgency: Urgency
    label: str
    icon: str
    url: str
    count: int
    since: dt.date | None = None
    partner: bool = False

    @property
    def days(self) -> int | None:
        """For how many days the oldest has waited; none where it is not told, or lies ahead."""
        return max((clock.today() - self.since).days, 0) if self.since and self.urgency != Urgency.COMES else None

    @property
    def turn(self) -> str:
        return _("The partner’s turn") if self.partner else _("Your turn")


def work(actor: User, waiting: Sequence[Mapping[str, Any]]) -> list[Work]:
    """All kinds of work, the most urgent first and among equals that with the oldest.

    Args:
        actor: the officer.
        waiting: the submissions whose records await review, the one that has waited longest first, with ``count`` and
            ``since``.
    """
    found = [*_late(actor), *_waits(actor, waiting), *_comes(actor)]
    return sorted(found, key=lambda one: (one.urgency, one.since or dt.date.max))


def _late(actor: User) -> Iterator[Work]:
    today = clock.today()
    from_day = today - dt.timedelta(days=LATELY_DAYS)
    since = from_day.isoformat() + "T00:00:00+08:00"
    missing = periods.obligations(actor).filter(state=Obligation.State.MISSING)
    broken = with_promises(missing).filter(urgency=BROKEN_FIRST)
    failed = submissions.submissions(actor).filter(status=Submission.Status.FAILED, received_at__gte=since)
    unsent = reminders.reminders(actor).filter(
        state__in=[Reminder.State.FAILED, Reminder.State.UNKNOWN], due_at__gte=since
    )
    yield _told(
        Urgency.LATE,
        _("Promises of reports are broken"),
        "hand-raised",
        ("web:obligations", [("promise", "broken")]),
        _oldest(broken, "promised_on"),
    )
    overdue = _told(
        Urgency.LATE,
        _("Reports are overdue"),
        "clock",
        ("web:obligations", [("overdue", "true")]),
        _oldest(missing.filter(due_on__lt=today), "due_on"),
    )
    yield replace(overdue, partner=True)
    day = [("state", "missing"), ("due_from", today.isoformat()), ("due_to", today.isoformat())]
    due = missing.filter(due_on=today)
    yield replace(
        _told(Urgency.LATE, _("Reports fall due today"), "bell", ("web:obligations", day), _oldest(due, "due_on")),
        partner=True,
    )
    yield _told(
        Urgency.LATE,
        _("Submissions failed in %(days)d days") % {"days": LATELY_DAYS},
        "exclamation-triangle",
        ("web:submissions", [("status", "failed"), ("received_from", since)]),
        _oldest(failed, "received_at"),
    )
    yield _told(
        Urgency.LATE,
        _("Reminders did not arrive in %(days)d days") % {"days": LATELY_DAYS},
        "bell-alert",
        ("web:reminders", [("state", "failed"), ("state", "unknown"), ("due_from", since)]),
        _oldest(unsent, "due_at"),
    )


def _waits(actor: User, waiting: Sequence[Mapping[str, Any]]) -> Iterator[Work]:
    told: list[tuple[str, str, tuple[str, Query], tuple[int, dt.date | None]]] = [
        (
            _("Records await review"),
            "clipboard-document-check",
            ("web:records", [("state", "submitted"), ("sort", "waiting")]),
            (sum(one["count"] for one in waiting), _day(waiting[0]["since"]) if waiting else None),
        ),
        (
            _("Amendments await review"),
            "pencil-square",
            ("web:records", [("pending", "true")]),
            _oldest(
                records.records(actor).filter(amendments__state=Amendment.State.PENDING), "amendments__reported_at"
            ),
        ),
        (
            _("Questions wait for the bureau"),
            "chat-bubble-left-right",
            ("web:threads", [("state", "answered")]),
            _oldest(records.threads(actor).filter(state=Thread.State.ANSWERED), "moved_at"),
        ),
        (
            _("Pairs may be one person"),
            "scale",
            ("web:matches", [("state", "open")]),
            _oldest(people.matches(actor).filter(state=MatchCase.State.OPEN), "opened_at"),
        ),
        (
            _("Cohorts are asked for"),
            "academic-cap",
            ("web:cohort-requests", [("state", "asked")]),
            _oldest(catalogue.cohort_requests(actor).filter(state=CohortRequest.State.ASKED), "asked_at"),
        ),
        (
            _("Exceptions await an answer"),
            "shield-check",
            ("web:overrides", [("state", "asked")]),
            _oldest(rules.overrides(actor).filter(state=Override.State.ASKED), "asked_at"),
        ),
        (
            _("Credentials with files await a verdict"),
            "identification",
            ("web:credentials", [("state", "evidenced")]),
            (credentials.credentials(actor).filter(state=Credential.State.EVIDENCED).count(), None),
        ),
    ]
    if settings.current().second_officer:
        first = FirstVerification.objects.filter(records.speaks_now(), closed_at=None)
        second = ("web:records", [("second", "true")])
        told.append((_("Records await a second officer"), "user-plus", second, _oldest(first, "verified_at")))
    for label, icon, page, found in told:
        yield _told(Urgency.WAITS, label, icon, page, found)
    for label, count, icon, name, query in sampled(actor):
        yield _told(Urgency.WAITS, label, icon, (name, query), (count, None))


def _comes(actor: User) -> Iterator[Work]:
    tomorrow, last = clock.today() + dt.timedelta(days=1), obligations.soon()
    coming = periods.obligations(actor).filter(state=Obligation.State.MISSING, due_on__range=(tomorrow, last))
    days = [("state", "missing"), ("due_from", tomorrow.isoformat()), ("due_to", last.isoformat())]
    label = _("Reports fall due within %(days)d days") % {"days": obligations.SOON_DAYS}
    yield replace(
        _told(Urgency.COMES, label, "calendar-days", ("web:obligations", days), _oldest(coming, "due_on")),
        partner=True,
    )


def _told(urgency: Urgency, label: str, icon: str, page: tuple[str, Query], found: tuple[int, dt.date | None]) -> Work:
    name, query = page
    count, since = found
    address = reverse(name) + (f"?{urlencode(query)}" if query else "")
    return Work(urgency, label, icon, address, count, since)


def _oldest(rows: QuerySet[Any], path: str) -> tuple[int, dt.date | None]:
    """How many rows there are, and the day of the oldest by ``path``; by one query."""
    found = rows.order_by().aggregate(n=Count("pk"), since=Min(path))
    return found["n"], _day(found["since"])


def _day(moment: dt.date | dt.datetime | None) -> dt.date | None:
    return timezone.localtime(moment, BUREAU).date() if isinstance(moment, dt.datetime) else moment
