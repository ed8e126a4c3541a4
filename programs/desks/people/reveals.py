"""The administrator's page of who has seen identity numbers in full: the table of the weekly digest."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse

from backend import clock
from backend.lists.filters import refuse_unknown
from backend.web.base import Page
from talent.reveals import selectors
from talent.reveals.weeks import monday_in, week_of

WEEKS = 13


class Reveals(Page):
    """Who saw numbers in a week, unusual counts first, with the reasons that were given."""

    roles = {"GET": "admin"}
    template = "desks/people/reveals.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        refuse_unknown(request.GET, ["week"], ())
        this = selectors.monday_of(clock.today())
        monday = monday_in(request.GET["week"]) if request.GET.get("week") else this
        weeks = [this - dt.timedelta(weeks=back) for back in range(WEEKS)]
        return self.show(
            rows=selectors.week(self.actor, monday),
            week=week_of(monday),
            first=monday,
            last=monday + dt.timedelta(days=6),
            weeks=[(week_of(one), one) for one in sorted({*weeks, monday}, reverse=True)],
        )
