"""Legal holds: the list, placing one, lifting one."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts import selectors as accounts
from backend.web.base import Act, Page, SeeOther, back_to
from backend.web.forms import Form, OneField
from backend.web.lists import ListPage, choices_of
from programs.desks.privacy.requests import OFFICERS, READERS
from programs.disposal import holds
from programs.disposal.filters import HoldFilter
from programs.disposal.models import LegalHold
from programs.submissions import selectors as submissions
from talent.people import selectors as people


class Holds(ListPage):
    """Legal holds, the latest first, lifted ones too."""

    roles = {"GET": READERS}
    template = "desks/privacy/holds.html"
    name = "legal-holds"
    filterset_class = HoldFilter
    choosing = {"standing": lazy("Stands"), "organisation": lazy("Organisation")}
    ordering = ("-id",)
    headings = {
        "id": lazy("No."),
        "person_id": lazy("Person"),
        "organisation": lazy("Organisation"),
        "submission_id": lazy("Submission"),
        "reason": lazy("Reason"),
        "placed_by": lazy("Placed by"),
        "placed_at": lazy("Placed at"),
        "lifted_at": lazy("Lifted at"),
        "lift_reason": lazy("Lifted because"),
    }

    def rows(self) -> Any:
        return holds.legal_holds(self.actor)

    def cells(self, row: LegalHold) -> Mapping[str, Any]:
        own = {
            "id": row.pk,
            "organisation": row.organisation.code if row.organisation else "",
            "placed_by": row.placed_by.username,
        }
        return {name: own[name] if name in own else getattr(row, name) for name in self.headings}

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        return {
            "standing": [("true", _("yes")), ("false", _("no"))],
            "organisation": choices_of(accounts.organisations(self.actor).order_by("code")),
        }

    def more(self) -> Mapping[str, Any]:
        return {"acts": Place.admits(self.actor)}


class PlaceForm(Form):
    """On what, and why."""

    person = forms.IntegerField(
        label=lazy("Person"), required=False, min_value=1, help_text=lazy("The system number of their page.")
    )
    organisation = OneField(label=lazy("Organisation"), required=False)
    submission = forms.IntegerField(label=lazy("Submission"), required=False, min_value=1)
    reason = forms.CharField(label=lazy("Reason"), max_length=holds.LONGEST, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, actor: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen: Any = self.fields["organisation"]
        chosen.queryset = accounts.organisations(actor).order_by("code")


class Place(Page):
    """Places a hold on one person, organisation or submission."""

    roles = {"GET": OFFICERS, "POST": OFFICERS}
    template = "desks/privacy/hold_new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        initial = {name: request.GET.get(name, "") for name in ("person", "organisation", "submission")}
        return self.show(form=PlaceForm(self.actor, initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PlaceForm(self.actor, request.POST)
        if form.do(self._place):
            messages.success(request, _("Placed: nothing that it touches is erased or destroyed until it is lifted."))
            return SeeOther(reverse("web:legal-holds"))
        return self.show(status=400, form=form)

    def _place(self, values: dict[str, Any]) -> None:
        person, submission = values["person"], values["submission"]
        holds.place(
            actor=self.actor,
            reason=values["reason"],
            organisation=values["organisation"],
            person=self.one(people.now(self.actor, person)) if person else None,
            submission=self.one(submissions.submissions(self.actor), pk=submission) if submission else None,
        )


class Lift(Act):
    """Ends a hold."""

    roles = {"POST": OFFICERS}

    def act(self, id: int) -> str:
        row = self.one(holds.legal_holds(self.actor), pk=id)
        holds.lift(actor=self.actor, hold=row, reason=self.request.POST.get("reason", ""))
        return _("Lifted: what is due may be destroyed again.")

    def leads_to(self, id: int) -> str:
        return back_to(self.request, reverse("web:legal-holds"))
