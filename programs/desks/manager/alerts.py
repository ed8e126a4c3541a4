"""What managers were told of: the list, one alert, and from where on they are told."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts.models import User
from backend.web.base import Act, Page, SeeOther
from backend.web.forms import Form
from backend.web.lists import ListPage
from programs.alerts import selectors, services, settings, telling
from programs.alerts.filters import AlertFilter
from programs.alerts.models import Alert
from programs.alerts.services import LONGEST_NOTE
from programs.desks.manager.moments import READERS

ACTORS = "manager admin"
ON_THE_DESK = 6


def presented(alerts: Sequence[Alert]) -> list[dict[str, Any]]:
    """Alerts as the pages show them."""
    things = telling.things_of(alerts)
    found = []
    for alert in alerts:
        state, label = ("cancelled", _("Over")) if alert.cleared_at else ("failed", _("Not seen to"))
        if alert.acknowledged_at and not alert.cleared_at:
            state, label = "warning", _("Seen to")
        found.append(
            {
                "alert": alert,
                "kind": Alert.Kind(alert.kind).label,
                "title": telling.title(alert, things),
                "about": telling.about(alert, things),
                "sentence": telling.sentence(alert, things),
                "latest": telling.sentence(alert, things, alert.latest) if alert.latest != alert.measure else "",
                "place": telling.place(alert),
                "state": state,
                "label": label,
            }
        )
    return found


def on_the_desk(actor: User) -> dict[str, Any]:
    """What still lasts, first what nobody has seen to: for a desk."""
    lasting = selectors.alerts(actor).filter(cleared_at=None)
    # Whoever has none asks once; descending, what nobody has acknowledged comes first.
    shown = list(lasting.order_by("-acknowledged_at", "-pk")[:ON_THE_DESK])
    more = lasting.count() - ON_THE_DESK if len(shown) == ON_THE_DESK else 0
    return {"shown": presented(shown), "more": more}


class Alerts(ListPage):
    """Alerts, the latest first."""

    roles = {"GET": READERS}
    template = "desks/manager/alerts.html"
    part = "desks/manager/alerts_part.html"
    name = "alerts"
    leads = ("web:alert", "alert.pk")
    filterset_class = AlertFilter
    choosing = {
        "kind": lazy("Kind"),
        "open": lazy("Still lasts"),
        "acknowledged": lazy("Seen to"),
        "raised_from": lazy("From"),
        "raised_to": lazy("To"),
    }
    ordering = ("-id",)
    headings = {
        "kind": lazy("Kind"),
        "about": lazy("About"),
        "sentence": lazy("What was found"),
        "raised_at": lazy("Raised"),
        "cleared_at": lazy("Over since"),
        "acknowledged_at": lazy("Seen to at"),
        "acknowledged_by": lazy("Seen to by"),
        "note": lazy("What is done about it"),
    }

    def rows(self) -> Any:
        return selectors.alerts(self.actor)

    def present(self, rows: Sequence[Alert]) -> Sequence[Any]:
        return presented(rows)

    def cells(self, row: Any) -> Mapping[str, Any]:
        alert = row["alert"]
        by = alert.acknowledged_by.username if alert.acknowledged_by else ""
        own = {"kind": str(row["kind"]), "about": row["about"], "sentence": row["sentence"], "acknowledged_by": by}
        return {name: own[name] if name in own else getattr(alert, name) for name in self.headings}

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        answers = [("true", _("yes")), ("false", _("no"))]
        return {"open": answers, "acknowledged": answers}

    def more(self) -> Mapping[str, Any]:
        return {"acts": Evaluate.admits(self.actor), "settings": settings.current()}


class AcknowledgeForm(Form):
    """What is done about it."""

    note = forms.CharField(
        label=lazy("What is done about it"), max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 3})
    )


class OneAlert(Page):
    """One alert, and the form by which somebody says that they have seen to it."""

    roles = {"GET": READERS, "POST": ACTORS}
    template = "desks/manager/alert.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        return self._show(id, AcknowledgeForm())

    def post(self, request: HttpRequest, id: int) -> HttpResponse:
        self.one(selectors.alerts(self.actor), pk=id)
        form = AcknowledgeForm(request.POST)
        if form.do(lambda values: services.acknowledge(actor=self.actor, alert_id=id, **values)):
            messages.success(request, _("It is noted that you have seen to it."))
            return SeeOther(reverse("web:alerts"))
        return self._show(id, form, 400)

    def _show(self, id: int, form: Form, status: int = 200) -> HttpResponse:
        alert = self.one(selectors.alerts(self.actor), pk=id)
        acts = self.admits(self.actor) and alert.acknowledged_at is None
        return self.show(status=status, one=presented([alert])[0], form=form if acts else None)


class Evaluate(Act):
    """Has the conditions looked for now."""

    roles = {"POST": ACTORS}

    def act(self) -> str:
        services.order(actor=self.actor)
        return _("It is being looked for; what is found appears here within seconds.")

    def leads_to(self) -> str:
        return reverse("web:alerts")


class SettingsForm(Form):
    """From where on managers are told."""

    margin_points = forms.FloatField(
        label=lazy("Off pace from (percentage points)"),
        help_text=lazy("How far completion lies behind the elapsed time at the end of the last finished month."),
        min_value=0,
        max_value=100,
    )
    drop_days = forms.IntegerField(label=lazy("A drop is looked for within (days)"), min_value=1, max_value=92)
    drop_heads = forms.IntegerField(
        label=lazy("A drop is at least (people)"),
        help_text=lazy("Net: what was counted in the same days is set off."),
        min_value=1,
        max_value=1_000_000,
    )
    drop_percent = forms.FloatField(
        label=lazy("And at least (percent of the figure before)"),
        help_text=lazy("Both must be reached; 0 leaves it to the number of people alone."),
        min_value=0,
        max_value=100,
    )
    silent_periods = forms.IntegerField(
        label=lazy("A partner is silent after (reports in a row)"),
        help_text=lazy("Reports missing after their due day; an excused one is passed over."),
        min_value=1,
        max_value=24,
    )


class Settings(Page):
    """From where on managers are told: set by managers and administrators."""

    roles = {"GET": ACTORS, "POST": ACTORS}
    template = "desks/manager/alert_settings.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        held = settings.current()
        return self._show(SettingsForm(initial={name: getattr(held, name) for name in settings.NAMES}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SettingsForm(request.POST)
        if form.do(lambda values: services.set_up(actor=self.actor, **values)):
            messages.success(request, _("The settings are in force; the conditions are looked for by them now."))
            return SeeOther(reverse("web:alerts"))
        return self._show(form, 400)

    def _show(self, form: Form, status: int = 200) -> HttpResponse:
        return self.show(status=status, form=form, held=settings.current())
