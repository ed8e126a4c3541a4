"""One version of a ladder: its stages, what it would send beside what is in force, and switching it on."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend import clock
from backend.messages.deliveries.selectors import called
from backend.problems import FieldError, Invalid
from backend.web.base import Act, Page, SeeOther
from backend.web.forms import DayField, Form
from backend.web.lists import ListPage
from backend.web.templatetags.web import named
from programs.desks.ladders.policies import ACTORS, READERS
from programs.desks.ladders.words import CHANGE_LOOKS, CHANGES, clock_of, presented, when
from programs.reminders import foretelling, policies, selectors
from programs.reminders.models import LadderPolicy


class SwitchOnForm(Form):
    """Why, and from when on."""

    reason = forms.CharField(
        label=lazy("Reason"),
        max_length=policies.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=lazy("It stands on the trail beside your name."),
    )
    from_day = DayField(label=lazy("From"), required=False, help_text=lazy("Left blank: from now on."))


class ReasonForm(Form):
    """Why."""

    reason = forms.CharField(
        label=lazy("Reason"), max_length=policies.LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2})
    )


class LadderPage(Page):
    """One version. Whoever shows it shows all of it, with the forms as they stand."""

    roles = {"GET": READERS}
    template = "desks/ladders/ladder.html"

    def policy(self, id: int) -> LadderPolicy:
        """The version. Raises NotFound."""
        return self.one(selectors.policies(self.actor), pk=id)

    def whole(self, id: int, status: int = 200, **forms_given: Form) -> HttpResponse:
        """The page, with the forms that were given instead of empty ones."""
        policy = self.policy(id)
        state = policy.state_at(clock.now())
        acts = SwitchOn.admits(self.actor)
        places = called((one.channel, one.endpoint) for one in policy.stages.all())
        return self.show(
            status=status,
            **presented(policy, state),
            clock=clock_of(policy.kind),
            stages=[
                {
                    "stage": one,
                    "when": when(policy.kind, one),
                    "to": places[one.channel, one.endpoint],
                    "own": any((one.text_zh, one.text_en, one.subject_zh)),
                }
                for one in sorted(policy.stages.all(), key=lambda one: (one.days, one.pk))
            ],
            changes=acts and state == "draft",
            switch_on=forms_given.get("on", SwitchOnForm()) if acts and state == "draft" else None,
            switch_off=forms_given.get("off", ReasonForm()) if acts and state in ("in_force", "planned") else None,
        )


class OneLadder(LadderPage):
    """One version of a ladder."""

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        return self.whole(id)


class SwitchOn(LadderPage):
    """Puts a draft into force, with a reason."""

    roles = {"POST": ACTORS}

    def post(self, request: HttpRequest, id: int) -> HttpResponse:
        policy, form = self.policy(id), SwitchOnForm(request.POST)
        if form.do(lambda values: policies.switch_on(actor=self.actor, policy=policy, **values)):
            messages.success(request, _("It is switched on; the one before ends where it begins."))
            return SeeOther(reverse("web:ladder", args=[id]))
        return self.whole(id, 400, on=form)


class SwitchOff(LadderPage):
    """Ends a ladder without another one, with a reason."""

    roles = {"POST": ACTORS}

    def post(self, request: HttpRequest, id: int) -> HttpResponse:
        policy, form = self.policy(id), ReasonForm(request.POST)
        if form.do(lambda values: policies.switch_off(actor=self.actor, policy=policy, **values)):
            messages.success(request, _("It is switched off; nothing more goes out by it."))
            return SeeOther(reverse("web:ladder", args=[id]))
        return self.whole(id, 400, off=form)


class Discard(Act):
    """Throws a draft away."""

    roles = {"POST": ACTORS}

    def act(self, id: int) -> str:
        policies.discard(actor=self.actor, policy=self.one(selectors.policies(self.actor), pk=id))
        return _("The draft is thrown away.")

    def leads_to(self, id: int) -> str:
        return reverse("web:ladders")


class Compared(ListPage):
    """What goes out between two days and to whom, by this version beside what is in force."""

    roles = {"GET": READERS}
    template = "desks/ladders/compared.html"
    name = "ladder-preview"
    parameters = ("from", "to", "change")
    headings = {
        "change": lazy("Change"),
        "organisation": lazy("Organisation"),
        "subject": lazy("Subject"),
        "stage": lazy("Stage"),
        "channel": lazy("Channel"),
        "recipient": lazy("Recipient"),
        "before": lazy("By what is in force"),
        "after": lazy("By this version"),
    }
    found: Sequence[foretelling.Foretold] = ()

    def rows(self) -> list[foretelling.Foretold]:
        policy = self.one(selectors.policies(self.actor), pk=self.kwargs["id"])
        self.found = foretelling.beside(self.actor, policy, *self._span())
        wanted = self.request.GET.get("change", "")
        if wanted and wanted not in CHANGES:
            raise Invalid([FieldError("change", "invalid", ", ".join(foretelling.CHANGES))])
        return [one for one in self.found if wanted in ("", one.change)]

    def present(self, rows: Sequence[foretelling.Foretold]) -> Sequence[Any]:
        to = called((one.row.channel, one.row.recipient) for one in rows)
        return [
            {
                "one": one,
                "row": one.row,
                "to": to[one.row.channel, one.row.recipient],
                "organisation": named(one.row.organisation),
                "change": CHANGES[one.change],
                "looks": CHANGE_LOOKS[one.change],
            }
            for one in rows
        ]

    def cells(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        one, about = row["one"], row["row"]
        return {
            "change": str(row["change"]),
            "organisation": about.organisation.code,
            "subject": about.subject,
            "stage": about.stage,
            "channel": about.get_channel_display(),
            "recipient": row["to"],
            "before": one.before,
            "after": one.after,
        }

    def more(self) -> Mapping[str, Any]:
        policy = self.one(selectors.policies(self.actor), pk=self.kwargs["id"])
        first, last = self._span()
        counted = Counter(one.change for one in self.found)
        people = len({(one.row.channel, one.row.recipient) for one in self.found if one.after is not None})
        chosen = f"?from={first}&to={last}&change="
        summary = [{"label": label, "n": counted[code], "url": chosen + code} for code, label in CHANGES.items()]
        return {
            **presented(policy, policy.state_at(clock.now())),
            "first": first,
            "last": last,
            "summary": summary,
            "people": people,
        }

    def _span(self) -> tuple[Any, Any]:
        return foretelling.span(self._day("from"), self._day("to"))

    def _day(self, name: str) -> Any:
        text = self.request.GET.get(name, "").strip()
        try:
            day = parse_date(text) if text else None
        except ValueError:
            day = None
        if text and day is None:
            raise Invalid([FieldError(name, "invalid", _("A day is expected, such as 2019-04-30."))])
        return day
