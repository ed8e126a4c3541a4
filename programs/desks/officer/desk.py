"""The officer's desk: what there is to do today, the most urgent first, each figure a link into its list."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from backend import clock
from backend.web.base import Page
from programs.catalogue import selectors as catalogue
from programs.catalogue.models import CohortRequest
from programs.contacting.selectors import BROKEN_FIRST, with_promises
from programs.desks.officer import obligations
from programs.desks.officer.owing import presented
from programs.desks.officer.sampling import figures as sampled
from programs.intake import selectors as rules
from programs.intake.models import Override
from programs.periods import selectors as periods
from programs.periods.models import Obligation
from programs.records import selectors as records
from programs.records.claims import FirstVerification
from programs.records.models import Amendment, Record
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

LISTED = 8
LATELY_DAYS = 30
"""What failed longer ago than this is history, not today's work."""


class Desk(Page):
    """What there is to do today."""

    roles = {"GET": "officer"}
    template = "desks/officer/desk.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = self._waiting()
        since = (clock.today() - dt.timedelta(days=LATELY_DAYS)).isoformat() + "T00:00:00+08:00"
        return self.show(
            waiting=self._named(waiting[:LISTED]),
            more=max(0, len(waiting) - LISTED),
            figures=self._figures(sum(one["count"] for one in waiting), since),
            late=self._late(),
            all_late=f"{reverse('web:obligations')}?overdue=true",
            here=request.path,
        )

    def _waiting(self) -> list[dict[str, Any]]:
        """The submissions whose records await review, by how long the first of them has waited."""
        # Names are read for those that are listed: joined, they would have every record of every submission read.
        found = records.records(self.actor).filter(state=Record.State.SUBMITTED).order_by()
        grouped = found.values("submission_id").annotate(count=Count("pk"), since=Min("reported_at"))
        return [{**one} for one in grouped.order_by("since", "submission_id")]

    def _named(self, waiting: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The same, with whose they are, for which period, and where they are reviewed."""
        known = submissions.submissions(self.actor).in_bulk([one["submission_id"] for one in waiting])
        listed = reverse("web:records")
        return [
            {
                **one,
                "submission": known[one["submission_id"]],
                "url": f"{listed}?{urlencode({'state': 'submitted', 'submission': one['submission_id']})}",
            }
            for one in waiting
            if one["submission_id"] in known
        ]

    def _late(self) -> list[dict[str, Any]]:
        """The reports that are owed the longest."""
        missing = periods.obligations(self.actor).filter(state=Obligation.State.MISSING, due_on__lt=clock.today())
        return presented(missing.order_by("due_on", "id")[:LISTED], self.actor)

    def _second(self) -> list[tuple[str, int, str, str, list[tuple[str, str]]]]:
        """What awaits a second officer, where there is such a rule."""
        if not settings.current().second_officer:
            return []
        first = FirstVerification.objects.filter(records.speaks_now(), closed_at=None)
        return [(_("Records await a second officer"), first.count(), "user-plus", "web:records", [("second", "true")])]

    def _figures(self, waiting: int, since: str) -> list[dict[str, Any]]:
        actor, due = self.actor, obligations.count_due(self.actor)
        amended = records.records(actor).filter(amendments__state=Amendment.State.PENDING)
        failed = submissions.submissions(actor).filter(status=Submission.Status.FAILED, received_at__gte=since)
        unsent = reminders.reminders(actor).filter(
            state__in=[Reminder.State.FAILED, Reminder.State.UNKNOWN], due_at__gte=since
        )
        today, soon = clock.today().isoformat(), obligations.soon().isoformat()
        missing = periods.obligations(actor).filter(state=Obligation.State.MISSING)
        told: list[tuple[str, int, str, str, list[tuple[str, str]]]] = [
            (_("Records await review"), waiting, "clipboard-document-check", "web:records", [("state", "submitted")]),
            (_("Amendments await review"), amended.count(), "pencil-square", "web:records", [("pending", "true")]),
            (
                _("Questions wait for the bureau"),
                records.threads(actor).filter(state=Thread.State.ANSWERED).count(),
                "chat-bubble-left-right",
                "web:threads",
                [("state", "answered")],
            ),
            *self._second(),
            (
                _("Pairs may be one person"),
                people.matches(actor).filter(state=MatchCase.State.OPEN).count(),
                "scale",
                "web:matches",
                [("state", "open")],
            ),
            (
                _("Cohorts are asked for"),
                catalogue.cohort_requests(actor).filter(state=CohortRequest.State.ASKED).count(),
                "academic-cap",
                "web:cohort-requests",
                [("state", "asked")],
            ),
            (
                _("Exceptions await an answer"),
                rules.overrides(actor).filter(state=Override.State.ASKED).count(),
                "shield-check",
                "web:overrides",
                [("state", "asked")],
            ),
            (
                _("Credentials with files await a verdict"),
                credentials.credentials(actor).filter(state=Credential.State.EVIDENCED).count(),
                "identification",
                "web:credentials",
                [("state", "evidenced")],
            ),
            (
                _("Promises of reports are broken"),
                with_promises(missing).filter(urgency=BROKEN_FIRST).count(),
                "hand-raised",
                "web:obligations",
                [("promise", "broken")],
            ),
            (_("Reports are overdue"), due["late"], "clock", "web:obligations", [("overdue", "true")]),
            (
                _("Reports fall due within %(days)d days") % {"days": obligations.SOON_DAYS},
                due["soon"],
                "calendar-days",
                "web:obligations",
                [("state", "missing"), ("due_from", today), ("due_to", soon)],
            ),
            (
                _("Submissions failed in %(days)d days") % {"days": LATELY_DAYS},
                failed.count(),
                "exclamation-triangle",
                "web:submissions",
                [("status", "failed"), ("received_from", since)],
            ),
            (
                _("Reminders did not arrive in %(days)d days") % {"days": LATELY_DAYS},
                unsent.count(),
                "bell-alert",
                "web:reminders",
                [("state", "failed"), ("state", "unknown"), ("due_from", since)],
            ),
        ]
        told += sampled(actor)
        return [
            {"label": label, "count": count, "icon": icon, "url": f"{reverse(name)}?{urlencode(query)}"}
            for label, count, icon, name, query in told
        ]
