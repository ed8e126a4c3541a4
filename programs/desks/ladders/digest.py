"""Everybody's own choice: one message a day that lists all, or each reminder by itself."""

import datetime as dt

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.web.base import EVERYONE, Page, SeeOther
from backend.web.forms import Form
from programs.reminders import digests


class DigestForm(Form):
    """Whether, and at what hour."""

    digest = forms.BooleanField(
        label=lazy("One message a day that lists all"),
        required=False,
        help_text=lazy("Otherwise each reminder comes by itself."),
    )
    hour = forms.TimeField(
        label=lazy("Hour"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        help_text=lazy("In Guiyang."),
    )


class Digest(Page):
    """One message a day, or single ones."""

    roles = {"GET": EVERYONE, "POST": EVERYONE}
    template = "desks/ladders/digest.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        held = digests.choice(self.actor)
        hour = held.hour if held else dt.time(9)
        return self.show(form=DigestForm(initial={"digest": held is not None, "hour": hour}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DigestForm(request.POST)
        if form.do(self._choose):
            messages.success(request, _("It is noted."))
            return SeeOther(reverse("web:reminders-digest"))
        return self.show(status=400, form=form)

    def _choose(self, values: dict[str, object]) -> None:
        hour = values["hour"]
        digests.choose(
            actor=self.actor, digest=bool(values["digest"]), hour=hour if isinstance(hour, dt.time) else dt.time(9)
        )
