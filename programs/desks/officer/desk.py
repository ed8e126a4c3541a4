"""The officer's desk: what there is to do today, the most urgent first, each figure a link into its list."""

from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend import clock
from backend.web.base import Page
from programs.desks.first_steps import first_steps
from programs.desks.officer.owing import presented
from programs.desks.officer.work import work
from programs.periods import selectors as periods
from programs.periods.models import Obligation
from programs.records import selectors as records
from programs.records.models import Record
from programs.submissions import selectors as submissions

LISTED = 8


class Desk(Page):
    """What there is to do today."""

    roles = {"GET": "officer"}
    template = "desks/officer/desk.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = self._waiting()
        todo = work(self.actor, waiting)
        return self.show(
            waiting=self._named(waiting[:LISTED]),
            more=max(0, len(waiting) - LISTED),
            work=[
                (urgency, list(of))
                for urgency, of in groupby((one for one in todo if one.count), lambda one: one.urgency)
            ],
            nothing=[one for one in todo if not one.count],
            first_steps=first_steps(self.actor),
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
