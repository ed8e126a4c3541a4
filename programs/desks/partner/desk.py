"""The partner's desk: what is due, what waits, what was taken, and how its records stand."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend import clock
from backend.web.base import Act, Page, back_to
from backend.web.templatetags.web import named
from programs.desks.first_steps import first_steps
from programs.desks.officer.lots import lately
from programs.desks.partner import showing
from programs.desks.partner.submissions import may_write
from programs.desks.partner.upload import cohorts_to_prefill
from programs.desks.threads.showing import presented
from programs.periods import obligations
from programs.periods import selectors as periods
from programs.periods.calendar import calendar
from programs.periods.models import Obligation
from programs.records import selectors as records
from programs.records.models import Record
from programs.records.threads import Thread
from programs.roster import selectors as roster
from programs.submissions import selectors
from programs.submissions.models import Submission
from programs.submissions.templates import TALENT_RECORDS

AT_ONCE = 5
"""So many overdue periods stand on the desk; the rest unfold."""
COUNTED = 10_000
WAITING = 10
LATELY = 5
QUESTIONS = 10


@dataclass(frozen=True, slots=True)
class Due:
    """A period that is still to be reported: how urgent it is in words, and the submission that waits for it.

    ``tone`` is a state that the badges know, ``over`` whether the period has ended.
    """

    obligation: Obligation
    tone: str
    urgency: str
    since: str
    over: bool
    waiting: Submission | None


class Desk(Page):
    """What there is to do today."""

    roles = {"GET": "partner"}
    template = "desks/partner/desk.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        own = selectors.submissions(self.actor)
        waiting = list(own.filter(status__in=[Submission.Status.CHECKED, *showing.UNDER_WAY]).order_by("-pk")[:WAITING])
        due = self._due(waiting)
        signing = [one for one in waiting if one.awaiting]
        return self.show(
            due=due[:AT_ONCE],
            more_due=due[AT_ONCE:],
            waiting=[one for one in waiting if not one.awaiting],
            signing=signing,
            lately=own.filter(status__in=showing.CONCLUDED).order_by("-pk")[:LATELY],
            states=self._states(),
            counted=self._counted(),
            lots=lately(self.actor),
            questions=self._questions(),
            returned=records.records(self.actor).filter(state=Record.State.RETURNED).order_by("-decided_at")[:LATELY],
            may_write=may_write(self.actor),
            prefilling=cohorts_to_prefill(self.actor),
            first_steps=first_steps(self.actor),
        )

    def _due(self, waiting: list[Submission]) -> list[Due]:
        today = clock.today()
        missing = periods.obligations(self.actor).filter(state=Obligation.State.MISSING, period__starts_on__lte=today)
        reporting = (one for one in reversed(waiting) if one.template == TALENT_RECORDS)
        by_period = {one.period_id: one for one in reporting if one.period_id is not None}
        return [_due(one, today, by_period) for one in missing.order_by("due_on", "pk")]

    def _questions(self) -> list[dict[str, Any]]:
        """What the bureau asks and waits for, what is new first."""
        asked = records.threads(self.actor).filter(state=Thread.State.OPEN).order_by("-moved_at")[:QUESTIONS]
        return sorted(presented(list(asked), self.actor), key=lambda one: not one["unread"])

    def _counted(self) -> list[dict[str, Any]]:
        """How many of its people count towards each target, and where they are listed."""
        found = []
        for code, name in roster.target_names().items():
            count = roster.counting_towards(self.actor, code, COUNTED)
            url = f"{reverse('web:people')}?{urlencode({'target': code, 'counted': 'true'})}"
            found.append({"name": name, "count": _capped(count), "url": url})
        return found

    def _states(self) -> list[dict[str, Any]]:
        counted = records.counted_by_state(self.actor, COUNTED)
        address = reverse("web:records")
        return [
            {
                "state": state.value,
                "label": state.label,
                "count": _capped(counted[state]),
                "url": f"{address}?state={state.value}",
            }
            for state in Record.State
        ]


def _capped(count: int) -> str:
    """A number that was counted no further than ``COUNTED``."""
    return f"{COUNTED:,}+" if count > COUNTED else f"{count:,}"


def _due(obligation: Obligation, today: dt.date, waiting: Mapping[int, Submission]) -> Due:
    period, day = obligation.period, obligation.due_on
    since = ""
    if day < today:
        tone, urgency = "overdue", _("Overdue")
        since = _("since %(day)s") % {"day": day + dt.timedelta(days=1)}
    elif day == today:
        tone, urgency = "missing", _("Due today")
    elif period.ends_on >= today:
        tone, urgency = "queued", _("Still running")
    else:
        left = calendar().count_working_days(today, day)
        tone = "missing"
        urgency = ngettext("In %(count)s working day", "In %(count)s working days", left) % {"count": left}
    return Due(obligation, tone, urgency, since, period.ends_on < today, waiting.get(obligation.period_id))


class ConfirmZero(Act):
    """Confirms that there is nothing to report for a period; an officer may do so on the partner's behalf."""

    roles = {"POST": "partner officer"}

    def act(self, id: int) -> str:
        obligation = self.one(periods.obligations(self.actor), pk=id)
        obligations.confirm_zero(actor=self.actor, obligation=obligation)
        return _("It is noted that %(organisation)s has nothing to report for %(period)s.") % {
            "organisation": named(obligation.organisation),
            "period": obligation.period.code,
        }

    def leads_to(self, id: int) -> str:
        return back_to(self.request, reverse("web:obligations" if self.actor.sees_everything else "web:home"))
