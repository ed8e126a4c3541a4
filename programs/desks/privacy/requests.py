"""Requests of persons: the list, and taking one down."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend import clock
from backend.web.base import Page, SeeOther
from backend.web.forms import DayField, Form
from backend.web.lists import ListPage
from programs.privacy import selectors, services
from programs.privacy.filters import WAITING, RequestFilter
from programs.privacy.models import Channel, Kind, PrivacyRequest
from talent.people import selectors as people
from talent.people.models import Person
from talent.people.naming import mask_name

READERS = "officer admin"
OFFICERS = "officer"
TONES = {
    "received": "submitted",
    "confirmed": "checking",
    "handling": "checking",
    "answered": "verified",
    "refused": "rejected",
    "withdrawn": "cancelled",
}
"""Which badge a state wears."""


class Requests(ListPage):
    """Requests, the latest first; names masked, in what is downloaded too."""

    roles = {"GET": READERS}
    template = "desks/privacy/requests.html"
    name = "privacy-requests"
    leads = ("web:privacy-request", "row.pk")
    filterset_class = RequestFilter
    choosing = {
        "open": lazy("Waits"),
        "kind": lazy("Kind"),
        "state": lazy("State"),
        "late": lazy("Late"),
        "received_from": lazy("Received from"),
        "received_to": lazy("Received to"),
    }
    ordering = ("-id",)
    headings = {
        "id": lazy("No."),
        "kind": lazy("Kind"),
        "name": lazy("Name"),
        "state": lazy("State"),
        "received_on": lazy("Received on"),
        "due_on": lazy("Due on"),
        "assigned_to": lazy("Handled by"),
        "closed_at": lazy("Closed at"),
    }

    def rows(self) -> Any:
        return selectors.requests(self.actor)

    def present(self, rows: Sequence[PrivacyRequest]) -> Sequence[Any]:
        names, today = selectors.names(list(rows)), clock.today()
        return [
            {
                "row": one,
                "name": mask_name(names.get(one.person_id, "")),
                "tone": TONES[one.state],
                "late": one.late_on(today),
            }
            for one in rows
        ]

    def cells(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        one: PrivacyRequest = row["row"]
        own = {
            "id": one.pk,
            "kind": one.get_kind_display(),
            "state": one.get_state_display(),
            "name": row["name"],
            "assigned_to": one.assigned_to.username if one.assigned_to else "",
        }
        return {name: own[name] if name in own else getattr(one, name) for name in self.headings}

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        return {"open": WAITING, "late": [("true", _("yes")), ("false", _("no"))]}

    def more(self) -> Mapping[str, Any]:
        return {"acts": New.admits(self.actor)}


class NewForm(Form):
    """What is asked for, by which way and on which day it came."""

    kind = forms.ChoiceField(label=lazy("What is asked for"), choices=Kind.choices)
    channel = forms.ChoiceField(label=lazy("How it came"), choices=Channel.choices)
    received_on = DayField(label=lazy("Received on"), required=False, help_text=lazy("Left blank: today."))
    wanted = forms.CharField(
        label=lazy("In their words"),
        required=False,
        max_length=services.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazy("For a correction: what is wrong, and how it should be. Write no identity number."),
    )


class New(Page):
    """Takes down what the person ``?person=`` asks for."""

    roles = {"GET": OFFICERS, "POST": OFFICERS}
    template = "desks/privacy/new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(NewForm(), self._person(request.GET.get("person", "")))

    def post(self, request: HttpRequest) -> HttpResponse:
        person = self._person(request.POST.get("person", ""))
        form = NewForm(request.POST)
        made: list[PrivacyRequest] = []
        if person is not None and form.do(
            lambda values: made.append(services.receive(actor=self.actor, person=person, **values))
        ):
            messages.success(request, _("Taken down. Confirm next who asks."))
            return SeeOther(reverse("web:privacy-request", args=[made[0].pk]))
        return self._show(form, person, 400)

    def _person(self, text: str) -> Person | None:
        if not text.isdecimal() or len(text) > 18:
            return None
        found: Person = self.one(people.now(self.actor, int(text)))
        return found

    def _show(self, form: NewForm, person: Person | None, status: int = 200) -> HttpResponse:
        days = services.DUE_WORKING_DAYS
        return self.show(status=status, form=form, person=person, working_days=days)
