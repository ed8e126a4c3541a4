"""Pages about obligations: the officer's chase board, which is a partner's list of what it owes, and one obligation."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from backend import clock
from backend.accounts import selectors as accounts
from backend.accounts.models import Organisation, User
from backend.problems import FieldError, Invalid, Problem
from backend.web.base import EVERYONE, Act, Page, back_to
from backend.web.lists import Label, ListPage
from backend.web.templatetags.web import named
from programs.desks.officer.deciding import reason_of
from programs.desks.officer.words import stage
from programs.periods import obligations as services
from programs.periods import selectors
from programs.periods.extensions import extensions
from programs.periods.filters import ObligationFilter
from programs.periods.models import Obligation, Period
from programs.periods.rates import rates
from programs.reminders import selectors as reminders
from programs.reminders.models import Reminder
from programs.reminders.services import remind_now

State = Obligation.State
WENT = (Reminder.State.SENDING, Reminder.State.SENT, Reminder.State.UNKNOWN, Reminder.State.FAILED)
SOON_DAYS = 10
YES_OR_NO = (("true", lazy("Yes")), ("false", lazy("No")))


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
            "over": one.period.ends_on <= today,
            "locked": one.period.locked_at is not None,
            "chasing": officer and one.state == State.MISSING,
            "reporting": partner and one.state == State.MISSING,
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


class Obligations(ListPage):
    """What is owed for which period, by its due day: an officer chases, a partner reports or confirms."""

    roles = {"GET": EVERYONE}
    template = "desks/officer/obligations.html"
    part = "desks/officer/obligations_part.html"
    name = "obligations"
    filterset_class = ObligationFilter
    choosing = {
        "kind": lazy("What"),
        "period": lazy("Period"),
        "organisation": lazy("Organisation"),
        "state": lazy("State"),
        "overdue": lazy("Overdue"),
        "due_from": lazy("Due from"),
        "due_to": lazy("Due to"),
    }
    headings = {
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

    @property
    def ordering(self) -> Sequence[str]:  # type: ignore[override]
        """What is missing begins with what is owed the longest, everything else with the latest."""
        given = self.chosen()
        chasing = given.get("state") == [State.MISSING.value] or given.get("overdue") == ["true"]
        return ("due_on", "id") if chasing else ("-due_on", "-id")

    def rows(self) -> Any:
        return selectors.obligations(self.actor)

    def present(self, rows: Sequence[Obligation]) -> Sequence[Any]:
        return presented(rows, self.actor)

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
        }

    def choices(self) -> Mapping[str, Sequence[tuple[str, Label]]]:
        partners = accounts.organisations(self.actor).exclude(kind=Organisation.Kind.BUREAU).order_by("code")
        return {
            "period": [(one.code, one.code) for one in selectors.periods(self.actor).order_by("-starts_on", "code")],
            "organisation": [(one.code, f"{named(one)} · {one.code}") for one in partners],
            "overdue": YES_OR_NO,
        }

    def offered(self) -> list[Any]:
        return [one for one in super().offered() if self.actor.sees_everything or one.name != "organisation"]

    def more(self) -> Mapping[str, Any]:
        given = self.chosen()
        return {
            "summary": self._summary(given.get("period", [""])[-1]) if self.actor.sees_everything else None,
            "officer": self.actor.role == User.Role.OFFICER,
            "here": self.request.get_full_path(),
            "tabs": [
                {"label": label, "url": url, "here": here}
                for label, url, here in (
                    (_("Overdue"), "?overdue=true", given == {"overdue": ["true"]}),
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
    template = "desks/officer/obligation.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        obligation = self.one(selectors.obligations(self.actor), pk=id)
        [one] = presented([obligation], self.actor)
        found = reminders.reminders(self.actor).filter(obligation=obligation).order_by("due_at", "pk")
        sent = [{"reminder": reminder, "stage": stage(reminder.stage)} for reminder in found]
        holding = extensions(self.actor).filter(period=obligation.period, due_on=obligation.due_on, withdrawn_at=None)
        concerned = holding.filter(Q(organisation=obligation.organisation) | Q(organisation=None))
        contacts = obligation.organisation.contacts if self.actor.role == User.Role.OFFICER else []
        return self.show(one=one, reminders=sent, contacts=contacts, here=request.path, extensions=concerned)


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


def count_due(actor: User) -> dict[str, int]:
    """How many reports are overdue and how many fall due within ``SOON_DAYS``, as far as ``actor`` may see."""
    today = clock.today()
    missing = selectors.obligations(actor).filter(state=State.MISSING, due_on__lte=soon())
    return missing.aggregate(
        late=Count("pk", filter=Q(due_on__lt=today)), soon=Count("pk", filter=Q(due_on__gte=today))
    )


def soon() -> dt.date:
    """The last day that is soon."""
    return clock.today() + dt.timedelta(days=SOON_DAYS)
