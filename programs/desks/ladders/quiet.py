"""Who is left in peace for a while, and why: the list, beginning it, ending it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend import clock
from backend.accounts import selectors as accounts
from backend.accounts.models import Organisation
from backend.web.base import Act, Page, SeeOther, back_to
from backend.web.forms import DayField, Form, OneField
from backend.web.lists import ListPage
from backend.web.templatetags.web import named
from programs.periods.models import Obligation
from programs.periods.selectors import obligations
from programs.reminders import quieting, selectors
from programs.reminders.filters import QuietingFilter
from programs.reminders.models import Quieting


class Quietings(ListPage):
    """Who is or was left in peace, the latest first."""

    roles = {"GET": "officer manager admin"}
    template = "desks/ladders/quietings.html"
    name = "left-in-peace"
    filterset_class = QuietingFilter
    choosing = {"lasting": lazy("Still lasts"), "organisation": lazy("Organisation")}
    ordering = ("-id",)
    headings = {
        "organisation": lazy("Organisation"),
        "about": lazy("About"),
        "until": lazy("Until"),
        "reason": lazy("Reason"),
        "set_by": lazy("Set by"),
        "set_at": lazy("Since"),
        "lifted_at": lazy("Lifted at"),
        "lift_reason": lazy("Lifted because"),
    }

    def rows(self) -> Any:
        return selectors.quietings(self.actor)

    def present(self, rows: Sequence[Quieting]) -> Sequence[Any]:
        today = clock.today()
        return [{"row": one, "lasts": one.lasts_on(today), "about": about(one.obligation)} for one in rows]

    def cells(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        one: Quieting = row["row"]
        own = {"organisation": one.organisation.code, "about": row["about"], "set_by": one.set_by.username}
        return {name: own[name] if name in own else getattr(one, name) for name in self.headings}

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        partners = accounts.organisations(self.actor).exclude(kind=Organisation.Kind.BUREAU).order_by("code")
        return {
            "organisation": [(one.code, f"{named(one)} · {one.code}") for one in partners],
            "lasting": [("true", _("yes")), ("false", _("no"))],
        }

    def more(self) -> Mapping[str, Any]:
        return {"acts": Quiet.admits(self.actor)}


def about(obligation: Obligation | None) -> str:
    """What is left in peace: one obligation, or everything."""
    if obligation is None:
        return _("Everything")
    return f"{obligation.get_kind_display()} · {obligation.period.code}"


class QuietForm(Form):
    """Whom, why, and until when."""

    organisation = OneField(label=lazy("Organisation"))
    until = DayField(
        label=lazy("Until"),
        required=False,
        help_text=lazy("Reminders go out again on this day. Left blank: not before somebody lifts it."),
    )
    reason = forms.CharField(
        label=lazy("Reason"), max_length=quieting.LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, actor: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen: Any = self.fields["organisation"]
        chosen.queryset = accounts.organisations(actor).exclude(kind=Organisation.Kind.BUREAU).order_by("code")


class Quiet(Page):
    """Leaves an organisation in peace, or with ``?obligation=`` one obligation of it."""

    roles = {"GET": "officer", "POST": "officer"}
    template = "desks/ladders/quiet.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        owed = self._owed(request.GET.get("obligation", ""))
        code = owed.organisation.code if owed else request.GET.get("organisation", "")
        return self._show(QuietForm(self.actor, initial={"organisation": code}), owed)

    def post(self, request: HttpRequest) -> HttpResponse:
        owed = self._owed(request.POST.get("obligation", ""))
        form = QuietForm(self.actor, request.POST)
        if form.do(lambda values: quieting.leave_in_peace(actor=self.actor, obligation=owed, **values)):
            messages.success(request, _("Nobody is reminded until then; what falls due meanwhile waits."))
            return SeeOther(back_to(request, reverse("web:quietings")))
        return self._show(form, owed, 400)

    def _owed(self, text: str) -> Obligation | None:
        if not text.isdecimal() or len(text) > 18:
            return None
        return self.one(obligations(self.actor), pk=int(text))

    def _show(self, form: QuietForm, owed: Obligation | None, status: int = 200) -> HttpResponse:
        return self.show(status=status, form=form, owed=owed, about=about(owed))


class Lift(Act):
    """Ends it before its time, with a reason."""

    roles = {"POST": "officer"}

    def act(self, id: int) -> str:
        row = self.one(selectors.quietings(self.actor), pk=id)
        quieting.lift(actor=self.actor, quieting=row, reason=self.request.POST.get("reason", ""))
        return _("Reminders go out again; what has waited goes out once.")

    def leads_to(self, id: int) -> str:
        return back_to(self.request, reverse("web:quietings"))
