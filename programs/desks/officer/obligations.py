"""Pages about obligations: the officer's chase board, which is a partner's list of what it owes, and one obligation."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend import clock
from backend.accounts import selectors as accounts
from backend.accounts.models import Organisation, User
from backend.messages.answers import told
from backend.messages.deliveries.selectors import recipients
from backend.problems import FieldError, Invalid, Problem
from backend.web.base import EVERYONE, Act, Page, back_to
from backend.web.lists import Label, ListPage
from backend.web.templatetags.web import named
from programs.contacting.filters import ChaseFilter
from programs.contacting.selectors import READERS, latest, with_promises
from programs.desks.officer.deciding import reason_of
from programs.desks.officer.history import contacts_of
from programs.desks.officer.owing import chased
from programs.desks.officer.words import stage
from programs.periods import obligations as services
from programs.periods import selectors
from programs.periods.extensions import extensions
from programs.periods.models import Obligation, Period
from programs.periods.rates import rates
from programs.reminders import selectors as reminders
from programs.reminders.services import remind_now

State = Obligation.State
SOON_DAYS = 10
CALLS = 20
"""How many of an organisation's latest calls stand on the page of one obligation."""
HEADINGS = {
    "organisation": lazy("Organisation"),
    "name": lazy("Name"),
    "kind": lazy("What"),
    "period": lazy("Period"),
    "due_on": lazy("Due on"),
    "state": lazy("State"),
    "on_time": lazy("On time"),
    "settled_at": lazy("Settled at"),
    "reason": lazy("Reason"),
    "last": lazy("Last reminder"),
}
OF_CALLS = {"late_before": lazy("Late before"), "last_call": lazy("Last call"), "promised_on": lazy("Promised by")}
"""What only those who may know of calls download besides."""
YES_OR_NO = (("true", lazy("Yes")), ("false", lazy("No")))


class Obligations(ListPage):
    """What is owed for which period, by its due day: an officer chases, a partner reports or confirms."""

    roles = {"GET": EVERYONE}
    from_above = True
    template = "desks/officer/obligations.html"
    part = "desks/officer/obligations_part.html"
    name = "obligations"
    leads = ("web:obligation", "obligation.pk")
    plain = False
    filterset_class = ChaseFilter
    choosing = {
        "kind": lazy("What"),
        "period": lazy("Period"),
        "organisation": lazy("Organisation"),
        "state": lazy("State"),
        "overdue": lazy("Overdue"),
        "promise": lazy("Promise"),
        "due_from": lazy("Due from"),
        "due_to": lazy("Due to"),
    }

    @property
    def headings(self) -> Mapping[str, Label]:  # type: ignore[override]
        """A partner is told of no calls."""
        return {**HEADINGS, **(OF_CALLS if self._calls() else {})}

    @property
    def ordering(self) -> Sequence[str]:  # type: ignore[override]
        """Broken promises first; what is missing begins with what is owed the longest, everything else the latest."""
        given = self.chosen()
        chasing = given.get("state") == [State.MISSING.value] or given.get("overdue") == ["true"] or "promise" in given
        ordering = ("due_on", "id") if chasing else ("-due_on", "-id")
        return ("urgency", *ordering) if self._calls() else ordering

    def rows(self) -> Any:
        rows = selectors.obligations(self.actor)
        return with_promises(rows) if self._calls() else rows

    def present(self, rows: Sequence[Obligation]) -> Sequence[Any]:
        return chased(rows, self.actor)

    def _calls(self) -> bool:
        """Whether whoever asks may know of calls."""
        return self.actor.role in READERS

    def cells(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        one: Obligation = row["obligation"]
        return {
            "organisation": one.organisation.code,
            "name": named(one.organisation),
            "kind": one.get_kind_display(),
            "period": one.period.code,
            "due_on": one.due_on,
            "state": one.get_state_display(),
            "on_time": "" if one.on_time is None else _("Yes") if one.on_time else _("No"),
            "settled_at": one.settled_at,
            "reason": one.reason,
            "last": row["last"].due_at if row["last"] else None,
            **self._chasing(row),
        }

    def _chasing(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """The columns of a download that are of calls and habits; empty for whoever may not know of them."""
        history, last = row.get("history"), None
        if history is not None and history.calls:
            last = history.calls[0].get_outcome_display()
        said = f"{history.late} / {history.judged}" if history is not None and history.judged else None
        return {"late_before": said, "last_call": last, "promised_on": row["promised_on"]}

    def choices(self) -> Mapping[str, Sequence[tuple[str, Label]]]:
        partners = accounts.organisations(self.actor).exclude(kind=Organisation.Kind.BUREAU).order_by("code")
        return {
            "period": [(one.code, one.code) for one in selectors.periods(self.actor).order_by("-starts_on", "code")],
            "organisation": [(one.code, f"{named(one)} · {one.code}") for one in partners],
            "overdue": YES_OR_NO,
        }

    def offered(self) -> list[Any]:
        hidden = {
            name for name, shown in (("organisation", self.actor.sees_several), ("promise", self._calls())) if not shown
        }
        return [one for one in super().offered() if one.name not in hidden]

    def more(self) -> Mapping[str, Any]:
        given = self.chosen()
        broken = [(_("Promise broken"), "?promise=broken", given == {"promise": ["broken"]})] if self._calls() else []
        return {
            "summary": self._summary(given.get("period", [""])[-1]) if self.actor.sees_everything else None,
            "officer": self.actor.role == User.Role.OFFICER,
            "here": self.request.get_full_path(),
            "tabs": [
                {"label": label, "url": url, "here": here}
                for label, url, here in (
                    (_("Overdue"), "?overdue=true", given == {"overdue": ["true"]}),
                    *broken,
                    (_("Missing"), "?state=missing", given == {"state": ["missing"]}),
                    (_("All"), self.request.path, not given),
                )
            ],
        }

    def _summary(self, code: str) -> dict[str, Any] | None:
        """Of the period that is chosen, or else of the last one that is over: expected, received, received on time."""
        periods = selectors.periods(self.actor)
        if code:
            period: Period | None = periods.filter(code=code).first()
        else:
            over = periods.filter(ends_on__lt=clock.today(), obligations__isnull=False)
            period = over.order_by("-ends_on", "-due_on").first()
        if period is None:
            return None
        [counted] = rates(self.actor, rows=selectors.obligations(self.actor).filter(period=period))
        return {"period": period, **counted}


class OneObligation(Page):
    """One obligation, with every reminder of it; an officer sees whom to call."""

    roles = {"GET": EVERYONE}
    from_above = True
    template = "desks/officer/obligation.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        rows = selectors.obligations(self.actor)
        obligation = self.one(with_promises(rows) if self.actor.role in READERS else rows, pk=id)
        [row] = chased([obligation], self.actor)
        found = list(reminders.reminders(self.actor).filter(obligation=obligation).order_by("due_at", "pk"))
        names = recipients(found)
        sent = [
            {
                "reminder": one,
                "stage": stage(one.stage),
                "to": names[one.pk],
                "answer": told(one.delivery.answer) if one.delivery and self.actor.sees_everything else "",
            }
            for one in found
        ]
        holding = extensions(self.actor).filter(period=obligation.period, due_on=obligation.due_on, withdrawn_at=None)
        concerned = holding.filter(Q(organisation=obligation.organisation) | Q(organisation=None))
        contacts = contacts_of(obligation) if self.actor.role == User.Role.OFFICER else []
        said = latest(self.actor, [obligation.organisation_id], CALLS).get(obligation.organisation_id, [])
        return self.show(
            calls=said,
            one=row,
            own=obligation.organisation_id not in self.actor.parts,
            reminders=sent,
            contacts=contacts,
            here=request.path,
            extensions=concerned,
        )


class _OnObligation(Act):
    """Something done about one obligation; back to where the button was."""

    roles = {"POST": "officer"}

    def obligation(self, id: int) -> Obligation:
        """The obligation, as the actor may see it. Raises NotFound."""
        return self.one(selectors.obligations(self.actor), pk=id)

    def leads_to(self, id: int) -> str:
        return back_to(self.request, reverse("web:obligation", args=[id]))


class Excuse(_OnObligation):
    """Excuses the organisation, with a reason that it reads."""

    def act(self, id: int) -> str:
        obligation = self.obligation(id)
        reason = reason_of(self.request)
        if not reason:
            raise Invalid([FieldError("reason", "required", _("Say why; the partner reads it."))])
        settled = services.excuse(actor=self.actor, obligation=obligation, reason=reason)
        return _("%(organisation)s is excused from reporting for %(period)s.") % _told(settled)


class Remind(_OnObligation):
    """Reminds those who report, now; once a day."""

    def act(self, id: int) -> str:
        obligation = self.obligation(id)
        before = set(self._reminders(obligation))
        sent = remind_now(actor=self.actor, obligation=obligation)
        addresses = ", ".join(one.recipient for one in sent)
        if before.issuperset(one.pk for one in sent):
            raise Problem(
                409,
                "conflict",
                _("They were reminded by hand today already (%(addresses)s); once a day is enough.")
                % {"addresses": addresses},
            )
        return _("A reminder is on its way to %(addresses)s.") % {"addresses": addresses}

    def _reminders(self, obligation: Obligation) -> Iterable[int]:
        return reminders.reminders(self.actor).filter(obligation=obligation).values_list("pk", flat=True)


def _told(obligation: Obligation) -> dict[str, str]:
    return {"organisation": named(obligation.organisation), "period": obligation.period.code}


def soon() -> dt.date:
    """The last day that is soon."""
    return clock.today() + dt.timedelta(days=SOON_DAYS)
